//! A Redis that keeps nothing on disk: what it forgets is gone.
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// It ends with this value.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    port: u16,
    dir: PathBuf,
}

impl Redis {
    /// On a free port.
    pub fn start(dir: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        Ok(Self { child: server(port, dir)?, port, dir: dir.to_owned() })
    }

    /// For `QUEUE_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What it answers to a command.
    pub fn ask(&self, command: &[&str]) -> Result<String> {
        let said = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(command).output().context("starting redis-cli")?;
        ensure!(said.status.success(), "redis-cli: {}", said.status);
        Ok(String::from_utf8(said.stdout)?.trim().to_owned())
    }

    /// Takes everything out of it, the group of workers too.
    pub fn flush(&self) -> Result<()> {
        self.ask(&["flushall"]).map(drop)
    }

    /// Kills it, and starts another after a while.
    pub fn restart(&mut self) -> Result<()> {
        self.end();
        sleep(Duration::from_secs(1));
        self.child = server(self.port, &self.dir)?;
        Ok(())
    }

    fn end(&mut self) {
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.end();
    }
}

fn server(port: u16, dir: &Path) -> Result<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]).arg(dir);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("starting redis-server")?;
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        ensure!(begun.elapsed() < Duration::from_secs(20), "redis-server does not listen after 20 s");
        sleep(Duration::from_millis(10));
    }
    Ok(child)
}
