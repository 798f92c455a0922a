//! Incidents of a restricted team: raising, restricting, lifting and handing over.
use serde_json::{Value, json};
use testkit::{Reply, desk};

use crate::{each, join, path, raised};

fn pointer(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json()["errors"][0]["pointer"].clone())
}

#[tokio::test]
async fn its_members_raise_and_restrict_and_nobody_else() {
    desk(async |desk| {
        let (member, outsider, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let (hr, open) = (desk.team("HR", true).await, desk.team("Network", false).await);
        join(desk, hr, &member).await;
        join(desk, open, &member).await;
        let new = |team| json!({"short_description": "x", "restricted_to": team});
        assert_eq!(member.post("/v1/incidents", new(hr)).await.json()["restricted_to"], json!(hr));
        assert_eq!(admin.post("/v1/incidents", new(hr)).await.status, 201);
        assert_eq!(outsider.post("/v1/incidents", new(hr)).await.status, 403);
        assert_eq!(desk.person("requester").await.post("/v1/incidents", new(hr)).await.status, 403);
        assert_eq!(pointer(&member.post("/v1/incidents", new(open)).await), (422, json!("/restricted_to")));

        let incident = raised(&outsider, "x").await;
        let outside = raised(&desk.person("agent").await, "x").await;
        assert_eq!(outsider.patch(&path(&incident), json!({"restricted_to": hr})).await.status, 403);
        assert_eq!(member.patch(&path(&incident), json!({"restricted_to": hr})).await.status, 200);
        // Its caller sees it, works tickets, and still does not lift what is the team's to lift.
        assert_eq!(outsider.get(&path(&incident)).await.status, 200);
        assert_eq!(outsider.patch(&path(&incident), json!({"restricted_to": null})).await.status, 403);
        assert_eq!(member.patch(&path(&incident), json!({"restricted_to": null})).await.json()["restricted_to"], json!(null));
        assert_eq!(pointer(&admin.patch(&path(&outside), json!({"restricted_to": open})).await), (422, json!("/restricted_to")));
        assert_eq!(pointer(&admin.patch(&path(&outside), json!({"restricted_to": "HR"})).await), (422, json!("/restricted_to")));
    })
    .await;
}

#[tokio::test]
async fn restricting_drops_the_watchers_outside_each_with_an_event() {
    desk(async |desk| {
        let (member, outsider, caller) = (desk.person("agent").await, desk.person("agent").await, desk.person("requester").await);
        let (colleague, admin) = (desk.person("requester").await, desk.person("admin").await);
        let hr = desk.team("HR", true).await;
        join(desk, hr, &member).await;
        let incident = raised(&caller, "x").await;
        for watcher in [&member, &outsider, &caller, &colleague, &admin] {
            assert_eq!(member.put(&format!("{}/watchers/{}", path(&incident), watcher.id)).await.status, 204);
        }
        assert_eq!(member.patch(&path(&incident), json!({"restricted_to": hr})).await.status, 200);
        let left = each(&member.get(&format!("{}/watchers", path(&incident))).await.json(), "id");
        let mut kept = [&member, &caller, &admin].map(|person| person.id.to_string());
        kept.sort();
        assert_eq!(left, kept);
        for (person, status) in [(&outsider, 404), (&colleague, 404), (&caller, 200)] {
            assert_eq!(person.get(&path(&incident)).await.status, status);
        }
        let dropped = "select count(*)::text from events where verb = 'unwatched' and version is null";
        assert_eq!(desk.rows(dropped).await, ["2"]);
    })
    .await;
}

#[tokio::test]
async fn it_stays_with_its_team_and_its_people() {
    desk(async |desk| {
        let (member, outsider, both) = (desk.person("agent").await, desk.person("agent").await, desk.person("agent").await);
        let (hr, security, open) = (desk.team("HR", true).await, desk.team("Security", true).await, desk.team("Network", false).await);
        for (team, person) in [(hr, &member), (hr, &both), (security, &both)] {
            join(desk, team, person).await;
        }
        let incident = raised(&outsider, "x").await;
        outsider.patch(&path(&incident), json!({"assigned_to": outsider.id, "assignment_group": open})).await;
        let restrict = async |body: Value| member.patch(&path(&incident), body).await;
        assert_eq!(pointer(&restrict(json!({"restricted_to": hr})).await), (422, json!("/assigned_to")));
        assert_eq!(pointer(&restrict(json!({"restricted_to": hr, "assigned_to": null})).await), (422, json!("/assignment_group")));
        assert_eq!(restrict(json!({"restricted_to": hr, "assigned_to": null, "assignment_group": hr})).await.status, 200);
        assert_eq!(pointer(&restrict(json!({"assigned_to": outsider.id})).await), (422, json!("/assigned_to")));
        assert_eq!(pointer(&restrict(json!({"assignment_group": open})).await), (422, json!("/assignment_group")));
        let step = json!({"to": "in_progress", "assignment_group": open});
        assert_eq!(pointer(&member.post(&format!("{}/transitions", path(&incident)), step).await), (422, json!("/assignment_group")));
        // To another restricted team by who is on both: one may not push what one cannot see.
        let over = json!({"restricted_to": security, "assignment_group": security});
        assert_eq!(restrict(over.clone()).await.status, 403);
        assert_eq!(both.patch(&path(&incident), over).await.status, 200);
        assert_eq!(member.get(&path(&incident)).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_does_not_name_what_was_restricted_since() {
    desk(async |desk| {
        let (agent, admin, caller) = (desk.person("agent").await, desk.person("admin").await, desk.person("requester").await);
        let hr = desk.team("HR", true).await;
        let (source, child, target) = (raised(&agent, "x").await, raised(&agent, "x").await, raised(&caller, "x").await);
        let merge = (format!("{}/merge", path(&source)), json!({"into": target["id"]}));
        let bulk = json!({"operations": [{"id": child["id"], "method": "patch", "body": {"parent_id": target["id"]}}]});
        let key = [("idempotency-key", "k")];
        let merged = agent.post_with(&merge.0, &key, merge.1.clone()).await;
        let many = agent.post_with("/v1/incidents/bulk", &key, bulk.clone()).await;
        assert_eq!((&merged.json()["merged_into"], &many.json()["items"][0]["body"]["parent_id"]), (&target["id"], &target["id"]));
        assert_eq!(agent.post_with(&merge.0, &key, merge.1.clone()).await.body, merged.body);
        assert_eq!(agent.post_with("/v1/incidents/bulk", &key, bulk.clone()).await.body, many.body);
        assert_eq!(admin.patch(&path(&target), json!({"restricted_to": hr})).await.status, 200);
        desk.execute(&format!("delete from watchers where user_id = '{}'", agent.id)).await;
        let merged = agent.post_with(&merge.0, &key, merge.1.clone()).await;
        let many = agent.post_with("/v1/incidents/bulk", &key, bulk).await;
        assert_eq!((merged.status, &merged.json()["merged_into"]), (200, &Value::Null), "{}", merged.body);
        assert_eq!((many.status, &many.json()["items"][0]["body"]["parent_id"]), (200, &Value::Null), "{}", many.body);
    })
    .await;
}

#[tokio::test]
async fn who_is_on_the_team_is_not_found_out_by_trying() {
    desk(async |desk| {
        let (member, outsider, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let hr = desk.team("HR", true).await;
        join(desk, hr, &member).await;
        let incident = raised(&member, "x").await;
        assert_eq!(member.patch(&path(&incident), json!({"restricted_to": hr})).await.status, 200);
        assert_eq!(member.put(&format!("{}/watchers/{}", path(&incident), outsider.id)).await.status, 204);
        for assignee in [&member, &outsider] {
            assert_eq!(outsider.patch(&path(&incident), json!({"assigned_to": assignee.id})).await.status, 403);
        }
        assert_eq!(pointer(&admin.patch(&path(&incident), json!({"assigned_to": outsider.id})).await), (422, json!("/assigned_to")));
        assert_eq!(member.patch(&path(&incident), json!({"assigned_to": member.id})).await.status, 200);
    })
    .await;
}
