//! Resolved incidents close by themselves.
use serde_json::{Value, json};
use testkit::{Person, desk};

async fn resolved(agent: &Person<'_>) -> String {
    let incident = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
    let path = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
    let step = json!({"to": "resolved", "close_code": "solved", "close_notes": "done"});
    assert_eq!(agent.post(&format!("{path}/transitions"), step).await.status, 200);
    path
}

async fn state(agent: &Person<'_>, path: &str) -> Value {
    agent.get(path).await.json()["state"].clone()
}

#[tokio::test]
async fn after_the_days_of_the_settings_and_not_before() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let path = resolved(&agent).await;
        desk.work().await;
        assert_eq!(state(&agent, &path).await, "resolved");
        desk.execute("update tickets set resolved_at = resolved_at - interval '6 days 23 hours'; update jobs set run_at = run_at - interval '6 days 23 hours'").await;
        desk.work().await;
        assert_eq!(state(&agent, &path).await, "resolved");
        desk.execute("update tickets set resolved_at = resolved_at - interval '1 hour'; update jobs set run_at = run_at - interval '1 hour' where state = 'queued'").await;
        desk.work().await;
        let closed = agent.get(&path).await.json();
        assert_eq!((&closed["state"], &closed["version"]), (&json!("closed"), &json!(3)));
        let last = desk.rows("select verb || ' ' || coalesce(actor_id::text, 'itself') from events order by seq desc limit 1").await;
        assert_eq!(last, ["closed itself"]);
    })
    .await;
}

#[tokio::test]
async fn at_once_where_the_settings_say_zero_and_never_a_major_one() {
    desk(async |desk| {
        let (agent, admin) = (desk.person("agent").await, desk.person("admin").await);
        assert_eq!(admin.patch("/v1/settings", json!({"auto_close_days": 0})).await.status, 200);
        let (path, major) = (resolved(&agent).await, resolved(&agent).await);
        desk.execute(&format!("update tickets set major = true where id = '{}'", major.rsplit('/').next().unwrap())).await;
        desk.work().await;
        assert_eq!(state(&agent, &path).await, "closed");
        assert_eq!(state(&agent, &major).await, "resolved");
    })
    .await;
}

#[tokio::test]
async fn a_reopened_one_stays_open_and_a_lost_job_is_made_up_for() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (reopened, lost) = (resolved(&agent).await, resolved(&agent).await);
        agent.post(&format!("{reopened}/transitions"), json!({"to": "in_progress", "assigned_to": agent.id})).await;
        desk.execute("delete from jobs; update tickets set resolved_at = resolved_at - interval '8 days'").await;
        desk.work().await;
        assert_eq!(state(&agent, &reopened).await, "in_progress");
        assert_eq!(state(&agent, &lost).await, "closed");
    })
    .await;
}
