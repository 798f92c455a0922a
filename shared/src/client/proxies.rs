//! `TRUSTED_PROXIES`: whose `X-Forwarded-For` counts.
use std::net::IpAddr;

use anyhow::{Context, Result, ensure};

/// Addresses and CIDR blocks; none if not said.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

/// A block, IPv4 in its place among IPv6 (`::ffff:0:0/96`).
#[derive(Debug, Clone, Copy)]
struct Network {
    address: u128,
    mask: u128,
}

impl Proxies {
    /// From a list with commas, as `10.0.0.0/8,::1`.
    pub fn parse(text: &str) -> Result<Self> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Network::parse).collect::<Result<_>>().map(Self)
    }

    /// Whether this is one of ours.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| bits(address) & network.mask == network.address)
    }
}

impl Network {
    fn parse(text: &str) -> Result<Self> {
        let wrong = || format!("TRUSTED_PROXIES: {text:?} is neither an address nor a CIDR block");
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().with_context(wrong)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let length: u32 = length.map_or(Ok(longest), str::parse).with_context(wrong)?;
        ensure!(length <= longest, wrong());
        let mask = u128::MAX.checked_shl(longest - length).unwrap_or(0);
        Ok(Self { address: bits(address) & mask, mask })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_its_addresses_and_no_other() {
        let proxies = Proxies::parse("10.0.0.0/8, 192.0.2.7,2001:db8::/32").unwrap();
        for ours in ["10.255.1.1", "192.0.2.7", "::ffff:10.1.2.3", "2001:db8:1::1"] {
            assert!(proxies.trusts(ours.parse().unwrap()), "{ours}");
        }
        for other in ["11.0.0.1", "192.0.2.8", "2001:db9::1", "::1"] {
            assert!(!proxies.trusts(other.parse().unwrap()), "{other}");
        }
        assert!(Proxies::parse("0.0.0.0/0").unwrap().trusts([8, 8, 8, 8].into()));
        assert!(!Proxies::parse("0.0.0.0/0").unwrap().trusts("2001:db8::1".parse().unwrap()));
        assert!(Proxies::parse("::/0").unwrap().trusts([8, 8, 8, 8].into()));
        assert!(!Proxies::parse("").unwrap().trusts([127, 0, 0, 1].into()));
        for wrong in ["10.0.0.0/33", "::/129", "proxy", "10.0.0.0/", "10.0.0.0/-1", "/8"] {
            assert!(Proxies::parse(wrong).is_err(), "{wrong}");
        }
    }
}
