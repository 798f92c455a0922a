//! `GET /v1/schedules`, `GET /v1/schedules/{name}`
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn what_the_functions_declare_by_name() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        desk.execute(
            "insert into schedules (name, queue, cron, timezone, next_run_at) values
             ('a', 'sweep', '30 2 * * *', 'Europe/Berlin', 'infinity'), ('z', 'sweep', '0 0 1 1 *', 'UTC', 'infinity')",
        )
        .await;
        let sweep = admin.get("/v1/schedules/sweep").await;
        let json = sweep.json();
        assert_eq!(
            (&json["queue"], &json["cron"], &json["timezone"], &json["enabled"]),
            (&json!("sweep"), &json!("* * * * *"), &json!("UTC"), &json!(true))
        );
        assert!(sweep.header("etag").is_none());
        let first = admin.get("/v1/schedules?limit=1").await.json();
        assert_eq!(first["items"][0]["name"], "a");
        let rest = admin.get(&format!("/v1/schedules?cursor={}", first["next"].as_str().unwrap())).await.json();
        let names: Vec<_> = rest["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"sweep") && names.last() == Some(&"z") && !names.contains(&"a"), "{names:?}");
        assert_eq!(admin.get("/v1/schedules/no-such").await.status, 404);
        assert_eq!(admin.get("/v1/schedules?name=a").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn administrators_and_auditors_read() {
    desk(async |desk| {
        for path in ["/v1/schedules", "/v1/schedules/sweep"] {
            assert_eq!(desk.person("auditor").await.get(path).await.status, 200);
            for role in ["requester", "agent", "manager"] {
                assert_eq!(desk.person(role).await.get(path).await.status, 403, "{role} {path}");
            }
        }
    })
    .await;
}
