//! Who is at the other end of a request: its address, as the home tells it, and what the program calls itself.
//!
//! A home puts a [`Peer`] into each request: the socket's in HTTP, the request context's on Lambda, the host's header on Spin. Where that
//! peer is one of `TRUSTED_PROXIES`, the request's `X-Forwarded-For` says for whom it speaks; from anybody else the header is only a claim.
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

use crate::app::App;

mod proxies;
pub use proxies::Proxies;

/// Whoever the home took the request from: the client, or a proxy before it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Characters kept of a `User-Agent`.
const AGENT: usize = 200;

/// The client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its address; none where the home does not know it.
    address: Option<IpAddr>,
    /// Its `User-Agent`, cut to 200 characters.
    pub agent: Option<String>,
}

impl Client {
    /// The address, for a person to read.
    pub fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// What failures are counted by: an IPv4 address, or the /64 that a site has of IPv6. Clients without an address share one.
    pub fn network(&self) -> String {
        match self.address {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => format!("{}/64", Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
            None => "unknown".to_owned(),
        }
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.to_canonical());
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).filter(|agent| !agent.is_empty());
        Ok(Self {
            address: peer.map(|peer| client(peer, &parts.headers, &app.proxies)),
            agent: agent.map(|agent| agent.chars().take(AGENT).collect()),
        })
    }
}

/// Each proxy appends whom it heard from: read from the end, the first that is none of ours is the client. What stands before it is
/// whatever the client wrote there.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut client = peer;
    let forwarded: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    for hop in forwarded.iter().rev().flat_map(|value| value.rsplit(',')) {
        if !proxies.trusts(client) {
            break;
        }
        let Ok(before) = hop.trim().parse::<IpAddr>() else { break };
        client = before.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_count_from_our_proxies_alone() {
        let proxies = Proxies::parse("10.0.0.0/8").unwrap();
        for (peer, forwarded, expected) in [
            ("192.0.2.1", &["203.0.113.9"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["8.8.8.8, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["8.8.8.8, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["8.8.8.8", "203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["10.0.0.3,10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            assert_eq!(client(peer.parse().unwrap(), &headers, &proxies).to_string(), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn failures_are_counted_by_what_one_site_has() {
        let network = |address: &str| Client { address: Some(address.parse().unwrap()), agent: None }.network();
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2::"), network("2001:db8:1:2:ffff::1"));
    }
}
