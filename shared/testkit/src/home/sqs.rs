//! The home `lambda` with bells: jobs ring over a real SQS client to an SQS emulator, and this home is the event-source mapping that
//! wakes the job functions. The schedule runs too, as in production: a lost message changes latency, never results.
use serde_json::Value;
use shared::config::MailConfig;
use uuid::Uuid;
use xtask::functions::{Function, Kind};

use super::Wire;
use super::lambda::{Lambda, event};
use crate::client::Reply;
use crate::database::TestDatabase;
use crate::desk::Desk;

mod emulator;
mod queue;

use queue::Queue;

/// The functions, and a queue for each that runs jobs.
pub struct Sqs {
    lambda: Lambda,
    queues: Vec<Source>,
}

/// An event-source mapping.
struct Source {
    function: String,
    /// As the jobs name it.
    name: String,
    queue: Queue,
}

/// What became of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Ids of the messages that it had.
    pub messages: Vec<String>,
    /// Those that the function reported in `batchItemFailures`.
    pub failed: Vec<String>,
}

impl Sqs {
    pub(super) async fn start(database: &TestDatabase, mail: &MailConfig) -> Self {
        let prefix = format!("t{}", Uuid::now_v7().simple());
        let endpoint = emulator::endpoint().await;
        let variables = [
            ("QUEUE_URL", format!("{endpoint}/{}/{prefix}-{{queue}}", event::ACCOUNT)),
            ("AWS_ENDPOINT_URL_SQS", endpoint.clone()),
            ("AWS_REGION", event::REGION.into()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
        ];
        let lambda = Lambda::deploy(database, mail, &variables);
        let mut queues = Vec::new();
        for function in lambda.job_functions() {
            queues.push(Source::new(&endpoint, &prefix, function).await);
        }
        Self { lambda, queues }
    }

    pub(super) async fn call(&self, wire: Wire) -> Reply {
        self.lambda.call(wire).await
    }

    /// Messages first, then the schedules, until nothing is left to do.
    pub(super) async fn work(&self, database: &TestDatabase) {
        loop {
            for source in &self.queues {
                self.deliver(&source.name).await;
            }
            self.lambda.work(database).await;
            let mut waiting = 0;
            for source in &self.queues {
                waiting += source.queue.waiting().await;
            }
            if waiting == 0 {
                return;
            }
        }
    }

    /// Receives one batch of at most ten, invokes the function, deletes what it did not report. Nothing where the queue is empty.
    pub async fn poll(&self, queue: &str) -> Option<Batch> {
        let source = self.source(queue);
        let received = source.queue.receive().await;
        if received.is_empty() {
            return None;
        }
        let answer = self.lambda.invoke(&source.function, &event::batch(source.queue.name(), &received)).await;
        let id = |message: &Value| message["MessageId"].as_str().expect("an id").to_owned();
        let messages: Vec<String> = received.iter().map(id).collect();
        let failed = failed(&answer, &messages);
        for message in &received {
            if failed.contains(&id(message)) { source.queue.give_back(message).await } else { source.queue.delete(message).await }
        }
        Some(Batch { messages, failed })
    }

    /// Polls until the queue is empty: what fails each time ends in the dead-letter queue.
    pub async fn deliver(&self, queue: &str) -> Vec<Batch> {
        let mut batches = Vec::new();
        while let Some(batch) = self.poll(queue).await {
            batches.push(batch);
        }
        batches
    }

    /// Puts a message on a queue, as anybody with the right to send could; its id.
    pub async fn send(&self, queue: &str, body: &str) -> String {
        self.source(queue).queue.send(body).await
    }

    /// Loses every message that waits.
    pub async fn lose(&self, queue: &str) {
        self.source(queue).queue.purge().await;
    }

    /// How many messages wait.
    pub async fn waiting(&self, queue: &str) -> u64 {
        self.source(queue).queue.waiting().await
    }

    /// How many messages were given up.
    pub async fn dead(&self, queue: &str) -> u64 {
        self.source(queue).queue.dead().await
    }

    fn source(&self, queue: &str) -> &Source {
        self.queues.iter().find(|source| source.name == queue).unwrap_or_else(|| panic!("no function works off {queue}"))
    }

    pub(super) async fn stop(self) {
        self.lambda.stop().await;
        for source in self.queues {
            source.queue.drop().await;
        }
    }
}

/// As the mapping reads an answer: what is none, or names a foreign message, fails the whole batch.
fn failed(answer: &Value, messages: &[String]) -> Vec<String> {
    let id = |item: &Value| item["itemIdentifier"].as_str().map(str::to_owned);
    let reported: Option<Vec<String>> = answer["batchItemFailures"].as_array().and_then(|items| items.iter().map(id).collect());
    reported.filter(|reported| reported.iter().all(|id| messages.contains(id))).unwrap_or_else(|| messages.to_vec())
}

impl Source {
    async fn new(endpoint: &str, prefix: &str, function: &Function) -> Self {
        let Kind::Job { queue: name, .. } = &function.kind else { unreachable!("job functions alone") };
        let queue = Queue::new(endpoint, &format!("{prefix}-{name}"), function.timeout).await;
        Self { function: function.name.clone(), name: name.clone(), queue }
    }
}

impl Desk {
    /// The home, for tests of SQS alone.
    pub fn sqs(&self) -> &Sqs {
        match &self.home {
            super::Home::Sqs(home) => home,
            other => panic!("a test of the home sqs in the home {}", other.name()),
        }
    }
}
