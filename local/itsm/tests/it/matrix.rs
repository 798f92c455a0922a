//! The authorisation matrix: `tests/matrix.txt` in each function's folder says what its routes answer to everybody, and this asks. A route of
//! the API without a line fails, and so does a line of a route that is gone.
//!
//! The columns: `requester` has nothing to do with the ticket, `owner` is its caller, `watcher` a requester who watches it; `inside` is an agent
//! on the team that the ticket is restricted to, `agent` one who is not; `revoked`, `deactivated` and `expired` were administrators, and their
//! tokens were taken a moment before. In a path, `{id}` of a ticket is a fresh one for each cell, with `restricted` a restricted one; what else
//! stands in braces is made by [`People::filled`]. The body of a request is the line below it: $new is a new name each time, $ticket
//! another ticket like the one in the path, $user, $agent and $team are ids.
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use http::Method;
use serde_json::Value;
use testkit::{Desk, Person, desk};
use uuid::Uuid;

const HEADER: &str = "ROUTE nobody requester owner watcher agent inside manager admin auditor revoked deactivated expired";

/// A line of the table.
struct Row {
    method: Method,
    path: String,
    is_restricted: bool,
    /// By column.
    expected: Vec<u16>,
    body: Option<String>,
}

/// The columns' names.
fn columns() -> impl Iterator<Item = &'static str> {
    HEADER.split(' ').skip(1)
}

/// The rows of all functions.
fn table() -> Vec<Row> {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions")).unwrap();
    let mut files: Vec<_> = folders.map(|folder| folder.unwrap().path().join("tests/matrix.txt")).filter(|file| file.is_file()).collect();
    files.sort();
    files.iter().flat_map(|file| rows(&fs::read_to_string(file).unwrap())).collect()
}

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines().filter(|line| !line.is_empty()).peekable();
    assert_eq!(lines.next().unwrap().split_whitespace().collect::<Vec<_>>().join(" "), HEADER);
    let mut rows = Vec::new();
    while let Some(line) = lines.next() {
        let (words, expected): (Vec<&str>, Vec<&str>) = line.split_whitespace().partition(|word| word.parse::<u16>().is_err());
        let (method, path, is_restricted) = match words[..] {
            [method, path] => (method, path, false),
            [method, path, "restricted"] => (method, path, true),
            _ => panic!("METHOD PATH [restricted] STATUS...: {line}"),
        };
        let expected: Vec<u16> = expected.iter().map(|status| status.parse().unwrap()).collect();
        assert_eq!(expected.len(), columns().count(), "{line}");
        let body = lines.next_if(|next| next.starts_with(' ')).map(|body| body.trim().to_owned());
        rows.push(Row { method: method.parse().unwrap(), path: path.to_owned(), is_restricted, expected, body });
    }
    rows
}

/// Everybody, by column; anew for each row, for some routes end the session they are asked with.
struct People<'d> {
    desk: &'d Desk,
    everybody: Vec<(&'static str, Person<'d>)>,
    team: Uuid,
}

impl<'d> People<'d> {
    async fn new(desk: &'d Desk) -> Self {
        let team = desk.team(&Uuid::now_v7().to_string(), true).await;
        let mut everybody = Vec::new();
        for name in columns() {
            let person = match name {
                "nobody" => desk.nobody(),
                "owner" | "watcher" => desk.person("requester").await,
                "inside" => desk.person("agent").await,
                "revoked" | "deactivated" | "expired" => desk.person("admin").await,
                role => desk.person(role).await,
            };
            everybody.push((name, person));
        }
        let people = Self { desk, everybody, team };
        let [inside, revoked, deactivated, expired] = ["inside", "revoked", "deactivated", "expired"].map(|name| people.id(name));
        for (_, person) in people.everybody.iter().filter(|(_, person)| [revoked, deactivated, expired].contains(&person.id)) {
            assert_eq!(person.get("/v1/auth/me").await.status, 200);
        }
        desk.execute(&format!(
            "insert into team_members (team_id, user_id) values ('{team}', '{inside}');
             update sessions set revoked_at = now() where user_id = '{revoked}';
             update sessions set expires_at = now() where user_id = '{expired}';
             update users set active = false where id = '{deactivated}'"
        ))
        .await;
        people
    }

    fn id(&self, name: &str) -> Uuid {
        self.everybody.iter().find(|(column, _)| *column == name).unwrap().1.id
    }

    /// A ticket for one cell.
    async fn ticket(&self, is_restricted: bool) -> Uuid {
        let (id, owner, watcher, team) = (Uuid::now_v7(), self.id("owner"), self.id("watcher"), self.team);
        let restricted_to = if is_restricted { format!("'{team}'") } else { "null".into() };
        self.desk
            .execute(&format!(
                "insert into tickets (id, kind, number, short_description, state, priority, caller_id, opened_by, restricted_to, opened_at, created_at, updated_at)
                 values ('{id}', 'incident', ticket_number('INC', nextval('incident_number')), 'x', 'new', 5, '{owner}', '{owner}', {restricted_to}, now(), now(), now());
                 insert into watchers (ticket_id, user_id) values ('{id}', '{watcher}')"
            ))
            .await;
        id
    }

    /// A link of this ticket to another like it.
    async fn link(&self, from: Uuid, is_restricted: bool) -> Uuid {
        let (id, to, by) = (Uuid::now_v7(), self.ticket(is_restricted).await, self.id("inside"));
        let link = format!(
            "insert into links (id, from_id, to_id, kind, created_by, created_at) values ('{id}', '{from}', '{to}', 'relates', '{by}', now())"
        );
        self.desk.execute(&link).await;
        id
    }

    /// A definition that attaches to nothing.
    async fn sla(&self) -> Uuid {
        let id = Uuid::now_v7();
        let sla = format!(
            "insert into slas (id, name, type, metric, goal, calendar_id, position, active)
             values ('{id}', '{id}', 'sla', 'resolution', '{{\"seconds\": 1}}', '00000000-0000-7000-8000-000000000247', 1, false)"
        );
        self.desk.execute(&sla).await;
        id
    }

    /// A mail that was set aside.
    async fn mail(&self) -> Uuid {
        let id = Uuid::now_v7();
        let mail = format!(
            "insert into inbound_mails (id, mailbox, identity, hash, raw, state, outcome, received_at, ended_at)
             values ('{id}', 'desk@desk.example', '{id}', '', 'From: x', 'set_aside', 'unverified', now(), now())"
        );
        self.desk.execute(&mail).await;
        id
    }

    /// An API key of this person's; nobody has none.
    async fn key(&self, person: &Person<'_>) -> Uuid {
        let (id, hash, by) = (Uuid::now_v7(), Uuid::now_v7(), person.id);
        self.desk
            .execute(&format!(
                "insert into api_keys (id, session_id, user_id, name, prefix, scopes, expires_at)
                 select '{id}', '{hash}', id, 'x', 'x', '{{events:read}}', now() + interval '1 day' from users where id = '{by}'"
            ))
            .await;
        id
    }

    /// A webhook that asks for nothing that happens, and a delivery of it that is over.
    async fn webhook(&self) -> (Uuid, Uuid) {
        let (webhook, delivery, by) = (Uuid::now_v7(), Uuid::now_v7(), self.id("admin"));
        self.desk
            .execute(&format!(
                "insert into webhooks (id, url, events, secret, created_by, created_at, updated_at)
                 values ('{webhook}', 'https://example.com/', '{{settings.none}}', 'whsec_', '{by}', now(), now());
                 with event as (insert into events (at, subject, verb) values (now(), 'settings', 'updated') returning epoch, xact, seq)
                 insert into webhook_deliveries (webhook_id, epoch, xact, seq, id, state, finished_at)
                 select '{webhook}', epoch, xact, seq, '{delivery}', 'dead', now() from event"
            ))
            .await;
        (webhook, delivery)
    }

    /// A rule that reacts to nothing that happens.
    async fn rule(&self) -> Uuid {
        let (rule, by) = (Uuid::now_v7(), self.id("admin"));
        self.desk
            .execute(&format!(
                r#"insert into rules (id, name, events, actions, checked_until, created_by, created_at, updated_at)
                   values ('{rule}', '{rule}', '{{none}}', '[{{"do": "set", "fields": {{"impact": 1}}}}]', now(), '{by}', now(), now())"#
            ))
            .await;
        rule
    }

    /// Something in this person's inbox; nobody has none. It is about a ticket of the owner's.
    async fn notification(&self, person: &Person<'_>) -> Uuid {
        let (id, ticket, by) = (Uuid::now_v7(), self.ticket(false).await, person.id);
        self.desk
            .execute(&format!(
                "with event as (
                   insert into events (at, ticket_id, subject, verb) values (now(), '{ticket}', 'incident', 'linked') returning epoch, xact, seq
                 )
                 insert into notifications (id, user_id, ticket_id, event_epoch, event_xact, event_seq, kind, relation, visibility, created_at)
                 select '{id}', u.id, '{ticket}', epoch, xact, seq, 'commented', 'watcher', 'public', now() from users u, event where u.id = '{by}'"
            ))
            .await;
        id
    }

    /// What stands in braces, by the word before it.
    async fn filled(&self, row: &Row, person: &Person<'_>) -> String {
        let (mut filled, mut before, mut ticket, mut delivery) = (String::new(), "", Uuid::nil(), Uuid::nil());
        for segment in row.path.split('/').skip(1) {
            let value = match (segment.starts_with('{'), before) {
                (false, _) => segment.to_owned(),
                (true, "incidents") => {
                    ticket = self.ticket(row.is_restricted).await;
                    ticket.to_string()
                }
                (true, "links") => self.link(ticket, row.is_restricted).await.to_string(),
                (true, "users" | "members") => self.id("requester").to_string(),
                (true, "watchers") => self.id("watcher").to_string(),
                (true, "teams") => self.team.to_string(),
                (true, "sessions") => person.session.to_string(),
                (true, "jobs") => {
                    self.desk.rows("select enqueue('sweep', gen_random_uuid()::text, '{}', now() + interval '1 hour')::text").await.remove(0)
                }
                (true, "webhooks") => {
                    let webhook;
                    (webhook, delivery) = self.webhook().await;
                    webhook.to_string()
                }
                (true, "deliveries") => delivery.to_string(),
                (true, "rules") => self.rule().await.to_string(),
                (true, "schedules") => "sweep".to_owned(),
                (true, "calendars") => "00000000-0000-7000-8000-000000000095".to_owned(),
                (true, "slas") => self.sla().await.to_string(),
                (true, "set-aside") => self.mail().await.to_string(),
                (true, "notifications") => self.notification(person).await.to_string(),
                (true, "api-keys") => self.key(person).await.to_string(),
                (true, _) => Uuid::now_v7().to_string(),
            };
            filled = format!("{filled}/{value}");
            before = segment;
        }
        filled
    }

    async fn body(&self, row: &Row) -> Option<Vec<u8>> {
        let template = row.body.as_deref()?;
        let ticket = if template.contains("$ticket") { self.ticket(row.is_restricted).await } else { Uuid::nil() };
        let names =
            [("$ticket", ticket), ("$new", Uuid::now_v7()), ("$user", self.id("requester")), ("$agent", self.id("inside")), ("$team", self.team)];
        let body = names.iter().fold(template.to_owned(), |body, (name, id)| body.replace(name, &id.to_string()));
        assert!(serde_json::from_str::<Value>(&body).is_ok(), "{body}");
        Some(body.into_bytes())
    }
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    desk(async |desk| {
        let mut wrong = Vec::new();
        for row in &table() {
            let people = People::new(desk).await;
            for ((name, person), expected) in people.everybody.iter().zip(&row.expected) {
                let path = people.filled(row, person).await;
                let reply = person.send(row.method.clone(), &path, &[], people.body(row).await).await;
                if reply.status != *expected {
                    wrong.push(format!("{} {} as {name}: {expected} expected, {} {}", row.method, path, reply.status, reply.body));
                }
                if reply.status >= 400 {
                    assert!(!reply.problem().is_empty());
                }
                assert_eq!(reply.status == 401, reply.header("www-authenticate").is_some());
            }
        }
        assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
        // What was made only to be asked for is no work left behind.
        desk.execute("delete from jobs").await;
    })
    .await;
}

/// An unknown filter is a 400 and never ignored (docs/API.md), also where there are none.
#[tokio::test]
async fn no_route_takes_a_parameter_that_it_does_not_know() {
    desk(async |desk| {
        let people = People::new(desk).await;
        let (_, admin) = people.everybody.iter().find(|(name, _)| *name == "admin").unwrap();
        for row in table().iter().filter(|row| row.method == Method::GET && row.path.starts_with("/v1/") && !row.is_restricted) {
            let path = people.filled(row, admin).await;
            assert_eq!(admin.get(&format!("{path}?nonsense=1")).await.status, 400, "{path}");
        }
        desk.execute("delete from jobs").await;
    })
    .await;
}

#[test]
fn the_table_names_the_routes_of_the_api_and_no_other() {
    let document = serde_json::to_value(itsm::openapi::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = |operations: &Value| operations.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect::<Vec<_>>();
    let documented: BTreeSet<String> =
        paths.flat_map(|(path, operations)| methods(operations).into_iter().map(move |method| format!("{method} {path}"))).collect();
    let listed: BTreeSet<String> = table().iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let missing: Vec<_> = documented.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&documented).collect();
    assert!(missing.is_empty() && gone.is_empty(), "functions/*/tests/matrix.txt lack {missing:?}, and have lines of {gone:?}");
    let (restricted, open): (Vec<Row>, Vec<Row>) = table().into_iter().partition(|row| row.is_restricted);
    for row in open.iter().filter(|row| row.path.starts_with("/v1/incidents/{id}")) {
        let is_twin = |other: &Row| (&other.path, &other.method) == (&row.path, &row.method);
        assert!(restricted.iter().any(is_twin), "{} {} has no line for a restricted ticket", row.method, row.path);
    }
}
