//! Somebody else's server: keeps what it is sent, and answers as it was told.
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn id(&self) -> &str {
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

/// Ends with this value.
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?of=desk", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { url, shared, task }
    }

    /// The next answers by their status, and headers where they have more; 204 after them.
    pub(crate) fn answers(&self, statuses: &[&str]) {
        self.shared.answers.lock().unwrap().extend(statuses.iter().map(|status| (*status).to_owned()));
    }

    /// What is done once, after the next request has come and before it is answered.
    pub(crate) fn before_answering<F: Future<Output = ()> + Send + 'static>(&self, what: impl Fn() -> F + Send + Sync + 'static) {
        let before: Before = Box::new(move || Box::pin(what()));
        *self.shared.before.lock().unwrap() = Some(Arc::new(before));
    }

    /// What came so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// The types of what came so far.
    pub(crate) fn types(&self) -> Vec<String> {
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
    let mut headers = HashMap::new();
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
    shared.received.lock().unwrap().push(Received { headers, body: String::from_utf8(body).unwrap() });
    let before = shared.before.lock().unwrap().take();
    if let Some(before) = before {
        before().await;
    }
    let status = shared.answers.lock().unwrap().pop_front().unwrap_or_else(|| "204 No Content".into());
    let length = if status.starts_with("204") { "" } else { "content-length: 5\r\n\r\nhello" };
    let end = if length.is_empty() { "\r\n" } else { "" };
    stream.get_mut().write_all(format!("HTTP/1.1 {status}\r\n{length}{end}").as_bytes()).await.unwrap();
}
