//! A desk to test against: a fresh database, a home around it, and the end that every test must come to.
use std::time::Duration;

use itsm::functions::FUNCTIONS;
use shared::app::App;
use shared::config::{Config, MailConfig};
use shared::function::Work;
use shared::job;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::client::Person;
use crate::database::TestDatabase;
use crate::home::{Home, Setting, secrets};
use crate::record::Record;

/// What a test works with.
pub struct Desk {
    /// Its database, for looking behind the API and for letting time pass.
    pub database: TestDatabase,
    pub(crate) home: Home,
    pub(crate) record: Record,
}

/// Runs a test on a desk of its own. A test that leaves a queued or dead job behind fails.
pub async fn desk(test: impl AsyncFnOnce(&Desk)) {
    desk_with(Setting::default(), test).await;
}

/// The same in a home that is set up as this says.
pub async fn desk_with(setting: Setting, test: impl AsyncFnOnce(&Desk)) {
    let database = TestDatabase::new().await;
    let home = Home::start(&database, &setting).await;
    let desk = Desk { database, home, record: Record::default() };
    test(&desk).await;
    desk.tell().await;
    let left: Vec<String> = desk.rows("select queue || ' ' || key || ' is ' || state || coalesce(': ' || last_error, '') from jobs where state = 'dead' or state = 'queued' and run_at <= now()").await;
    assert!(left.is_empty(), "jobs left behind: {left:?}");
    let Desk { database, home, record } = desk;
    record.write(home.name());
    home.stop().await;
    database.drop().await;
}

impl Desk {
    /// A new active person of this role with a session; no password.
    pub async fn person(&self, role: &str) -> Person<'_> {
        let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
        self.execute(&format!(
            "with u as (insert into users (id, email, name, role) values ('{user}', '{role}-{user}@example.com', 'A {role}', '{role}') returning id)
             insert into sessions (id, user_id, refresh_hash, expires_at) select '{session}', id, '{session}', now() + interval '1 day' from u"
        ))
        .await;
        Person::new(self, user, session, role)
    }

    /// Nobody: no token.
    pub fn nobody(&self) -> Person<'_> {
        Person::nobody(self)
    }

    /// A new team.
    pub async fn team(&self, name: &str, restricted: bool) -> Uuid {
        let team = Uuid::now_v7();
        self.execute(&format!("insert into teams (id, name, restricted) values ('{team}', '{name}', {restricted})")).await;
        team
    }

    /// Lets every schedule come due, and works off every queue as the home's own events would make it.
    pub async fn work(&self) {
        self.execute("update schedules set next_run_at = now() where next_run_at > now()").await;
        self.home.work(&self.database).await;
    }

    /// Tells everybody what happened, in this process whatever the home is: nearly every write makes such a job, and no test but those of
    /// `notify` is about it. All of them must work, though.
    async fn tell(&self) {
        if self.rows("select 'x' from jobs where queue = 'notify' and state = 'queued' limit 1").await.is_empty() {
            return;
        }
        let app = self.app(MailConfig::default());
        self.drain(&app, "notify").await;
        app.db.close().await;
    }

    /// An app on this desk's database in this process, with mail as this says.
    pub fn app(&self, mail: MailConfig) -> App {
        let config = itsm::serve::config_for(&self.database.url, &secrets(), "").expect("a configuration");
        App::new(&Config { mail, ..config }).expect("an app")
    }

    /// Works off one queue with an app of this process; how many jobs ran.
    pub async fn drain(&self, app: &App, queue: &str) -> u32 {
        let mut works = FUNCTIONS.iter().filter_map(|function| if let Work::Job(work) = function.work { Some(work) } else { None });
        let work = works.find(|work| work.queue == queue).expect("a function of this queue");
        job::drain(app, &work, Duration::from_secs(60)).await.expect("draining")
    }

    /// Until the feed shows all that is written, as it does at once on a server that nobody else uses: it waits for every transaction of
    /// the cluster, and another test's may still run. What this test itself keeps open is not waited for.
    pub async fn settle(&self) {
        const OLDER: &str = "select backend_type from pg_stat_activity, (select max(xact)::xid as newest from events) as feed
                             where (datname is distinct from current_database() or backend_type = 'autovacuum worker')
                               and age(backend_xid) > age(newest)";
        while !self.rows(OLDER).await.is_empty() {
            tokio::task::yield_now().await;
        }
    }

    /// SQL behind the API's back.
    pub async fn execute(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    /// The one text column of a query.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        let mut connection = self.connection().await;
        let rows = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await;
        connection.close().await.expect("closing");
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.database.owner_url).await.expect("the test database answers")
    }
}
