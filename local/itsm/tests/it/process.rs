//! How the process starts, refuses and ends.
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use testkit::database::TestDatabase;

use crate::binary::{Admin, Folder, Served, answer, is_alive, refusal, request, run, shown, until};

/// The whole life of a private desk: an administrator, one process at a time, and an end that loses nothing under way.
#[test]
fn a_folder_has_one_process_that_finishes_what_it_began() {
    let folder = Folder::new();
    let env = [folder.env()];
    let short = refusal(&["admin", "create", "--email", "a@example.com", "--password-stdin"], &env, "short\n");
    assert!(short.contains("at least 15 characters"), "{short}");
    Admin::create(&env);
    let mut served = Served::start(&env);
    println!("a private desk is ready in {} ms", served.ms);

    let second = refusal(&["serve"], &env, "");
    assert!(second.contains(&shown(&folder.path().join("db"))) && second.contains("in use by process"), "{second}");
    assert!(run(&["migrate"], &env, "").status.success(), "a command may work beside it");

    let token = Admin::log_in(&served.address);
    let body = json!({"short_description": "raised while the desk closes"}).to_string();
    let mut under_way = begun(&served.address, &token, body.len());
    let postmaster = folder.postmaster().unwrap();
    served.signal(Signal::TERM);
    until("no new connection is taken", || TcpStream::connect(&served.address).is_err());
    under_way.write_all(body.as_bytes()).unwrap();
    let (status, body) = answer(under_way).unwrap();
    assert_eq!(status, 201, "{body}");
    assert_eq!(served.wait().code(), Some(0));
    assert!(!is_alive(postmaster) && folder.postmaster().is_none());

    let served = Served::start(&env);
    let raised: Value = serde_json::from_str(&body).unwrap();
    let head = format!("GET /v1/incidents/{} HTTP/1.1\r\nauthorization: Bearer {token}", raised["number"].as_str().unwrap());
    assert_eq!(request(&served.address, &head, "").unwrap(), (200, body));
}

/// A request whose handler waits for its body: the server has said so.
fn begun(address: &str, token: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/incidents HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    stream
}

/// `DATABASE_URL` of a new database on the tests' server, with nothing in it, and the folder for the secrets.
async fn given(database: &TestDatabase, folder: &Folder) -> Vec<(&'static str, String)> {
    let name = format!("{}_empty", database.name());
    let mut connection = PgConnection::connect(&database.owner_url).await.unwrap();
    connection.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    connection.close().await.unwrap();
    vec![("DATABASE_URL", database.owner_url.replace(database.name(), &name)), ("ITSM_DATA_DIR", folder.env().1)]
}

/// What the owner's SQL answers last, in a blocking thread.
fn asked(env: &[(&str, String)], sql: &str) -> String {
    tokio::runtime::Handle::current().block_on(async {
        let mut connection = PgConnection::connect(&env[0].1).await.unwrap();
        let row = connection.fetch_one(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
        connection.close().await.unwrap();
        row.get(0)
    })
}

async fn dropped(database: TestDatabase) {
    let mut connection = PgConnection::connect(&database.owner_url).await.unwrap();
    connection.execute(AssertSqlSafe(format!("drop database {}_empty with (force)", database.name()))).await.unwrap();
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_database_is_migrated_first_and_then_served() {
    let (database, folder) = (TestDatabase::new().await, Folder::new());
    let env = given(&database, &folder).await;
    tokio::task::spawn_blocking(move || {
        let unmigrated = refusal(&["serve"], &env, "");
        assert!(unmigrated.contains("run `itsm migrate`"), "{unmigrated}");
        assert!(!refusal(&["seed"], &env, "").is_empty());
        for _ in 0..2 {
            let migrated = run(&["migrate"], &env, "");
            assert!(migrated.status.success() && migrated.stderr.is_empty(), "{}", String::from_utf8_lossy(&migrated.stderr));
        }
        // As a dump is restored: with the schema, without the rights of the roles.
        assert_eq!(asked(&env, "revoke insert on tickets from itsm_app; select 'revoked'"), "revoked");
        assert!(run(&["migrate"], &env, "").status.success());
        assert_eq!(asked(&env, "select has_table_privilege('itsm_app', 'tickets', 'insert')::text"), "true");
        Admin::create(&env);
        let mut served = Served::start(&env);
        println!("a desk on a given database is ready in {} ms", served.ms);
        let token = Admin::log_in(&served.address);
        let head = format!("GET /v1/auth/me HTTP/1.1\r\nauthorization: Bearer {token}");
        let (status, me) = request(&served.address, &head, "").unwrap();
        assert!(status == 200 && me.contains("root@example.com") && me.contains("\"admin\""), "{status} {me}");

        let port = served.address.rsplit(':').next().unwrap().to_owned();
        let taken = refusal(&["serve"], &[&env[..], &[("PORT", port.clone())]].concat(), "");
        assert!(taken.contains(&port) && taken.contains("PORT="), "{taken}");
        // A new password ends the sessions of the old one.
        Admin::create(&env);
        assert_eq!(request(&served.address, &head, "").unwrap().0, 401);
        served.signal(Signal::TERM);
        assert_eq!(served.wait().code(), Some(0));
    })
    .await
    .unwrap();
    dropped(database).await;
}

/// Two instances of a deployment may migrate at once.
#[tokio::test(flavor = "multi_thread")]
async fn many_may_migrate_at_once() {
    let (database, folder) = (TestDatabase::new().await, Folder::new());
    let env = given(&database, &folder).await;
    let migrations = (0..4).map(|_| {
        let env = env.clone();
        tokio::task::spawn_blocking(move || run(&["migrate"], &env, ""))
    });
    for migrated in futures_util::future::join_all(migrations).await {
        let migrated = migrated.unwrap();
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    }
    dropped(database).await;
}

#[test]
fn a_server_that_cannot_be_reached_is_an_error_within_seconds() {
    let folder = Folder::new();
    // One that refuses, and one that takes the connection and never says a word.
    let (closed, silent) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let urls = [&closed, &silent].map(|listener| format!("postgres://itsm:secret@{}/itsm", listener.local_addr().unwrap()));
    drop(closed);
    for url in urls {
        for args in [&["serve"][..], &["migrate"]] {
            let (begun, env) = (Instant::now(), [("DATABASE_URL", url.clone()), folder.env()]);
            let said = refusal(args, &env, "");
            println!("{args:?} on {url} gives up after {} ms: {said}", begun.elapsed().as_millis());
            assert!(said.contains("connecting to") && !said.contains("secret"), "{said}");
        }
    }
    drop(silent);
}

/// What is no HTTP at all is refused or hung up on, and the next request is answered.
#[test]
fn noise_on_the_port_is_survived() {
    let folder = Folder::new();
    let served = Served::start(&[folder.env()]);
    let noise: [&[u8]; 8] = [
        b"\0\0\0\0\r\n\r\n",
        b"GET /v1/incidents\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-request-id: a\0b\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: x\r\n\r\n",
    ];
    for bytes in noise {
        let mut stream = TcpStream::connect(&served.address).unwrap();
        stream.write_all(bytes).unwrap();
        let _or_hung_up_already = stream.shutdown(std::net::Shutdown::Write);
        let mut answered = Vec::new();
        let _or_hung_up = stream.read_to_end(&mut answered);
        let answered = String::from_utf8_lossy(&answered);
        assert!(answered.is_empty() || answered.starts_with("HTTP/1.1 4"), "{:?}: {answered}", String::from_utf8_lossy(bytes));
        assert_eq!(request(&served.address, "GET /health/live HTTP/1.1", "").unwrap().0, 200);
    }
}
