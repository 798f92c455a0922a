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
        let buffers = if self.durable { buffers() } else { LEAST };
        let buffers = format!("{}MB", buffers / MIB);
        let mut all: Vec<(&str, &str)> = vec![
            ("cluster_name", crate::OWNER),
            ("max_connections", &connections),
            ("shared_buffers", &buffers),
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

const MIB: u64 = 1024 * 1024;
/// Bytes of `shared_buffers` where the machine does not say what it has, and what `initdb` chooses too.
const LEAST: u64 = 128 * MIB;
const MOST: u64 = 4096 * MIB;

/// Bytes of `shared_buffers`: an eighth of the memory that this process may have. A quarter is the manual's advice for a machine that does nothing else;
/// this one may be somebody's desk. A page that is not there costs a call of the system and the place of another.
fn buffers() -> u64 {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    let memory = [machine, group].into_iter().flatten().min();
    memory.map_or(LEAST, |memory: u64| (memory / 8).clamp(LEAST, MOST))
}

/// Bytes of `MemTotal`, proc_meminfo(5).
fn total(meminfo: &str) -> Option<u64> {
    let kib = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.trim().strip_suffix(" kB")?;
    kib.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(options: &Options) -> String {
        options.all_settings().into_iter().filter(|(name, _)| name == "shared_buffers").map(|(_, value)| value).last().unwrap()
    }

    #[test]
    fn memory_is_what_the_machine_has() {
        assert_eq!(total("MemTotal:       16314872 kB\nMemFree: 1 kB\n"), Some(16_314_872 * 1024));
        assert_eq!(total("MemFree: 1 kB\n"), None);
        assert!((LEAST..=MOST).contains(&buffers()));
    }

    #[test]
    fn data_that_may_be_lost_takes_little_and_the_caller_has_the_last_word() {
        assert_eq!(told(&Options::for_tests()), "128MB");
        assert_eq!(told(&Options::default().set("shared_buffers", "64MB")), "64MB");
    }
}
