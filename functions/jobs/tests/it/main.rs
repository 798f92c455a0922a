//! The conformance suite of jobs: the same tests in every home.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod cancel;
mod get;
mod list;
mod retry;

use testkit::Desk;

/// A job of `children` that can only fail, as its payload names nobody; due in as many hours.
async fn enqueued(desk: &Desk, key: &str, hours: i64) -> i64 {
    let sql = format!("select enqueue('children', '{key}', '{{\"x\": 1}}', now() + interval '{hours} hours')::text");
    desk.rows(&sql).await[0].parse().unwrap()
}

/// One that has failed for good.
async fn dead(desk: &Desk, key: &str) -> i64 {
    let id = enqueued(desk, key, 0).await;
    desk.work().await;
    assert_eq!(desk.rows(&format!("select state from jobs where id = {id}")).await, ["dead"]);
    id
}

/// Nothing is left behind that was meant to fail.
async fn tidy(desk: &Desk) {
    desk.execute("delete from jobs").await;
}
