//! `PUT /v1/teams/{id}/members/{user}`
use serde_json::json;
use testkit::desk;
use uuid::Uuid;

use crate::{add, feed};

#[tokio::test]
async fn managers_and_administrators_put_those_who_work_on_a_team() {
    desk(async |desk| {
        let team = desk.team("Network", false).await;
        let (manager, admin) = (desk.person("manager").await, desk.person("admin").await);
        for role in ["agent", "manager", "admin", "auditor"] {
            let person = desk.person(role).await;
            for by in [&manager, &admin, &manager] {
                let reply = add(by, team, person.id).await;
                assert_eq!((reply.status, reply.body.as_str()), (204, ""), "{role}: {}", reply.body);
            }
            assert_eq!(person.get("/v1/auth/me").await.json()["teams"], json!([{"id": team, "name": "Network"}]));
        }
        assert_eq!(feed(&admin).await.len(), 4, "what is done already is no event");
        let (requester, inactive) = (desk.person("requester").await, desk.person("agent").await);
        desk.execute(&format!("update users set active = false where id = '{}'", inactive.id)).await;
        for person in [&requester, &inactive] {
            let reply = add(&admin, team, person.id).await;
            assert_eq!((reply.status, reply.problem().as_str()), (409, "conflict"));
        }
        assert_eq!(add(&admin, team, Uuid::nil()).await.status, 404);
        assert_eq!(add(&admin, Uuid::nil(), manager.id).await.status, 404);
        for role in ["requester", "agent", "auditor"] {
            let person = desk.person(role).await;
            let reply = add(&person, team, person.id).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{role}");
        }
        assert_eq!(add(&desk.nobody(), team, manager.id).await.status, 401);
        assert_eq!(desk.rows("select count(*)::text from team_members").await, ["4"]);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_team_opens_to_none_but_whom_it_or_an_administrator_lets_in() {
    desk(async |desk| {
        let hr = desk.team("HR", true).await;
        let (inside, outside, admin) = (desk.person("manager").await, desk.person("manager").await, desk.person("admin").await);
        let agent = desk.person("agent").await;
        assert_eq!(add(&admin, hr, inside.id).await.status, 204);
        for user in [outside.id, agent.id, Uuid::nil(), inside.id] {
            assert_eq!(add(&outside, hr, user).await.status, 403, "an outsider learns nothing of who is there");
        }
        assert_eq!(add(&inside, hr, agent.id).await.status, 204);
        assert_eq!(add(&agent, hr, outside.id).await.status, 403, "an agent on it does not");
        assert_eq!(add(&desk.person("requester").await, hr, agent.id).await.status, 404);
        let verbs = |events: Vec<(String, serde_json::Value)>| events.into_iter().map(|(verb, _)| verb).collect::<Vec<_>>();
        assert_eq!(verbs(feed(&inside).await), ["member_added"; 2]);
        assert_eq!(verbs(feed(&admin).await), ["member_added"; 2]);
        for hidden in [&outside, &agent, &desk.person("auditor").await, &desk.person("requester").await] {
            assert!(feed(hidden).await.is_empty());
        }
    })
    .await;
}
