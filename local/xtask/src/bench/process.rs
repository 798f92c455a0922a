//! A server of ours, and the little HTTP that setting one up needs.
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// A server on a free port of 127.0.0.1. It ends with this value.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Where it listens.
    pub(super) port: u16,
    /// From its start to the first 200 of `path`.
    pub(super) ready_after: Duration,
}

impl Process {
    /// Starts it and waits until `path` answers. Its log goes to `/dev/null`: how fast a pipe is emptied is not its own doing.
    pub(super) fn start(command: &mut Command, path: &str) -> Result<Self> {
        Self::start_at(|port| command.env("PORT", port.to_string()), path)
    }

    /// The same of what takes its port otherwise.
    pub(super) fn start_at<'a>(command: impl FnOnce(u16) -> &'a mut Command, path: &str) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let command = command(port);
        let begun = Instant::now();
        let child = command.stdout(Stdio::null()).spawn().context("starting a server")?;
        let mut process = Self { child, port, ready_after: Duration::ZERO };
        while !matches!(ask(port, "GET", path, ""), Ok((200, _))) {
            ensure!(process.child.try_wait()?.is_none(), "the server ended before it was ready");
            ensure!(begun.elapsed() < Duration::from_secs(20), "the server is not ready after 20 s");
            sleep(Duration::from_micros(200));
        }
        process.ready_after = begun.elapsed();
        Ok(process)
    }

    /// Its resident memory, in bytes.
    pub(super) fn resident(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// One request on a connection of its own: status and body.
pub(super) fn ask(port: u16, method: &str, path: &str, body: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok((status, body.to_owned()))
}
