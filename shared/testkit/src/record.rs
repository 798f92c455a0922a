//! What a test saw, so that homes can be compared byte for byte. With `PARITY_DIR` set, each test's exchanges are written to
//! `PARITY_DIR/HOME/TEST.txt`, raw but for exactly these masks: UUIDs (v4 and v7), RFC 3339 times, ticket numbers, pseudonyms, cursors, signatures
//! (tokens), API keys, webhook secrets, ports of the loopback, transaction numbers, what is left of a promise, how long a delivery took, whether there is a Redis,
//! request ids. Requests made at the same time have no order: `cargo xtask parity` compares the exchanges in any.
use std::sync::{LazyLock, Mutex};

use regex::Regex;

use crate::client::Reply;

/// The exchanges of one test.
#[derive(Debug, Default)]
pub struct Record(Mutex<Vec<String>>);

/// Headers that are the functions' own; the rest is the home's (`date`, `server`, `connection`).
const HEADERS: &[&str] = &[
    "content-type",
    "etag",
    "location",
    "link",
    "cache-control",
    "vary",
    "www-authenticate",
    "retry-after",
    "allow",
    "content-length",
    "x-request-id",
];

static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "UUID"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
        (r"INC\d{7,}", "NUMBER"),
        (r"Erased person [0-9a-f]{8}", "PSEUDONYM"),
        (r#"("next":|cursor=)"?[A-Za-z0-9_-]{20,}"?"#, "${1}CURSOR"),
        (r"(?m)^id: [A-Za-z0-9_-]{20,}$", "id: CURSOR"),
        (r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", "SIGNATURE"),
        (r#""refresh_token":"[A-Za-z0-9_-]{43}""#, r#""refresh_token":"SIGNATURE""#),
        (r#""token":"[A-Za-z0-9_-]{43}""#, r#""token":"SIGNATURE""#),
        (r"itsm_[a-z.+]+_[0-9a-f]{8,64}", "KEY"),
        (r"whsec_[A-Za-z0-9+/]{32}", "SECRET"),
        (r"event:(\d+):\d+:", "event:$1:TRANSACTION:"),
        (r#""(percent|elapsed_seconds|remaining_seconds|milliseconds)":-?[0-9.]+"#, r#""$1":NOW"#),
        (r"127\.0\.0\.1:\d+", "LOOPBACK"),
        (r#""redis" : "[a-z]+""#, r#""redis" : "REDIS""#),
        (r#""request_id":"[A-Za-z0-9-]+""#, r#""request_id":"ID""#),
    ]
    .into_iter()
    .map(|(mask, name)| (Regex::new(mask).expect("a mask"), name))
    .collect()
});

fn masked(text: &str) -> String {
    MASKS.iter().fold(text.to_owned(), |text, (mask, name)| mask.replace_all(&text, *name).into_owned())
}

/// A header's line, with all its values.
fn header(name: &str, reply: &Reply) -> Option<String> {
    let values: Vec<_> = reply.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let value = match (name, values.is_empty()) {
        (_, true) => return None,
        // neither has a body: of a 304 some homes give the length that it would have, and HTTP/1.1 servers drop that of a 204
        ("content-length", _) if matches!(reply.status, 204 | 304) => return None,
        // a length is compared through the body; masks and times make the number itself vary
        ("content-length", _) => "yes".to_owned(),
        ("x-request-id", _) => "ID".to_owned(),
        // what is left of a delay
        ("retry-after", _) => "SECONDS".to_owned(),
        _ => masked(&values.join(", ")),
    };
    Some(format!("{name}: {value}"))
}

impl Record {
    pub(crate) fn exchange(&self, method: &str, path: &str, reply: &Reply) {
        let headers: Vec<String> = HEADERS.iter().filter_map(|name| header(name, reply)).collect();
        let entry = format!("{method} {}\n{}\n{}\n\n{}\n", masked(path), reply.status, headers.join("\n"), masked(&reply.body));
        self.0.lock().expect("no panic while recording").push(entry);
    }

    pub(crate) fn write(&self, home: &str) {
        let Some(dir) = std::env::var_os("PARITY_DIR") else { return };
        let test = std::thread::current().name().unwrap_or("unnamed").to_owned();
        let package = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "unknown".into());
        let dir = std::path::Path::new(&dir).join(home);
        std::fs::create_dir_all(&dir).expect("a folder for the record");
        let text = self.0.lock().expect("no panic while recording").join("----\n");
        std::fs::write(dir.join(format!("{package}__{}.txt", test.replace("::", "__"))), text).expect("writing the record");
    }
}
