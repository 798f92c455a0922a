//! `GET /v1/incidents/{id}`
use serde_json::json;
use testkit::desk;

use crate::{path, raised};

#[tokio::test]
async fn by_id_and_by_number_with_its_version_as_etag() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        let by_id = agent.get(&path(&incident)).await;
        let by_number = agent.get(&format!("/v1/incidents/{}", incident["number"].as_str().unwrap())).await;
        assert_eq!((by_id.status, &by_id.body), (200, &by_number.body));
        assert_eq!(by_id.json(), incident);
        assert_eq!(by_id.header("etag"), Some("\"1\""));
        assert_eq!(by_id.header("cache-control"), Some("private, no-cache"));
        for (tag, status) in [("\"1\"", 304), ("W/\"1\"", 304), ("\"7\", \"1\"", 304), ("*", 304), ("\"2\"", 200)] {
            let reply = agent.get_with(&path(&incident), &[("if-none-match", tag)]).await;
            assert_eq!(reply.status, status, "{tag}");
            assert_eq!(reply.body.is_empty(), status == 304);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_or_not_theirs_is_the_same_404() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let incident = raised(&agent, "secret").await;
        let unseen = requester.get(&path(&incident)).await;
        assert_eq!((unseen.status, unseen.problem().as_str()), (404, "not-found"));
        for missing in ["INC9999999", "00000000-0000-7000-8000-000000000000", "nonsense", "%27%3B"] {
            let reply = requester.get(&format!("/v1/incidents/{missing}")).await;
            assert!(matches!(reply.status, 404 | 422), "{missing} {}", reply.body);
        }
        for malformed in ["%FF", "INC0000001%00"] {
            assert_eq!(requester.get(&format!("/v1/incidents/{malformed}")).await.status, 400, "{malformed}");
        }
        let own = raised(&requester, "mine").await;
        assert_eq!(requester.get(&path(&own)).await.status, 200);
        desk.execute(&format!("insert into watchers values ('{}', '{}')", incident["id"].as_str().unwrap(), requester.id)).await;
        assert_eq!(requester.get(&path(&incident)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_incident_is_its_teams_and_its_callers() {
    desk(async |desk| {
        let (outsider, member, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let (caller, auditor) = (desk.person("requester").await, desk.person("auditor").await);
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", member.id)).await;
        let incident = raised(&caller, "about my boss").await;
        desk.execute(&format!("update tickets set restricted_to = '{team}'")).await;
        for (person, status) in [(&member, 200), (&admin, 200), (&caller, 200), (&outsider, 404), (&auditor, 404)] {
            assert_eq!(person.get(&path(&incident)).await.status, status);
            assert_eq!(person.get(&format!("{}/history", path(&incident))).await.status, status);
            assert_eq!(person.get(&format!("{}/transitions", path(&incident))).await.status, status);
            let listed = person.get("/v1/incidents").await.json()["items"].as_array().unwrap().len();
            assert_eq!(listed, usize::from(status == 200));
        }
        assert_eq!(outsider.patch(&path(&incident), json!({"impact": 1})).await.status, 404);
        desk.execute(&format!("delete from team_members where user_id = '{}'", member.id)).await;
        assert_eq!(member.get(&path(&incident)).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_session_and_a_deactivated_user_are_out_at_the_next_request() {
    desk(async |desk| {
        let (agent, other) = (desk.person("agent").await, desk.person("agent").await);
        let incident = raised(&agent, "x").await;
        desk.execute(&format!("update sessions set revoked_at = now() where id = '{}'", agent.session)).await;
        desk.execute(&format!("update users set active = false where id = '{}'", other.id)).await;
        for person in [&agent, &other, &desk.nobody(), &agent.with_token("nonsense")] {
            let reply = person.get(&path(&incident)).await;
            assert_eq!((reply.status, reply.problem().as_str()), (401, "unauthenticated"));
            assert!(reply.header("www-authenticate").is_some());
            assert_eq!(person.post("/v1/incidents", json!({"short_description": "x"})).await.status, 401);
            assert_eq!(person.patch(&path(&incident), json!({"impact": 1})).await.status, 401);
            assert_eq!(person.get("/v1/incidents").await.status, 401);
        }
    })
    .await;
}
