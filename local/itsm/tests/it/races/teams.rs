//! Joining a team and losing the right to be on one, at once.
use serde_json::json;
use testkit::desk;

#[tokio::test]
async fn whoever_becomes_a_requester_while_they_join_a_team_is_on_none() {
    desk(async |desk| {
        let (admin, other) = (desk.person("admin").await, desk.person("admin").await);
        let team = desk.team("Network", false).await;
        for _ in 0..10 {
            let person = desk.person("agent").await;
            let join = format!("/v1/teams/{team}/members/{}", person.id);
            let (joined, demoted) =
                tokio::join!(admin.put(&join), async { other.patch(&format!("/v1/users/{}", person.id), json!({"role": "requester"})).await });
            assert!([204, 409].contains(&joined.status), "{}", joined.body);
            assert_eq!(demoted.status, 200, "{}", demoted.body);
        }
        assert_eq!(desk.rows("select count(*)::text from team_members").await, ["0"]);
    })
    .await;
}
