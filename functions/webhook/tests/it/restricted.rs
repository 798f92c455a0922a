//! Restricted tickets are told of to webhooks that are marked so, and to no other.
use serde_json::json;
use testkit::desk;

use crate::{deliver, hook, raise};
use testkit::receiver::Receiver;

#[tokio::test]
async fn only_a_marked_webhook_is_told_and_it_is_looked_at_again_when_sent() {
    desk(async |desk| {
        let (admin, member) = (desk.person("admin").await, desk.person("agent").await);
        let (open, marked) = (Receiver::start().await, Receiver::start().await);
        let (id, _) = hook(&admin, &open.url, json!({})).await;
        hook(&admin, &marked.url, json!({"restricted": true})).await;
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members (team_id, user_id) values ('{team}', '{}')", member.id)).await;
        raise(&member, json!({"short_description": "restricted from the start", "restricted_to": team})).await;
        let later = raise(&member, json!({"short_description": "restricted before it is sent"})).await;
        assert_eq!(member.patch(&later, json!({"restricted_to": team})).await.status, 200);
        raise(&member, json!({"short_description": "for all"})).await;
        deliver(desk).await;
        let told: Vec<String> = open.received().iter().map(|received| received.body.clone()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("for all"));
        assert_eq!(open.received()[0].headers["webhook-sequence"], "1", "what is withheld is no gap");
        assert_eq!(marked.received().len(), 4);
        let withheld = admin.get(&format!("/v1/webhooks/{id}/deliveries?state=withheld")).await.json();
        assert_eq!(withheld["items"].as_array().unwrap().len(), 1);
        // Lifted, it can be sent after all.
        assert_eq!(member.patch(&later, json!({"restricted_to": null})).await.status, 200);
        let replay = format!("/v1/webhooks/{id}/deliveries/{}/replay", withheld["items"][0]["id"].as_str().unwrap());
        assert_eq!(admin.post(&replay, json!({})).await.status, 200);
        deliver(desk).await;
        assert_eq!(open.types(), ["incident.created", "incident.created", "incident.updated"]);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_team_is_not_told_of_either_and_no_other_ticket_names_a_restricted_one() {
    desk(async |desk| {
        let (admin, member) = (desk.person("admin").await, desk.person("agent").await);
        let (open, marked) = (Receiver::start().await, Receiver::start().await);
        hook(&admin, &open.url, json!({})).await;
        hook(&admin, &marked.url, json!({"restricted": true})).await;
        let (team, other) = (desk.team("HR", true).await, desk.team("Network", false).await);
        for team in [team, other] {
            let path = format!("/v1/teams/{team}/members/{}", member.id);
            assert_eq!(admin.send(http::Method::PUT, &path, &[], None).await.status, 204);
        }
        let parent = raise(&member, json!({"short_description": "secret", "restricted_to": team})).await;
        let parent = parent.rsplit('/').next().unwrap();
        raise(&member, json!({"short_description": "child", "parent_id": parent})).await;
        deliver(desk).await;
        assert_eq!(open.types(), ["team.member_added", "incident.created"]);
        assert!(open.received().iter().all(|received| !received.body.contains(parent)));
        assert_eq!(marked.types(), ["team.member_added", "team.member_added", "incident.created", "incident.created"]);
        assert_eq!(marked.received()[3].json()["data"]["changes"]["parent_id"][1], parent);
    })
    .await;
}
