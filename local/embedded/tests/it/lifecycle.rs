use embedded::{Embedded, Options};
use sqlx::postgres::PgPool;

use crate::{folder, is_alive, psql, start};

#[tokio::test]
async fn a_new_folder_has_a_database_and_keeps_what_is_stored() {
    let dir = folder();
    let server = start(dir.path()).await;
    let url = server.url("itsm");
    psql(&server, &url, "create table kept as select 'Ünïcode' as word");
    let first = server.pid();
    server.stop().await.unwrap();
    assert!(!is_alive(first));

    let server = start(dir.path()).await;
    assert_eq!(psql(&server, &server.url("itsm"), "select upper(word) from kept"), "ÜNÏCODE");
    server.stop().await.unwrap();
}

/// All the default options, which is what a user gets, and the driver of the platform.
#[tokio::test]
async fn the_default_is_durable_and_has_no_tcp() {
    let dir = folder();
    let server = Embedded::start(&dir.path().join("made, with \"care\" & 100 %")).await.unwrap();
    assert_eq!(server.tcp_url("itsm"), None);
    let pool = PgPool::connect(&server.url("itsm")).await.unwrap();
    let settings: String = sqlx::query_scalar(
        "select concat_ws(' ', current_setting('fsync'), current_setting('listen_addresses'),
           current_setting('server_encoding'), current_setting('timezone'), current_user)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(settings, "on UTF8 UTC itsm".replacen("on ", "on  ", 1));
    pool.close().await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn options_reach_the_server_and_may_change_between_starts() {
    let dir = folder();
    let options = Options { max_connections: 17, ..Options::for_tests() };
    let server = Embedded::start_with(dir.path(), options.set("work_mem", "7MB")).await.unwrap();
    let ask = "select concat_ws(' ', current_setting('max_connections'), current_setting('work_mem'), current_setting('fsync'))";
    assert_eq!(psql(&server, &server.url("itsm"), ask), "17 7MB off");
    server.stop().await.unwrap();

    let server = Embedded::start(dir.path()).await.unwrap();
    assert_eq!(psql(&server, &server.url("itsm"), ask), "100 4MB on");
}

#[tokio::test]
async fn dropping_it_ends_the_server() {
    let dir = folder();
    let server = start(dir.path()).await;
    let pid = server.pid();
    drop(server);
    assert!(!is_alive(pid));
    assert!(!dir.path().join("postgres/data/postmaster.pid").exists());
}

/// A future that is dropped half way must leave no server and no claim on the folder.
#[tokio::test]
async fn a_start_that_is_given_up_leaves_the_folder_free() {
    let dir = folder();
    start(dir.path()).await.stop().await.unwrap();
    let mut given_up = Box::pin(Embedded::start_with(dir.path(), Options::for_tests()));
    tokio::select! {
        biased;
        _ = &mut given_up => panic!("no server is ready at the first poll"),
        () = std::future::ready(()) => {}
    }
    drop(given_up);
    let server = loop {
        match Embedded::start_with(dir.path(), Options::for_tests()).await {
            Err(embedded::EmbeddedError::InUse { .. }) => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    assert_eq!(psql(&server, &server.url("itsm"), "select 1"), "1");
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_still_works() {
    let dir = folder();
    let deep = dir.path().join("a".repeat(100)).join("b".repeat(100));
    let server = start(&deep).await;
    let url = server.url("itsm");
    assert!(url.contains("host=/tmp/itsm-"), "{url}");
    let socket = psql(&server, &url, "show unix_socket_directories").replace('"', "");
    assert_eq!(psql(&server, &url, "select 1"), "1");
    server.stop().await.unwrap();
    assert!(!std::path::Path::new(&socket).exists());
}
