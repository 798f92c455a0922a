//! With a real server each, in folders of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod errors;
mod holder;
mod killed;
mod lifecycle;

use std::path::Path;
use std::process::{Command, Output};

use embedded::{Embedded, Options};
use tempfile::TempDir;

async fn start(dir: &Path) -> Embedded {
    Embedded::start_with(dir, Options::for_tests()).await.unwrap()
}

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("embedded").tempdir_in("/tmp").unwrap()
}

/// What `psql` prints for a statement, with nothing of this process's environment to help it.
fn psql(server: &Embedded, url: &str, statement: &str) -> String {
    let done = run_psql(&mut Command::new(server.binaries().join("psql")), url, statement);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

fn run_psql(psql: &mut Command, url: &str, statement: &str) -> Output {
    psql.args(["-XAtqw", "-v", "ON_ERROR_STOP=1", "-c", statement, url]);
    psql.env_clear().current_dir("/").output().unwrap()
}

fn is_alive(pid: u32) -> bool {
    let signal_nothing = Command::new("kill").args(["-0", &pid.to_string()]).output();
    signal_nothing.unwrap().status.success()
}
