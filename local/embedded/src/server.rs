//! A server process and the thread that keeps it.
//!
//! Linux sends the parent-death signal when the *thread* that started a child ends, not its process. So the
//! server has a thread of its own, which starts it, waits for it, and so lives exactly as long.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::watch;

use crate::error::EmbeddedError;
use crate::pidfile::PidFile;
use crate::process::{ESCALATION, POLL};

/// Recovery after a power failure may have minutes of log to replay.
const START_LIMIT: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(crate) struct Server {
    pid: Pid,
    data: PathBuf,
    life: Arc<Life>,
}

#[derive(Debug, Default)]
struct Life {
    gone: Mutex<bool>,
    ended: Condvar,
    /// The same for those who await it.
    told: watch::Sender<bool>,
}

/// Why a server that was started is not ready.
#[derive(Debug)]
pub(crate) enum NotReady {
    Ended,
    Late,
}

impl Server {
    pub(crate) fn launch(mut command: Command, data: &Path) -> io::Result<Self> {
        let life = Arc::new(Life::default());
        let (tell, told) = mpsc::channel();
        let kept = Arc::clone(&life);
        let keeper = move || match command.spawn() {
            Ok(child) => {
                let _ = tell.send(Ok(child.id()));
                kept.outlive(child);
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        };
        let name = "postgres-keeper".to_owned();
        thread::Builder::new().name(name).spawn(keeper)?;
        let id = told.recv().map_err(io::Error::other)??;
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        Ok(Self { pid: pid.ok_or_else(|| io::Error::other("a pid out of range"))?, data: data.to_owned(), life })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Until the server says so itself. This costs no connection, and its end is noticed at once.
    pub(crate) fn wait_until_ready(&self) -> Result<(), NotReady> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if PidFile::read(&self.data).is_some_and(|file| file.pid == self.pid && file.ready) {
                return Ok(());
            }
            if self.life.is_over_within(POLL) {
                return Err(NotReady::Ended);
            }
        }
        Err(NotReady::Late)
    }

    pub(crate) async fn ended(&self) {
        let mut told = self.life.told.subscribe();
        // The sender lives as long as we do, so this ends with the server alone.
        let _gone = told.wait_for(|gone| *gone).await;
    }

    pub(crate) fn shut_down(&self) -> Result<(), EmbeddedError> {
        for (signal, patience) in ESCALATION {
            self.life.signal(self.pid, signal);
            if self.life.is_over_within(patience) {
                return Ok(());
            }
        }
        Err(EmbeddedError::StillRunning { dir: self.data.clone(), pid: self.pid() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.shut_down();
    }
}

impl Life {
    /// Wait for the end without reaping: until `gone` is set the pid is still the server's, and no signal of
    /// ours can meet another process.
    fn outlive(&self, mut child: Child) {
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let quietly = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let _ = rustix::io::retry_on_intr(|| waitid(WaitId::Pid(pid), quietly));
        }
        let mut gone = self.gone();
        *gone = true;
        let _ = child.wait();
        self.ended.notify_all();
        self.told.send_replace(true);
    }

    fn signal(&self, pid: Pid, signal: Signal) {
        let gone = self.gone();
        if !*gone {
            let _ = kill_process(pid, signal);
        }
    }

    fn is_over_within(&self, patience: Duration) -> bool {
        let waited = self.ended.wait_timeout_while(self.gone(), patience, |gone| !*gone);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn gone(&self) -> MutexGuard<'_, bool> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
