//! The conformance suite of sessions, passwords and API keys: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod attempts;
mod change_password;
mod create_key;
mod create_reset;
mod delete_key;
mod keys;
mod login;
mod logout;
mod logout_everywhere;
mod me;
mod redeem_reset;
mod refresh;
mod revoke_session;
mod sessions;

use http::Method;
use serde_json::{Value, json};
use testkit::{Desk, Person, Reply};

/// A password as people choose them, and another.
const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple of other words";

/// Somebody who can log in.
async fn known(desk: &Desk, email: &str, password: &str) {
    let (hash, id) = (auth::password::hash(password).unwrap(), uuid::Uuid::now_v7());
    desk.execute(&format!("insert into users (id, email, name, role, password_hash) values ('{id}', '{email}', 'Known', 'agent', '{hash}')")).await;
}

async fn login(desk: &Desk, email: &str, password: &str) -> Reply {
    desk.nobody().post("/v1/auth/login", json!({"email": email, "password": password})).await
}

async fn login_from(desk: &Desk, address: &str, email: &str, password: &str) -> Reply {
    desk.nobody().post_with("/v1/auth/login", &[("x-forwarded-for", address)], json!({"email": email, "password": password})).await
}

/// Ada with her password in a session of her own.
async fn ada(desk: &Desk) -> Person<'_> {
    known(desk, "ada@example.com", PASSWORD).await;
    again(desk).await
}

/// Ada in one more session.
async fn again(desk: &Desk) -> Person<'_> {
    let reply = login(desk, "ada@example.com", PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    desk.nobody().with_token(token(&reply.json(), "access_token"))
}

async fn post(person: &Person<'_>, path: &str) -> Reply {
    person.send(Method::POST, path, &[], None).await
}

async fn delete(person: &Person<'_>, path: &str) -> Reply {
    person.send(Method::DELETE, path, &[], None).await
}

/// A new API key of this person: its answer, and somebody who uses it.
async fn key<'d>(person: &Person<'d>, scopes: &[&str]) -> (Value, Person<'d>) {
    let made = person.post("/v1/auth/api-keys", json!({"name": "a key", "scopes": scopes})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    let holder = person.with_token(token(&made, "key"));
    (made, holder)
}

fn token<'v>(body: &'v Value, name: &str) -> &'v str {
    body[name].as_str().unwrap()
}
