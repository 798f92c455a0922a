//! The worker processes. One that is gone, by whatever hand, is started anew.
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// They end with this value.
pub(super) struct Workers {
    program: PathBuf,
    variables: Vec<(&'static str, String)>,
    running: Vec<Child>,
}

impl Workers {
    pub(super) fn start(program: &Path, count: usize, variables: Vec<(&'static str, String)>) -> Result<Self> {
        let mut workers = Self { program: program.to_owned(), variables, running: Vec::new() };
        for _ in 0..count {
            let worker = workers.spawn()?;
            workers.running.push(worker);
        }
        Ok(workers)
    }

    fn spawn(&self) -> Result<Child> {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().with_context(|| format!("starting {}", self.program.display()))
    }

    /// Kills one with SIGKILL, and starts another; whether it was still alive.
    pub(super) fn kill_any(&mut self) -> Result<bool> {
        let at = fastrand::usize(..self.running.len());
        if self.running[at].try_wait()?.is_some() {
            return Ok(false); // it has killed itself: `revive` counts it
        }
        self.running[at].kill()?;
        self.running[at].wait()?;
        self.running[at] = self.spawn()?;
        Ok(true)
    }

    /// Starts those anew that killed themselves; how many.
    pub(super) fn revive(&mut self) -> Result<usize> {
        let mut revived = 0;
        for at in 0..self.running.len() {
            if let Some(status) = self.running[at].try_wait()? {
                fell(status)?;
                self.running[at] = self.spawn()?;
                revived += 1;
            }
        }
        Ok(revived)
    }
}

/// Only a SIGKILL is as planned.
fn fell(status: ExitStatus) -> Result<()> {
    if status.signal() == Some(9) { Ok(()) } else { bail!("a worker ended by itself: {status}") }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in &mut self.running {
            let _already_gone = worker.kill();
            let _reaped = worker.wait();
        }
    }
}
