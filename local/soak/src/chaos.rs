//! What goes wrong, in an order that is never twice the same.
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::stage::Stage;
use crate::{Plan, Report};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blow {
    Kill,
    Fault,
    FlushRedis,
    RestartRedis,
    RestartPostgres,
}

/// Strikes all blows of the plan, spread over the time in which jobs are enqueued.
pub(super) async fn unleash(stage: &mut Stage, plan: &Plan, report: &mut Report) -> Result<()> {
    let blows = blows(plan);
    let begun = Instant::now();
    for (at, blow) in blows.iter().enumerate() {
        // The last fifth is left: a fault needs a job to strike at.
        let due = plan.duration.mul_f64(0.8 * (at as f64 + fastrand::f64()) / blows.len() as f64);
        while begun.elapsed() < due {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        strike(*blow, stage, report).await?;
        let (seconds, random, fault) = (begun.elapsed().as_secs(), report.killed, report.killed_after_effect);
        println!("{seconds} s {blow:?}: {random} killed at random, {fault} between effect and completion");
    }
    Ok(())
}

fn blows(plan: &Plan) -> Vec<Blow> {
    let mut blows = vec![Blow::Kill; plan.kills];
    blows.extend(vec![Blow::Fault; plan.faults]);
    if plan.outages {
        blows.extend([Blow::FlushRedis, Blow::RestartRedis, Blow::RestartPostgres]);
    }
    fastrand::shuffle(&mut blows);
    blows
}

async fn strike(blow: Blow, stage: &mut Stage, report: &mut Report) -> Result<()> {
    match blow {
        Blow::Kill => {
            while !stage.workers.kill_any()? {
                report.killed_after_effect += stage.workers.revive()?;
            }
            report.killed += 1;
        }
        Blow::Fault => report.killed_after_effect += fault(stage).await?,
        Blow::FlushRedis => {
            stage.ground.redis.flush()?;
            report.redis_flushed += 1;
        }
        Blow::RestartRedis => {
            stage.ground.redis.restart()?;
            report.redis_restarted += 1;
        }
        Blow::RestartPostgres => {
            stage.ground.restart_postgres().await?;
            report.postgres_restarted += 1;
        }
    }
    Ok(())
}

/// Until a worker has met it.
async fn fault(stage: &mut Stage) -> Result<usize> {
    std::fs::write(&stage.fault, "")?;
    let begun = Instant::now();
    loop {
        let fallen = stage.workers.revive()?;
        if fallen > 0 {
            return Ok(fallen);
        }
        ensure!(begun.elapsed() < Duration::from_secs(60), "no worker came to the fault point");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
