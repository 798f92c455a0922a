//! `POST`, `GET /v1/calendars`
use serde_json::json;
use testkit::desk;

use crate::{added, path};

#[tokio::test]
async fn a_calendar_is_kept_and_listed_by_name_beside_those_that_are_there() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        let calendar = added(&manager, "Berlin").await;
        assert_eq!((&calendar["holidays"], &calendar["active"], &calendar["version"]), (&json!([]), &json!(true), &json!(1)));
        let read = agent.get(&path(&calendar)).await;
        assert_eq!((read.status, read.header("etag")), (200, Some("\"1\"")));
        let page = agent.get("/v1/calendars?limit=2").await.json();
        let names: Vec<&str> = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Around the clock", "Berlin"]);
        let rest = agent.get(&format!("/v1/calendars?limit=2&cursor={}", page["next"].as_str().unwrap())).await.json();
        assert_eq!((rest["items"][0]["name"].as_str(), rest["next"].as_str()), (Some("Business hours"), None));
    })
    .await;
}

#[tokio::test]
async fn what_could_never_be_is_refused() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        added(&manager, "taken").await;
        for (with, status) in [
            (json!({"name": "taken"}), 409),
            (json!({"name": ""}), 422),
            (json!({"time_zone": "Europe/Atlantis"}), 422),
            (json!({"hours": {"monday": []}}), 422),
            (json!({"hours": {"mon": [["09:00", "08:00"]]}}), 422),
            (json!({"hours": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}), 422),
            (json!({"hours": {"mon": [["8", "12:00"]]}}), 422),
            (json!({"hours": {"mon": [["08:00", "24:01"]]}}), 422),
            (json!({"holidays": [{"date": "2026-02-30"}]}), 422),
            (json!({"holidays": [{"date": "2026-02-03"}, {"date": "2026-02-03"}]}), 422),
            (json!({"overrides": [{"date": "2026-02-03", "hours": [["1", "2"]]}]}), 422),
            (json!({"colour": "red"}), 400),
        ] {
            let mut body = json!({"name": "new", "time_zone": "UTC"});
            body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
            let reply = manager.post("/v1/calendars", body).await;
            assert_eq!(reply.status, status, "{with}: {}", reply.body);
        }
    })
    .await;
}
