//! Who is there, what is promised to them, and the incidents.
use std::collections::HashMap;

use anyhow::{Context, Result};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use hyper::Method;
use serde_json::json;
use shared::caller::Role;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::client::{Client, person};
use crate::ground::Ground;

/// Callers, assignees and watchers, so many of each.
const PEOPLE: usize = 20;
/// Mails about one incident: that it is raised to its caller, that it is theirs to its assignee; and for each of two clocks two reminders to its
/// assignee, and the breach to its assignee and to its watcher, who asked for that.
pub(super) const MAILS: usize = 2 + 2 * (2 + 2);
/// Requests under way at once.
const AT_ONCE: usize = 128;

/// A group of people, and how to reach the desk.
pub(super) struct Scene {
    callers: Vec<Uuid>,
    assignees: Vec<Uuid>,
    watchers: Vec<Uuid>,
    clients: Vec<Client>,
}

/// Whom an incident concerns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Concerned {
    pub(super) caller: Uuid,
    pub(super) assignee: Uuid,
    pub(super) watcher: Uuid,
}

impl Scene {
    pub(super) async fn set(ground: &Ground, connection: &mut PgConnection, ports: &[u16], goals: [i64; 2]) -> Result<Self> {
        let (callers, assignees) = (people(connection, "requester").await?, people(connection, "agent").await?);
        let watchers = people(connection, "agent").await?;
        let ids: Vec<String> = watchers.iter().map(Uuid::to_string).collect();
        let wishes = "insert into notification_preferences (user_id, kind, email) select id::uuid, 'breached', true from unnest($1::text[]) as id";
        sqlx::query(wishes).bind(ids).execute(&mut *connection).await?;
        let promises = "insert into slas (id, name, type, metric, goal, calendar_id, position)
                        select gen_random_uuid(), metric, 'sla', metric, jsonb_build_object('seconds', seconds), c.id, 10
                        from (values ('response', $1), ('resolution', $2)) as promise(metric, seconds), calendars c where c.name = 'Around the clock'";
        sqlx::query(promises).bind(goals[0]).bind(goals[1]).execute(&mut *connection).await?;
        let agent = person(connection, "agent").await?;
        let mut clients = Vec::new();
        for port in ports {
            clients.push(Client::new(ground, connection, *port, (agent, Role::Agent)).await?);
        }
        Ok(Self { callers, assignees, watchers, clients })
    }

    /// All at once, by an agent who hears of none of them.
    pub(super) async fn raise(&self, incidents: usize) -> Result<HashMap<Uuid, Concerned>> {
        stream::iter(0..incidents).map(|number| self.raise_one(number)).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn raise_one(&self, number: usize) -> Result<(Uuid, Concerned)> {
        let any = |people: &[Uuid]| people[fastrand::usize(..people.len())];
        let concerned = Concerned { caller: any(&self.callers), assignee: any(&self.assignees), watcher: any(&self.watchers) };
        let Concerned { caller, assignee, watcher } = concerned;
        let client = &self.clients[number % self.clients.len()];
        let body = json!({"short_description": format!("storm {number}"), "caller_id": caller, "assigned_to": assignee});
        let raised = client.write(Method::POST, "/v1/incidents", Some(&body)).await?;
        let id: Uuid = raised["id"].as_str().context("no id")?.parse()?;
        client.write(Method::PUT, &format!("/v1/incidents/{id}/watchers/{watcher}"), None).await?;
        Ok((id, concerned))
    }
}

async fn people(connection: &mut PgConnection, role: &str) -> Result<Vec<Uuid>> {
    let mut transaction = connection.begin().await?;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        people.push(person(&mut transaction, role).await?);
    }
    transaction.commit().await?;
    Ok(people)
}
