//! `GET /v1/auth/me`
use serde_json::json;
use testkit::desk;

use crate::key;

#[tokio::test]
async fn me_with_my_teams_and_the_scopes_of_a_key() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let team = desk.team("Network", false).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", agent.id)).await;
        let me = agent.get("/v1/auth/me").await.json();
        assert_eq!(
            me,
            json!({"id": agent.id, "email": format!("agent-{}@example.com", agent.id), "name": "A agent", "role": "agent",
                              "teams": [{"id": team, "name": "Network"}], "scopes": null})
        );
        let (_, holder) = key(&agent, &["users:read", "*:write"]).await;
        let by_key = holder.get("/v1/auth/me").await.json();
        assert_eq!((&by_key["scopes"], &by_key["id"]), (&json!(["*:write", "users:read"]), &me["id"]));
        desk.execute("delete from team_members").await;
        assert_eq!(holder.get("/v1/auth/me").await.json()["teams"], json!([]));
    })
    .await;
}
