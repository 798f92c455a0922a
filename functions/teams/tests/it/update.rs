//! `PATCH /v1/teams/{id}`
use serde_json::json;
use testkit::desk;

use crate::{feed, path};

#[tokio::test]
async fn managers_and_administrators_change_a_team() {
    desk(async |desk| {
        let team = desk.team("Network", false).await;
        let manager = desk.person("manager").await;
        let reply = manager.patch(&path(team), json!({"name": "Networks", "description": "Wires", "active": false})).await;
        assert_eq!((reply.status, reply.header("etag")), (200, Some("\"2\"")), "{}", reply.body);
        assert_eq!(manager.get(&path(team)).await.json(), reply.json());
        assert_eq!(manager.patch(&path(team), json!({"active": false})).await.json(), reply.json(), "nothing new is no new version");
        let expected = json!({"name": ["Network", "Networks"], "description": ["", "Wires"], "active": [true, false]});
        assert_eq!(feed(&manager).await, [("updated".to_owned(), expected)]);
        for role in ["requester", "agent", "auditor"] {
            for change in [json!({"name": "x"}), json!({})] {
                assert_eq!(desk.person(role).await.patch(&path(team), change).await.status, 403, "{role}");
            }
        }
        assert_eq!(desk.nobody().patch(&path(team), json!({"name": "x"})).await.status, 401);
        assert_eq!(desk.person("admin").await.patch(&path(team), json!({"active": true})).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_team_is_changed_by_its_own_managers_and_administrators() {
    desk(async |desk| {
        let hr = desk.team("HR", true).await;
        let (inside, outside) = (desk.person("manager").await, desk.person("manager").await);
        let (agent, requester, admin) = (desk.person("agent").await, desk.person("requester").await, desk.person("admin").await);
        desk.execute(&format!("insert into team_members values ('{hr}', '{}'), ('{hr}', '{}')", inside.id, agent.id)).await;
        for (person, status) in [(&outside, 403), (&agent, 403), (&requester, 404), (&inside, 200), (&admin, 200)] {
            let reply = person.patch(&path(hr), json!({"description": person.id})).await;
            assert_eq!(reply.status, status, "{}", reply.body);
        }
        assert_eq!(outside.patch(&path(hr), json!({"restricted": false})).await.status, 403);
        assert!(feed(&outside).await.is_empty());
        assert_eq!((feed(&inside).await.len(), feed(&admin).await.len()), (2, 2));
    })
    .await;
}

/// Any manager could join an open team, and see what it kept to itself.
#[tokio::test]
async fn a_team_that_keeps_tickets_to_itself_is_not_opened() {
    desk(async |desk| {
        let (admin, hr) = (desk.person("admin").await, desk.team("HR", true).await);
        admin.post("/v1/incidents", json!({"short_description": "x"})).await;
        desk.execute(&format!("update tickets set restricted_to = '{hr}'")).await;
        let reply = admin.patch(&path(hr), json!({"restricted": false})).await;
        assert_eq!((reply.status, reply.problem().as_str()), (409, "conflict"));
        assert_eq!(admin.patch(&path(hr), json!({"name": "People"})).await.status, 200);
        desk.execute("update tickets set restricted_to = null").await;
        assert_eq!(admin.patch(&path(hr), json!({"restricted": false})).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_stale_if_match_is_412_and_what_is_not_valid_changes_nothing() {
    desk(async |desk| {
        let (manager, team) = (desk.person("manager").await, desk.team("Network", false).await);
        desk.team("Taken", false).await;
        assert_eq!(manager.patch_with(&path(team), &[("if-match", "\"1\"")], json!({"description": "a"})).await.status, 200);
        assert_eq!(manager.patch_with(&path(team), &[("if-match", "\"1\"")], json!({"description": "b"})).await.status, 412);
        assert_eq!(manager.patch(&path(team), json!({"name": "Taken"})).await.status, 409);
        for (pointer, change) in [
            ("/name", json!({"name": null})),
            ("/name", json!({"name": ""})),
            ("/description", json!({"description": 1})),
            ("/description", json!({"description": "x".repeat(4001)})),
            ("/restricted", json!({"restricted": "no"})),
        ] {
            let reply = manager.patch(&path(team), change.clone()).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(pointer)), "{change}");
        }
        for unknown in ["id", "version", "members", "colour"] {
            assert_eq!(manager.patch(&path(team), json!({unknown: 1})).await.status, 400, "{unknown}");
        }
        assert_eq!(manager.get(&path(team)).await.json()["version"], 2);
    })
    .await;
}
