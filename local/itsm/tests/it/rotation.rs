//! What outlives a restart: sessions, also with another signing key. And whose word for the client's address counts.
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::binary::{Admin, Folder, Served, request, run};

fn get(served: &Served, path: &str, token: &str) -> Value {
    let (status, body) = request(&served.address, &format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {token}"), "").unwrap();
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// A log-in that claims to come from elsewhere; its access token.
fn log_in_as_if_from(served: &Served, claimed: &str) -> String {
    let body = json!({"email": Admin::EMAIL, "password": Admin::PASSWORD}).to_string();
    let (status, body) = request(&served.address, &format!("POST /v1/auth/login HTTP/1.1\r\nx-forwarded-for: {claimed}"), &body).unwrap();
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<Value>(&body).unwrap()["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_signing_key_logs_nobody_out() {
    let folder = Folder::new();
    let env = [folder.env()];
    Admin::create(&env);
    let mut served = Served::start(&env);
    let old = log_in_as_if_from(&served, "203.0.113.7");
    assert_eq!(get(&served, "/v1/auth/sessions", &old)["items"][0]["address"], "127.0.0.1", "anybody may claim anything");
    assert!(run(&["key", "rotate"], &env, "").status.success());
    served.signal(Signal::TERM);
    assert!(served.wait().success());

    let served = Served::start(&[folder.env(), ("TRUSTED_PROXIES", "127.0.0.0/8,::1".to_owned())]);
    let new = log_in_as_if_from(&served, "203.0.113.7");
    let sessions = get(&served, "/v1/auth/sessions", &new);
    assert_eq!((&sessions["items"][0]["address"], &sessions["items"][1]["address"]), (&json!("203.0.113.7"), &json!("127.0.0.1")));
    assert_eq!(get(&served, "/v1/auth/me", &old), get(&served, "/v1/auth/me", &new));
    let keys = get(&served, "/.well-known/jwks.json", "")["keys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 2);

    let seeds = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n";
    let public = run(&["key", "public"], &[], seeds);
    let set: Value = serde_json::from_slice(&public.stdout).unwrap();
    assert_eq!((set["keys"].as_array().unwrap().len(), &set["keys"][0]["alg"]), (2, &json!("EdDSA")));
}
