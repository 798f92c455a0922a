//! The whole router in this process, on a database and with a pool of the test's choice.
use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use shared::app::App;
use shared::config::{Config, DatabaseConfig};
use testkit::Reply;
use tower::ServiceExt;

/// The app of a test's home, with its keys.
pub(crate) fn app(url: &str, connections: u32) -> App {
    let config = itsm::serve::config_for(url, &testkit::home::secrets(), "").unwrap();
    let database = DatabaseConfig { max_connections: connections, ..config.database };
    App::new(&Config { database, ..config }).unwrap()
}

/// Every function's routes.
pub(crate) fn router(app: &App) -> Router {
    shared::serve::router(itsm::serve::routes(), app.clone())
}

/// One request with a token; JSON where there is a body.
pub(crate) async fn call(router: &Router, method: Method, path: &str, token: &str, body: Option<&Value>) -> Reply {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let (parts, body) = router.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.into()).unwrap() }
}
