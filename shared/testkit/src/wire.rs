//! A TCP proxy before Postgres that counts round trips on the wire: what a statement costs is measured, not believed.
//!
//! It reads no more of the protocol (v3, "Message Formats") than the framing. The client asks for an answer with `Sync` or a simple
//! `Query`; the server's `ReadyForQuery` is the answer. That of a log-in was not asked for, and does not count.
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// `SSLRequest` and `GSSENCRequest`: no, in clear please.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// A counting proxy; it stays until the test's runtime ends.
#[derive(Debug)]
pub struct WireTap {
    url: String,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicU64,
    trips: AtomicU64,
}

impl WireTap {
    /// Listens before the server of this URL (`postgres://...@HOST:PORT/...`).
    pub async fn before(url: &str) -> Self {
        let address = url.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("host and port in the URL").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("an address").to_string();
        let counts = Arc::<Counts>::default();
        let tap = Self { url: url.replacen(&address, &own, 1), counts: Arc::clone(&counts) };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                counts.connections.fetch_add(1, SeqCst);
                let server = TcpStream::connect(&address).await.expect("the test server answers");
                tokio::spawn(join(client, server, Arc::clone(&counts)));
            }
        });
        tap
    }

    /// The same database through the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connections opened so far.
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(SeqCst)
    }

    /// Round trips answered so far.
    pub fn trips(&self) -> u64 {
        self.counts.trips.load(SeqCst)
    }
}

async fn join(mut client: TcpStream, server: TcpStream, counts: Arc<Counts>) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let startup = startup(&mut client).await?;
    let ((from_client, to_client), (from_server, mut to_server)) = (client.into_split(), server.into_split());
    to_server.write_all(&startup).await?;
    let asked = Arc::<AtomicU64>::default();
    let asking = Arc::clone(&asked);
    let up = pass(from_client, to_server, move |kind| {
        if matches!(kind, b'S' | b'Q') {
            asking.fetch_add(1, SeqCst);
        }
    });
    let down = pass(from_server, to_client, move |kind| {
        if kind == b'Z' && asked.load(SeqCst) > 0 {
            asked.fetch_sub(1, SeqCst);
            counts.trips.fetch_add(1, SeqCst);
        }
    });
    tokio::select! { ended = up => ended, ended = down => ended }
}

/// The first message, which alone has no type; questions about encryption are answered here.
async fn startup(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    loop {
        let length = client.read_u32().await?;
        let mut message = length.to_be_bytes().to_vec();
        message.resize(length as usize, 0);
        client.read_exact(&mut message[4..]).await?;
        let code = u32::from_be_bytes([message[4], message[5], message[6], message[7]]);
        if !ENCRYPTION.contains(&code) {
            return Ok(message);
        }
        client.write_all(b"N").await?;
    }
}

/// One direction, message by message: a type, the length of the rest with itself, the rest.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, seen: impl Fn(u8)) -> io::Result<()> {
    loop {
        let mut message = vec![0; 5];
        from.read_exact(&mut message).await?;
        let length = u32::from_be_bytes([message[1], message[2], message[3], message[4]]) as usize;
        message.resize(1 + length, 0);
        from.read_exact(&mut message[5..]).await?;
        seen(message[0]);
        to.write_all(&message).await?;
    }
}
