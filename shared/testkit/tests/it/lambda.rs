//! What the home `lambda` alone can show: how a function takes what only AWS sends it.
use std::fs;

use crate::elsewhere;
use serde_json::{Value, json};
use testkit::{Desk, desk};
use xtask::functions::{self, Function};

/// An API Gateway event as small as one can be.
fn get(path: &str, query: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": {"host": "desk.example.com"},
        "requestContext": {"stage": "$default", "http": {"method": "GET", "path": path}},
        "isBase64Encoded": false,
    })
}

/// An event of `local/events`.
fn event(name: &str, token: &str) -> Value {
    let text = fs::read_to_string(xtask::root().join("local/events").join(name)).unwrap();
    serde_json::from_str(&text.replace("TOKEN", token)).unwrap()
}

fn all() -> Vec<Function> {
    functions::all(&xtask::root()).unwrap()
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

/// The items of the answer to an event of this shape.
async fn items(desk: &Desk, shape: &str, event: &Value) -> Value {
    let answer = desk.lambda().invoke("incidents", event).await;
    assert_eq!(answer["statusCode"], 200, "{shape}: {answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    body["items"].clone()
}

#[tokio::test]
async fn an_http_api_a_rest_api_a_function_url_and_a_load_balancer_are_answered_alike() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for word in ["one", "two"] {
            assert_eq!(agent.post("/v1/incidents", json!({"short_description": word})).await.status, 201);
        }
        let token = agent.token.as_deref().unwrap();
        let http = event("incidents-list.json", token);
        let same = items(desk, "http", &http).await;
        assert_eq!(same.as_array().map(Vec::len), Some(1), "the query is limit=1");
        for shape in ["incidents-list-rest.json", "incidents-list-url.json", "incidents-list-alb.json"] {
            assert_eq!(items(desk, shape, &event(shape, token)).await, same, "{shape}");
        }
        let mut staged = http.clone();
        staged["rawPath"] = json!("/prod/v1/incidents");
        staged["requestContext"]["stage"] = json!("prod");
        assert_eq!(items(desk, "a named stage of an HTTP API", &staged).await, same);
        let mut staged = event("incidents-list-rest.json", token);
        staged["path"] = json!("/prod/v1/incidents");
        assert_eq!(items(desk, "a named stage before a REST API's path", &staged).await, same);
        let mut staged = event("incidents-list-rest.json", token);
        staged["requestContext"]["stage"] = json!("v1");
        staged["requestContext"]["path"] = json!("/v1/v1/incidents");
        assert_eq!(items(desk, "a stage named as what is below it", &staged).await, same);
    })
    .await;
}

/// REST APIs send each header twice, as its last value and as all of them; a load balancer does one or the other, and takes any `Host`.
#[tokio::test]
async fn all_values_of_a_header_arrive_and_go_back() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        let path = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
        for shape in ["incidents-list-rest.json", "incidents-list-alb.json"] {
            let mut event = event(shape, agent.token.as_deref().unwrap());
            event["path"] = json!(path);
            event["requestContext"]["path"] = json!(format!("/prod{path}"));
            event["multiValueQueryStringParameters"] = json!({});
            event["queryStringParameters"] = json!({});
            let fresh = desk.lambda().invoke("incidents", &event).await;
            assert_eq!(fresh["statusCode"], 200, "{shape}: {fresh}");
            let etag = fresh["multiValueHeaders"]["etag"][0].as_str().unwrap_or_else(|| panic!("{shape}: {fresh}"));
            event["multiValueHeaders"]["if-none-match"] = json!([etag, "\"another\""]);
            event["multiValueHeaders"]["host"] = json!(["no host"]);
            if shape.contains("rest") {
                event["headers"]["if-none-match"] = json!("\"another\"");
            }
            let known = desk.lambda().invoke("incidents", &event).await;
            assert_eq!(known["statusCode"], 304, "{shape}: {known}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_function_of_routes_answers_an_api_gateway_event() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        for function in all().iter().filter(|function| function.is_http()) {
            for route in function.routes() {
                let answer = desk.lambda().invoke(&function.name, &get(route, "")).await;
                assert!(matches!(answer["statusCode"].as_u64(), Some(200..=405)), "{route}: {answer}");
                assert!(answer["headers"]["x-request-id"].is_string(), "{route}: {answer}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_job_function_answers_a_batch_and_reports_the_one_bad_record() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        let batch = event("sweep-sqs.json", "");
        let bad = json!({"batchItemFailures": [{"itemIdentifier": batch["Records"][1]["messageId"]}]});
        for function in all().iter().filter(|function| !function.is_http()) {
            assert_eq!(desk.lambda().invoke(&function.name, &batch).await, bad, "{}", function.name);
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
        assert_eq!(desk.lambda().invoke("sweep", &event("sweep-schedule.json", "")).await, json!({"ran": 1}));
        let nothing = json!({"ran": 0});
        for function in all().iter().filter(|function| !function.is_http()) {
            assert_eq!(desk.lambda().invoke(&function.name, &json!({})).await, nothing, "{}: an event of EventBridge Scheduler", function.name);
        }
    })
    .await;
}

#[tokio::test]
async fn the_function_that_migrates_says_at_which_version_the_database_is() {
    if elsewhere("lambda") {
        return;
    }
    desk(async |desk| {
        let newest = desk.rows("select max(version)::text from _sqlx_migrations").await.remove(0);
        assert_eq!(desk.lambda().migrate(&json!({})).await, json!({"version": newest.parse::<i64>().unwrap()}));
    })
    .await;
}
