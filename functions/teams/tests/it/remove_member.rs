//! `DELETE /v1/teams/{id}/members/{user}`
use serde_json::json;
use testkit::desk;
use uuid::Uuid;

use crate::{add, feed, remove};

#[tokio::test]
async fn whoever_may_put_one_on_a_team_takes_one_off() {
    desk(async |desk| {
        let team = desk.team("Network", false).await;
        let (manager, agent) = (desk.person("manager").await, desk.person("agent").await);
        assert_eq!(add(&manager, team, agent.id).await.status, 204);
        for role in ["requester", "agent", "auditor"] {
            assert_eq!(remove(&desk.person(role).await, team, agent.id).await.status, 403, "{role}");
        }
        assert_eq!(remove(&desk.nobody(), team, agent.id).await.status, 401);
        for _ in 0..2 {
            assert_eq!(remove(&manager, team, agent.id).await.status, 204, "done already is done");
        }
        let verbs: Vec<String> = feed(&manager).await.into_iter().map(|(verb, _)| verb).collect();
        assert_eq!(verbs, ["member_added", "member_removed"]);
        assert_eq!(remove(&manager, team, Uuid::nil()).await.status, 404);
        assert_eq!(remove(&manager, Uuid::nil(), agent.id).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn who_is_taken_off_loses_sight_of_its_tickets_at_the_next_request() {
    desk(async |desk| {
        let hr = desk.team("HR", true).await;
        let (inside, agent, admin) = (desk.person("manager").await, desk.person("agent").await, desk.person("admin").await);
        let caller = desk.person("requester").await;
        for member in [inside.id, agent.id] {
            assert_eq!(add(&admin, hr, member).await.status, 204);
        }
        let ticket = caller.post("/v1/incidents", json!({"short_description": "about my boss"})).await.json();
        desk.execute(&format!("update tickets set restricted_to = '{hr}'")).await;
        let path = format!("/v1/incidents/{}", ticket["id"].as_str().unwrap());
        assert_eq!((agent.get(&path).await.status, feed(&inside).await.len()), (200, 2));
        assert_eq!(remove(&inside, hr, agent.id).await.status, 204);
        for path in [path.clone(), format!("{path}/history"), format!("/v1/teams/{hr}/members")] {
            assert_eq!(agent.get(&path).await.status, 404, "{path}");
        }
        for path in ["/v1/incidents", "/v1/events"] {
            assert!(!agent.get(path).await.body.contains("about my boss"), "{path}");
        }
        assert_eq!(inside.get(&path).await.status, 200);
        assert_eq!(remove(&inside, hr, inside.id).await.status, 204, "who leaves is out as well");
        assert_eq!(inside.get(&path).await.status, 404);
        assert_eq!(add(&inside, hr, inside.id).await.status, 403);
        assert!(feed(&inside).await.is_empty());
    })
    .await;
}
