//! What is over goes, in chunks; what is not stays.
use testkit::desk;

#[tokio::test]
async fn each_kind_when_its_time_is_over() {
    desk(async |desk| {
        let person = desk.person("agent").await;
        let id = person.id;
        desk.execute(&format!(
            "insert into jobs (queue, key, run_at, state, finished_at)
               select 'x', state || days, now(), state, now() - days * interval '1 day'
               from unnest(array[6, 8]) days, unnest(array['done', 'canceled', 'dead']) state;
             insert into idempotency_keys (user_id, route, key, request, status, answer, created_at)
               select '{id}', 'x', hours::text, '', 200, '', now() - hours * interval '1 hour' from unnest(array[23, 25]) hours;
             insert into sessions (id, user_id, refresh_hash, expires_at, revoked_at) values
               (gen_random_uuid(), '{id}', 'long over', now() - interval '31 days', null),
               (gen_random_uuid(), '{id}', 'over', now() - interval '29 days', null),
               (gen_random_uuid(), '{id}', 'revoked', now() + interval '1 day', now() - interval '31 days');
             insert into password_resets (id, user_id, token_hash, created_by, expires_at)
               select gen_random_uuid(), '{id}', days::text, '{id}', now() - days * interval '1 day' from unnest(array[29, 31]) days;
             insert into api_keys (id, session_id, user_id, name, prefix, scopes, expires_at)
               select gen_random_uuid(), gen_random_uuid(), '{id}', days::text, 'x', '{{}}', now() - days * interval '1 day' from unnest(array[-1, 29, 31]) days;
             insert into login_attempts (kind, name, failures, next_at) select 'pair', minutes::text, 1, now() - minutes * interval '1 minute'
               from unnest(array[59, 61]) minutes;"
        ))
        .await;
        desk.work().await;
        assert_eq!(desk.rows("select key from jobs where queue = 'x' order by key").await, ["canceled6", "dead6", "dead8", "done6"]);
        assert_eq!(desk.rows("select key from idempotency_keys").await, ["23"]);
        assert_eq!(desk.rows("select refresh_hash from sessions order by 1").await, [person.session.to_string(), "over".into()]);
        assert_eq!(desk.rows("select token_hash from password_resets").await, ["29"]);
        assert_eq!(desk.rows("select name from api_keys order by name").await, ["-1", "29"]);
        assert_eq!(desk.rows("select name from login_attempts").await, ["59"]);
        desk.execute("delete from jobs where state = 'dead'").await;
    })
    .await;
}

#[tokio::test]
async fn many_go_in_one_sweep() {
    desk(async |desk| {
        desk.execute(
            "insert into jobs (queue, key, run_at, state, finished_at)
             select 'x', n::text, now(), 'done', now() - interval '8 days' from generate_series(1, 1700) n",
        )
        .await;
        desk.work().await;
        assert_eq!(desk.rows("select key from jobs where queue = 'x'").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_rules_did_and_what_nobody_looked_at_goes_in_the_end() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        desk.execute(&format!(
            "insert into tickets (id, kind, number, short_description, state, impact, urgency, priority, caller_id, opened_by, opened_at, created_at, updated_at)
               values ('00000000-0000-7000-8000-00000000abcd', 'incident', 'INC9000000', 'x', 'new', 3, 3, 5, '{id}', '{id}', now(), now(), now());
             insert into rules (id, name, events, after_minutes, since, actions, checked_until, created_by, created_at, updated_at, active) values
               ('00000000-0000-7000-8000-00000000aaaa', 'event', '{{created}}', null, null, '[]', now(), '{id}', now(), now(), false),
               ('00000000-0000-7000-8000-00000000bbbb', 'time', null, 1440 * 30, 'updated', '[]', now(), '{id}', now(), now(), false);
             insert into rule_runs (rule_id, occasion, ticket_id, epoch, rule_version, chain, outcome, at)
               select r.id, r.name || days, '00000000-0000-7000-8000-00000000abcd', 1, 1, '{{}}', 'done', now() - days * interval '1 day'
               from rules r, unnest(array[89, 91, 119, 121, 200]) days;
             insert into jobs (queue, key, run_at, state) values ('automation', 'event200', now(), 'dead');
             insert into inbound_mails (id, mailbox, identity, hash, raw, state, outcome, attachments, received_at, ended_at)
               select gen_random_uuid(), 'x', state || attachments || '.' || days, 'x', '', state, 'x', attachments, now() - days * interval '1 day',
                      now() - days * interval '1 day'
               from unnest(array[399, 401]) days, unnest(array['done', 'set_aside']) state, unnest(array[0, 1]) attachments",
            id = admin.id
        ))
        .await;
        desk.work().await;
        assert_eq!(desk.rows("select occasion from rule_runs order by occasion").await, ["event200", "event89", "time119", "time89", "time91"]);
        let kept = ["done0.399", "done1.399", "done1.401", "set_aside0.399", "set_aside1.399"];
        assert_eq!(desk.rows("select identity from inbound_mails order by identity").await, kept);
        desk.execute("delete from jobs where state = 'dead'").await;
    })
    .await;
}
