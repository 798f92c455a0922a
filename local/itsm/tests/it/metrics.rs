//! Everything that happens by itself is measured: each thing is made to happen here, and read at `/metrics`.
use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::json;
use shared::app::App;
use shared::config::MailConfig;
use shared::function::JobWork;
use shared::job::{Job, JobError, Lease, claim};
use shared::serve::{internal, process};
use testkit::smtp::{Fate, Sink};
use testkit::{Desk, desk};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::router::app;

/// Ends as it is told.
#[derive(Deserialize)]
struct Measured {
    end: String,
}

impl Job for Measured {
    const QUEUE: &'static str = "measured";

    async fn run(self, _: &App, _: Lease) -> Result<(), JobError> {
        match self.end.as_str() {
            "done" => Ok(()),
            "retry" => Err(JobError::Retry(anyhow::anyhow!("as told"))),
            _ => Err(JobError::Fail(anyhow::anyhow!("as told"))),
        }
    }
}

/// What a worker's process answers at `/metrics`, by the line's beginning. One that nobody has asked before: it keeps its answer for a while.
async fn metrics(app: &App) -> HashMap<String, f64> {
    let router: Router = process(internal::routes(JobWork::of::<Measured>()), app.clone(), true);
    let request = Request::get("/metrics").header("authorization", "Bearer test-internal-token").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().into()).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    lines.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

/// How much each of these counters has risen: others of this process count too.
fn rises(before: &HashMap<String, f64>, after: &HashMap<String, f64>, names: &[&str]) -> Vec<f64> {
    let value = |of: &HashMap<String, f64>, name: &str| of.get(name).copied().unwrap_or_default();
    names.iter().map(|name| value(after, name) - value(before, name)).collect()
}

async fn enqueue(desk: &Desk, end: &str, run_at: &str) {
    desk.execute(&format!("select enqueue('measured', gen_random_uuid()::text, '{{\"end\": \"{end}\"}}', {run_at})")).await;
}

#[tokio::test]
async fn jobs_by_state_their_age_run_time_retries_and_deaths() {
    desk(async |desk| {
        let (app, work) = (app(&desk.database.url, 2), JobWork::of::<Measured>());
        let before = metrics(&app).await;
        for end in ["done", "done", "retry", "dead"] {
            enqueue(desk, end, "now()").await;
        }
        assert_eq!(shared::job::drain(&app, &work, std::time::Duration::from_secs(10)).await.unwrap(), 4);
        enqueue(desk, "done", "now()").await;
        assert_eq!(claim::due(&app, &work, 1).await.unwrap().len(), 1);
        enqueue(desk, "done", "now() - interval '90 s'").await;
        let after = metrics(&app).await;
        let outcome = |outcome: &str| format!("itsm_jobs_total{{outcome=\"{outcome}\",queue=\"measured\"}}");
        let counters = [&outcome("done"), &outcome("retry"), &outcome("dead"), "itsm_job_seconds_count{queue=\"measured\"}"];
        assert_eq!(rises(&before, &after, &counters), [2.0, 1.0, 1.0, 4.0]);
        assert!(
            after.contains_key("itsm_job_seconds_sum{queue=\"measured\"}") && after.keys().any(|name| name.starts_with("itsm_job_seconds_bucket"))
        );
        // One waits to be tried again, one is late.
        let state = |state: &str| after.get(&format!("itsm_jobs{{queue=\"measured\",state=\"{state}\"}}")).copied();
        assert_eq!([state("queued"), state("running"), state("dead")], [Some(2.0), Some(1.0), Some(1.0)]);
        let oldest = after["itsm_job_oldest_seconds{queue=\"measured\"}"];
        assert!((90.0..120.0).contains(&oldest), "{oldest}");
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[tokio::test]
async fn clocks_that_run_are_due_soon_and_are_breached() {
    desk(async |desk| {
        let (app, agent) = (app(&desk.database.url, 2), desk.person("agent").await);
        desk.execute(
            "insert into slas (id, name, type, metric, goal, calendar_id, position)
             select gen_random_uuid(), metric, 'sla', metric, jsonb_build_object('seconds', seconds), '00000000-0000-7000-8000-000000000247', 1
             from (values ('response', 1800), ('resolution', 86400)) as promise(metric, seconds)",
        )
        .await;
        for _ in 0..3 {
            assert_eq!(agent.post("/v1/incidents", json!({"short_description": "x"})).await.status, 201);
        }
        let held = agent.post("/v1/incidents", json!({"short_description": "x"})).await.json();
        let path = format!("/v1/incidents/{}/transitions", held["id"].as_str().unwrap());
        assert_eq!(agent.post(&path, json!({"to": "on_hold", "hold_reason": "vendor"})).await.status, 200);
        // Half an hour and more passes for one of them.
        desk.execute(
            "update ticket_slas set started_at = started_at - interval '31 min', due_at = due_at - interval '31 min', half_at = half_at - interval '31 min',
                                    late_at = late_at - interval '31 min', remind_at = remind_at - interval '31 min'
             where ticket_id = (select min(id::text)::uuid from tickets)",
        )
        .await;
        desk.work().await;
        assert_eq!(desk.rows("select count(*)::text from events where verb = 'sla_breached'").await, ["1"]);
        let metrics = metrics(&app).await;
        let clocks = ["running", "paused", "due_soon", "breached"].map(|stage| metrics[&format!("itsm_slas{{stage=\"{stage}\"}}")]);
        assert_eq!(clocks, [6.0, 2.0, 2.0, 1.0]);
    })
    .await;
}

#[tokio::test]
async fn open_incidents_and_how_long_those_of_a_day_took() {
    desk(async |desk| {
        let (app, agent) = (app(&desk.database.url, 2), desk.person("agent").await);
        desk.execute(
            "insert into slas (id, name, type, metric, goal, calendar_id, position)
             select gen_random_uuid(), metric, 'sla', metric, jsonb_build_object('seconds', seconds), '00000000-0000-7000-8000-000000000247', 1
             from (values ('response', 60), ('resolution', 86400)) as promise(metric, seconds)",
        )
        .await;
        let raise = async |urgency: u8| agent.post("/v1/incidents", json!({"short_description": "x", "impact": 1, "urgency": urgency})).await.json();
        let (slow, _) = (raise(1).await, (raise(1).await, raise(3).await));
        let path = format!("/v1/incidents/{}", slow["id"].as_str().unwrap());
        // Raised half an hour before it is answered, and resolved ten minutes after.
        desk.execute(
            "update tickets set opened_at = opened_at - interval '30 min' where id = (select min(id::text)::uuid from tickets);
             update ticket_slas set started_at = started_at - interval '30 min', due_at = due_at - interval '30 min' where ticket_id = (select min(id::text)::uuid from tickets)",
        )
        .await;
        let caller = desk.person("requester").await;
        desk.execute(&format!("update tickets set caller_id = '{}'", caller.id)).await;
        assert_eq!(agent.post(&format!("{path}/comments"), json!({"body": "seen"})).await.status, 201);
        let resolution = json!({"to": "resolved", "close_code": "solved", "close_notes": "x"});
        let (taken, resolved) = (agent.patch(&path, json!({"assigned_to": agent.id})).await, agent.post(&format!("{path}/transitions"), resolution).await);
        assert_eq!((taken.status, resolved.status), (200, 200), "{} {}", taken.body, resolved.body);
        desk.execute("update tickets set resolved_at = opened_at + interval '40 min' where state = 'resolved'").await;
        let metrics = metrics(&app).await;
        let open = |state: &str, priority: &str| metrics.get(&format!("itsm_incidents{{priority=\"{priority}\",state=\"{state}\"}}")).copied();
        assert_eq!((open("new", "1"), open("resolved", "1"), open("on_hold", "1")), (Some(1.0), Some(1.0), None));
        assert_eq!(metrics["itsm_incidents_resolved"], 1.0);
        let took = |what: &str| ["0.5", "0.95"].map(|quantile| metrics[&format!("itsm_incident_{what}_seconds{{quantile=\"{quantile}\"}}")]);
        assert_eq!(took("resolution"), [2400.0; 2]);
        assert!(took("response").iter().all(|seconds| (1800.0..1830.0).contains(seconds)), "{:?}", took("response"));
        let kept = ["met", "breached"].map(|outcome| metrics.get(&format!("itsm_slas_completed{{metric=\"resolution\",outcome=\"{outcome}\"}}")).copied());
        assert_eq!(kept, [Some(1.0), None]);
        assert_eq!(metrics["itsm_slas_completed{metric=\"response\",outcome=\"breached\"}"], 1.0);
    })
    .await;
}

#[tokio::test]
async fn mails_that_are_sent_refused_and_to_be_tried_again() {
    desk(async |desk| {
        let sink = Sink::start().await;
        let app = desk.app(MailConfig { smtp_url: sink.url().into(), ..testkit::home::mail() });
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        let before = metrics(&app).await;
        sink.next(&[Fate::Refuse(550), Fate::Refuse(451)]);
        for _ in 0..3 {
            assert_eq!(agent.post("/v1/incidents", json!({"short_description": "x", "caller_id": caller.id})).await.status, 201);
        }
        desk.drain(&app, "notify").await;
        desk.drain(&app, "mailer").await;
        let after = metrics(&app).await;
        let names = ["sent", "refused", "retry"].map(|outcome| format!("itsm_mails_total{{outcome=\"{outcome}\"}}"));
        assert_eq!(rises(&before, &after, &names.each_ref().map(String::as_str)), [1.0, 1.0, 1.0]);
        assert!(rises(&before, &after, &["itsm_notifications_total"])[0] >= 3.0); // every test tells its events
        assert_eq!(sink.count(), 1);
        app.db.close().await;
    })
    .await;
}

#[tokio::test]
async fn webhooks_that_are_delivered_and_fail() {
    desk(async |desk| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let receiver = tokio::spawn(async move {
            for status in ["204 No Content", "500 Internal Server Error"] {
                answer(&listener, status).await;
            }
        });
        let (app, admin) = (app(&desk.database.url, 2), desk.person("admin").await);
        let hook = json!({"url": url, "events": ["incident.created"]});
        assert_eq!(admin.post("/v1/webhooks", hook).await.status, 201);
        let before = metrics(&app).await;
        for _ in 0..2 {
            assert_eq!(admin.post("/v1/incidents", json!({"short_description": "x"})).await.status, 201);
            desk.settle().await;
            desk.work().await;
        }
        receiver.await.unwrap();
        let after = metrics(&app).await;
        let names = ["delivered", "failed"].map(|outcome| format!("itsm_webhook_deliveries_total{{outcome=\"{outcome}\"}}"));
        assert_eq!(rises(&before, &after, &names.each_ref().map(String::as_str)), [1.0, 1.0]);
        assert_eq!((after["itsm_webhook_pending"], after["itsm_webhook_endpoints{circuit=\"failing\"}"]), (1.0, 1.0));
    })
    .await;
}

/// One request is taken and answered so.
async fn answer(listener: &TcpListener, status: &str) {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let (mut read, mut length, mut line) = (BufReader::new(read), 0, String::new());
    while read.read_line(&mut line).await.unwrap() > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    read.read_exact(&mut vec![0; length]).await.unwrap();
    write.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
}

#[tokio::test]
async fn schedules_that_are_late() {
    desk(async |desk| {
        let app = app(&desk.database.url, 2);
        desk.execute("update schedules set next_run_at = now() - interval '120 s' where name = 'sla'; update schedules set enabled = false where name = 'sweep'").await;
        desk.execute("update schedules set next_run_at = now() - interval '1 h' where name = 'sweep'").await;
        let metrics = metrics(&app).await;
        let late = metrics["itsm_schedule_late_seconds{schedule=\"sla\"}"];
        assert!((120.0..150.0).contains(&late), "{late}");
        assert!(!metrics.contains_key("itsm_schedule_late_seconds{schedule=\"sweep\"}"), "a paused one is not late");
    })
    .await;
}
