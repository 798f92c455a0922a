//! A mail server of the outside world: takes mails by SMTP (RFC 5321) and keeps them, or answers as it is told.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What to do with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Refuse its recipient with this code.
    Refuse(u16),
    /// Take it, and hang up without saying so.
    Vanish,
}

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// `MAIL FROM`
    pub from: String,
    /// `RCPT TO`
    pub to: String,
    /// The message with its line ends as they came, dots unstuffed.
    pub message: String,
}

impl Taken {
    /// A header's text, unfolded; empty where there is none.
    pub fn header(&self, name: &str) -> String {
        let head = self.message.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let found = head.lines().filter_map(|line| line.split_once(':')).find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    /// The message without the soft line breaks of quoted-printable.
    pub fn unbroken(&self) -> String {
        self.message.replace("=\r\n", "")
    }
}

#[derive(Debug, Default)]
struct Kept {
    taken: Mutex<Vec<Taken>>,
    fates: Mutex<VecDeque<Fate>>,
}

/// The server; it ends with this value.
#[derive(Debug)]
pub struct Sink {
    kept: Arc<Kept>,
    url: String,
    task: JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// Listens on a loopback port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let kept = Arc::new(Kept::default());
        let keeping = kept.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, keeping.clone()));
            }
        });
        Self { kept, url, task }
    }

    /// For `SMTP_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What becomes of the next mails; those after are taken.
    pub fn next(&self, fates: &[Fate]) {
        self.kept.fates.lock().expect("no test panics here").extend(fates);
    }

    /// How many were taken so far.
    pub fn count(&self) -> usize {
        self.kept.taken.lock().expect("no test panics here").len()
    }

    /// All that was taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.kept.taken.lock().expect("no test panics here").clone()
    }
}

async fn serve(stream: TcpStream, kept: Arc<Kept>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut mail, mut fate) = (Taken { from: String::new(), to: String::new(), message: String::new() }, None);
    let mut say = "220 sink".to_owned();
    loop {
        if write.write_all(format!("{say}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
        say = match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => "250-sink\r\n250 8BITMIME".into(),
            "MAIL" => {
                mail.from = address(rest);
                "250 ok".into()
            }
            "RCPT" => {
                mail.to = address(rest);
                fate = kept.fates.lock().expect("no test panics here").pop_front();
                match fate {
                    Some(Fate::Refuse(code)) => format!("{code} not now, not this one"),
                    _ => "250 ok".into(),
                }
            }
            "DATA" => {
                if write.write_all(b"354 go on\r\n").await.is_err() {
                    return;
                }
                mail.message = String::new();
                loop {
                    // What ends before its end was not handed over (RFC 5321, 4.1.1.4): whoever sent it sends it again.
                    let Ok(Some(line)) = lines.next_line().await else { return };
                    if line == "." {
                        break;
                    }
                    mail.message += line.strip_prefix('.').unwrap_or(&line);
                    mail.message += "\r\n";
                }
                kept.taken.lock().expect("no test panics here").push(mail.clone());
                if fate == Some(Fate::Vanish) {
                    return;
                }
                "250 taken".into()
            }
            "QUIT" => {
                let _gone_already = write.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => "250 ok".into(),
        };
    }
}

/// Between the angle brackets.
fn address(rest: &str) -> String {
    rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned()).unwrap_or_default()
}
