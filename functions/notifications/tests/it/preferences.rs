//! `/v1/notifications/preferences`
use serde_json::json;
use testkit::desk;

const PATH: &str = "/v1/notifications/preferences";

#[tokio::test]
async fn what_is_said_goes_before_the_default_until_it_is_taken_back() {
    desk(async |desk| {
        let person = desk.person("agent").await;
        let first = person.get(PATH).await;
        assert_eq!(first.status, 200, "{}", first.body);
        let first = first.json();
        assert_eq!(first.as_object().unwrap().len(), 16);
        assert_eq!(
            first["resolved"],
            json!({"in_app": null, "email": null, "by_default": [
                {"relation": "caller", "in_app": true, "email": true}, {"relation": "assignee", "in_app": true, "email": false},
                {"relation": "watcher", "in_app": true, "email": true}]})
        );
        for (change, now) in [
            (json!({"resolved": {"email": false}}), (json!(null), json!(false))),
            (json!({"resolved": {"in_app": true}, "closed": {"email": true}}), (json!(true), json!(false))),
            (json!({"resolved": {"email": null}}), (json!(true), json!(null))),
            (json!({}), (json!(true), json!(null))),
            (json!({"resolved": null, "closed": null}), (json!(null), json!(null))),
        ] {
            let reply = person.patch(PATH, change.clone()).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            assert_eq!((reply.json()["resolved"]["in_app"].clone(), reply.json()["resolved"]["email"].clone()), now, "{change}");
            assert_eq!(person.get(PATH).await.body, reply.body);
        }
        assert_eq!(person.get(PATH).await.json(), first);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_preference_is_refused() {
    desk(async |desk| {
        let person = desk.person("requester").await;
        for (change, status) in [
            (json!({"birthdays": {"email": false}}), 400),
            (json!({"closed": {"sms": true}}), 400),
            (json!({"closed": {"by_default": []}}), 400),
            (json!({"closed": {"email": "no"}}), 422),
            (json!({"closed": true}), 422),
            (json!([]), 422),
        ] {
            assert_eq!(person.patch(PATH, change.clone()).await.status, status, "{change}");
        }
        assert_eq!(desk.nobody().get(PATH).await.status, 401);
    })
    .await;
}
