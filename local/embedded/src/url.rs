//! URLs that every client reads alike.
//!
//! The socket's folder is a parameter and the host is left empty, which suits libpq, sqlx, tokio-postgres and
//! Go's drivers. With `localhost` for a host tokio-postgres would try that first, and may meet a stranger.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::OWNER;

pub(crate) fn socket(folder: &Path, port: u16, database: &str) -> String {
    let folder = encode(folder.as_os_str().as_bytes());
    let database = encode(database.as_bytes());
    format!("postgres:///{database}?host={folder}&port={port}&user={OWNER}&sslmode=disable")
}

pub(crate) fn tcp(port: u16, password: &str, database: &str) -> String {
    let database = encode(database.as_bytes());
    format!("postgres://{OWNER}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
}

/// Percent-encoded, but for what is plain in a path and in a parameter.
fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |done, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => done + char::from(*byte).encode_utf8(&mut [0; 4]),
        other => done + &format!("%{other:02X}"),
    })
}
