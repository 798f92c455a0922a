//! The conformance suite of logging in: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod login;
mod refresh;

use serde_json::{Value, json};
use testkit::{Desk, Reply};

/// Somebody who can log in.
async fn known(desk: &Desk, email: &str, password: &str) {
    let (hash, id) = (auth::password::hash(password).unwrap(), uuid::Uuid::now_v7());
    desk.execute(&format!("insert into users (id, email, name, role, password_hash) values ('{id}', '{email}', 'Known', 'agent', '{hash}')")).await;
}

async fn login(desk: &Desk, email: &str, password: &str) -> Reply {
    desk.nobody().post("/v1/auth/login", json!({"email": email, "password": password})).await
}

fn token<'v>(body: &'v Value, name: &str) -> &'v str {
    body[name].as_str().unwrap()
}
