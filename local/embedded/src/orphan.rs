//! The server of a program that was killed. We hold the lock, so no living program wants it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Instant;

use rustix::process::{Pid, kill_process};

use crate::error::EmbeddedError;
use crate::pidfile::PidFile;
use crate::process::{ESCALATION, POLL};

/// Who has the pid that `postmaster.pid` names.
#[derive(Debug, PartialEq)]
enum Holder {
    /// A server of this folder.
    Orphan,
    /// Surely no server: the pid has been given away since, or its process has ended and was never reaped.
    Stranger,
    /// Nobody, or one that we cannot judge.
    Unknown,
}

/// End an orphan. Returns a pid that PostgreSQL may take for the holder of its data folder and must not: it
/// refuses to start while the pid it left is alive, whoever has it now, as is common in a restarted container.
pub(crate) fn end(data: &Path) -> Result<Option<Pid>, EmbeddedError> {
    let Some(PidFile { pid, .. }) = PidFile::read(data) else {
        return Ok(None);
    };
    match holder(pid, data) {
        Holder::Unknown => Ok(None),
        Holder::Stranger => Ok(Some(pid)),
        Holder::Orphan => shut_down(pid, data).map(|()| Some(pid)),
    }
}

fn shut_down(pid: Pid, data: &Path) -> Result<(), EmbeddedError> {
    for (signal, patience) in ESCALATION {
        let asked = Instant::now();
        // Judged again before each signal: the pid may have been given away meanwhile.
        if holder(pid, data) == Holder::Orphan {
            let _ = kill_process(pid, signal);
        }
        while asked.elapsed() < patience {
            if holder(pid, data) != Holder::Orphan {
                return Ok(());
            }
            sleep(POLL);
        }
    }
    Err(EmbeddedError::StillRunning { dir: data.to_owned(), pid: pid.as_raw_nonzero().get().unsigned_abs() })
}

/// By the command line as `start` writes it, whose first argument is the folder's full path.
fn holder(pid: Pid, data: &Path) -> Holder {
    match command_line(pid) {
        Some(line) if line.contains(&format!("postgres -D {} ", data.display())) => Holder::Orphan,
        Some(line) if !line.contains("post") => Holder::Stranger,
        _ => Holder::Unknown,
    }
}

/// From `/proc`, or from `ps` where there is none. Empty for a process that has ended.
fn command_line(pid: Pid) -> Option<String> {
    let pid = pid.to_string();
    if Path::new("/proc/self/cmdline").exists() {
        let raw = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&raw).replace('\0', " "));
    }
    let mut ps = Command::new("ps");
    let told = ps.args(["-ww", "-o", "command=", "-p", &pid]).output().ok()?;
    Some(String::from_utf8_lossy(&told.stdout).replace('\n', " "))
}
