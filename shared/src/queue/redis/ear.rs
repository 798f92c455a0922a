//! Hearing a stream, as one of a group of workers.
//!
//! A task reads while its worker is ready for work, and only then: a busy worker leaves the messages to the others. A message is
//! acknowledged once a claim has answered it; those of a worker that died are taken over by any other.
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::streams::{StreamAutoClaimOptions, StreamAutoClaimReply, StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisError};
use tokio::sync::mpsc;

const GROUP: &str = "workers";
/// Messages that one read takes.
const COUNT: usize = 16;
/// How long one read waits.
const BLOCK: Duration = Duration::from_secs(1);
/// A message that was read and not acknowledged for so long was read by a worker that died.
const ABANDONED: Duration = Duration::from_secs(10);
/// How often to look for those.
const LOOK: Duration = Duration::from_secs(5);

/// The worker's side.
#[derive(Debug)]
pub struct Ear {
    ask: mpsc::Sender<()>,
    told: mpsc::Receiver<Vec<String>>,
    answered: mpsc::UnboundedSender<Vec<String>>,
    /// Whether an answer to `ask` is still to come.
    asked: bool,
    /// Heard, and not yet answered by a claim.
    heard: Vec<String>,
}

impl Ear {
    pub(super) fn open(client: Client, stream: String) -> Self {
        let (ask, asked) = mpsc::channel(1);
        let (tell, told) = mpsc::channel(1);
        let (answered, answers) = mpsc::unbounded_channel();
        let reader = Reader { client: client.clone(), stream: stream.clone(), looked: None };
        tokio::spawn(reader.run(asked, tell));
        tokio::spawn(acknowledge(client, stream, answers));
        Self { ask, told, answered, asked: false, heard: Vec::new() }
    }

    pub(in crate::queue) async fn heard(&mut self) {
        if !self.asked {
            self.asked = self.ask.send(()).await.is_ok();
        }
        match self.told.recv().await {
            Some(messages) => {
                self.asked = false;
                self.heard.extend(messages);
            }
            None => std::future::pending().await,
        }
    }

    pub(in crate::queue) fn answered(&mut self) {
        if !self.heard.is_empty() {
            let _the_task_ends_with_us = self.answered.send(std::mem::take(&mut self.heard));
        }
    }
}

struct Reader {
    client: Client,
    stream: String,
    /// When it last looked for abandoned messages.
    looked: Option<Instant>,
}

impl Reader {
    /// Until the worker is gone. A Redis that is away is tried again once a second.
    async fn run(mut self, mut asked: mpsc::Receiver<()>, tell: mpsc::Sender<Vec<String>>) {
        let mut connection = None;
        while asked.recv().await.is_some() {
            let messages = loop {
                match self.read(&mut connection).await {
                    Ok(messages) if messages.is_empty() && !tell.is_closed() => {}
                    Ok(messages) => break messages,
                    Err(error) => {
                        tracing::warn!(stream = self.stream, cause = %error, "could not listen");
                        connection = None;
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            };
            if tell.send(messages).await.is_err() {
                return;
            }
        }
    }

    /// What others left behind, then what is new; nothing after a second without either.
    async fn read(&mut self, kept: &mut Option<MultiplexedConnection>) -> Result<Vec<String>, RedisError> {
        if kept.is_none() {
            let config = AsyncConnectionConfig::new().set_connection_timeout(Some(BLOCK)).set_response_timeout(Some(BLOCK * 5));
            *kept = Some(self.client.get_multiplexed_async_connection_with_config(&config).await?);
        }
        let Some(connection) = kept else { return Ok(Vec::new()) };
        match self.next(connection).await {
            // The first to listen, or the first after Redis lost everything.
            Err(error) if error.code() == Some("NOGROUP") => {
                let made: Result<(), _> = connection.xgroup_create_mkstream(&self.stream, GROUP, "0").await;
                made.or_else(|error| if error.code() == Some("BUSYGROUP") { Ok(()) } else { Err(error) })?;
                Ok(Vec::new())
            }
            read => read,
        }
    }

    async fn next(&mut self, connection: &mut MultiplexedConnection) -> Result<Vec<String>, RedisError> {
        if self.looked.is_none_or(|looked| looked.elapsed() > LOOK) {
            self.looked = Some(Instant::now());
            let options = StreamAutoClaimOptions::default().count(COUNT).with_justid();
            let idle = ABANDONED.as_millis().to_string();
            let left: StreamAutoClaimReply = connection.xautoclaim_options(&self.stream, GROUP, consumer(), idle, "0-0", options).await?;
            let left: Vec<String> = left.claimed.into_iter().map(|message| message.id).collect();
            if !left.is_empty() {
                return Ok(left);
            }
        }
        let options = StreamReadOptions::default().group(GROUP, consumer()).count(COUNT).block(BLOCK.as_millis() as usize);
        let read: Option<StreamReadReply> = connection.xread_options(&[&self.stream], &[">"], &options).await?;
        let streams = read.into_iter().flat_map(|read| read.keys);
        Ok(streams.flat_map(|stream| stream.ids).map(|message| message.id).collect())
    }
}

/// As Redis shows this worker. Two on one host may share the name: a message is told to one of them all the same.
fn consumer() -> String {
    std::env::var("HOSTNAME").unwrap_or_else(|_| "worker".into())
}

/// Acknowledges and removes what was answered, best-effort: a message that stays is taken over, and its claim finds nothing to do.
async fn acknowledge(client: Client, stream: String, mut answers: mpsc::UnboundedReceiver<Vec<String>>) {
    let mut connection: Option<MultiplexedConnection> = None;
    while let Some(mut messages) = answers.recv().await {
        while let Ok(more) = answers.try_recv() {
            messages.extend(more);
        }
        if connection.is_none() {
            connection = client.get_multiplexed_async_connection().await.ok();
        }
        let Some(open) = &mut connection else { continue };
        let mut pipeline = redis::pipe();
        pipeline.xack(&stream, GROUP, &messages).ignore().xdel(&stream, &messages).ignore();
        if pipeline.query_async::<()>(open).await.is_err() {
            connection = None;
        }
    }
}
