//! A private PostgreSQL: it starts with the program, nobody else can reach it, and it ends with the program.
//!
//! `itsm serve` starts one when no `DATABASE_URL` is given, and so do the tests. It is the server the
//! system's packages installed, not a copy of our own: security updates arrive as they always do, and the
//! folder can be opened by any PostgreSQL of the same major version when this program is gone.
//!
//! ```text
//! DIR/lock           held while a program uses DIR, by whatever way that program ends
//! DIR/log            what the server says; DIR/log.old before it grew too long
//! DIR/postgres/      made whole in DIR/new.*, then renamed: it is complete or absent
//!     data/          the data folder
//!     password       of the owner, for TCP
//! DIR/socket/        the Unix socket, in a folder of mode 0700
//! ```
//!
//! **Who may connect.** The socket trusts whoever reaches it, and its folder lets in nobody but the server's
//! user (and root). There is no TCP unless [`Options::tcp`] asks for it; then it is 127.0.0.1 alone, with a
//! random password and SCRAM.
//!
//! **How it ends.** [`Embedded::stop`] and `Drop` shut the server down and wait. When the program is killed
//! outright the kernel tells the server (Linux, `setpriv --pdeathsig`); where it does not, the next start
//! finds the orphan, proves that it serves this very folder, and ends it first.
//!
//! **Root.** PostgreSQL refuses to run as root, so under root the server runs as `postgres`, or as `nobody`
//! where there is none. A folder keeps the user it was made with.
//!
//! Everything inside is blocking code on one blocking task: a start that is given up half way (a dropped
//! future) still finishes, and its server is then dropped and so stopped.

#![forbid(unsafe_code)]

mod account;
mod binaries;
mod cluster;
mod error;
mod folder;
mod lock;
mod options;
mod orphan;
mod pidfile;
mod process;
mod server;
mod socket;
mod start;
mod url;

use std::path::{Path, PathBuf};

pub use error::EmbeddedError;
pub use options::Options;

/// The owner of everything in the server, and the name of the database that is there from the start.
pub const OWNER: &str = "itsm";

/// A running server. Dropping it stops the server and waits for that, usually well under 100 ms.
pub struct Embedded {
    // In the order they must go: the server, the folder of its socket, and last the claim on the data.
    server: server::Server,
    socket: socket::SocketFolder,
    lock: lock::Lock,
    port: u16,
    tcp: bool,
    password: String,
    binaries: PathBuf,
}

impl Embedded {
    /// Start the server of `dir` with the default [`Options`], making the folder and its database when there
    /// are none. Ready for connections when it returns.
    pub async fn start(dir: &Path) -> Result<Self, EmbeddedError> {
        Self::start_with(dir, Options::default()).await
    }

    /// Start the server of `dir`.
    pub async fn start_with(dir: &Path, options: Options) -> Result<Self, EmbeddedError> {
        let dir = dir.to_owned();
        tokio::task::spawn_blocking(move || start::start(&dir, &options)).await.map_err(|ended| EmbeddedError::Abandoned(ended.to_string()))?
    }

    /// The same for a caller without a runtime. It blocks, so not for async code.
    pub fn start_blocking(dir: &Path, options: &Options) -> Result<Self, EmbeddedError> {
        start::start(dir, options)
    }

    /// The URL over the Unix socket of a server that another program runs in `dir` now, if one is ready: for a command that works
    /// beside it after [`EmbeddedError::InUse`].
    pub fn url_of_running(dir: &Path, database: &str) -> Option<String> {
        let server = pidfile::PidFile::read(&folder::Folder::open(dir).ok()?.data()).filter(|server| server.ready)?;
        Some(url::socket(&server.socket?, server.port?, database))
    }

    /// A URL over the Unix socket, for sqlx, tokio-postgres, `psql` and whatever else is built on libpq.
    /// It always has a query: append with `&`.
    pub fn url(&self, database: &str) -> String {
        url::socket(self.socket.path(), self.port, database)
    }

    /// A URL over TCP with the password in it, if [`Options::tcp`] was set. Append with `&`.
    pub fn tcp_url(&self, database: &str) -> Option<String> {
        self.tcp.then(|| url::tcp(self.port, &self.password, database))
    }

    /// The folder of the server's programs; `psql` and `pg_dump` are there too on most systems.
    pub fn binaries(&self) -> &Path {
        &self.binaries
    }

    /// The process id of the server.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// When the server has ended, by whatever cause; at once if it has already.
    pub async fn ended(&self) {
        self.server.ended().await;
    }

    /// Shut down: open transactions are rolled back, everything is written, the server is gone on return.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let stop = move || {
            // The whole of it goes along: the lock is kept until the server is gone, even if nobody waits.
            let embedded = self;
            embedded.server.shut_down()
        };
        tokio::task::spawn_blocking(stop).await.map_err(|ended| EmbeddedError::Abandoned(ended.to_string()))?
    }
}

impl std::fmt::Debug for Embedded {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("pid", &self.pid()).field("socket", &self.socket.path()).field("lock", &self.lock).finish_non_exhaustive()
    }
}
