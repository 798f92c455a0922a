//! Requests to a desk, as somebody.
use http::{HeaderMap, Method};
use serde_json::Value;
use shared::caller::Role;
use shared::token::{Signer, Subject};
use uuid::Uuid;

use crate::desk::Desk;
use crate::home::{SIGNING_KEY, Wire};

/// Somebody at a desk, or nobody.
#[derive(Clone)]
pub struct Person<'d> {
    desk: &'d Desk,
    /// `users.id`
    pub id: Uuid,
    /// `sessions.id`
    pub session: Uuid,
    /// The access token, if any.
    pub token: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers, as the home sent them.
    pub headers: HeaderMap,
    /// The body, to the byte.
    pub body: String,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {} {}", self.status, self.body))
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header in ASCII"))
    }

    /// The problem's kind: the last part of its `type`.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{} {}", self.status, self.body);
        self.json()["type"].as_str().expect("a type").rsplit(':').next().unwrap_or_default().to_owned()
    }
}

impl<'d> Person<'d> {
    pub(crate) fn new(desk: &'d Desk, id: Uuid, session: Uuid, role: &str) -> Self {
        let role: Role = serde_json::from_value(role.into()).expect("a role");
        let signer = Signer::new(&SIGNING_KEY);
        let now = shared::app::now().as_second();
        let token = signer.sign(&Subject { user: id, session, role }, now).expect("a token");
        Self { desk, id, session, token: Some(token) }
    }

    pub(crate) fn nobody(desk: &'d Desk) -> Self {
        Self { desk, id: Uuid::nil(), session: Uuid::nil(), token: None }
    }

    /// The same person with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    /// `GET` with more headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(Method::GET, path, headers, None).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, &[], Some(body.to_string().into())).await
    }

    /// `POST` of JSON with more headers.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Reply {
        self.send(Method::POST, path, headers, Some(body.to_string().into())).await
    }

    /// `PATCH` of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, &[], Some(body.to_string().into())).await
    }

    /// `PATCH` of JSON with more headers.
    pub async fn patch_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Reply {
        self.send(Method::PATCH, path, headers, Some(body.to_string().into())).await
    }

    /// `PUT` without a body.
    pub async fn put(&self, path: &str) -> Reply {
        self.send(Method::PUT, path, &[], None).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// Anything. A body is JSON unless the headers say otherwise.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let mut all = HeaderMap::new();
        if let Some(token) = &self.token {
            all.insert("authorization", format!("Bearer {token}").parse().expect("a token in ASCII"));
        }
        if body.is_some() {
            all.insert("content-type", "application/json".parse().expect("a header"));
        }
        for (name, value) in headers {
            all.insert(http::HeaderName::from_bytes(name.as_bytes()).expect("a header's name"), value.parse().expect("a header's value"));
        }
        let wire = Wire { method, path: path.to_owned(), headers: all, body: body.unwrap_or_default() };
        let (name, line) = (wire.method.to_string(), wire.path.clone());
        if line.starts_with("/v1/events") {
            self.desk.settle().await;
        }
        let reply = self.desk.home.call(wire).await;
        self.desk.record.exchange(&name, &line, &reply);
        reply
    }
}
