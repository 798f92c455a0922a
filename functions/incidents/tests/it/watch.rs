//! `GET /v1/incidents/{id}/watchers`, `PUT` and `DELETE .../{user}`
use serde_json::{Value, json};
use testkit::{Person, desk};

use crate::{each, join, path, raised};

fn watcher(incident: &Value, of: &str) -> String {
    format!("{}/watchers/{of}", path(incident))
}

async fn watchers(person: &Person<'_>, incident: &Value) -> Vec<String> {
    each(&person.get(&format!("{}/watchers", path(incident))).await.json(), "id")
}

#[tokio::test]
async fn somebody_watches_and_sees_and_then_does_not() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let incident = raised(&agent, "x").await;
        for _ in 0..2 {
            assert_eq!(agent.put(&watcher(&incident, &requester.id.to_string())).await.status, 204);
        }
        assert_eq!(agent.put(&watcher(&incident, "me")).await.status, 204);
        assert_eq!(requester.get(&path(&incident)).await.status, 200);
        assert_eq!(watchers(&requester, &incident).await, [agent.id.to_string(), requester.id.to_string()]);
        let page = agent.get(&format!("{}/watchers?limit=1", path(&incident))).await.json();
        let rest = agent.get(&format!("{}/watchers?limit=1&cursor={}", path(&incident), page["next"].as_str().unwrap())).await.json();
        assert_eq!((each(&rest, "id"), &rest["next"]), (vec![requester.id.to_string()], &Value::Null));
        assert_eq!(requester.delete(&watcher(&incident, "me")).await.status, 204);
        assert_eq!(requester.get(&path(&incident)).await.status, 404);
        assert_eq!(agent.delete(&watcher(&incident, &requester.id.to_string())).await.status, 204);
        let verbs = desk.rows("select verb from events where verb like '%watched' order by seq").await;
        assert_eq!(verbs, ["watched", "watched", "unwatched"]);
        assert_eq!(agent.get(&path(&incident)).await.json()["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_let_whom_watch() {
    desk(async |desk| {
        let (agent, caller, other) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let (auditor, gone) = (desk.person("auditor").await, desk.person("agent").await);
        desk.execute(&format!("update users set active = false where id = '{}'", gone.id)).await;
        let incident = raised(&caller, "x").await;
        let (colleague, me) = (watcher(&incident, &other.id.to_string()), watcher(&incident, "me"));
        assert_eq!(other.put(&me).await.status, 404);
        assert_eq!(auditor.put(&me).await.status, 403);
        assert_eq!(caller.put(&colleague).await.status, 204);
        // A watcher leaves, and decides for nobody else.
        assert_eq!(other.put(&watcher(&incident, &agent.id.to_string())).await.status, 403);
        assert_eq!(other.delete(&watcher(&incident, &agent.id.to_string())).await.status, 403);
        assert_eq!(caller.delete(&colleague).await.status, 204);
        for unknown in [gone.id.to_string(), "00000000-0000-7000-8000-000000000000".into()] {
            assert_eq!(agent.put(&watcher(&incident, &unknown)).await.status, 422, "{unknown}");
        }
        assert_eq!(agent.put(&watcher(&incident, "nonsense")).await.status, 404);
        assert_eq!(agent.delete(&watcher(&incident, "nonsense")).await.status, 404);
        assert_eq!(watchers(&agent, &incident).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn only_its_team_lets_others_watch_a_restricted_incident() {
    desk(async |desk| {
        let (member, outsider, caller) = (desk.person("agent").await, desk.person("agent").await, desk.person("requester").await);
        let team = desk.team("HR", true).await;
        join(desk, team, &member).await;
        let incident = raised(&caller, "x").await;
        desk.execute(&format!("update tickets set restricted_to = '{team}'")).await;
        assert_eq!(outsider.put(&watcher(&incident, "me")).await.status, 404);
        assert_eq!(caller.put(&watcher(&incident, &outsider.id.to_string())).await.status, 403);
        assert_eq!(member.put(&watcher(&incident, &outsider.id.to_string())).await.status, 204);
        assert_eq!(outsider.get(&path(&incident)).await.status, 200);
        let third = desk.person("agent").await;
        assert_eq!(outsider.put(&watcher(&incident, &third.id.to_string())).await.status, 403);
        // Nor by making somebody its caller.
        assert_eq!(outsider.patch(&path(&incident), json!({"caller_id": third.id})).await.status, 403);
        assert_eq!(outsider.delete(&watcher(&incident, "me")).await.status, 204);
        assert_eq!(outsider.get(&path(&incident)).await.status, 404);
        assert_eq!(desk.person("admin").await.put(&watcher(&incident, &third.id.to_string())).await.status, 204);
    })
    .await;
}
