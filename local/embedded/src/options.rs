use std::path::PathBuf;

/// How the server is run. Nothing here changes what is stored: a folder may be started with other options
/// every time.
#[derive(Clone, Debug)]
pub struct Options {
    /// Every commit is on the disk before it is answered. Default `true`; `false` only for data that may be
    /// lost when the machine fails, as in tests.
    pub durable: bool,
    /// Listen on a free port of 127.0.0.1 as well, with a password: [`crate::Embedded::tcp_url`]. Default
    /// `false`.
    pub tcp: bool,
    /// Default 100, of which PostgreSQL keeps three for the owner.
    pub max_connections: u16,
    /// Further settings of `postgresql.conf`; they win over ours.
    pub settings: Vec<(String, String)>,
    /// The folder of `initdb` and `postgres`; nothing else is looked at then. Default: the variable
    /// `ITSM_POSTGRES_BIN`, else whatever is installed.
    pub binaries: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { durable: true, tcp: false, max_connections: 100, settings: Vec::new(), binaries: None }
    }
}

impl Options {
    /// For data that is thrown away: nothing waits for the disk, which makes start, stop and every
    /// `create database` several times quicker.
    pub fn for_tests() -> Self {
        Self { durable: false, tcp: true, ..Self::default() }
    }

    /// Add a setting of `postgresql.conf`.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What the server is told, ours first, so that the caller's win.
    pub(crate) fn all_settings(&self) -> Vec<(String, String)> {
        let connections = self.max_connections.to_string();
        let mut all: Vec<(&str, &str)> = vec![
            ("cluster_name", crate::OWNER),
            ("max_connections", &connections),
            ("shared_buffers", "128MB"),
            ("unix_socket_permissions", "0700"),
            ("password_encryption", "scram-sha-256"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            // A line every few minutes that nobody acts on.
            ("log_checkpoints", "off"),
        ];
        if !self.durable {
            all.extend([("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]);
        }
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let given = self.settings.iter().cloned();
        all.into_iter().map(owned).chain(given).collect()
    }
}
