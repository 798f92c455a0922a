//! Which events become a job.
use serde_json::json;
use shared::rules::notify::Happened;
use testkit::desk;

use crate::raised;

#[tokio::test]
async fn only_what_somebody_else_could_hear_of_becomes_a_job() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let jobs = async || desk.rows("select payload ->> 'verb' from jobs where queue = 'notify' order by id").await;
        // There is nobody but who raised it.
        let path = raised(&caller, json!({"short_description": "x"})).await;
        assert_eq!(jobs().await, Vec::<String>::new());
        assert_eq!(agent.patch(&path, json!({"description": "y"})).await.status, 200);
        assert_eq!(jobs().await, Vec::<String>::new());
        assert_eq!(agent.post(&format!("{path}/comments"), json!({"body": "Hello."})).await.status, 201);
        assert_eq!(jobs().await, ["commented"]);
        // Silent ones are history.
        desk.execute("insert into events (at, ticket_id, subject, verb, silent) select now(), id, 'incident', 'resolved', true from tickets").await;
        assert_eq!(jobs().await, ["commented"]);
        desk.execute("insert into events (at, ticket_id, subject, verb) select now(), id, 'incident', 'resolved' from tickets").await;
        assert_eq!(jobs().await, ["commented", "resolved"]);
    })
    .await;
}

/// The trigger's own list is what the rules have.
#[tokio::test]
async fn the_trigger_knows_the_verbs_of_the_rules() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let path = raised(&agent, json!({"short_description": "x", "caller_id": caller.id})).await;
        let id = path.rsplit('/').next().unwrap();
        let verbs = ["created", "updated", "commented", "in_progress", "on_hold", "resolved", "closed", "canceled", "merged", "linked", "unlinked", "watched", "unwatched", "sla_warning", "sla_breached", "rule_notified"];
        let changed = ["assigned_to", "assignment_group", "priority", "major", "description", "merged_into"];
        for (verb, field) in verbs.iter().flat_map(|verb| changed.map(|field| (verb, field))) {
            desk.execute(&format!(
                "delete from jobs;
                 insert into events (at, ticket_id, actor_id, subject, verb, changes) values (now(), '{id}', '{}', 'incident', '{verb}', '{{\"{field}\": [null, null]}}')",
                agent.id
            ))
            .await;
            let is_job = !desk.rows("select 'x' from jobs where queue = 'notify'").await.is_empty();
            let lines = Happened { verb, is_work_note: false, fields: &[field.to_owned()], before: None }.lines();
            assert!(is_job || lines.is_empty(), "{verb} {field}: the rules tell it, the trigger does not");
        }
        desk.execute("delete from jobs").await;
    })
    .await;
}
