//! The real binary `itsm` as a process of its own, and requests to it over a socket.
use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Long enough for anything that ends at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder that goes with the test; the server's user may pass through to it.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("itsm").tempdir_in("/tmp").unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o711)).unwrap();
        Self(dir)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub(crate) fn env(&self) -> (&str, String) {
        ("ITSM_DATA_DIR", self.path().display().to_string())
    }

    /// The pid of the private Postgres.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        let file = fs::read_to_string(self.path().join("db/postgres/data/postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }

    /// The owner's way in while it runs.
    pub(crate) fn url(&self) -> String {
        format!("postgres:///itsm?host={}&port=5432&user=itsm", self.path().join("db/socket").display())
    }
}

/// The binary with nothing of this process's environment but the way to Postgres.
pub(crate) fn command(args: &[&str], env: &[(&str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_itsm"));
    command.args(args).env_clear().env("PORT", "0").stdin(Stdio::null());
    for kept in ["PATH", "ITSM_POSTGRES_BIN"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    command.envs(env.iter().map(|(name, value)| (*name, value)));
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str], env: &[(&str, String)], input: &str) -> Output {
    let mut command = command(args, env);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A child that refuses early closes its input.
    let _refused_early = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it says when it refuses.
pub(crate) fn refusal(args: &[&str], env: &[(&str, String)], input: &str) -> String {
    let output = run(args, env, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("itsm: ") && !said.contains("panicked"), "{said}");
    said
}

/// `itsm serve`, ready.
pub(crate) struct Served {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    /// From its start to ready, as it says itself.
    pub(crate) ms: u64,
}

impl Served {
    pub(crate) fn start(env: &[(&str, String)]) -> Self {
        let mut child = command(&["serve"], env).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        // Reads on after the one line that is looked for: a full pipe would stop the server.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let said: Value = serde_json::from_str(&line).unwrap_or_default();
                if said["message"] == "ready" {
                    let _nobody_waits = tell.send(said);
                }
            }
        });
        let Ok(said) = told.recv_timeout(PATIENCE) else {
            let _ended = child.kill();
            panic!("itsm is not ready: {:?}", child.wait());
        };
        let address = said["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Self { child, address, ms: said["ms"].as_u64().unwrap() }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }

    /// How it ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until("itsm ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Whether there is such a process; one that ended and was not reaped is none.
pub(crate) fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// One request on a connection of its own: status and body. An answer that breaks off is an error.
pub(crate) fn request(address: &str, head: &str, body: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    let head = format!("{head}\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all((head + body).as_bytes())?;
    answer(stream)
}

/// The answer, up to the end of the connection.
pub(crate) fn answer(mut stream: TcpStream) -> io::Result<(u16, String)> {
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
    let promised = head.to_lowercase().split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    if promised.is_some_and(|promised: usize| promised != body.len()) {
        return Err(cut());
    }
    Ok((status, body.to_owned()))
}

/// An administrator's access token, by way of `itsm admin create` and a log-in.
pub(crate) struct Admin;

impl Admin {
    pub(crate) const EMAIL: &str = "Root@Example.com";
    pub(crate) const PASSWORD: &str = "correct horse battery";

    pub(crate) fn create(env: &[(&str, String)]) {
        let made = run(&["admin", "create", "--email", Self::EMAIL, "--password-stdin"], env, &format!("{}\n", Self::PASSWORD));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    pub(crate) fn log_in(address: &str) -> String {
        let body = serde_json::json!({"email": Self::EMAIL, "password": Self::PASSWORD}).to_string();
        let (status, body) = request(address, "POST /v1/auth/login HTTP/1.1", &body).unwrap();
        assert_eq!(status, 200, "{body}");
        let tokens: Value = serde_json::from_str(&body).unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }
}

/// A path as text, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.canonicalize().unwrap().display().to_string()
}
