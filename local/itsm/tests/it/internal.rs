//! What a job's own process answers to those who know its token: CloudEvents, waking, metrics.
use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde::Deserialize;
use shared::app::App;
use shared::function::JobWork;
use shared::job::{Job, JobError, Lease};
use shared::serve::{internal, process};
use testkit::{Desk, desk};
use tower::ServiceExt;

use crate::router::app;

/// Does what it is told: nothing, or to fail.
#[derive(Deserialize)]
struct Told {
    fail: bool,
}

impl Job for Told {
    const QUEUE: &'static str = "told";

    async fn run(self, _: &App, _: Lease) -> Result<(), JobError> {
        if self.fail { Err(JobError::Fail(anyhow::anyhow!("as told"))) } else { Ok(()) }
    }
}

/// The router of a worker's process.
fn worker(app: &App) -> Router {
    process(internal::routes(JobWork::of::<Told>()), app.clone(), true)
}

async fn send(router: &Router, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let request = headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value));
    let (parts, body) = router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), String::from_utf8(body.into()).unwrap())
}

async fn enqueued(desk: &Desk, fail: bool) -> String {
    desk.rows(&format!("select enqueue('told', gen_random_uuid()::text, '{{\"fail\": {fail}}}', now())::text")).await.remove(0)
}

const TOKEN: (&str, &str) = ("authorization", "Bearer test-internal-token");
const BINARY: [(&str, &str); 6] =
    [TOKEN, ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/jobs"), ("ce-type", "itsm.job"), ("content-type", "application/json")];

#[tokio::test]
async fn cloud_events_binary_and_structured_run_the_job_that_they_name() {
    desk(async |desk| {
        let router = worker(&app(&desk.database.url, 2));
        let state = async |id: &str| desk.rows(&format!("select state from jobs where id = {id}")).await.remove(0);
        let (first, second, third) = (enqueued(desk, false).await, enqueued(desk, true).await, enqueued(desk, false).await);
        assert_eq!(send(&router, "POST", "/", &BINARY, &format!("{{\"job\":{first}}}")).await.0, 204);
        let structured = [TOKEN, ("content-type", "application/cloudevents+json")];
        let event = |id: &str| format!(r#"{{"specversion":"1.0","id":"2","source":"/jobs","type":"itsm.job","data":{{"job":{id}}}}}"#);
        // A job that fails is done with, too: its outcome is recorded.
        assert_eq!(send(&router, "POST", "/", &structured, &event(&second)).await.0, 204);
        assert_eq!((state(&first).await, state(&second).await, state(&third).await), ("done".into(), "dead".into(), "queued".into()));
        // Once more is nothing more.
        assert_eq!(send(&router, "POST", "/", &structured, &event(&first)).await.0, 204);
        assert_eq!(desk.rows(&format!("select attempt::text from jobs where id = {first}")).await, ["1"]);
        // An event that names no job, and no event at all, wake.
        assert_eq!(send(&router, "POST", "/", &BINARY, r#"{"tick":true}"#).await, (200, r#"{"ran":1}"#.into()));
        assert_eq!(send(&router, "POST", "/", &[TOKEN], "").await, (200, r#"{"ran":0}"#.into()));
        assert_eq!(send(&router, "POST", "/", &[TOKEN], "{}").await.0, 400);
        assert_eq!(send(&router, "POST", "/", &structured, "{}").await.0, 400);
        assert_eq!(send(&router, "POST", "/", &BINARY[1..], "{}").await.0, 404, "without the token");
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn each_answer_to_an_event_has_its_status() {
    desk(async |desk| {
        let router = worker(&app(&desk.database.url, 2));
        let structured = |version: &str, data: &str| format!(r#"{{"specversion":"{version}","id":"1","source":"/q","type":"itsm.job"{data}}}"#);
        let json = [TOKEN, ("content-type", "application/cloudevents+json; charset=utf-8")];
        let batch = [TOKEN, ("content-type", "application/cloudevents-batch+json")];
        let old = [TOKEN, ("ce-specversion", "0.3"), ("ce-id", "1"), ("ce-source", "/q"), ("ce-type", "t")];
        for (headers, body, status) in [
            // A job that is not there is done with.
            (&BINARY[..], r#"{"job":404}"#.to_owned(), 204),
            (&BINARY[..], r#"["job","404"]"#.to_owned(), 204), // as a RedisStreamSource has it
            (&json[..], structured("1.0", r#","data":{"job":404}"#), 204),
            (&json[..], structured("1.0", r#","data_base64":"eyJqb2IiOjQwNH0=""#), 204),
            // No job is named: a wake-up.
            (&BINARY[..], String::new(), 200),
            (&BINARY[..], "{}".to_owned(), 200), // as a PingSource has it
            (&json[..], structured("1.0", ""), 200),
            (&json[..], structured("0.3", ""), 400),
            (&json[..], "{".to_owned(), 400),
            (&json[..], structured("1.0", r#","data_base64":"?""#), 400),
            (&old[..], String::new(), 400),
            (&BINARY[..4], String::new(), 400), // without its type
            (&batch[..], "[]".to_owned(), 415),
        ] {
            assert_eq!(send(&router, "POST", "/", headers, &body).await.0, status, "{headers:?} {body}");
        }
        for method in ["GET", "PUT", "HEAD"] {
            assert_eq!(send(&router, method, "/", &BINARY, "").await.0, 404, "{method}");
        }
    })
    .await;
}

#[tokio::test]
async fn while_the_database_is_away_an_event_is_to_be_sent_again() {
    let router = worker(&app("postgres://itsm_app@127.0.0.1:1/none", 1));
    for body in [r#"{"job":1}"#, "{}"] {
        assert_eq!(send(&router, "POST", "/", &BINARY, body).await.0, 503, "{body}");
    }
}

#[tokio::test]
async fn where_anyone_may_send_events_nothing_else_is_open() {
    desk(async |desk| {
        let router = worker(&app(&desk.database.url, 2).with(|parts| parts.open_events = true));
        let job = enqueued(desk, false).await;
        assert_eq!(send(&router, "POST", "/", &BINARY[1..], &format!("{{\"job\":{job}}}")).await, (204, String::new()));
        assert_eq!(desk.rows(&format!("select state from jobs where id = {job}")).await, ["done"]);
        assert_eq!(send(&router, "POST", "/", &BINARY[1..], "{}").await, (200, r#"{"ran":0}"#.into()));
        assert_eq!(send(&router, "POST", "/internal/drain/told", &BINARY[1..], "").await.0, 404);
        assert_eq!(send(&router, "GET", "/metrics", &[], "").await.0, 404);
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn metrics_tell_of_jobs_and_schedules_and_are_read_once_in_a_while() {
    desk(async |desk| {
        let router = worker(&app(&desk.database.url, 2));
        let (dead, _waits) = (enqueued(desk, true).await, enqueued(desk, false).await);
        assert_eq!(send(&router, "POST", "/", &BINARY, &format!("{{\"job\":{dead}}}")).await.0, 204);
        desk.execute(
            "update jobs set run_at = now() - interval '90 s' where state = 'queued';
             update schedules set next_run_at = now() - interval '120 s' where name = 'sweep'",
        )
        .await;
        let (status, text) = send(&router, "GET", "/metrics", &[TOKEN], "").await;
        assert_eq!(status, 200);
        for line in [
            r#"itsm_jobs{queue="told",state="queued"} 1"#,
            r#"itsm_jobs{queue="told",state="dead"} 1"#,
            r#"itsm_jobs_total{outcome="dead",queue="told"} "#,
            r#"itsm_job_seconds_count{queue="told"} "#,
            r#"itsm_job_oldest_seconds{queue="told"} 9"#,
            r#"itsm_schedule_late_seconds{schedule="sweep"} 12"#,
        ] {
            assert!(text.contains(line), "{line} is not in:\n{text}");
        }
        desk.execute("delete from jobs").await;
        assert!(send(&router, "GET", "/metrics", &[TOKEN], "").await.1.contains(r#"itsm_jobs{queue="told",state="dead"} 1"#));
        assert_eq!(send(&router, "GET", "/metrics", &[], "").await.0, 404);
    })
    .await;
}
