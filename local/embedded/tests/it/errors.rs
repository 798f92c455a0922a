//! Each says what to do.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process;

use embedded::{Embedded, EmbeddedError, Options};

use crate::holder::Holder;
use crate::{folder, start};

#[tokio::test]
async fn a_second_start_is_refused() {
    let dir = folder();
    let server = start(dir.path()).await;
    let error = Embedded::start(dir.path()).await.unwrap_err();
    assert!(matches!(&error, EmbeddedError::InUse { pid, .. } if *pid == process::id().to_string()));
    let said = error.to_string();
    assert!(said.contains("is in use by process") && said.contains("folder of its own"), "{said}");

    let said = Holder::spawn(dir.path(), |command| command).outcome().unwrap_err();
    assert!(said.contains("is in use by process"), "{said}");
    server.stop().await.unwrap();
    start(dir.path()).await;
}

#[tokio::test]
async fn without_postgres_it_says_how_to_get_one() {
    let (dir, empty) = (folder(), folder());
    let said = Holder::spawn(dir.path(), |command| command.env("PATH", "").env("ITSM_POSTGRES_BIN", empty.path())).outcome().unwrap_err();
    for way in ["apt-get install", "dnf install", "brew install", "DATABASE_URL"] {
        assert!(said.contains(way), "{said}");
    }
    let binaries: Option<PathBuf> = Some(empty.path().to_owned());
    let options = Options { binaries, ..Options::default() };
    let error = Embedded::start_with(dir.path(), options).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::NotInstalled { .. }));
}

#[tokio::test]
async fn a_version_that_cannot_open_the_folder_is_not_tried() {
    let dir = folder();
    start(dir.path()).await.stop().await.unwrap();
    let version = dir.path().join("postgres/data/PG_VERSION");
    fs::write(version, "14\n").unwrap();
    let said = Embedded::start(dir.path()).await.unwrap_err().to_string();
    assert!(said.contains("made by PostgreSQL 14") && said.contains("postgresql-14"), "{said}");
}

#[tokio::test]
async fn a_server_that_refuses_is_quoted() {
    let dir = folder();
    start(dir.path()).await.stop().await.unwrap();
    let options = Options::for_tests().set("no_such_setting", "1");
    let said = Embedded::start_with(dir.path(), options).await.unwrap_err().to_string();
    assert!(said.contains("no_such_setting") && said.contains("/log"), "{said}");
    start(dir.path()).await;
}

/// Only root hands the server to another user, who may find the way closed.
#[tokio::test]
async fn a_closed_way_is_named() {
    let dir = folder();
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let root = fs::metadata(&closed).unwrap().uid() == 0;
    match Embedded::start_with(&closed.join("db"), Options::for_tests()).await {
        Err(error) if root => {
            let said = error.to_string();
            assert!(said.contains(&format!("chmod o+x {}", closed.display())), "{said}");
        }
        started => {
            started.unwrap();
            assert!(!root);
        }
    }
}
