//! By sockets of our own: hyper over TCP or rustls.
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, HOST};
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::{FetchError, Fetched, KEPT, Target, is_public, readable};

/// Until there is a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// For everything.
const WHOLE: Duration = Duration::from_secs(15);

/// The machine's own certificate authorities, read at the first use; ring, as everywhere.
static TLS: LazyLock<Result<TlsConnector, String>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let config = builder.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
});

/// Asks addresses of the Internet.
#[derive(Debug, Clone, Copy)]
pub struct Fetch {
    allow_private: bool,
}

impl Fetch {
    /// `allow_private` is for tests and a developer's machine.
    pub fn new(allow_private: bool) -> Self {
        Self { allow_private }
    }

    /// What of an address can be judged by its text.
    pub fn target(&self, url: &str) -> Result<Target, FetchError> {
        Target::parse(url, self.allow_private)
    }

    /// Posts this once, and answers what came back within 15 seconds.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: String) -> Result<Fetched, FetchError> {
        self.send(Method::POST, self.target(url)?, headers, body).await
    }

    /// Puts this at an address that is no administrator's, and may be as long as it likes.
    pub async fn put(&self, url: &str, body: String) -> Result<Fetched, FetchError> {
        self.send(Method::PUT, Target::of(url, self.allow_private)?, HeaderMap::new(), body).await
    }

    async fn send(&self, method: Method, target: Target, headers: HeaderMap, body: String) -> Result<Fetched, FetchError> {
        let end = Instant::now() + WHOLE;
        let request = request(method, &target, headers, body)?;
        let stream = timeout(CONNECT, self.connect(&target)).await.map_err(|_| FetchError::Late)??;
        if !target.is_tls {
            return exchange(stream, request, end).await;
        }
        let tls = TLS.as_ref().map_err(|error| FetchError::Connection(error.clone()))?;
        let name = ServerName::try_from(target.host.clone()).map_err(|_| FetchError::Name)?;
        let stream = timeout_at(end, tls.connect(name, stream)).await.map_err(|_| FetchError::Late)?;
        exchange(stream.map_err(|error| FetchError::Connection(error.to_string()))?, request, end).await
    }

    /// To one of the addresses that were looked at. One that is not public among them speaks against all: whoever answers so tries something.
    async fn connect(&self, target: &Target) -> Result<TcpStream, FetchError> {
        let addresses: Vec<_> = lookup_host((target.host.as_str(), target.port)).await.map_err(|_| FetchError::Name)?.collect();
        if !self.allow_private && !addresses.iter().all(|address| is_public(address.ip())) {
            return Err(FetchError::Private);
        }
        let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|error| FetchError::Connection(error.kind().to_string()))?;
        stream.set_nodelay(true).map_err(|error| FetchError::Connection(error.to_string()))?;
        Ok(stream)
    }
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S, request: Request<Body>, end: Instant,
) -> Result<Fetched, FetchError> {
    let broken = |error: hyper::Error| FetchError::Broken(error.to_string());
    let answered = async {
        let (mut sender, connection) = http1::handshake::<_, Body>(TokioIo::new(stream)).await.map_err(broken)?;
        let mut driver = JoinSet::new(); // it ends with this value, however little was read
        driver.spawn(connection);
        Ok::<_, FetchError>((sender.send_request(request).await.map_err(broken)?, driver))
    };
    let (response, _driver) = timeout_at(end, answered).await.map_err(|_| FetchError::Late)??;
    let status = response.status().as_u16();
    Ok(Fetched { status, body: readable(&beginning(response.into_body(), end).await) })
}

fn request(method: Method, target: &Target, headers: HeaderMap, body: String) -> Result<Request<Body>, FetchError> {
    let path = target.uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = target.uri.authority().map_or("", |authority| authority.as_str());
    let host = HeaderValue::from_str(authority).map_err(|_| FetchError::Address("the host is not one that a header can name"))?;
    let mut request = Request::builder().method(method).uri(path).body(body.into()).map_err(|error| FetchError::Broken(error.to_string()))?;
    *request.headers_mut() = headers;
    request.headers_mut().insert(HOST, host);
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Ok(request)
}

/// As much as is kept. The status has come, so what is late or breaks off here is not missed.
async fn beginning(mut body: Incoming, end: Instant) -> Vec<u8> {
    let mut kept = Vec::new();
    while kept.len() < KEPT {
        match timeout_at(end, body.frame()).await {
            Ok(Some(Ok(frame))) => kept.extend(frame.into_data().unwrap_or_default()),
            _ => break,
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers one connection with this, and tells what it was sent; none if nobody came.
    async fn asked(fetch: Fetch, answer: &'static [u8]) -> (Result<Fetched, FetchError>, Option<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/hook?a=b", listener.local_addr().unwrap().port());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = vec![0; 4096];
            let length = stream.read(&mut read).await.unwrap();
            stream.write_all(answer).await.unwrap();
            String::from_utf8_lossy(&read[..length]).into_owned()
        });
        let headers = HeaderMap::from_iter([("webhook-id".parse().unwrap(), "msg_1".parse().unwrap())]);
        let fetched = fetch.post(&url, headers, "{}".into()).await;
        let seen = if fetched.is_ok() { Some(server.await.unwrap()) } else { None };
        (fetched, seen)
    }

    #[tokio::test]
    async fn an_answer_is_a_status_and_the_beginning_of_its_body() {
        let (fetched, seen) = asked(Fetch::new(true), b"HTTP/1.1 202 Accepted\r\ncontent-length: 3\r\n\r\nyes").await;
        assert_eq!(fetched, Ok(Fetched { status: 202, body: "yes".into() }));
        let seen = seen.unwrap();
        assert!(seen.starts_with("POST /hook?a=b HTTP/1.1\r\n") && seen.contains("host: localhost:") && seen.ends_with("\r\n\r\n{}"), "{seen}");
        assert!(seen.contains("webhook-id: msg_1"), "{seen}");
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed_and_what_is_no_http_is_broken() {
        let (fetched, _) = asked(Fetch::new(true), b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(fetched.map(|fetched| fetched.status), Ok(302));
        let (fetched, _) = asked(Fetch::new(true), b"SSH-2.0-x\r\n").await;
        assert!(matches!(fetched, Err(FetchError::Broken(_))), "{fetched:?}");
    }

    /// The clock is a paused one: it goes on by itself where nothing else can happen.
    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_is_late() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let begun = Instant::now();
        assert_eq!(Fetch::new(true).post(&url, HeaderMap::new(), "{}".into()).await, Err(FetchError::Late));
        assert!(begun.elapsed() <= WHOLE + Duration::from_millis(10));
    }

    #[tokio::test]
    async fn a_name_that_stands_for_a_private_address_is_not_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = Target::parse(&format!("http://localhost:{}/", listener.local_addr().unwrap().port()), true).unwrap();
        assert_eq!(Fetch::new(false).connect(&target).await.map(drop), Err(FetchError::Private));
        assert!(timeout(Duration::from_millis(20), listener.accept()).await.is_err());
    }
}
