//! Redis in earnest: one limit for all instances of a function, the page that a new process finds, and what is so without it.
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use shared::app::App;
use shared::config::{Config, LimitConfig};
use shared::metrics::METRICS;
use shared::serve::{holding, router};
use soak::server::Redis;
use testkit::{Desk, Reply, desk};
use tower::ServiceExt;

/// One process of all functions. Where it lives on, it takes more than it spends at once.
struct Instance {
    app: App,
    router: Router,
}

impl Instance {
    fn new(desk: &Desk, redis: &str, minute: u32, lives_on: bool) -> Self {
        let config = itsm::serve::config_for(&desk.database.url, &testkit::home::secrets(), redis).unwrap();
        let app = App::new(&Config { limit: LimitConfig { minute, instances: 2 }, ..config }).unwrap();
        let app = if lives_on { holding(app, std::future::pending()).0 } else { app };
        Self { router: router(itsm::serve::routes(), app.clone()), app }
    }

    async fn ask(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Reply {
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (parts, body) = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.into()).unwrap() }
    }

    async fn get(&self, path: &str, token: &str) -> Reply {
        self.ask(Method::GET, path, token, None).await
    }

    /// Requests that passed, of as many as it answers until then.
    async fn flooded(&self, token: &str, until: Instant) -> u32 {
        let mut passed = 0;
        while Instant::now() < until {
            match self.get("/v1/auth/me", token).await.status {
                200 => passed += 1,
                429 => tokio::time::sleep(Duration::from_millis(1)).await,
                other => panic!("{other}"),
            }
        }
        passed
    }

    async fn ready(&self) -> Value {
        let ready = self.get("/health/ready", "").await;
        assert_eq!(ready.status, 200, "{}", ready.body);
        ready.json()
    }
}

/// Of 1,200 a minute 200 come through at once and 20 a second after that, whoever of three instances is asked; twice, so that the second flood meets
/// what the first has left behind.
#[tokio::test(flavor = "multi_thread")]
async fn instances_together_let_through_what_one_person_may_ask() {
    desk(async |desk| {
        let (folder, person) = (tempfile::tempdir().unwrap(), desk.person("agent").await);
        let redis = Redis::start(folder.path()).unwrap();
        let token = person.token.as_deref().unwrap();
        let [one, two] = [true, true].map(|lives_on| Instance::new(desk, &redis.url(), 1_200, lives_on));
        let third = Instance::new(desk, &redis.url(), 1_200, false); // as on Lambda
        let (begun, mut passed) = (Instant::now(), 0);
        for seconds in [8, 16] {
            let until = begun + Duration::from_secs(seconds);
            let (a, b, c, d) =
                tokio::join!(one.flooded(token, until), one.flooded(token, until), two.flooded(token, until), third.flooded(token, until));
            passed += a + b + c + d;
            let may = 200.0 + 20.0 * begun.elapsed().as_secs_f64();
            println!("{passed} passed of {may:.0}");
            assert!((f64::from(passed) - may).abs() <= 0.05 * may, "{passed} passed, and {may:.0} may");
        }
        // It is told to wait, in every way that there is; and another person is not.
        let refused = loop {
            let reply = one.get("/v1/auth/me", token).await;
            if reply.status == 429 {
                break reply;
            }
        };
        assert_eq!(refused.problem(), "too-many-requests", "{}", refused.body);
        let headers =
            ["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| refused.header(name).unwrap_or_default());
        assert_eq!(headers, ["1", "1200", "0", "1"]);
        let other = desk.person("agent").await;
        assert_eq!(one.get("/v1/auth/me", other.token.as_deref().unwrap()).await.status, 200);
        // Emptied, it has forgotten who asked; nothing else comes of it.
        redis.flush().unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(two.get("/v1/auth/me", token).await.status, 200);
        for instance in [one, two, third] {
            instance.app.db.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn without_redis_each_instance_has_its_part_and_says_so() {
    desk(async |desk| {
        let (folder, person) = (tempfile::tempdir().unwrap(), desk.person("agent").await);
        let redis = Redis::start(folder.path()).unwrap();
        let instance = Instance::new(desk, &redis.url(), 600, true);
        let said = instance.ready().await;
        assert_eq!((&said["status"], &said["redis"], &said["rate_limits"]), (&json!("pass"), &json!("pass"), &json!("shared")));
        redis.ask(&["shutdown", "nosave"]).unwrap();
        let said = instance.ready().await;
        assert_eq!((&said["status"], &said["redis"], &said["rate_limits"]), (&json!("warn"), &json!("fail"), &json!("own")));
        // Of a bucket of 100 the half.
        let (token, begun) = (person.token.as_deref().unwrap(), Instant::now());
        let mut passed = 0;
        while instance.get("/v1/auth/me", token).await.status == 200 {
            passed += 1;
        }
        let flowed = 5.0 * begun.elapsed().as_secs_f64();
        assert!(passed >= 50 && f64::from(passed) <= 51.0 + flowed, "{passed} passed, and {flowed} flowed in");
        let off = Instance::new(desk, "", 0, true);
        let said = off.ready().await;
        assert_eq!((&said["status"], &said["redis"], &said["rate_limits"]), (&json!("pass"), &json!("none"), &json!("off")));
        for instance in [instance, off] {
            instance.app.db.close().await;
        }
    })
    .await;
}

/// What clocks are computed with is read from Postgres once; a page in Redis that is not current any more costs another try, and no more.
#[tokio::test]
async fn a_new_process_finds_the_page_that_another_has_read() {
    desk(async |desk| {
        let (folder, person) = (tempfile::tempdir().unwrap(), desk.person("agent").await);
        let redis = Redis::start(folder.path()).unwrap();
        let token = person.token.as_deref().unwrap();
        let reads = |outcome| METRICS.cache_reads.with_label_values(&[outcome]).get();
        let page = || serde_json::from_str::<Value>(&redis.ask(&["get", "itsm:sla-book"]).unwrap()).unwrap();
        let raised = async |instance: &Instance| {
            let raised = instance.ask(Method::POST, "/v1/incidents", token, Some(json!({"short_description": "x"}))).await;
            assert_eq!(raised.status, 201, "{}", raised.body);
        };
        let (hits, misses) = (reads("hit"), reads("miss"));
        let first = Instance::new(desk, &redis.url(), 0, true);
        raised(&first).await;
        assert_eq!((reads("hit") - hits, reads("miss") - misses), (0, 1));
        let before = page();
        let second = Instance::new(desk, &redis.url(), 0, true);
        raised(&second).await;
        raised(&second).await;
        assert_eq!((reads("hit") - hits, reads("miss") - misses), (1, 1));
        // The page turns: the next new process finds the old one, and its write tells it so.
        desk.execute("update priorities set priority = 3 where impact = 3 and urgency = 3").await;
        let third = Instance::new(desk, &redis.url(), 0, true);
        raised(&third).await;
        assert_eq!(page()["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
        assert_eq!(desk.rows("select distinct priority::text from tickets where impact = 3 and urgency = 3 order by 1").await, ["3", "5"]);
        // What is no page at all is not one.
        redis.ask(&["set", "itsm:sla-book", "{\"version\": 9}"]).unwrap();
        let fourth = Instance::new(desk, &redis.url(), 0, true);
        raised(&fourth).await;
        for instance in [first, second, third, fourth] {
            instance.app.db.close().await;
        }
    })
    .await;
}
