//! `GET /v1/teams/{id}/members`
use serde_json::{Value, json};
use testkit::{Person, desk};
use uuid::Uuid;

use crate::path;

/// The names in all pages, two at a time.
async fn all(person: &Person<'_>, team: Uuid) -> Vec<Value> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let reply = person.get(&format!("{}/members?limit=2{cursor}", path(team))).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page = reply.json();
        names.extend(page["items"].as_array().unwrap().iter().map(|member| member["name"].clone()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return names,
        }
    }
}

#[tokio::test]
async fn by_name_for_those_who_work() {
    desk(async |desk| {
        let team = desk.team("Network", false).await;
        for name in ["d", "B", "a", "C", "e"] {
            let agent = desk.person("agent").await;
            let sql = format!("insert into team_members values ('{team}', '{0}'); update users set name = '{name}' where id = '{0}'", agent.id);
            desk.execute(&sql).await;
        }
        for role in ["agent", "manager", "admin", "auditor"] {
            assert_eq!(all(&desk.person(role).await, team).await, ["a", "B", "C", "d", "e"], "{role}");
        }
        let agent = desk.person("agent").await;
        let page = agent.get(&format!("{}/members?limit=1", path(team))).await.json();
        let member = &page["items"][0];
        assert_eq!((&member["role"], &member["active"], member["email"].is_string()), (&json!("agent"), &json!(true), true));
        assert_eq!(desk.person("requester").await.get(&format!("{}/members", path(team))).await.status, 404);
        assert_eq!(desk.nobody().get(&format!("{}/members", path(team))).await.status, 401);
        let other = desk.team("Other", false).await;
        let foreign = page["next"].as_str().unwrap();
        assert_eq!(agent.get(&format!("{}/members?cursor={foreign}", path(other))).await.status, 400);
        assert_eq!(agent.get(&format!("{}/members?sort=name", path(other))).await.status, 400);
        assert!(all(&agent, other).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_is_on_a_restricted_team_is_known_to_it_and_to_administrators() {
    desk(async |desk| {
        let hr = desk.team("HR", true).await;
        let (inside, admin) = (desk.person("auditor").await, desk.person("admin").await);
        desk.execute(&format!("insert into team_members values ('{hr}', '{}')", inside.id)).await;
        for person in [&inside, &admin] {
            assert_eq!(all(person, hr).await, ["A auditor"]);
        }
        for role in ["requester", "agent", "manager", "auditor"] {
            assert_eq!(desk.person(role).await.get(&format!("{}/members", path(hr))).await.status, 404, "{role}");
        }
    })
    .await;
}
