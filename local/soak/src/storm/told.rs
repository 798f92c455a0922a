//! What was told: in the feed, and at the mail server.
use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, ensure};
use sqlx::PgConnection;
use testkit::smtp::Sink;
use uuid::Uuid;

use super::Report;
use super::scene::Concerned;

/// Of the desk's address, and so of every Message-ID.
pub(super) const DOMAIN: &str = "desk.example";

/// Whether every clock has told all it has to tell, and nobody has a mail to write or to send.
pub(super) async fn is_over(connection: &mut PgConnection, incidents: usize) -> Result<bool> {
    let (told, left) = left(connection).await?;
    Ok(told >= incidents as i64 * 2 * 3 && left == 0)
}

/// Events of clocks, and jobs still to do.
pub(super) async fn left(connection: &mut PgConnection) -> Result<(i64, i64)> {
    let sql = "select (select count(*) from events where verb in ('sla_warning', 'sla_breached')),
                      (select count(*) from jobs where queue in ('notify', 'mailer') and state in ('queued', 'running'))";
    Ok(sqlx::query_as(sql).fetch_one(connection).await?)
}

/// An event that somebody hears of by mail.
struct Event {
    ticket: String,
    message_id: String,
    verb: String,
    clock: Option<String>,
    percent: Option<String>,
}

impl Event {
    fn of((ticket, message_id, verb, clock, percent): (String, String, String, Option<String>, Option<String>)) -> Self {
        Self { ticket, message_id, verb, clock, percent }
    }
}

/// Fills the report, and compares each mail that came with those that were to come.
pub(super) async fn count(connection: &mut PgConnection, incidents: &HashMap<Uuid, Concerned>, sink: &Sink, report: &mut Report) -> Result<()> {
    let sql = format!(
        "select ticket_id::text as ticket, format('<%s.%s.%s@{DOMAIN}>', ticket_id, epoch, seq) as message_id, verb,
                changes -> 'sla_id' ->> 1 as clock, changes -> 'percent' ->> 1 as percent
         from events where subject = 'incident' and verb in ('created', 'sla_warning', 'sla_breached')"
    );
    let events = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
    let events: Vec<Event> = events.into_iter().map(Event::of).collect();
    let mut told = HashSet::new();
    for event in events.iter().filter(|event| event.clock.is_some()) {
        ensure!(told.insert((&event.ticket, &event.clock, &event.percent)), "told twice: {} {:?}", event.ticket, event.percent);
    }
    let of = |percent: &str| told.iter().filter(|(_, _, found)| found.as_deref() == Some(percent)).count();
    (report.reminders_at_50, report.reminders_at_75, report.breaches) = (of("50"), of("75"), of("100"));
    let clocks: i64 = sqlx::query_scalar("select count(*) from ticket_slas").fetch_one(&mut *connection).await?;
    let jobs: i64 = sqlx::query_scalar("select count(*) from jobs where key = 'schedule:sla'").fetch_one(&mut *connection).await?;
    let wrong: Vec<String> = sqlx::query_scalar(WRONG).fetch_all(connection).await?;
    ensure!(wrong.is_empty(), "not done: {wrong:?}");
    (report.clocks, report.schedule_ran) = (clocks as usize, jobs as usize);
    compare(&expected(&events, incidents)?, sink, report)
}

/// Mails that are not sent, and jobs that failed for good.
const WRONG: &str = "select 'mail ' || state || ' ' || count(*) from mails where state <> 'sent' group by state
                     union all select 'job ' || queue || ' ' || coalesce(last_error, '') from jobs where state = 'dead'";

/// Address and Message-ID of each mail that is to come.
fn expected(events: &[Event], incidents: &HashMap<Uuid, Concerned>) -> Result<HashSet<(String, String)>> {
    let mut expected = HashSet::new();
    for event in events {
        let Concerned { caller, assignee, watcher } = incidents.get(&event.ticket.parse()?).context("an incident that nobody raised")?;
        let (caller, agents) = (format!("requester-{caller}@example.com"), [assignee, watcher].map(|agent| format!("agent-{agent}@example.com")));
        let [assignee, watcher] = agents;
        let hear = match event.verb.as_str() {
            "created" => vec![caller, assignee],
            "sla_breached" => vec![assignee, watcher],
            _ => vec![assignee],
        };
        expected.extend(hear.into_iter().map(|address| (address, event.message_id.clone())));
    }
    Ok(expected)
}

fn compare(expected: &HashSet<(String, String)>, sink: &Sink, report: &mut Report) -> Result<()> {
    let mut taken: HashMap<(String, String), usize> = HashMap::new();
    for mail in sink.taken() {
        let message_id = mail.header("Message-ID");
        *taken.entry((mail.to, message_id)).or_default() += 1;
    }
    let strange: Vec<_> = taken.keys().filter(|mail| !expected.contains(mail)).take(3).collect();
    ensure!(strange.is_empty(), "mails that nobody was to get: {strange:?}");
    ensure!(expected.len() == report.mails_expected, "{} mails are to come by the events, and {} by the plan", expected.len(), report.mails_expected);
    report.mails_taken = taken.len();
    report.mails_repeated = taken.values().map(|times| times - 1).sum();
    Ok(())
}
