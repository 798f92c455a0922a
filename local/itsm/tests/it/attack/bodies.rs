//! Bodies that are not JSON, not of the type, too deep, too large, or poison for whoever reads what they wrote.
use http::Method;
use serde_json::{Value, json};
use testkit::{Person, desk};

use super::{answered, refused};

/// Every route that takes a body.
fn routes(id: &str) -> [(Method, String); 7] {
    [
        (Method::POST, "/v1/incidents".into()),
        (Method::PATCH, format!("/v1/incidents/{id}")),
        (Method::POST, format!("/v1/incidents/{id}/transitions")),
        (Method::POST, "/v1/categories".into()),
        (Method::PATCH, "/v1/settings".into()),
        (Method::POST, "/v1/auth/login".into()),
        (Method::POST, "/v1/auth/refresh".into()),
    ]
}

async fn raised(by: &Person<'_>) -> String {
    let raised = by.post("/v1/incidents", json!({"short_description": "x"})).await;
    raised.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_no_object_is_refused_everywhere() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let id = raised(&admin).await;
        let many = |text: &str, times| text.repeat(times).into_bytes();
        let hostile: Vec<(&str, Vec<u8>)> = vec![
            ("nothing", Vec::new()),
            ("a null", b"null".to_vec()),
            ("a text", br#""x""#.to_vec()),
            ("a number", b"1".to_vec()),
            ("arrays", b"[]".to_vec()),
            ("an array of an object", br#"[{"short_description": "x"}]"#.to_vec()),
            ("half", br#"{"short_description": "x""#.to_vec()),
            ("two", br#"{"short_description": "x"} {}"#.to_vec()),
            ("a lone surrogate", br#"{"short_description": "\ud800"}"#.to_vec()),
            ("a lone surrogate as a key", br#"{"\udfff": "x"}"#.to_vec()),
            ("no UTF-8", b"{\"short_description\": \"\xff\xfe\"}".to_vec()),
            ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
            ("a NUL", b"{\"short_description\": \"\0\"}".to_vec()),
            ("not a number", br#"{"impact": NaN}"#.to_vec()),
            ("too large a number", br#"{"impact": 1e999}"#.to_vec()),
            ("deep arrays", many("[", 100_000)),
            ("deep objects", many("{\"custom\":", 100_000)),
            ("an unknown field", br#"{"no_such_field": 1}"#.to_vec()),
            ("a key with a NUL", br#"{"a\u0000b": 1}"#.to_vec()),
            ("5 MB", [br#"{"description": ""#.to_vec(), many("x", 5 << 20), br#""}"#.to_vec()].concat()),
        ];
        for (method, path) in routes(&id) {
            for (what, body) in &hostile {
                let reply = admin.send(method.clone(), &path, &[], Some(body.clone())).await;
                let status = refused(&reply, &format!("{method} {path} with {what}"));
                assert_eq!(status == 413, *what == "5 MB", "{what}: {}", reply.body);
            }
            let plain = admin.send(method.clone(), &path, &[("content-type", "text/plain")], Some(b"{}".to_vec())).await;
            assert_eq!(refused(&plain, &path), 415);
        }
        assert_eq!(desk.rows("select id::text from tickets").await, [id]);
    })
    .await;
}

/// Values that fit hardly any field.
fn values() -> Vec<Value> {
    let deep = |levels| (0..levels).fold(json!(1), |inner, _| json!({"x": inner}));
    vec![
        json!(null),
        json!(true),
        json!(""),
        json!(" "),
        json!("a\u{0}b"),
        json!("\u{feff}\u{202e}\u{1f4a9}\r\n\t"),
        json!("x".repeat(161)),
        json!("x".repeat(10_000)),
        json!("ü".repeat(40_000)),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e300),
        json!(9_223_372_036_854_775_807_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!(32_768),
        json!([]),
        json!([1, [2]]),
        json!({}),
        json!({"\u{0}": 1}),
        json!({"": {"": null}}),
        json!({"version": 0, "__proto__": {}, "id": "x"}),
        json!({"x": "\u{0}"}),
        json!({"big": "x".repeat(100_000)}),
        deep(20),
        deep(60),
        deep(126),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("{00000000-0000-0000-0000-000000000000}"),
        json!("'; drop table tickets; --"),
    ]
}

const FIELDS: &[&str] = &[
    "short_description",
    "description",
    "impact",
    "urgency",
    "category",
    "subcategory",
    "channel",
    "location",
    "caller_id",
    "assignment_group",
    "assigned_to",
    "major",
    "custom",
    "hold_reason",
];

#[tokio::test]
async fn no_value_of_a_field_is_an_error_of_ours_nor_poison() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        for value in values() {
            let shown: String = value.to_string().chars().take(40).collect();
            for field in FIELDS {
                let what = format!("{field} {shown}");
                let mut new = json!({"short_description": "x"});
                new[field] = value.clone();
                let reply = admin.post("/v1/incidents", new).await;
                if answered(&reply, &what) == 201 {
                    readable(&admin, reply.json()["id"].as_str().unwrap(), &what).await;
                }
            }
            let path = format!("/v1/incidents/{}", raised(&admin).await);
            for field in FIELDS {
                answered(&admin.patch(&path, json!({ *field: value })).await, &format!("patch {field} {shown}"));
            }
            readable(&admin, path.rsplit('/').next().unwrap(), &format!("patched with {shown}")).await;
            for field in ["hold_reason", "close_code", "close_notes", "comment", "assignment_group", "assigned_to", "to"] {
                let mut step = json!({"to": "on_hold", "hold_reason": "vendor"});
                step[field] = value.clone();
                answered(&admin.post(&format!("{path}/transitions"), step).await, &format!("step {field} {shown}"));
            }
            for field in ["name", "subcategories"] {
                let mut category = json!({"name": "x"});
                category[field] = value.clone();
                answered(&admin.post("/v1/categories", category).await, &format!("category {field} {shown}"));
            }
            for change in [json!({"auto_close_days": value}), json!({"priorities": value}), json!({"priorities": [value]})] {
                answered(&admin.patch("/v1/settings", change).await, &format!("settings {shown}"));
            }
            for login in
                [json!({"email": value, "password": "x"}), json!({"email": "x@example.com", "password": value}), json!({"refresh_token": value})]
            {
                let path = if login.get("refresh_token").is_some() { "/v1/auth/refresh" } else { "/v1/auth/login" };
                refused(&admin.post(path, login).await, &format!("{path} {shown}"));
            }
        }
        assert_eq!(admin.get("/v1/incidents?limit=200").await.status, 200);
        assert_eq!(admin.get("/v1/events?limit=200").await.status, 200);
    })
    .await;
}

/// What was stored can be shown and worked with.
async fn readable(person: &Person<'_>, id: &str, what: &str) {
    let path = format!("/v1/incidents/{id}");
    for read in [path.clone(), format!("{path}/history"), format!("{path}/transitions")] {
        let reply = person.get(&read).await;
        assert_eq!(reply.status, 200, "{what}: {read}: {}", reply.body);
    }
    let patched = person.patch(&path, json!({"location": "still here"})).await;
    assert_eq!(patched.status, 200, "{what}: {}", patched.body);
}

/// Patches add to `custom`; together they may not outgrow what one may.
#[tokio::test]
async fn custom_fields_do_not_grow_without_end() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let path = format!("/v1/incidents/{}", raised(&agent).await);
        let mut last = 200;
        for n in 0..10 {
            let reply = agent.patch(&path, json!({"custom": {format!("field {n}"): "x".repeat(10_000)}})).await;
            last = answered(&reply, "custom");
        }
        assert_eq!(last, 422);
        assert_eq!(agent.patch(&path, json!({"custom": {"field 0": null}})).await.status, 200);
    })
    .await;
}
