//! Somebody else's HTTP server (a webhook's, a mail API): keeps what it is sent, and answers as it was told.
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Method and target.
    pub line: String,
    /// By lower-case names.
    pub headers: HashMap<String, String>,
    /// As text.
    pub body: String,
}

impl Received {
    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The message's id, of a webhook.
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }
}

type Before = Box<dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<String>>,
    before: Mutex<Option<Arc<Before>>>,
}

/// The server; it ends with this value.
pub struct Receiver {
    /// Where it takes POSTs.
    pub url: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// Listens on a loopback port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?of=desk", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { url, shared, task }
    }

    /// The next answers by their status, and headers and behind an empty line a body where they have more; 204 after them. An empty one is
    /// none: the server hangs up.
    pub fn answers(&self, statuses: &[&str]) {
        self.shared.answers.lock().unwrap().extend(statuses.iter().map(|status| (*status).to_owned()));
    }

    /// What is done once, after the next request has come and before it is answered.
    pub fn before_answering<F: Future<Output = ()> + Send + 'static>(&self, what: impl Fn() -> F + Send + Sync + 'static) {
        let before: Before = Box::new(move || Box::pin(what()));
        *self.shared.before.lock().unwrap() = Some(Arc::new(before));
    }

    /// What came so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// The types of what came so far.
    pub fn types(&self) -> Vec<String> {
        self.received().iter().map(|received| received.json()["type"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&shared)));
    }
}

async fn answer(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    let (mut first, mut headers) = (String::new(), HashMap::new());
    stream.read_line(&mut first).await.unwrap();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
    }
    let mut body = vec![0; headers.get("content-length").map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.unwrap();
    let line = first.trim().trim_end_matches(" HTTP/1.1").to_owned();
    shared.received.lock().unwrap().push(Received { line, headers, body: String::from_utf8(body).unwrap() });
    let before = shared.before.lock().unwrap().take();
    if let Some(before) = before {
        before().await;
    }
    let said = shared.answers.lock().unwrap().pop_front().unwrap_or_else(|| "204 No Content".into());
    if said.is_empty() {
        return;
    }
    let (head, body) = said.split_once("\n\n").unwrap_or((&said, if said.starts_with("204") { "" } else { "hello" }));
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    stream.get_mut().write_all(format!("HTTP/1.1 {head}\r\n{length}\r\n{body}").as_bytes()).await.unwrap();
}
