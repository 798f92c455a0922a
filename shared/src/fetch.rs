//! Outbound HTTP, to addresses that an administrator typed: one POST, an answer cut short, nothing followed, nothing kept open.
//!
//! A name is resolved once, each of its addresses is checked, and the connection goes to one of those very addresses: a name that answers
//! otherwise a moment later leads nowhere. On Spin the host resolves and connects; there the runtime's configuration blocks what is not
//! public (`local/spin/runtime-config.toml`), and an address that is written out is refused here.
use std::net::IpAddr;

use axum::http::uri::{Scheme, Uri};

mod address;
#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(target_family = "wasm")]
mod spin;

pub use address::is_public;
#[cfg(not(target_family = "wasm"))]
pub use native::Fetch;
#[cfg(target_family = "wasm")]
pub use spin::Fetch;

/// Bytes of an answer's body that are kept.
const KEPT: usize = 1024;
/// Characters that an address may have.
const LONGEST: usize = 2000;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The status; a redirect is an answer like any other.
    pub status: u16,
    /// The first KiB of the body, as text that Postgres can keep.
    pub body: String,
}

/// Why nothing came back. The words are for administrators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no address that is ever asked.
    #[error("{0}")]
    Address(&'static str),
    /// The name stands for an address that is not public.
    #[error("the host's address is not a public one")]
    Private,
    /// The name stands for nothing.
    #[error("the host's name does not resolve")]
    Name,
    /// Nobody answers there, or not with a certificate for that name.
    #[error("no connection: {0}")]
    Connection(String),
    /// It took too long.
    #[error("no answer in time")]
    Late,
    /// What came is not HTTP, or ended too early.
    #[error("no HTTP answer: {0}")]
    Broken(String),
}

/// An address that may be asked, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    uri: Uri,
    /// As a resolver and a certificate have it: an IPv6 address without brackets.
    host: String,
    port: u16,
    is_tls: bool,
}

impl Target {
    /// `https://...`, and `http://...` only where private addresses are allowed, which is to say in tests and on a developer's machine.
    pub fn parse(url: &str, allow_private: bool) -> Result<Self, FetchError> {
        if url.len() > LONGEST {
            return Err(FetchError::Address("the address has more than 2,000 characters"));
        }
        Self::of(url, allow_private)
    }

    fn of(url: &str, allow_private: bool) -> Result<Self, FetchError> {
        let refused = Err(FetchError::Address("an absolute https:// address is needed"));
        let Ok(uri) = url.parse::<Uri>() else { return refused };
        let (Some(scheme), Some(authority), Some(host)) = (uri.scheme(), uri.authority(), uri.host()) else { return refused };
        if authority.as_str().contains('@') || url.contains('#') {
            return Err(FetchError::Address("the address must have neither a user nor a fragment"));
        }
        let is_tls = *scheme == Scheme::HTTPS;
        if host.is_empty() || !(is_tls || allow_private && *scheme == Scheme::HTTP) {
            return refused;
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_private = host.parse::<IpAddr>().is_ok_and(|ip| !is_public(ip)) || host.eq_ignore_ascii_case("localhost");
        if is_private && !allow_private {
            return Err(FetchError::Private);
        }
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Ok(Self { host, port, is_tls, uri })
    }
}

/// As a `text` of Postgres can hold it.
fn readable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(KEPT)]).replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_https_is_asked() {
        let parse = |url: &str| Target::parse(url, false);
        let target = parse("https://example.com/hook?a=b").unwrap();
        assert_eq!((target.host.as_str(), target.port, target.is_tls), ("example.com", 443, true));
        assert_eq!(parse("https://[2600::1]:8443/").map(|target| (target.host, target.port)), Ok(("2600::1".into(), 8443)));
        for private in ["https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3:8443/x", "https://LOCALHOST/", "https://[::ffff:10.0.0.1]/"] {
            assert_eq!(parse(private), Err(FetchError::Private), "{private}");
        }
        let long = format!("https://example.com/{}", "x".repeat(LONGEST));
        for url in
            ["", "example.com", "/hook", "http://example.com/", "ftp://example.com/", "https://a@example.com/", "https://a.b/#c", "https://", &long]
        {
            assert!(matches!(parse(url), Err(FetchError::Address(_))), "{url}");
        }
        assert!(Target::parse("http://127.0.0.1:8080/", true).is_ok());
    }

    #[test]
    fn a_body_is_cut_and_made_text() {
        assert_eq!(readable(&[b'x'; 2000]).len(), KEPT);
        assert_eq!(readable(b"a\0\xff"), "a\u{fffd}\u{fffd}");
    }
}
