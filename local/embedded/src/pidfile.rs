//! `postmaster.pid`, in which a server says who it is (line 1) and how far it has come (line 8).

use std::fs;
use std::path::Path;

use rustix::process::Pid;

#[derive(Debug)]
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    pub(crate) ready: bool,
}

impl PidFile {
    /// None when there is none, or when it is being written.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        // A standalone backend writes its pid with a minus.
        let pid: i32 = lines.next()?.trim().parse().ok()?;
        Some(Self {
            pid: Pid::from_raw(pid.checked_abs()?)?,
            ready: lines.nth(6).is_some_and(|status| status.trim() == "ready"),
        })
    }
}
