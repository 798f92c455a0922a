//! Migrations as CloudFormation asks for them.
use std::time::Duration;

use itsm::hook::handle;
use itsm::migrate::{newest, version};
use serde_json::{Value, json};
use testkit::database::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const TIME: Duration = Duration::from_secs(120);
const NOWHERE: &str = "postgres://nobody@127.0.0.1:1/none";

/// Handles a request of CloudFormation's; what its address was sent.
async fn told(url: &str, kind: &str) -> Value {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/{}?signed=yes", listener.local_addr().unwrap(), "x".repeat(2500));
    let event = json!({
        "RequestType": kind, "ResponseURL": address, "StackId": "a-stack", "RequestId": "a-request", "LogicalResourceId": "Migration",
        "ResourceType": "Custom::Migration", "ResourceProperties": {"Version": "7"},
    });
    let (handled, read) = tokio::join!(handle(url, event, TIME), received(&listener));
    let (head, body) = read.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PUT /xxx") && !head.to_lowercase().contains("content-type"), "{head}"); // the address is signed for none
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(handled.is_ok(), body["Status"] == "SUCCESS", "{handled:?}");
    assert_eq!([&body["StackId"], &body["RequestId"], &body["LogicalResourceId"]], ["a-stack", "a-request", "Migration"]);
    body
}

/// One request, taken.
async fn received(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut read = String::new();
    let mut part = [0; 8192];
    while !read.ends_with("}") {
        let length = stream.read(&mut part).await.unwrap();
        assert!(length > 0, "it ended early: {read}");
        read.push_str(std::str::from_utf8(&part[..length]).unwrap());
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    read
}

#[tokio::test]
async fn cloudformation_is_told_what_became_of_it() {
    let database = TestDatabase::new().await;
    let now = json!({"version": newest()});
    database.execute("drop schema public cascade; create schema public").await;
    for kind in ["Create", "Update"] {
        assert_eq!(told(&database.owner_url, kind).await["Data"], now, "{kind}");
    }
    assert_eq!(version(&database.owner_url).await.unwrap(), newest());
    assert_eq!(handle(&database.owner_url, json!({}), TIME).await.unwrap(), now);
    assert_eq!(told(NOWHERE, "Delete").await["Status"], "SUCCESS");
    let failed = told(NOWHERE, "Update").await;
    assert!(failed["Status"] == "FAILED" && failed["Reason"].as_str().unwrap().contains("connecting"), "{failed}");
    database.drop().await;
}

/// A deployment that is rolled back runs the older version's migrations again.
#[tokio::test]
async fn a_database_that_is_ahead_is_left_alone() {
    let database = TestDatabase::new().await;
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'later', true, '', 0)";
    database.execute(later).await;
    assert_eq!(told(&database.owner_url, "Update").await["Data"], json!({"version": 9999}));
    database.drop().await;
}

#[tokio::test]
async fn what_is_not_done_in_time_is_a_failure() {
    let database = TestDatabase::new().await;
    assert!(handle(&database.owner_url, json!({}), Duration::ZERO).await.is_err());
    database.drop().await;
}
