//! Resolving an incident resolves its open children.
use serde_json::{Value, json};
use testkit::{Person, desk};

async fn raised(agent: &Person<'_>, parent: Option<&str>) -> String {
    let mut new = json!({"short_description": "x"});
    if let Some(parent) = parent {
        new["parent_id"] = json!(parent.rsplit('/').next().unwrap());
    }
    let reply = agent.post("/v1/incidents", new).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    format!("/v1/incidents/{}", reply.json()["id"].as_str().unwrap())
}

async fn go(agent: &Person<'_>, path: &str, step: Value) {
    let reply = agent.post(&format!("{path}/transitions"), step).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

fn resolve() -> Value {
    json!({"to": "resolved", "close_code": "solved", "close_notes": "The mail server runs again."})
}

async fn state(agent: &Person<'_>, path: &str) -> Value {
    agent.get(path).await.json()["state"].clone()
}

#[tokio::test]
async fn each_open_child_as_its_parent_by_who_resolved_that() {
    desk(async |desk| {
        let (agent, resolver) = (desk.person("agent").await, desk.person("agent").await);
        let parent = raised(&agent, None).await;
        let mut children = Vec::new();
        for _ in 0..4 {
            children.push(raised(&agent, Some(&parent)).await);
        }
        go(&agent, &children[1], json!({"to": "on_hold", "hold_reason": "vendor"})).await;
        go(&agent, &children[2], json!({"to": "canceled"})).await;
        go(&agent, &children[3], json!({"to": "resolved", "close_code": "workaround", "close_notes": "Use the web."})).await;
        go(&resolver, &parent, resolve()).await;
        assert_eq!(desk.rows("select count(*)::text from jobs where queue = 'children'").await, ["2"]);
        desk.work().await;
        for child in &children[..2] {
            let child = agent.get(child).await.json();
            assert_eq!((&child["state"], &child["hold_reason"], &child["close_code"]), (&json!("resolved"), &json!(null), &json!("solved")));
            assert_eq!(child["close_notes"], "The mail server runs again.");
            let id = child["id"].as_str().unwrap();
            let last = format!("select verb || ' ' || actor_id || ' ' || version from events where ticket_id = '{id}' order by seq desc limit 1");
            assert_eq!(desk.rows(&last).await, [format!("resolved {} {}", resolver.id, child["version"])]);
            assert_eq!(desk.rows(&format!("select count(*)::text from jobs where queue = 'sweep' and key like 'close:{id}:%'")).await, ["1"]);
        }
        assert_eq!(state(&agent, &children[2]).await, "canceled");
        assert_eq!(agent.get(&children[3]).await.json()["close_code"], "workaround");
        // Closing the parent does nothing more.
        go(&agent, &children[0], json!({"to": "in_progress"})).await;
        go(&agent, &parent, json!({"to": "closed"})).await;
        desk.work().await;
        assert_eq!(state(&agent, &children[0]).await, "in_progress");
    })
    .await;
}

#[tokio::test]
async fn what_is_over_by_then_stays_as_it_is() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let parent = raised(&agent, None).await;
        let (left, done, open) = (raised(&agent, Some(&parent)).await, raised(&agent, Some(&parent)).await, raised(&agent, Some(&parent)).await);
        go(&agent, &parent, resolve()).await;
        agent.patch(&left, json!({"parent_id": null})).await;
        go(&agent, &done, json!({"to": "canceled"})).await;
        go(&agent, &parent, json!({"to": "in_progress"})).await;
        desk.work().await;
        for (path, now) in [(&left, "new"), (&done, "canceled"), (&open, "new")] {
            assert_eq!(state(&agent, path).await, now);
        }
        // Resolved again, what is still its child is resolved; the job that comes twice does it once.
        go(&agent, &parent, resolve()).await;
        desk.execute("insert into jobs (queue, key, payload, run_at) select queue, key || ' again', payload, now() from jobs where queue = 'children' and state = 'queued'").await;
        desk.work().await;
        let open = agent.get(&open).await.json();
        assert_eq!((&open["state"], &open["version"]), (&json!("resolved"), &json!(2)));
        assert_eq!(state(&agent, &left).await, "new");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_work_on_it_any_more_resolves_nothing_and_it_shows() {
    desk(async |desk| {
        let (agent, resolver, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let hr = desk.team("HR", true).await;
        let cases = [
            "update users set role = 'requester' where id = '{resolver}'".to_owned(),
            "update users set role = 'agent', active = false where id = '{resolver}'".to_owned(),
            format!(
                "update users set active = true where id = '{{resolver}}'; update tickets set restricted_to = '{hr}' where parent_id is not null"
            ),
        ];
        for undo in cases {
            let parent = raised(&admin, None).await;
            let child = raised(&admin, Some(&parent)).await;
            go(&resolver, &parent, resolve()).await;
            desk.execute(&undo.replace("{resolver}", &resolver.id.to_string())).await;
            desk.work().await;
            assert_eq!(state(&admin, &child).await, "new");
            let dead = desk.rows("select last_error from jobs where queue = 'children' and state = 'dead'").await;
            assert_eq!(dead, ["whoever resolved the parent may not work on this child"]);
            desk.execute("delete from jobs where state = 'dead'; update users set role = 'agent', active = true where role <> 'admin'").await;
        }
        assert_eq!(agent.get("/v1/auth/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_was_written_on_a_restricted_parent_stays_there() {
    desk(async |desk| {
        let (member, outsider) = (desk.person("agent").await, desk.person("agent").await);
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members (team_id, user_id) values ('{team}', '{}')", member.id)).await;
        let parent = member.post("/v1/incidents", json!({"short_description": "x", "restricted_to": team})).await.json();
        let parent = format!("/v1/incidents/{}", parent["id"].as_str().unwrap());
        let child = raised(&member, Some(&parent)).await;
        // Who does not see the parent does not replace it.
        let other = raised(&outsider, None).await;
        let reply = outsider.patch(&child, json!({"parent_id": other.rsplit('/').next()})).await;
        assert_eq!(reply.status, 403, "{}", reply.body);
        go(&member, &parent, json!({"to": "resolved", "close_code": "canary code", "close_notes": "Canary notes."})).await;
        desk.work().await;
        let reply = outsider.get(&child).await;
        assert_eq!(reply.json()["state"], "resolved");
        assert!(!reply.body.to_lowercase().contains("canary"), "{}", reply.body);
    })
    .await;
}
