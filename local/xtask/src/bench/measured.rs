//! Rounds and their medians.
use std::fmt;

use anyhow::Result;

use super::ceiling;
use super::load::Load;
use super::stage::Stage;

/// One operation.
#[derive(Debug)]
pub(super) struct Measured {
    /// As the report calls it.
    pub(super) name: &'static str,
    /// In the order that they ran.
    pub(super) rounds: Vec<Round>,
}

/// The columns, one after another on the same database.
#[derive(Debug, Clone)]
pub(super) struct Round {
    /// The platform.
    pub(super) itsm: Load,
    /// The bare handler with the same statements.
    pub(super) bare: Load,
    /// The bare handler with the simplest SQL.
    pub(super) simple: Load,
    /// pgbench with the same statements, transactions a second.
    pub(super) pgbench: f64,
}

impl Round {
    /// Warms all up, then measures each; who comes first changes with each round. What follows a database's copying slows the first seconds on it by
    /// half, whoever has them: one that was warmed up alone and measured first would pay for all.
    pub(super) fn measure(stage: &Stage<'_>, script: &str, number: u16, seconds: u16) -> Result<Self> {
        let targets = [(stage.itsm.port, ""), (stage.bare.port, ""), (stage.bare.port, "/simple")];
        let load = |at: usize, seconds| Load::run(stage, script, targets[at].0, targets[at].1, seconds);
        let mut found: [Option<Load>; 3] = [None, None, None];
        for at in 0..found.len() {
            load(at, 2)?;
        }
        for turn in 0..found.len() {
            let at = (turn + usize::from(number)) % found.len();
            found[at] = Some(load(at, seconds)?);
        }
        let pgbench = ceiling::run(stage, script, seconds)?;
        let [Some(itsm), Some(bare), Some(simple)] = found else { anyhow::bail!("a column was left out") };
        Ok(Self { itsm, bare, simple, pgbench })
    }

    /// What is left of the bare handler's throughput.
    pub(super) fn ratio(&self) -> f64 {
        self.itsm.per_second / self.bare.per_second
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { itsm, bare, simple, pgbench } = self;
        let (a, b, c) = (itsm.per_second, bare.per_second, simple.per_second);
        write!(f, "itsm {a:.0}/s, bare {b:.0}/s, simplest SQL {c:.0}/s, pgbench {pgbench:.0}/s, itsm/bare {:.2}", self.ratio())
    }
}

impl Measured {
    /// The median of what `of` takes from each round.
    pub(super) fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(of).collect())
    }
}

/// The middle one; of an even number the higher of the two.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
