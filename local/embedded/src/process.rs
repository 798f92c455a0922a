//! How a program of PostgreSQL is run, and how a server is ended.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::account::Account;

/// How often we look whether a server has come up or gone.
pub(crate) const POLL: Duration = Duration::from_millis(5);

/// How a server is ended: each signal with the time it gets. First it writes everything, then it leaves that
/// to the recovery of its next start.
pub(crate) const ESCALATION: [(Signal, Duration); 2] = [(Signal::INT, Duration::from_secs(30)), (Signal::QUIT, Duration::from_secs(10))];

/// What becomes of a child when the thread that started it dies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AtOurDeath {
    /// A server shuts down fast.
    ShutDown,
    /// A tool with nothing to lose.
    Kill,
}

/// Bytes, of each backend at most.
const KEPT: &str = "8388608";

/// A command as `account`, in a process group of its own (a Ctrl-C in the terminal is for us, and we shut the
/// server down after our last query), and without our `PG*` variables, which could lead it elsewhere.
pub(crate) fn command(program: &Path, account: Option<&Account>, at_our_death: AtOurDeath) -> Command {
    let mut command = match setpriv() {
        Some(setpriv) => tied_to_us(&setpriv, program, at_our_death),
        None => Command::new(program),
    };
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    // The messages in English, because some are read; a working folder that every user may enter.
    command.env("LC_ALL", "C").current_dir("/");
    // What a page of a list takes is kept for the next one: glibc would give it back, and the kernel zero it again, each time (docs/decisions/0086).
    command.env("MALLOC_TRIM_THRESHOLD_", KEPT).env("MALLOC_MMAP_THRESHOLD_", KEPT);
    command.process_group(0).stdin(Stdio::null());
    command
}

/// `setpriv` becomes the program, so the pid is the program's. The kernel forgets the wish when a process
/// changes its user: it is made after that.
fn tied_to_us(setpriv: &Path, program: &Path, at_our_death: AtOurDeath) -> Command {
    let signal = match at_our_death {
        AtOurDeath::ShutDown => "INT",
        AtOurDeath::Kill => "KILL",
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", signal, "--"]).arg(program);
    command
}

/// That of util-linux. Busybox has one too, a link to itself, that does not know the option.
fn setpriv() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path).find_map(|dir| fs::canonicalize(dir.join("setpriv")).ok())?;
    (found.file_name()? == "setpriv").then_some(found)
}
