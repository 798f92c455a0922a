//! `POST /v1/users`
use serde_json::json;
use testkit::desk;

use crate::events;

#[tokio::test]
async fn an_administrator_adds_a_person_who_has_no_password_yet() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let new =
            json!({"email": "Ada.Lovelace@Example.com", "name": "Ada Lovelace", "role": "agent", "locale": "en-GB", "time_zone": "Europe/London"});
        let reply = admin.post("/v1/users", new).await;
        assert_eq!((reply.status, reply.header("etag")), (201, Some("\"1\"")), "{}", reply.body);
        let person = reply.json();
        assert_eq!(
            (&person["email"], &person["active"], &person["time_zone"]),
            (&json!("ada.lovelace@example.com"), &json!(true), &json!("Europe/London"))
        );
        let location = reply.header("location").unwrap();
        assert_eq!(admin.get(location).await.json(), person);
        assert_eq!(desk.rows("select (password_hash is null)::text from users where name = 'Ada Lovelace'").await, ["true"]);
        let id = person["id"].as_str().unwrap().parse().unwrap();
        let expected = json!({"role": [null, "agent"], "active": [null, true], "name": [], "email": []});
        assert_eq!(events(desk, id).await, [("created".to_owned(), expected)]);
        let plain = admin.post("/v1/users", json!({"email": "b@example.com", "name": "B"})).await.json();
        assert_eq!((&plain["role"], &plain["locale"]), (&json!("requester"), &json!(null)));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_does() {
    desk(async |desk| {
        let new = json!({"email": "x@example.com", "name": "X"});
        for role in ["requester", "agent", "manager", "auditor"] {
            let reply = desk.person(role).await.post("/v1/users", new.clone()).await;
            assert_eq!((reply.status, reply.problem().as_str()), (403, "forbidden"), "{role}");
        }
        assert_eq!(desk.nobody().post("/v1/users", new).await.status, 401);
        assert!(desk.rows("select name from users where email = 'x@example.com'").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_is_there_once_and_a_key_counts_once() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let (key, new) = ([("idempotency-key", "k")], json!({"email": "x@example.com", "name": "X"}));
        let first = admin.post_with("/v1/users", &key, new.clone()).await;
        let again = admin.post_with("/v1/users", &key, new).await;
        assert_eq!((first.status, &first.body, first.header("location")), (again.status, &again.body, again.header("location")));
        let other = admin.post_with("/v1/users", &key, json!({"email": "y@example.com", "name": "Y"})).await;
        assert_eq!((other.status, other.problem().as_str()), (422, "invalid"));
        let taken = admin.post("/v1/users", json!({"email": "X@EXAMPLE.com", "name": "Z"})).await;
        assert_eq!((taken.status, taken.problem().as_str()), (409, "conflict"));
        assert_eq!(desk.rows("select name from users where email in ('x@example.com', 'y@example.com')").await, ["X"]);
        assert_eq!(desk.rows("select count(*)::text from events").await, ["1"]);
        // Who is no administrator any more gets no stored answer either.
        desk.execute("update users set role = 'manager'").await;
        let late = admin.post_with("/v1/users", &key, json!({"email": "x@example.com", "name": "X"})).await;
        assert_eq!(late.status, 403);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_valid_names_its_field() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let long = "x".repeat(250);
        for (pointer, field, value) in [
            ("/email", "email", json!("nonsense")),
            ("/email", "email", json!("a b@example.com")),
            ("/email", "email", json!("a@b@example.com")),
            ("/email", "email", json!(format!("{long}@example.com"))),
            ("/email", "email", json!(null)),
            ("/name", "name", json!("")),
            ("/name", "name", json!("  ")),
            ("/name", "name", json!("a\r\nb: c")),
            ("/name", "name", json!("\u{0}")),
            ("/name", "name", json!(long)),
            ("/name", "name", json!(1)),
            ("/role", "role", json!("boss")),
            ("/locale", "locale", json!("not a locale")),
            ("/locale", "locale", json!("")),
            ("/time_zone", "time_zone", json!("Europe/Atlantis")),
            ("/time_zone", "time_zone", json!("localtime")),
            ("/time_zone", "time_zone", json!("")),
        ] {
            let mut new = json!({"email": "x@example.com", "name": "X"});
            new[field] = value.clone();
            let reply = admin.post("/v1/users", new).await;
            assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid"), "{field} {value}: {}", reply.body);
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{field} {value}");
        }
        assert_eq!(admin.post("/v1/users", json!({"email": "x@example.com"})).await.status, 422);
        for unknown in ["active", "password", "id", "colour"] {
            let mut new = json!({"email": "x@example.com", "name": "X"});
            new[unknown] = json!("x");
            assert_eq!(admin.post("/v1/users", new).await.status, 400, "{unknown}");
        }
        assert_eq!(desk.rows("select count(*)::text from users").await, ["1"]);
    })
    .await;
}
