//! One request is one statement: counted between the app and Postgres. And the rights are in that statement.
use axum::Router;
use http::Method;
use serde_json::{Value, json};
use testkit::wire::WireTap;
use testkit::{Desk, Person, Reply, desk};

use crate::router::{app, call, router};

/// A router behind a proxy that counts, with one connection in each of its pools.
struct Counted {
    tap: WireTap,
    router: Router,
    token: String,
}

impl Counted {
    async fn new(desk: &Desk, person: &Person<'_>) -> Self {
        let tap = WireTap::before(&desk.database.url).await;
        let router = router(&app(tap.url(), 1));
        Self { tap, router, token: person.token.clone().unwrap() }
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let reply = call(&self.router, method, path, &self.token, body).await;
        assert!(reply.status < 300, "{path}: {} {}", reply.status, reply.body);
        reply
    }

    /// Round trips of the second of two requests: the first prepares their statements.
    async fn trips(&self, method: Method, [first, second]: [&str; 2], bodies: [Option<Value>; 2]) -> u64 {
        self.call(method.clone(), first, bodies[0].as_ref()).await;
        let (before, connections) = (self.tap.trips(), self.tap.connections());
        self.call(method, second, bodies[1].as_ref()).await;
        assert_eq!(self.tap.connections(), connections);
        self.tap.trips() - before
    }

    async fn read(&self, path: &str) -> u64 {
        self.trips(Method::GET, [path; 2], [None, None]).await
    }
}

#[tokio::test]
async fn a_read_is_one_round_trip() {
    desk(async |desk| {
        for role in ["admin", "requester"] {
            let counted = Counted::new(desk, &desk.person(role).await).await;
            let id = counted.call(Method::POST, "/v1/incidents", Some(&json!({"short_description": "x"}))).await.json()["id"].clone();
            let incident = format!("/v1/incidents/{}", id.as_str().unwrap());
            for path in [
                "/v1/incidents",
                "/v1/incidents?state=new&priority=5&sort=updated_at&limit=3",
                &incident,
                &format!("{incident}/history"),
                &format!("{incident}/transitions"),
                &format!("{incident}/comments"),
                &format!("{incident}/watchers"),
                &format!("{incident}/links"),
                &format!("{incident}/children"),
                &format!("{incident}/slas"),
                "/v1/events",
                "/v1/settings",
                "/v1/categories",
                "/v1/users?q=example&active=true",
                "/v1/users/me",
                "/v1/users/me/export",
                "/v1/teams?mine=false",
                "/v1/auth/me",
                "/health/ready",
            ] {
                assert_eq!(counted.read(path).await, 1, "{role} {path}");
            }
            for path in ["/health/live", "/openapi.json", "/.well-known/jwks.json"] {
                assert_eq!(counted.read(path).await, 0, "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_write_is_one_round_trip_and_a_change_of_what_was_read_two() {
    desk(async |desk| {
        let counted = Counted::new(desk, &desk.person("admin").await).await;
        let new = || Some(json!({"short_description": "x"}));
        assert_eq!(counted.trips(Method::POST, ["/v1/incidents"; 2], [new(), new()]).await, 1);
        let mut paths = Vec::new();
        for _ in 0..2 {
            let raised = counted.call(Method::POST, "/v1/incidents", new().as_ref()).await;
            paths.push(format!("/v1/incidents/{}", raised.json()["number"].as_str().unwrap()));
        }
        let both = [paths[0].as_str(), paths[1].as_str()];
        let patch = Some(json!({"impact": 1, "location": "here"}));
        assert_eq!(counted.trips(Method::PATCH, both, [patch.clone(), patch.clone()]).await, 2);
        assert_eq!(counted.trips(Method::PATCH, both, [patch.clone(), patch]).await, 1, "a patch that changes nothing");
        let steps = paths.iter().map(|path| format!("{path}/transitions")).collect::<Vec<_>>();
        let steps = [steps[0].as_str(), steps[1].as_str()];
        let resolve = Some(json!({"to": "resolved", "close_code": "solved", "close_notes": "done", "comment": "It works again."}));
        assert_eq!(counted.trips(Method::POST, steps, [resolve.clone(), resolve]).await, 2);
        let category = |name: &str| Some(json!({"name": name, "subcategories": ["a", "b"]}));
        assert_eq!(counted.trips(Method::POST, ["/v1/categories"; 2], [category("one"), category("two")]).await, 1);
        let person = |name: &str| Some(json!({"email": format!("{name}@example.com"), "name": name}));
        assert_eq!(counted.trips(Method::POST, ["/v1/users"; 2], [person("one"), person("two")]).await, 1);
        let name = |name: &str| Some(json!({"name": name}));
        assert_eq!(counted.trips(Method::PATCH, ["/v1/users/me"; 2], [name("one"), name("two")]).await, 2);
        assert_eq!(counted.trips(Method::POST, ["/v1/teams"; 2], [name("one"), name("two")]).await, 1);
        let days = |days: i64| Some(json!({"auto_close_days": days}));
        assert_eq!(counted.trips(Method::PATCH, ["/v1/settings"; 2], [days(3), days(4)]).await, 2);
    })
    .await;
}

#[tokio::test]
async fn working_together_costs_no_more() {
    desk(async |desk| {
        let counted = Counted::new(desk, &desk.person("admin").await).await;
        let mut paths = Vec::new();
        for _ in 0..3 {
            let raised = counted.call(Method::POST, "/v1/incidents", Some(&json!({"short_description": "x"}))).await;
            paths.push(format!("/v1/incidents/{}", raised.json()["number"].as_str().unwrap()));
        }
        let numbers = paths.iter().map(|path| path.rsplit('/').next().unwrap()).collect::<Vec<_>>();
        let [said, linked, me] = ["comments", "links", "watchers/me"].map(|route| format!("{}/{route}", paths[0]));
        let comment = |text: &str| Some(json!({"body": text}));
        assert_eq!(counted.trips(Method::POST, [&said, &said], [comment("a"), comment("b")]).await, 1);
        assert_eq!(counted.trips(Method::PUT, [&me, &me], [None, None]).await, 1);
        assert_eq!(counted.trips(Method::DELETE, [&me, &me], [None, None]).await, 1);
        let link = |kind: &str| Some(json!({"kind": kind, "ticket": numbers[1]}));
        assert_eq!(counted.trips(Method::POST, [&linked, &linked], [link("relates"), link("causes")]).await, 1);
        let patch = |at: usize, impact: i64| json!({"id": numbers[at], "method": "patch", "body": {"impact": impact}});
        let bulk = |impact: i64| Some(json!({"operations": [patch(0, impact), patch(1, impact), patch(2, impact)]}));
        assert_eq!(counted.trips(Method::POST, ["/v1/incidents/bulk"; 2], [bulk(1), bulk(2)]).await, 6);
        let merges = [format!("{}/merge", paths[0]), format!("{}/merge", paths[1])];
        let into = || Some(json!({"into": numbers[2]}));
        assert_eq!(counted.trips(Method::POST, [&merges[0], &merges[1]], [into(), into()]).await, 2);
    })
    .await;
}

/// What is promised is read once and kept; a comment has to look at the incident first.
#[tokio::test]
async fn clocks_cost_a_comment_one_round_trip_and_nothing_else_any() {
    desk(async |desk| {
        let counted = Counted::new(desk, &desk.person("admin").await).await;
        for metric in ["response", "update", "resolution"] {
            let sla = json!({"name": metric, "type": "sla", "metric": metric, "goal": {"seconds": 3600}, "calendar_id": "00000000-0000-7000-8000-000000000247"});
            assert_eq!(counted.call(Method::POST, "/v1/slas", Some(&sla)).await.status, 201);
        }
        let new = || Some(json!({"short_description": "x"}));
        assert_eq!(counted.trips(Method::POST, ["/v1/incidents"; 2], [new(), new()]).await, 1);
        let mut paths = Vec::new();
        for _ in 0..2 {
            let raised = counted.call(Method::POST, "/v1/incidents", new().as_ref()).await;
            paths.push(format!("/v1/incidents/{}", raised.json()["number"].as_str().unwrap()));
        }
        let both = [paths[0].as_str(), paths[1].as_str()];
        let patch = Some(json!({"impact": 1}));
        assert_eq!(counted.trips(Method::PATCH, both, [patch.clone(), patch]).await, 2);
        let steps = paths.iter().map(|path| format!("{path}/transitions")).collect::<Vec<_>>();
        let hold = Some(json!({"to": "on_hold", "hold_reason": "vendor"}));
        assert_eq!(counted.trips(Method::POST, [&steps[0], &steps[1]], [hold.clone(), hold]).await, 2);
        let said = paths.iter().map(|path| format!("{path}/comments")).collect::<Vec<_>>();
        let comment = Some(json!({"body": "x"}));
        assert_eq!(counted.trips(Method::POST, [&said[0], &said[1]], [comment.clone(), comment]).await, 2);
        for read in [format!("{}/slas", paths[0]), format!("{}?expand=sla", paths[0])] {
            assert_eq!(counted.read(&read).await, 1, "{read}");
        }
        assert_eq!(counted.read("/v1/incidents?sla=due_soon&expand=sla").await, 1);
        assert_eq!(counted.read("/v1/slas").await + counted.read("/v1/calendars").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_refused_log_in_takes_as_many_statements_whomever_it_names() {
    desk(async |desk| {
        let person = desk.person("agent").await;
        let hash = auth::password::hash("correct horse battery").unwrap();
        desk.execute(&format!("update users set email = 'ada@example.com', password_hash = '{hash}' where id = '{}'", person.id)).await;
        let tap = WireTap::before(&desk.database.url).await;
        let router = router(&app(tap.url(), 1));
        let mut trips = Vec::new();
        for email in ["warm@example.com", "ada@example.com", "nobody@example.com"] {
            let before = tap.trips();
            let reply = call(&router, Method::POST, "/v1/auth/login", "", Some(&json!({"email": email, "password": "wrong"}))).await;
            assert_eq!(reply.status, 401, "{}", reply.body);
            trips.push(tap.trips() - before);
        }
        assert_eq!(trips[1..], [1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_request_by_api_key_is_one_round_trip_and_once_an_hour_two() {
    desk(async |desk| {
        let person = desk.person("agent").await;
        let made = person.post("/v1/auth/api-keys", json!({"name": "x", "scopes": ["incidents:read"]})).await.json();
        let holder = person.with_token(made["key"].as_str().unwrap());
        let counted = Counted::new(desk, &holder).await;
        assert_eq!(counted.read("/v1/incidents").await, 1);
    })
    .await;
}
