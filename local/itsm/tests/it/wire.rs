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
                "/v1/events",
                "/v1/settings",
                "/v1/categories",
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
        let days = |days: i64| Some(json!({"auto_close_days": days}));
        assert_eq!(counted.trips(Method::PATCH, ["/v1/settings"; 2], [days(3), days(4)]).await, 2);
    })
    .await;
}

/// Each route of the API that needs a token: method, path and a body that is valid.
async fn guarded(person: &Person<'_>) -> Vec<(Method, String, Option<Value>)> {
    let id = person.post("/v1/incidents", json!({"short_description": "x"})).await.json()["id"].as_str().unwrap().to_owned();
    let document = serde_json::to_value(itsm::openapi::document()).unwrap();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation.get("security") == Some(&json!([{}])) {
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = match (method.as_str(), path.as_str()) {
                ("GET", _) => None,
                ("POST", "/v1/incidents") => Some(json!({"short_description": "y"})),
                ("PATCH", "/v1/incidents/{id}") => Some(json!({"location": uuid::Uuid::now_v7()})),
                ("POST", "/v1/incidents/{id}/transitions") => Some(json!({"to": "canceled"})),
                ("POST", "/v1/categories") => Some(json!({"name": uuid::Uuid::now_v7()})),
                ("PATCH", "/v1/settings") => Some(json!({"auto_close_days": 9})),
                unknown => panic!("a new route: give it a valid body here: {unknown:?}"),
            };
            routes.push((method, path.replace("{id}", &id), body));
        }
    }
    assert!(routes.len() >= 13);
    routes
}

#[tokio::test]
async fn who_is_out_is_out_at_the_next_request_on_every_route() {
    desk(async |desk| {
        for (undo, sql) in [
            ("deactivated", "update users set active = false where id = '{user}'"),
            ("revoked", "update sessions set revoked_at = now() where id = '{session}'"),
            ("over", "update sessions set expires_at = now() where id = '{session}'"),
        ] {
            let person = desk.person("admin").await;
            let send = async |(method, path, body): &(Method, String, Option<Value>)| {
                let body = body.as_ref().map(|body| body.to_string().into_bytes());
                person.send(method.clone(), path, &[], body).await
            };
            let routes = guarded(&person).await;
            for route in &routes {
                let reply = send(route).await;
                assert!(reply.status < 300, "{route:?}: {} {}", reply.status, reply.body);
            }
            desk.execute(&sql.replace("{user}", &person.id.to_string()).replace("{session}", &person.session.to_string())).await;
            for route in &routes {
                let reply = send(route).await;
                assert_eq!((reply.status, reply.problem().as_str()), (401, "unauthenticated"), "{undo} {route:?}");
            }
        }
        let nobody = desk.nobody();
        for (method, path, body) in guarded(&desk.person("admin").await).await {
            let reply = nobody.send(method, &path, &[], body.map(|body| body.to_string().into_bytes())).await;
            assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer realm=\"itsm\"")), "{path}");
        }
    })
    .await;
}
