//! A start, step by step.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use crate::account::Account;
use crate::binaries::Binaries;
use crate::error::{EmbeddedError, Trying};
use crate::folder::Folder;
use crate::lock::Lock;
use crate::process::{AtOurDeath, POLL, command};
use crate::server::{NotReady, Server};
use crate::socket::SocketFolder;
use crate::{Embedded, Options, cluster, orphan};

/// The port when there is no TCP: it is then only part of the socket's name.
const USUAL_PORT: u16 = 5432;
/// A server that was killed outright leaves processes that keep its memory until the statement they are at is done.
const STRAGGLERS: Duration = Duration::from_secs(30);
/// Another program may take a free port before the server does.
const PORT_ATTEMPTS: usize = 5;

pub(crate) fn start(dir: &Path, options: &Options) -> Result<Embedded, EmbeddedError> {
    let folder = Folder::open(dir)?;
    let lock = Lock::take(&folder)?;
    let account = Account::of_server(&folder.cluster())?;
    let binaries = Binaries::find(options.binaries.as_deref(), cluster::made_by(&folder))?;
    if let Some(account) = &account {
        account.check_reaches(folder.path())?;
        account.check_reaches(binaries.folder())?;
    }
    let stranger = orphan::end(&folder.data())?;
    folder.sweep();
    if !folder.cluster().exists() {
        cluster::make(&folder, &binaries, account.as_ref(), options.durable)?;
    }
    let password = folder.password();
    let password = fs::read_to_string(&password).trying("read", &password)?;
    let socket = SocketFolder::make(&folder, account.as_ref())?;
    let launch = Launch { folder: &folder, binaries: &binaries, account: account.as_ref(), socket: &socket, stranger, options };
    let (server, port) = launch.run()?;
    Ok(Embedded { server, socket, lock, port, tcp: options.tcp, password, binaries: binaries.folder().to_owned() })
}

struct Launch<'a> {
    folder: &'a Folder,
    binaries: &'a Binaries,
    account: Option<&'a Account>,
    socket: &'a SocketFolder,
    stranger: Option<Pid>,
    options: &'a Options,
}

impl Launch<'_> {
    fn run(&self) -> Result<(Server, u16), EmbeddedError> {
        let (mut attempts, begun) = (1, Instant::now());
        loop {
            let port = self.port()?;
            match self.attempt(port) {
                Err(EmbeddedError::NotStarted { said, .. }) if attempts < PORT_ATTEMPTS && said.contains("could not bind IPv4 address") => {
                    attempts += 1;
                }
                Err(EmbeddedError::NotStarted { said, .. }) if begun.elapsed() < STRAGGLERS && said.contains("pre-existing shared memory block") => {
                    sleep(POLL);
                }
                started => return Ok((started?, port)),
            }
        }
    }

    fn port(&self) -> Result<u16, EmbeddedError> {
        if !self.options.tcp {
            return Ok(USUAL_PORT);
        }
        let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let address = any.and_then(|listener| listener.local_addr());
        Ok(address.trying("find a free port on", Path::new("127.0.0.1"))?.port())
    }

    fn attempt(&self, port: u16) -> Result<Server, EmbeddedError> {
        let log = self.folder.open_log()?;
        let said_before = log.metadata().map_or(0, |log| log.len());
        let mut command = self.command(port);
        command.stderr(log);
        let program = self.binaries.program("postgres");
        let server = Server::launch(command, &self.folder.data()).trying("run", &program)?;
        match server.wait_until_ready() {
            Ok(()) => Ok(server),
            Err(why) => Err(self.not_started(&why, said_before)),
        }
    }

    /// The data folder comes first: `orphan` knows a server by it.
    fn command(&self, port: u16) -> Command {
        let program = self.binaries.program("postgres");
        let mut command = command(&program, self.account, AtOurDeath::ShutDown);
        command.arg("-D").arg(self.folder.data());
        let host = if self.options.tcp { "127.0.0.1" } else { "" };
        let port = port.to_string();
        let sockets = quoted(self.socket.path());
        set(&mut command, "listen_addresses", host.as_ref());
        set(&mut command, "port", port.as_ref());
        set(&mut command, "unix_socket_directories", &sockets);
        for (name, value) in self.options.all_settings() {
            set(&mut command, &name, value.as_ref());
        }
        if let Some(stranger) = self.stranger {
            // As `pg_ctl` has PostgreSQL overlook a pid; every other check of the folder stays in force.
            command.env("PG_GRANDPARENT_PID", stranger.to_string());
        }
        command
    }

    fn not_started(&self, why: &NotReady, said_before: u64) -> EmbeddedError {
        let log = self.folder.log();
        let text = fs::read(&log).unwrap_or_default();
        let from = usize::try_from(said_before).unwrap_or(0).min(text.len());
        let text = String::from_utf8_lossy(&text[from..]);
        let lines: Vec<&str> = text.lines().collect();
        EmbeddedError::NotStarted {
            what: match why {
                NotReady::Ended => "ended before it was ready".to_owned(),
                NotReady::Late => "was not ready in time".to_owned(),
            },
            said: lines[lines.len().saturating_sub(20)..].join("\n"),
            log,
        }
    }
}

fn set(command: &mut Command, name: &str, value: &OsStr) {
    let mut setting = OsString::from(name);
    setting.push("=");
    setting.push(value);
    command.arg("-c").arg(setting);
}

/// The setting is a list: a comma in the path must not end an item, nor a quote the quotes.
fn quoted(path: &Path) -> OsString {
    let mut quoted = vec![b'"'];
    for byte in path.as_os_str().as_bytes() {
        quoted.extend(std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
    }
    quoted.push(b'"');
    OsString::from_vec(quoted)
}
