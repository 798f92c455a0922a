//! `PATCH /v1/users/{id}`
use serde_json::json;
use testkit::desk;

use crate::{ROLES, events, path};

#[tokio::test]
async fn an_administrator_changes_all_and_its_event_keeps_nothing_personal() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("requester").await);
        let change = json!({"name": "Canary Word", "email": "Canary@Example.com", "role": "agent", "locale": "de", "time_zone": "Europe/Vienna"});
        let reply = admin.patch(&path(&person), change).await;
        assert_eq!((reply.status, reply.header("etag")), (200, Some("\"2\"")), "{}", reply.body);
        assert_eq!((&reply.json()["email"], &reply.json()["role"]), (&json!("canary@example.com"), &json!("agent")));
        assert_eq!(admin.get(&path(&person)).await.json(), reply.json());
        let expected = json!({"role": ["requester", "agent"], "name": [], "email": [], "locale": [], "time_zone": []});
        assert_eq!(events(desk, person.id).await, [("updated".to_owned(), expected)]);
        let cleared = admin.patch(&path(&person), json!({"locale": null, "time_zone": null})).await.json();
        assert_eq!((&cleared["locale"], &cleared["time_zone"], &cleared["version"]), (&json!(null), &json!(null), &json!(3)));
        for nothing in [json!({}), json!({"name": "Canary Word", "email": "CANARY@example.com", "active": true})] {
            assert_eq!(admin.patch(&path(&person), nothing).await.json(), cleared);
        }
        assert_eq!(events(desk, person.id).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn each_person_changes_their_own_name_and_preferences_and_no_more() {
    desk(async |desk| {
        let other = desk.person("requester").await;
        for role in ROLES {
            let person = desk.person(role).await;
            let own = person.patch("/v1/users/me", json!({"name": "Me", "locale": "de-AT", "time_zone": "Europe/Vienna"})).await;
            assert_eq!((own.status, &own.json()["name"], &own.json()["locale"]), (200, &json!("Me"), &json!("de-AT")), "{role}: {}", own.body);
            if role == "admin" {
                continue;
            }
            for (field, value) in [("email", json!("mine@example.com")), ("role", json!("admin")), ("active", json!(false))] {
                let reply = person.patch(&path(&person), json!({field: value, "name": "y"})).await;
                assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{role} {field}");
            }
            for change in [json!({"name": "x"}), json!({"locale": "de"}), json!({}), json!({"role": "requester"})] {
                let reply = person.patch(&path(&other), change.clone()).await;
                assert_eq!(reply.status, 403, "{role} {change}");
                assert!(!reply.body.contains("example.com"));
            }
            assert_eq!(person.get("/v1/users/me").await.json()["version"], 2);
        }
        assert_eq!(desk.nobody().patch(&path(&other), json!({"name": "x"})).await.status, 401);
        assert_eq!(desk.rows(&format!("select name from users where id = '{}'", other.id)).await, ["A requester"]);
    })
    .await;
}

#[tokio::test]
async fn who_is_deactivated_is_out_at_the_next_request_and_their_tickets_stay() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("agent").await);
        let ticket = person.post("/v1/incidents", json!({"short_description": "x", "assigned_to": person.id})).await.json();
        let key = person.post("/v1/auth/api-keys", json!({"name": "x", "scopes": ["users:read"]})).await.json();
        let by_key = person.with_token(key["key"].as_str().unwrap());
        assert_eq!(by_key.get("/v1/users/me").await.status, 200);
        assert_eq!(admin.patch(&path(&person), json!({"active": false})).await.status, 200);
        for path in ["/v1/users/me", "/v1/incidents", "/v1/auth/me"] {
            assert_eq!(person.get(path).await.status, 401, "{path}");
        }
        let still = admin.get(&format!("/v1/incidents/{}", ticket["id"].as_str().unwrap())).await.json();
        assert_eq!(still, ticket);
        assert_eq!(admin.patch(&path(&person), json!({"active": true})).await.status, 200);
        assert_eq!(person.get("/v1/users/me").await.status, 401, "a session from before stays over");
        assert_eq!(by_key.get("/v1/users/me").await.status, 401, "a key too");
        let verbs: Vec<String> = events(desk, person.id).await.into_iter().map(|(verb, _)| verb).collect();
        assert_eq!(verbs, ["deactivated", "activated"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_becomes_a_requester_leaves_their_teams() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("agent").await);
        let (hr, network) = (desk.team("HR", true).await, desk.team("Network", false).await);
        desk.execute(&format!("insert into team_members values ('{hr}', '{0}'), ('{network}', '{0}')", person.id)).await;
        assert_eq!(admin.patch(&path(&person), json!({"role": "manager"})).await.status, 200);
        assert_eq!(desk.rows("select count(*)::text from team_members").await, ["2"]);
        assert_eq!(admin.patch(&path(&person), json!({"role": "requester"})).await.status, 200);
        assert_eq!(admin.patch(&path(&person), json!({"role": "agent"})).await.status, 200);
        assert_eq!(desk.rows("select count(*)::text from team_members").await, ["0"]);
        assert_eq!(desk.rows("select verb from events where subject = 'team' and team_id is not null").await, ["member_removed"; 2]);
    })
    .await;
}

#[tokio::test]
async fn the_last_active_administrator_stays() {
    desk(async |desk| {
        let (one, two) = (desk.person("admin").await, desk.person("admin").await);
        desk.execute(&format!("update users set active = false where id = '{}'", two.id)).await;
        for change in [json!({"role": "agent"}), json!({"active": false}), json!({"role": "requester", "active": false})] {
            let reply = one.patch("/v1/users/me", change.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (409, "conflict"), "{change}");
        }
        assert_eq!(one.patch("/v1/users/me", json!({"name": "Still here"})).await.status, 200);
        assert_eq!(one.patch(&path(&two), json!({"active": true})).await.status, 200);
        assert_eq!(one.patch("/v1/users/me", json!({"role": "agent"})).await.status, 200);
        assert_eq!(two.get("/v1/users/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_stale_if_match_is_412_and_a_current_one_writes() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("agent").await);
        let patch = async |tag, name| admin.patch_with(&path(&person), &[("if-match", tag)], json!({"name": name})).await;
        assert_eq!(patch("\"1\"", "One").await.status, 200);
        let stale = patch("\"1\"", "Two").await;
        assert_eq!((stale.status, stale.problem().as_str()), (412, "precondition-failed"));
        assert_eq!(patch("*", "Three").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_valid_changes_nothing() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("agent").await);
        let before = admin.get(&path(&person)).await.json();
        for (pointer, change) in [
            ("/name", json!({"name": ""})),
            ("/name", json!({"name": null})),
            ("/name", json!({"name": "x".repeat(161)})),
            ("/email", json!({"email": "nonsense"})),
            ("/email", json!({"email": null})),
            ("/role", json!({"role": "boss"})),
            ("/active", json!({"active": null})),
            ("/active", json!({"active": "no"})),
            ("/locale", json!({"locale": "de_AT"})),
            ("/locale", json!({"locale": 1})),
            ("/time_zone", json!({"time_zone": "Europe/Atlantis"})),
            ("/time_zone", json!({"time_zone": "europe/vienna"})),
        ] {
            let reply = admin.patch(&path(&person), change.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"), "{change} {}", reply.body);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{change}");
        }
        for unknown in ["id", "version", "password_hash", "erased_at", "search", "colour"] {
            assert_eq!(admin.patch(&path(&person), json!({unknown: "x"})).await.status, 400, "{unknown}");
        }
        let taken = json!({"email": admin.get("/v1/users/me").await.json()["email"]});
        assert_eq!(admin.patch(&path(&person), taken).await.status, 409);
        assert_eq!(admin.get(&path(&person)).await.json(), before);
    })
    .await;
}
