//! A mail whose job is gone.
use testkit::desk;

#[tokio::test]
async fn what_nothing_would_take_any_more_is_set_aside() {
    desk(async |desk| {
        desk.execute(
            "insert into inbound_mails (id, mailbox, identity, hash, raw, received_at)
               select gen_random_uuid(), 'x', state, '', '', now() from unnest(array['queued', 'running', 'dead', 'canceled', 'purged']) state;
             insert into jobs (queue, key, payload, run_at, state, locked_until, finished_at)
               select 'intake', 'mail:' || id, jsonb_build_object('mail', id), now() + interval '1 hour', identity,
                      case when identity = 'running' then now() + interval '1 hour' end, case when identity not in ('queued', 'running') then now() end
               from inbound_mails where identity <> 'purged'",
        )
        .await;
        desk.work().await;
        let found = "select identity || ' ' || state || coalesce(' ' || outcome, '') from inbound_mails order by 1";
        assert_eq!(
            desk.rows(found).await,
            ["canceled set_aside poison", "dead set_aside poison", "purged set_aside poison", "queued received", "running received"]
        );
        desk.execute("delete from jobs where queue = 'intake'").await;
    })
    .await;
}
