//! What the home `lambda` alone can show: how a function takes what only AWS sends it.
use crate::elsewhere;
use serde_json::{Value, json};
use testkit::desk;

/// An API Gateway event as small as one can be.
fn get(path: &str, query: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": {"host": "desk.example.com"},
        "requestContext": {"stage": "$default", "http": {"method": "GET", "path": path}},
        "isBase64Encoded": false,
    })
}

/// An HTTP API decodes the path before it sends it; Lambda function URLs and load balancers do not.
#[tokio::test]
async fn a_path_that_the_gateway_decoded_is_answered() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        for id in ["a b", "ä", "100%", "a#b", "a?b", "a\"b", "a\\b", "%FF", "\u{fffd}", "<a>", "{a}", "a|b", "a^b"] {
            let answer = desk.lambda().invoke("incidents", &get(&format!("/v1/incidents/{id}"), "")).await;
            assert!(matches!(answer["statusCode"].as_u64(), Some(400..=404)), "{id}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_that_is_no_uri_is_a_bad_request() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        for query in ["sort=<a>", "sort=\"a\"", "sort=a b", "sort=ä", "sort=%", "sort=%FF", "a#b"] {
            let answer = desk.lambda().invoke("incidents", &get("/v1/incidents", query)).await;
            assert!(matches!(answer["statusCode"].as_u64(), Some(400..=404)), "{query}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_schedule_says_how_many_jobs_ran() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        desk.execute("update schedules set next_run_at = case when name = 'sweep' then now() else now() + interval '1 hour' end").await;
        let event = json!({"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}});
        assert_eq!(desk.lambda().invoke("sweep", &event).await, json!({"ran": 1}));
    })
    .await;
}
