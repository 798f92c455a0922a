//! `postmaster.pid`, in which a server says who it is (line 1), where it listens (lines 4 and 5) and how far it has come (line 8).

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

#[derive(Debug)]
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    pub(crate) ready: bool,
    pub(crate) port: Option<u16>,
    pub(crate) socket: Option<PathBuf>,
}

impl PidFile {
    /// None when there is none, or when it is being written.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines().map(str::trim);
        // A standalone backend writes its pid with a minus.
        let pid: i32 = lines.next()?.parse().ok()?;
        Some(Self {
            pid: Pid::from_raw(pid.checked_abs()?)?,
            port: lines.nth(2).and_then(|port| port.parse().ok()),
            socket: lines.next().filter(|socket| !socket.is_empty()).map(PathBuf::from),
            ready: lines.nth(2).is_some_and(|status| status == "ready"),
        })
    }
}
