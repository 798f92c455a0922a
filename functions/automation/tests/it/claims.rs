//! A rule's write beside others': versions and claims.
use serde_json::json;
use testkit::desk;

use crate::{raise, rule, runs};

#[tokio::test]
async fn who_names_a_version_gets_412_once_a_rule_was_first() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        rule(&admin, "first", json!({"events": ["created"], "actions": [{"do": "set", "fields": {"impact": 1}}]})).await;
        let path = raise(&agent, json!({"short_description": "x"})).await;
        desk.work().await;
        assert_eq!(agent.patch_with(&path, &[("if-match", "\"1\"")], json!({"location": "A"})).await.status, 412);
        assert_eq!(agent.patch_with(&path, &[("if-match", "\"2\"")], json!({"location": "A"})).await.status, 200);
    })
    .await;
}

/// A worker whose claim has gone leaves nothing behind, and the next one has the effect once.
#[tokio::test]
async fn a_lost_claim_has_no_effect() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let note = rule(&admin, "note", json!({"events": ["created"], "actions": [{"do": "comment", "body": "x", "visibility": "work_note"}]})).await;
        raise(&agent, json!({"short_description": "x"})).await;
        desk.execute("update jobs set state = 'running', attempt = 1, locked_until = now() + interval '1 hour' where queue = 'automation' and payload ? 'event'").await;
        desk.work().await;
        assert!(runs(&admin, &note).await.is_empty());
        desk.execute("update jobs set locked_until = now() - interval '1 second' where queue = 'automation' and state = 'running'").await;
        desk.work().await;
        desk.execute("update jobs set state = 'queued', run_at = now(), finished_at = null where queue = 'automation' and payload ? 'event'").await;
        desk.work().await;
        assert_eq!(desk.rows("select count(*)::text from comments").await, ["1"]);
        assert_eq!(runs(&admin, &note).await, ["done"]);
    })
    .await;
}
