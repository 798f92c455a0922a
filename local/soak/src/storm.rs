//! The storm: many incidents raised at once, each with promises that are soon missed, while two schedulers and four workers a queue run as
//! processes and mailers are killed. In the end each clock has told its two reminders and its breach once, and whoever is to hear of it has
//! been sent one mail: counted at the mail server, where a repeat is one that came with the same Message-ID.
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use testkit::smtp::Sink;

use crate::ground::Ground;

mod fleet;
mod scene;
mod told;

use fleet::Fleet;
use scene::Scene;

/// What is to happen.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The folder of the functions' programs.
    pub programs: PathBuf,
    /// Incidents, raised at once.
    pub incidents: usize,
    /// Seconds after which an answer, and a solution, is promised.
    pub goals: [i64; 2],
    /// Mailers killed with SIGKILL while mails go out; as often, somebody else is.
    pub kills: usize,
    /// Whether the leases of the killed end after seconds instead of the two minutes that a mailer's claim holds.
    pub hurry: bool,
}

/// What was found.
#[derive(Debug, Default, serde::Serialize)]
pub struct Report {
    /// Incidents raised.
    pub incidents: usize,
    /// Seconds in which they were, each with its watcher.
    pub raised_in: f64,
    /// Clocks of theirs.
    pub clocks: usize,
    /// Reminders at half of the goal, each of another clock.
    pub reminders_at_50: usize,
    /// Reminders at three quarters.
    pub reminders_at_75: usize,
    /// Breaches.
    pub breaches: usize,
    /// Mails that are to be sent: each to a person about an event.
    pub mails_expected: usize,
    /// Of these, those that came to the server.
    pub mails_taken: usize,
    /// Mails that came once more, under the same Message-ID.
    pub mails_repeated: usize,
    /// Mailers killed with SIGKILL.
    pub mailers_killed: usize,
    /// Others killed with SIGKILL: of sla, notify and the schedulers.
    pub others_killed: usize,
    /// How often the time of the schedule `sla` came.
    pub schedule_came: usize,
    /// Jobs that the schedulers made of it; one may stand for several times.
    pub schedule_ran: usize,
    /// From the first incident to the last mail.
    pub seconds: f64,
}

/// How long after the last goal everything must have been told.
const SETTLE: Duration = Duration::from_secs(400);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);

/// Runs the plan to its end; an error where anything was told twice, or not.
pub async fn run(plan: &Plan) -> Result<Report> {
    let ground = Ground::open().await?;
    let sink = Sink::start().await;
    let mut connection = ground.connection().await?;
    let mut fleet = Fleet::start(&ground, &plan.programs, sink.url())?;
    let scene = Scene::set(&ground, &mut connection, &fleet.ports, plan.goals).await?;
    let mut report = Report { incidents: plan.incidents, mails_expected: plan.incidents * scene::MAILS, ..Report::default() };
    let begun = Instant::now();
    let incidents = scene.raise(plan.incidents).await?;
    report.raised_in = begun.elapsed().as_secs_f64();
    ensure!(report.raised_in < plan.goals[0] as f64, "raising took {:.1} s, longer than the shortest promise", report.raised_in);

    let limit = Duration::from_secs(plan.goals[1].unsigned_abs()) + SETTLE;
    let mut still = 0;
    // A few times more after the last mail: what is told twice would be told then.
    while still < 4 {
        ensure!(begun.elapsed() < limit, "not everything is told after {} s: {:?}", limit.as_secs(), told::left(&mut connection).await?);
        report.schedule_came += fleet::come(&mut connection).await?;
        if plan.hurry {
            fleet::end_leases(&mut connection).await?;
        }
        strike(plan, &mut fleet, &sink, &mut report)?;
        still = if told::is_over(&mut connection, plan.incidents).await? { still + 1 } else { 0 };
        tokio::time::sleep(LOOK).await;
    }
    report.seconds = begun.elapsed().as_secs_f64();
    drop(fleet);
    told::count(&mut connection, &incidents, &sink, &mut report).await?;
    check(plan, &report)?;
    drop(connection);
    ground.close().await?;
    Ok(report)
}

/// Kills when the next part of the mails has gone out.
fn strike(plan: &Plan, fleet: &mut Fleet, sink: &Sink, report: &mut Report) -> Result<()> {
    let due = report.mails_expected * (report.mailers_killed + 1) / (plan.kills + 1);
    if report.mailers_killed < plan.kills && sink.count() >= due {
        fleet.kill_mailer()?;
        fleet.kill_another()?;
        report.mailers_killed += 1;
        report.others_killed += 1;
    }
    Ok(())
}

fn check(plan: &Plan, report: &Report) -> Result<()> {
    let clocks = plan.incidents * plan.goals.len();
    let told = [report.clocks, report.reminders_at_50, report.reminders_at_75, report.breaches];
    ensure!(told == [clocks; 4], "not each clock told each thing once: {report:?}");
    ensure!(report.mails_taken == report.mails_expected, "mails are lost: {report:?}");
    ensure!(report.mailers_killed == plan.kills, "less was killed than planned: {report:?}");
    // A mailer has four under way, and each may have been taken by the server a moment before it could say so.
    ensure!(report.mails_repeated <= 4 * report.mailers_killed, "more repeats than a killed mailer can cause: {report:?}");
    // The hour's minutes come by themselves too.
    let came = report.schedule_came + report.seconds as usize / 60 + 2;
    ensure!((1..=came).contains(&report.schedule_ran), "the schedule ran more often than it came: {report:?}");
    Ok(())
}
