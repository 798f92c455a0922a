use std::io;
use std::path::{Path, PathBuf};

/// Why there is no server. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// No `initdb` and `postgres` anywhere.
    #[error(
        "PostgreSQL 15 or newer is needed and none was found ({looked}). Install it:\n\
         \x20 Debian, Ubuntu:  sudo apt-get install postgresql\n\
         \x20 Fedora:          sudo dnf install postgresql-server\n\
         \x20 macOS:           brew install postgresql@17\n\
         or name its folder of programs in ITSM_POSTGRES_BIN, or set DATABASE_URL to use a server that runs already"
    )]
    NotInstalled {
        /// Where.
        looked: String,
    },

    /// There is a PostgreSQL, but not the one that can open this folder.
    #[error(
        "{need}, and this machine has only: {found}. Install that version beside it (Debian, Ubuntu: sudo apt-get install \
         postgresql-{major}; macOS: brew install postgresql@{major}), name its folder of programs in ITSM_POSTGRES_BIN, \
         or set DATABASE_URL to use another server"
    )]
    WrongVersion {
        /// What is needed and why.
        need: String,
        /// The major version to install.
        major: u32,
        /// What is there.
        found: String,
    },

    /// Another program holds the folder.
    #[error(
        "{} is in use by process {pid}. Stop that process first (kill {pid}), or give this one a folder of its own",
        dir.display()
    )]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// Who holds it, or `unknown` in the instant before it has said so.
        pid: String,
    },

    /// Root runs the server as another user, and that one cannot get there.
    #[error(
        "PostgreSQL does not run as root, so it runs as {user}, who may not enter {} (mode {mode:04o}) and so does not reach {}. \
         Use a folder elsewhere (such as /var/lib/itsm), run this as an ordinary user, or: chmod o+x {}",
        barrier.display(), dir.display(), barrier.display()
    )]
    NotReachable {
        /// The server's user.
        user: String,
        /// Where it must get to.
        dir: PathBuf,
        /// The folder in the way.
        barrier: PathBuf,
        /// Its mode.
        mode: u32,
    },

    /// Made by another user.
    #[error(
        "the database in {} belongs to the user {owner}. Run this as that user or as root, or use another folder",
        dir.display()
    )]
    NotOwner {
        /// The folder.
        dir: PathBuf,
        /// Whose it is: a user id.
        owner: u32,
    },

    /// Root, and nobody to run the server as.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither postgres nor nobody to run it as. \
         Run this as an ordinary user, or add one: useradd --system postgres"
    )]
    NoUser,

    /// `initdb` or one of its companions failed.
    #[error(
        "the database could not be made with {program}: {output}\n\
         Nothing was left behind: put right what it names and start again"
    )]
    Init {
        /// Which of them.
        program: String,
        /// What it said.
        output: String,
    },

    /// The server ended, or was not ready in time.
    #[error(
        "PostgreSQL {what}. It said:\n{said}\nPut right what it names and start again; all of it is in {}",
        log.display()
    )]
    NotStarted {
        /// What happened.
        what: String,
        /// The last lines of its log.
        said: String,
        /// The log.
        log: PathBuf,
    },

    /// A server that does not end, ours or one that a killed program left.
    #[error(
        "the PostgreSQL of {} (process {pid}) does not end. Look at what it does, end it with: kill -QUIT {pid}",
        dir.display()
    )]
    StillRunning {
        /// Its data folder.
        dir: PathBuf,
        /// Its process.
        pid: u32,
    },

    /// A file or folder.
    #[error(
        "cannot {what} {}: {source}. See that this user may read and write there, or use another folder",
        path.display()
    )]
    Io {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// The runtime shut down under us.
    #[error("the start or stop of PostgreSQL was cut short ({0}). Start again")]
    Abandoned(String),
}

/// Say what was tried and with what, where an [`io::Error`] says only why not.
pub(crate) trait Trying<T> {
    fn trying(self, what: &'static str, path: &Path) -> Result<T, EmbeddedError>;
}

impl<T> Trying<T> for io::Result<T> {
    fn trying(self, what: &'static str, path: &Path) -> Result<T, EmbeddedError> {
        self.map_err(|source| EmbeddedError::Io { what, path: path.to_owned(), source })
    }
}
