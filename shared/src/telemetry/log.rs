//! The log: JSON on standard output, one line an event.
//!
//! Each line is written at once, but for a server's: those are gathered for [`WAIT`] at most, for a system call a line is a good part of
//! what a request costs. What is worse than INFO never waits, nor does anything when the server has stopped.
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits at most. A process that is killed outright loses what came after the last write.
pub const WAIT: Duration = Duration::from_millis(100);
/// Bytes that are not kept waiting.
const FULL: usize = 32 * 1024;

static LOG: Mutex<Log> = Mutex::new(Log { mode: Mode::Off, lines: Vec::new() });

struct Log {
    mode: Mode,
    lines: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nobody asked for a log: tests.
    Off,
    EachLine,
    Gathered,
}

fn log() -> MutexGuard<'static, Log> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    fn take(&mut self, line: &[u8], urgent: bool) {
        self.lines.extend_from_slice(line);
        if urgent || self.mode == Mode::EachLine || self.lines.len() >= FULL {
            self.write();
        }
    }

    fn write(&mut self) {
        if !self.lines.is_empty() {
            let _nobody_to_tell = io::stdout().write_all(&self.lines);
            self.lines.clear();
        }
    }
}

/// Writes from now on.
pub(super) fn open() {
    let mut log = log();
    if log.mode == Mode::Off {
        log.mode = Mode::EachLine;
    }
}

/// Lines are gathered while this lives; [`flush`] must be called every [`WAIT`].
#[derive(Debug)]
pub struct Gathering(());

/// Begins to gather.
pub fn gather() -> Gathering {
    let mut log = log();
    if log.mode == Mode::EachLine {
        log.mode = Mode::Gathered;
    }
    Gathering(())
}

impl Drop for Gathering {
    fn drop(&mut self) {
        let mut log = log();
        log.write();
        if log.mode == Mode::Gathered {
            log.mode = Mode::EachLine;
        }
    }
}

/// Writes what was gathered.
pub fn flush() {
    log().write();
}

/// A request's line. Written by hand: it is the one event that each request has.
#[derive(Debug, Serialize)]
pub(super) struct RequestLine<'a> {
    pub(super) timestamp: jiff::Timestamp,
    pub(super) level: &'static str,
    pub(super) message: &'static str,
    pub(super) request_id: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) route: &'a str,
    pub(super) status: u16,
    pub(super) ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) traceparent: Option<&'a str>,
}

impl RequestLine<'_> {
    pub(super) fn write(&self) {
        if log().mode == Mode::Off {
            return;
        }
        let mut line = Vec::with_capacity(384);
        if serde_json::to_writer(&mut line, self).is_ok() {
            line.push(b'\n');
            log().take(&line, false);
        }
    }
}

/// Where `tracing` writes every other event.
#[derive(Debug)]
pub(super) struct Events;

/// One event's line.
#[derive(Debug)]
pub(super) struct Event {
    urgent: bool,
}

impl<'a> MakeWriter<'a> for Events {
    type Writer = Event;

    fn make_writer(&'a self) -> Event {
        Event { urgent: true }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Event {
        Event { urgent: *meta.level() < Level::INFO }
    }
}

impl Write for Event {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        log().take(line, self.urgent);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_servers_lines_wait_and_what_is_urgent_does_not() {
        let kept = |mode, urgent, line: &[u8]| {
            let mut log = Log { mode, lines: Vec::new() };
            log.take(line, urgent);
            log.lines.len()
        };
        assert_eq!(kept(Mode::EachLine, false, b"\n"), 0);
        assert_eq!(kept(Mode::Gathered, false, b"\n"), 1);
        assert_eq!(kept(Mode::Gathered, true, b"\n"), 0);
        assert_eq!(kept(Mode::Gathered, false, &[b'\n'; FULL]), 0);
    }
}
