//! A database per test. One server for all: `TEST_DATABASE_URL` (its superuser), else a private one that this process starts. In the home `cluster` there is one
//! database for all: each test finds it as it was after its migration.
use std::sync::OnceLock;

use embedded::{Embedded, Options};
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

use crate::home::cluster::said;

/// The role of the functions and its password in tests.
const APP: &str = "itsm_app";
const APP_PASSWORD: &str = "test";
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static SERVER: OnceLock<Embedded> = OnceLock::new();

/// One test's own database.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    /// As the superuser, for looking behind the API.
    pub owner_url: String,
    /// As the functions see it.
    pub url: String,
    name: String,
    is_the_sites: bool,
}

/// Keeps what a migrated database holds, once, then takes away what the last test left behind and puts that back. Versions of the book only rise: functions that live on
/// keep its page by its version.
const RESET: &str = include_str!("../sql/reset.sql");

impl TestDatabase {
    /// A clone of the migrated template, or the site's database as it was in the beginning.
    pub async fn new() -> Self {
        if std::env::var("ITSM_HOME").as_deref() == Ok("cluster") {
            let (owner_url, url) = (said("SITE_DATABASE_URL"), said("SITE_APP_DATABASE_URL"));
            let site = Self { owner_url, url, name: "itsm".into(), is_the_sites: true };
            site.execute(RESET).await;
            return site;
        }
        let server = server();
        let template = TEMPLATE.get_or_init(|| template(&server)).await;
        let name = format!("t_{}", uuid::Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(&server).await.expect("the test server answers");
        run(&mut connection, format!("create database {name} template {template} strategy file_copy")).await;
        connection.close().await.expect("closing");
        let owner_url = in_database(&server, &name);
        let url = as_app(&owner_url);
        Self { owner_url, url, name, is_the_sites: false }
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server, as `host:port`.
    pub fn address(&self) -> &str {
        let rest = self.url.split('@').nth(1).expect("a user in the URL");
        rest.split('/').next().unwrap_or(rest)
    }

    /// SQL behind the API's back.
    pub async fn execute(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.owner_url).await.expect("the test database answers");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        connection.close().await.expect("closing");
    }

    /// Ends it; whoever is still connected is put out.
    pub async fn drop(self) {
        if self.is_the_sites {
            return;
        }
        let mut connection = PgConnection::connect(&server()).await.expect("the test server answers");
        run(&mut connection, format!("drop database if exists {} with (force)", self.name)).await;
    }
}

async fn run(connection: &mut PgConnection, sql: String) {
    connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("preparing a test database");
}

/// `postgres://user:password@host:port/NAME?...` with another database.
fn in_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, String::new()), |(address, query)| (address, format!("?{query}")));
    let end = address.rfind('/').expect("a database in the URL");
    format!("{}/{name}{query}", &address[..end])
}

fn as_app(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let host = rest.split_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{APP}:{APP_PASSWORD}@{host}")
}

fn server() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        let embedded = SERVER.get_or_init(|| {
            let dir = std::env::temp_dir().join(format!("itsm-test-{}", std::process::id()));
            Embedded::start_blocking(&dir, &Options::for_tests().set("max_connections", "300")).expect("a private Postgres for the tests")
        });
        embedded.tcp_url(embedded::OWNER).expect("a TCP address")
    })
}

/// The migrated template, made once per server and schema however many test processes ask at once.
async fn template(server: &str) -> String {
    let name = format!("itsm_template_{}", itsm::migrate::fingerprint());
    let mut connection = PgConnection::connect(server).await.expect("the test server answers");
    run(&mut connection, "select pg_advisory_lock(8190)".into()).await;
    let there: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datistemplate)")
        .bind(&name)
        .fetch_one(&mut connection)
        .await
        .expect("looking for the template");
    if !there {
        run(&mut connection, format!("drop database if exists {name}")).await;
        run(&mut connection, format!("create database {name}")).await;
        itsm::migrate::migrate(&in_database(server, &name)).await.expect("migrating the template");
        run(&mut connection, format!("alter role {APP} password '{APP_PASSWORD}'")).await;
        run(&mut connection, format!("alter database {name} is_template true")).await;
    }
    connection.close().await.expect("closing");
    name
}
