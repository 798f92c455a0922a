//! `GET /v1/users/{id}/export`
use serde_json::{Value, json};
use testkit::{Person, desk};

use crate::path;

/// All pieces of an export, a few at a time.
async fn all(by: &Person<'_>, of: &str, limit: usize) -> Vec<Value> {
    let (mut pieces, mut cursor) = (Vec::new(), String::new());
    loop {
        let reply = by.get(&format!("{of}/export?limit={limit}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page = reply.json();
        pieces.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pieces,
        }
        assert_eq!(page["items"].as_array().unwrap().len(), limit, "a page is never short");
    }
}

fn part<'a>(pieces: &'a [Value], name: &str) -> Vec<&'a Value> {
    pieces.iter().filter(|piece| piece["part"] == name).map(|piece| &piece["data"]).collect()
}

#[tokio::test]
async fn all_that_is_held_in_pages_of_any_size() {
    desk(async |desk| {
        let (admin, agent, other) = (desk.person("admin").await, desk.person("agent").await, desk.person("agent").await);
        let team = desk.team("Network", false).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", agent.id)).await;
        for (what, caller, assignee) in [("called", &agent, &other), ("opened", &other, &other), ("assigned", &other, &agent)] {
            let by = if what == "assigned" { &other } else { &agent };
            let new = json!({"short_description": what, "caller_id": caller.id, "assigned_to": assignee.id});
            assert_eq!(by.post("/v1/incidents", new).await.status, 201);
        }
        let foreign = other.post("/v1/incidents", json!({"short_description": "foreign"})).await.json();
        let hold = json!({"to": "on_hold", "hold_reason": "caller", "comment": "my own words"});
        assert_eq!(agent.post(&format!("/v1/incidents/{}/transitions", foreign["number"].as_str().unwrap()), hold).await.status, 200);
        desk.execute(&format!(
            "insert into comments select gen_random_uuid(), id, '{}', 'work_note', 'not for export', now() from tickets limit 1",
            agent.id
        ))
        .await;
        assert_eq!(admin.patch(&path(&agent), json!({"role": "manager"})).await.status, 200);
        let key = agent.post("/v1/auth/api-keys", json!({"name": "Monitoring", "scopes": ["users:read"]})).await;
        assert_eq!(key.status, 201, "{}", key.body);
        assert_eq!(admin.post("/v1/auth/password-resets", json!({"user_id": agent.id})).await.status, 201);

        let preference = json!({"commented": {"email": false}});
        assert_eq!(agent.patch("/v1/notifications/preferences", preference).await.status, 200);
        for (table, columns, values) in [
            ("notifications", "relation, visibility", "'assignee', 'public'"),
            ("notifications", "relation, visibility", "'assignee', 'work_note'"),
            ("mails", "visibility, message_id", "'public', '<1@desk.example>'"),
        ] {
            desk.execute(&format!(
                "insert into {table} (id, user_id, ticket_id, event_epoch, event_xact, event_seq, kind, created_at, {columns})
                 select uuid_v7(), '{}', t.id, 0, '0', (select count(*) from {table}), 'commented', now(), {values}
                 from tickets t where short_description = 'assigned'",
                agent.id
            ))
            .await;
        }

        let pieces = all(&agent, "/v1/users/me", 200).await;
        assert_eq!(part(&pieces, "profile"), [&agent.get("/v1/users/me").await.json()]);
        assert_eq!(part(&pieces, "team"), [&json!({"id": team, "name": "Network"})]);
        let sessions = part(&pieces, "session");
        assert_eq!(
            (sessions.len(), crate::members(sessions[0])),
            (1, vec!["address", "created_at", "expires_at", "id", "refreshed_at", "revoked_at", "user_agent"])
        );
        let keys: Vec<&Value> = part(&pieces, "api_key").into_iter().map(|key| &key["name"]).collect();
        assert_eq!((json!(keys), part(&pieces, "password_reset").len()), (json!(["Monitoring"]), 1));
        let tickets: Vec<(&str, [bool; 3])> = part(&pieces, "ticket")
            .into_iter()
            .map(|t| (t["short_description"].as_str().unwrap(), ["caller", "opener", "assignee"].map(|how| t[how].as_bool().unwrap())))
            .collect();
        assert_eq!(tickets, [("called", [true, true, false]), ("opened", [false, true, false]), ("assigned", [false, false, true])]);
        let comments: Vec<&Value> = part(&pieces, "comment").into_iter().map(|comment| &comment["body"]).collect();
        assert_eq!(comments, ["my own words"]);
        let deeds: Vec<&Value> = part(&pieces, "deed").into_iter().map(|deed| &deed["verb"]).collect();
        assert_eq!(deeds, ["created", "created", "on_hold", "commented"]);
        let account = part(&pieces, "account");
        assert_eq!((account.len(), &account[0]["changes"]), (1, &json!({"role": ["agent", "manager"]})));
        assert_eq!(part(&pieces, "preferences"), [&json!({"commented": {"in_app": null, "email": false}})]);
        let told: Vec<(&Value, &Value)> = part(&pieces, "notification").into_iter().map(|told| (&told["kind"], &told["relation"])).collect();
        assert_eq!(told, [(&json!("commented"), &json!("assignee")); 2]);
        let mails: Vec<(&Value, &Value)> = part(&pieces, "mail").into_iter().map(|mail| (&mail["message_id"], &mail["state"])).collect();
        assert_eq!(mails, [(&json!("<1@desk.example>"), &json!("queued"))]);
        assert!(!pieces.iter().any(|piece| piece.to_string().contains("hash")), "no secret, hashed or not");
        for limit in [1, 2, 3] {
            assert_eq!(all(&agent, &path(&agent), limit).await, pieces, "{limit}");
        }
        assert_eq!(all(&admin, &path(&agent), 4).await, pieces);
        let by_key = agent.with_token(key.json()["key"].as_str().unwrap());
        assert_eq!(by_key.get("/v1/users/me").await.body, agent.get("/v1/users/me").await.body);
    })
    .await;
}

#[tokio::test]
async fn it_is_for_oneself_and_administrators() {
    desk(async |desk| {
        let somebody = desk.person("requester").await;
        for role in ["requester", "agent", "manager", "auditor"] {
            let person = desk.person(role).await;
            let reply = person.get(&format!("{}/export", path(&somebody))).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{role}");
            assert_eq!(person.get("/v1/users/me/export").await.status, 200, "{role}");
        }
        assert_eq!(desk.nobody().get("/v1/users/me/export").await.status, 401);
        let admin = desk.person("admin").await;
        assert_eq!(admin.get("/v1/users/00000000-0000-7000-8000-000000000000/export").await.status, 404);
        let cursor = admin.get(&format!("{}/export?limit=1", path(&somebody))).await.json()["next"].as_str().unwrap().to_owned();
        for query in ["colour=red", "limit=0", "cursor=nonsense", &format!("cursor={cursor}")] {
            assert_eq!(admin.get(&format!("/v1/users/me/export?{query}")).await.status, 400, "{query}");
        }
    })
    .await;
}

/// What somebody may no longer see is not in their own export; an administrator's has it.
#[tokio::test]
async fn a_ticket_out_of_sight_is_out_of_their_own_export() {
    desk(async |desk| {
        let (agent, other, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let team = desk.team("HR", true).await;
        let new = json!({"short_description": "canary-81f", "caller_id": other.id, "assigned_to": agent.id});
        let ticket = agent.post("/v1/incidents", new).await.json();
        let step = json!({"to": "on_hold", "hold_reason": "caller", "comment": "canary-81f"});
        let number = ticket["number"].as_str().unwrap();
        assert_eq!(agent.post(&format!("/v1/incidents/{number}/transitions"), step).await.status, 200);
        desk.execute(&format!("update tickets set restricted_to = '{team}'; insert into team_members values ('{team}', '{}')", agent.id)).await;
        for (by, of, shown) in [(&agent, "/v1/users/me", true), (&admin, path(&agent).as_str(), true)] {
            assert_eq!(serde_json::to_string(&all(by, of, 3).await).unwrap().contains("canary-81f"), shown);
        }
        desk.execute("delete from team_members").await;
        let own = serde_json::to_string(&all(&agent, "/v1/users/me", 3).await).unwrap();
        for trace in ["canary-81f", number, ticket["id"].as_str().unwrap()] {
            assert!(!own.contains(trace), "{trace}: {own}");
        }
        assert!(serde_json::to_string(&all(&admin, &path(&agent), 3).await).unwrap().contains("canary-81f"));
    })
    .await;
}
