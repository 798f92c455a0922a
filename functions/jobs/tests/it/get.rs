//! `GET /v1/jobs/{id}`
use serde_json::json;
use testkit::desk;

use crate::{dead, tidy};

#[tokio::test]
async fn says_why_it_failed() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        let job = admin.get(&format!("/v1/jobs/{}", dead(desk, "k").await)).await.json();
        assert_eq!((&job["state"], &job["attempt"], &job["max_attempts"]), (&json!("dead"), &json!(1), &json!(10)));
        assert!(job["last_error"].as_str().unwrap().starts_with("the payload does not fit"), "{job}");
        assert!(job["finished_at"].is_string() && job["started_at"].is_string() && job["locked_until"].is_null());
        for missing in ["0", "999999", "-1", "x", "1.5", "99999999999999999999"] {
            assert_eq!(admin.get(&format!("/v1/jobs/{missing}")).await.status, 404, "{missing}");
        }
        tidy(desk).await;
    })
    .await;
}
