//! Another process with a server, for the tests to kill: this same test binary, run again.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use embedded::{Embedded, Options};

const DIR: &str = "EMBEDDED_TEST_HOLD";

pub(crate) struct Holder(Child);

impl Holder {
    pub(crate) fn spawn(dir: &Path, adapt: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "holder::it_holds_its_folder_until_it_is_killed", "--nocapture"]);
        command.env(DIR, dir).stdout(Stdio::piped());
        Self(adapt(&mut command).spawn().unwrap())
    }

    /// What came of its start: the server's pid, or the error.
    pub(crate) fn outcome(&mut self) -> Result<u32, String> {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let said: Vec<String> =
            lines.map(Result::unwrap).skip_while(|line| !line.contains("outcome")).take_while(|line| !line.contains("end of outcome")).collect();
        let said = said.join("\n");
        match said.split_once("outcome held ") {
            Some((_, pid)) => Ok(pid.trim().parse().unwrap()),
            None => Err(said),
        }
    }

    /// `kill -9`, so that nothing of it can tidy up.
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Run again with a folder in its environment, this very test is the process that the others kill.
#[test]
fn it_holds_its_folder_until_it_is_killed() {
    if let Some(dir) = env::var_os(DIR) {
        return hold(Path::new(&dir));
    }
    let dir = crate::folder();
    let mut holder = Holder::spawn(dir.path(), |command| command);
    assert!(crate::is_alive(holder.outcome().unwrap()));
    let refused = Embedded::start_blocking(dir.path(), &Options::for_tests()).unwrap_err();
    assert!(refused.to_string().contains(&holder.0.id().to_string()), "{refused}");
    holder.kill();
    Embedded::start_blocking(dir.path(), &Options::for_tests()).unwrap();
}

fn hold(dir: &Path) {
    let started = Embedded::start_blocking(dir, &Options::for_tests());
    let outcome = match &started {
        Ok(server) => format!("held {}", server.pid()),
        Err(error) => format!("failed {error}"),
    };
    // Not `println!`: it is captured even here, when the harness so decides.
    let mut stdout = std::io::stdout();
    writeln!(stdout, "\noutcome {outcome}\nend of outcome").unwrap();
    while started.is_ok() {
        thread::park();
    }
}
