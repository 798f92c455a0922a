//! `GET /v1/teams/{id}`
use teams::team::Team;
use testkit::desk;

use crate::path;

#[tokio::test]
async fn restricted_ones_are_there_for_those_who_work() {
    desk(async |desk| {
        let (network, hr) = (desk.team("Network", false).await, desk.team("HR", true).await);
        for role in ["requester", "agent", "manager", "admin", "auditor"] {
            let person = desk.person(role).await;
            let open = person.get(&path(network)).await;
            assert_eq!((open.status, open.header("etag")), (200, Some("\"1\"")), "{role}");
            let team: Team = serde_json::from_str(&open.body).unwrap();
            assert_eq!((team.id, team.name.as_str(), team.restricted, team.active), (network, "Network", false, true));
            let hidden = person.get(&path(hr)).await;
            assert_eq!(hidden.status, if role == "requester" { 404 } else { 200 }, "{role}");
            assert_eq!(person.get_with(&path(network), &[("if-none-match", "\"1\"")]).await.status, 304);
        }
        assert_eq!(desk.nobody().get(&path(network)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        for name in ["00000000-0000-7000-8000-000000000000", "nonsense", "me", "%27", "1"] {
            for path in [format!("/v1/teams/{name}"), format!("/v1/teams/{name}/members")] {
                let reply = admin.get(&path).await;
                assert_eq!((reply.status, reply.problem().as_str()), (404, "not-found"), "{path}");
            }
        }
        assert_eq!(admin.get("/v1/teams/%FF").await.status, 400);
    })
    .await;
}
