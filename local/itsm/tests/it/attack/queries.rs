//! Paths, filters and cursors that no page of ours gave out.
use http::Method;
use serde_json::json;
use shared::page::CursorKey;
use testkit::{Person, desk};
use uuid::Uuid;

use super::refused;

#[tokio::test]
async fn unknown_and_malformed_parameters_are_bad_requests() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let raised = admin.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        let history = format!("/v1/incidents/{}/history", raised["number"].as_str().unwrap());
        let limits = ["-1", "0", "201", "1.5", "1e2", "0x10", "", "abc", "%00", "99999999999999999999", "-9223372036854775809", "%D9%A1"];
        let mut queries: Vec<String> = limits.iter().map(|limit| format!("limit={limit}")).collect();
        queries.extend(["limit=1&limit=2", "no_such=1", "Limit=1", "%00=1", "%ff=1", "limit[]=1", "="].map(str::to_owned));
        let long = "A".repeat(50_000);
        let cursors = ["", "%00", "%ff", "AAAA", "....", "null", "eyJhIjoxfQ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &long];
        queries.extend(cursors.iter().map(|cursor| format!("cursor={cursor}")));
        for path in ["/v1/incidents", "/v1/events", &history] {
            for query in &queries {
                assert_eq!(refused(&admin.get(&format!("{path}?{query}")).await, query), 400, "{path}?{query}");
            }
            assert_eq!(admin.get(&format!("{path}?&&&")).await.status, 200);
        }
        for query in [
            "state=",
            "state=New",
            "state=%00",
            "state=new%27--",
            "state=new&state=new",
            "priority=0",
            "priority=6",
            "priority=1.0",
            "priority=%27",
            "sort=",
            "sort=id",
            "sort=opened_at%20desc",
            "sort=--opened_at",
            "q=%00",
            "count=maybe",
        ] {
            assert_eq!(refused(&admin.get(&format!("/v1/incidents?{query}")).await, query), 400, "{query}");
        }
    })
    .await;
}

/// With the key itself, as an older or a foreign version might have sealed them.
#[tokio::test]
async fn a_cursor_of_the_right_key_but_absurd_is_refused() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let raised = admin.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        let id = raised["id"].as_str().unwrap();
        let history = format!("incident history {id}");
        let key = CursorKey::new([9; 32]);
        let uuid = Uuid::nil().to_string();
        let (feed, path) = ("/v1/events".to_owned(), format!("/v1/incidents/{id}/history"));
        let mut absurd: Vec<(&str, String, Vec<&str>)> = Vec::new();
        for key in ["", "x", "294277-01-01", "-9999-01-01", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00+99:00", "a\u{0}b"] {
            absurd.push(("incidents -opened_at", "/v1/incidents".into(), vec![key, &uuid]));
        }
        absurd.push(("incidents updated_at", "/v1/incidents?sort=updated_at".into(), vec!["2026-01-01", "no uuid"]));
        for (list, path) in [("events", &feed), (history.as_str(), &path)] {
            for [epoch, xact, seq] in
                [["x", "1", "1"], ["", "1", "1"], ["1", "1", "x"], ["1", "1", "99999999999999999999"], ["99999999999", "1", "1"]]
            {
                absurd.push((list, path.clone(), vec![epoch, xact, seq]));
            }
        }
        for (list, path) in [("incidents -opened_at", "/v1/incidents"), ("events", &feed), (&history, &path)] {
            for count in [0, 1, 4] {
                absurd.push((list, path.to_owned(), vec!["1"; count]));
            }
        }
        for (list, path, position) in absurd {
            let cursor = key.seal(list, &position.iter().map(|&part| part.to_owned()).collect());
            let join = if path.contains('?') { '&' } else { '?' };
            let reply = admin.get(&format!("{path}{join}cursor={cursor}")).await;
            assert!([400, 422].contains(&refused(&reply, list)), "{list} {position:?}: {}", reply.body);
        }
        for far in ["infinity", "-infinity", "4713-01-01 BC"] {
            let cursor = key.seal("incidents -opened_at", &vec![far.to_owned(), uuid.clone()]);
            assert_eq!(admin.get(&format!("/v1/incidents?cursor={cursor}")).await.status, 200, "{far}");
        }
    })
    .await;
}

async fn every_route(person: &Person<'_>, id: &str) {
    for (method, path, body) in [
        (Method::GET, format!("/v1/incidents/{id}"), None),
        (Method::GET, format!("/v1/incidents/{id}/history"), None),
        (Method::GET, format!("/v1/incidents/{id}/transitions"), None),
        (Method::PATCH, format!("/v1/incidents/{id}"), Some(json!({"location": "x"}))),
        (Method::POST, format!("/v1/incidents/{id}/transitions"), Some(json!({"to": "canceled"}))),
    ] {
        let body = body.map(|body| body.to_string().into_bytes());
        let reply = person.send(method.clone(), &path, &[], body).await;
        let what: String = format!("{method} {path}").chars().take(80).collect();
        let status = refused(&reply, &what);
        let malformed = id.contains("%00") || id.contains("%ff");
        assert_eq!(status, if malformed { 400 } else { 404 }, "{what}: {}", reply.body);
    }
}

#[tokio::test]
async fn what_names_nothing_is_not_found() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        admin.post("/v1/incidents", json!({"short_description": "x"})).await;
        let long = "9".repeat(20_000);
        for id in [
            "%00",
            "%ff",
            "INC0000001%00",
            "inc0000001",
            "INC1",
            "INC00000001",
            "INC0000001%20",
            "%20",
            "%2e%2e%2fsettings",
            "1",
            "null",
            "*",
            "%27--",
            "00000000-0000-0000-0000-000000000000",
            "00000000000000000000000000000000",
            "%F0%9F%92%A9",
            "INC99999999999999999999",
            &long,
        ] {
            every_route(&admin, id).await;
        }
        for path in
            ["/v1/incidents/", "/v1/incidents//history", "/v1//incidents", "/V1/incidents", "/v1/incidents/x/y", "/internal/drain/sweep", "//"]
        {
            assert_eq!(refused(&admin.get(path).await, path), 404, "{path}");
        }
    })
    .await;
}
