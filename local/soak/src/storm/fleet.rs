//! The processes: two that take requests, two schedulers, and four workers for each queue that an incident meets.
use std::path::Path;

use anyhow::Result;
use sqlx::PgConnection;

use crate::client::free_port;
use crate::ground::Ground;
use crate::workers::Workers;

/// They end with this value.
pub(super) struct Fleet {
    /// Where the two listen that take requests.
    pub(super) ports: Vec<u16>,
    _desks: Vec<Workers>,
    mailers: Workers,
    /// Schedulers, and the workers of `sla` and `notify`.
    others: Vec<Workers>,
}

impl Fleet {
    pub(super) fn start(ground: &Ground, programs: &Path, smtp_url: &str) -> Result<Self> {
        let mail = vec![("SMTP_URL", smtp_url.to_owned()), ("MAIL_FROM", format!("The Desk <desk@{}>", super::told::DOMAIN))];
        let variables = [ground.variables(), mail].concat();
        let workers = |name: &str, count| Workers::start(&programs.join(name), count, variables.clone());
        let ports = vec![free_port()?, free_port()?];
        let desk = |port: &u16| {
            let listening = variables.iter().filter(|(name, _)| *name != "PORT").cloned().chain([("PORT", port.to_string())]).collect();
            Workers::start(&programs.join("incidents"), 1, listening)
        };
        let desks = ports.iter().map(desk).collect::<Result<_>>()?;
        Ok(Self {
            ports,
            _desks: desks,
            mailers: workers("mailer", 4)?,
            others: vec![workers("sweep", 2)?, workers("sla", 4)?, workers("notify", 4)?],
        })
    }

    pub(super) fn kill_mailer(&mut self) -> Result<()> {
        while !self.mailers.kill_any()? {
            self.mailers.revive()?;
        }
        Ok(())
    }

    pub(super) fn kill_another(&mut self) -> Result<()> {
        let any = fastrand::usize(..self.others.len());
        while !self.others[any].kill_any()? {
            self.others[any].revive()?;
        }
        Ok(())
    }
}

/// Lets the schedule's time come; whether it was not there yet. Both schedulers see that, and one of them makes a job of it.
pub(super) async fn come(connection: &mut PgConnection) -> Result<usize> {
    let sql = "update schedules set next_run_at = now() where name = 'sla' and next_run_at > now()";
    Ok(sqlx::query(sql).execute(connection).await?.rows_affected() as usize)
}

/// Lets the time of a lease pass for whoever has had a job for five seconds: a thousand times as long as it takes.
pub(super) async fn end_leases(connection: &mut PgConnection) -> Result<()> {
    let sql = "update jobs set locked_until = now() where state = 'running' and started_at < now() - interval '5 s' and locked_until > now()";
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
