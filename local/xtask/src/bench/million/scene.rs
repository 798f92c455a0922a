//! A filled database with the platform in front of it, two people with tokens, and what the queries name.
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Who;
use super::cases::{Case, Filter};
use crate::bench::database::Database;
use crate::bench::process::{Process, ask};
use crate::bench::stage;
use crate::bench::tools::Tools;

/// Everything that a measurement needs.
pub(super) struct Scene<'a> {
    pub(super) tools: &'a Tools,
    pub(super) itsm: Process,
    /// A Lua file with ids.
    pub(super) ids: PathBuf,
    database: &'a Database,
    name: &'a str,
    agent: Person,
    requester: Person,
    /// What stands in braces, but `me`.
    values: Vec<(&'static str, String)>,
}

struct Person {
    id: String,
    email: String,
    /// And since when.
    token: RefCell<(String, Instant)>,
}

/// A token is good for 15 minutes, and a run is longer.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// The values, as SQL. `{people}` is how many people the seed made.
const VALUES: &[(&str, &str)] = &[
    ("busiest", "select assigned_to from tickets where assigned_to is not null and restricted_to is null group by 1 order by count(*) desc limit 1"),
    ("team", "select md5('team Service Desk')::uuid"),
    ("small", "select md5('team Linux')::uuid"),
    ("restricted", "select md5('team Human Resources')::uuid"),
    ("monitoring", "select md5('user monitoring@example.com')::uuid"),
    ("caller", "select md5('person ' || {people} / 2)::uuid"),
    ("nobody", "select gen_random_uuid()"),
    ("parent", "select p.number from tickets c join tickets p on p.id = c.parent_id where p.restricted_to is null order by p.number desc limit 1"),
    ("day", "select current_date - 600"),
    ("day_after", "select current_date - 599"),
    ("month_after", "select current_date - 570"),
    ("year_after", "select current_date - 270"),
    ("week_ago", "select current_date - 7"),
    ("prefix", "select left(max(number), 8) from tickets"),
    ("mistyped", "select 'pasworrd'"),
    ("meant", "select 'password'"),
];
/// By rank, as it follows from how the seed draws them: one incident in ten has the fifth word of its language.
const WORDS: &[(&str, u32)] = &[("common", 5), ("common_too", 8), ("uncommon", 1_066), ("rare", 106_600)];
const SEED_WORDS: &str = include_str!("../../../../itsm/sql/seed_words.sql");
/// What anybody may see and is worked on: what is resolved may be closed by the sweep in the meantime.
const IDS: &str = "select string_agg(format('%L', id), ', ') from (
    select id from tickets where restricted_to is null and state in ('new', 'in_progress', 'on_hold') order by random() limit 20000) as sample";

impl<'a> Scene<'a> {
    pub(super) fn open(tools: &'a Tools, database: &'a Database, name: &'a str, incidents: u32) -> Result<Self> {
        let people = (incidents / 50).max(2_500);
        let itsm = stage::itsm(tools, database, &database.url(name)?)?;
        let person = |number: u32| Person::log_in(database, name, &itsm, number);
        let (agent, requester) = (person(4)?, person(people / 50 + 1)?);
        let mut values = Vec::new();
        for (value, sql) in VALUES {
            values.push((*value, database.sql(name, &sql.replace("{people}", &people.to_string()))?.trim().to_owned()));
        }
        for (value, rank) in WORDS {
            let word = database.sql(name, &format!("{SEED_WORDS}; select word from seed_words where not german and k = {rank}"))?;
            values.push((*value, word.trim().to_owned()));
        }
        let ids = database.dir().join("ids.lua");
        std::fs::write(&ids, format!("return {{ {} }}\n", database.sql(name, IDS)?.trim()))?;
        Ok(Self { tools, itsm, ids, database, name, agent, requester, values })
    }

    fn person(&self, who: Who) -> &Person {
        if who == Who::Agent { &self.agent } else { &self.requester }
    }

    /// wrk's script, the token, the queries.
    pub(super) fn request(&self, case: &Case) -> Result<(&'static str, String, String)> {
        let token = |who: Who| self.person(who).token(&self.itsm);
        Ok(match case {
            Case::List { who, filter, sort } => {
                let query = self.filled(filter.query, *who);
                let begun = if query.is_empty() { String::new() } else { format!("{query}&") };
                ("query", token(*who)?, format!("{begun}sort=-{sort} {begun}sort={sort}"))
            }
            Case::Search { who, search } => ("query", token(*who)?, self.filled(search.query, *who)),
            Case::Operation { script } => (script, token(Who::Agent)?, String::new()),
        })
    }

    /// How many there are for whoever asks.
    pub(super) fn rows(&self, case: &Case) -> Result<Option<u64>> {
        let (Case::List { who, filter, .. } | Case::Search { who, search: filter }) = case else { return Ok(None) };
        let visible = match who {
            Who::Agent => "(restricted_to is null or caller_id = '{me}' or id in (select ticket_id from watchers where user_id = '{me}'))",
            Who::Requester => "id in (select id from tickets where caller_id = '{me}' union select ticket_id from watchers where user_id = '{me}')",
        };
        let Filter { condition, .. } = filter;
        let sql = self.filled(&format!("select count(*) from tickets where {visible} and {condition}"), *who);
        Ok(Some(self.database.sql(self.name, &sql)?.trim().parse()?))
    }

    fn filled(&self, text: &str, who: Who) -> String {
        let text = text.replace("{me}", &self.person(who).id);
        self.values.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

impl Person {
    /// One of the company's, who had no password.
    fn log_in(database: &Database, name: &str, itsm: &Process, number: u32) -> Result<Self> {
        let email = format!("person{number}@example.com");
        let password = "(select password_hash from users where email = 'agent@example.com')";
        let id = database.sql(name, &format!("update users set password_hash = {password} where email = '{email}' returning id"))?;
        let token = RefCell::new((token(itsm, &email)?, Instant::now()));
        Ok(Self { id: id.trim().to_owned(), email, token })
    }

    fn token(&self, itsm: &Process) -> Result<String> {
        let mut kept = self.token.borrow_mut();
        if kept.1.elapsed() > FRESH {
            *kept = (token(itsm, &self.email)?, Instant::now());
        }
        Ok(kept.0.clone())
    }
}

fn token(itsm: &Process, email: &str) -> Result<String> {
    let (status, body) = ask(itsm.port, "POST", "/v1/auth/login", &format!(r#"{{"email":"{email}","password":"itsm-demo-only"}}"#))?;
    ensure!(status == 200, "logging in: {status} {body}");
    Ok(serde_json::from_str::<Value>(&body)?["access_token"].as_str().context("no access token")?.to_owned())
}
