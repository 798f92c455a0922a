//! Which addresses are public: what IANA's registries of special-purpose addresses do not keep for something else.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not routable by anybody: (address, length of the prefix).
const NOT_PUBLIC_4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // carrier-grade NAT
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local: the clouds' metadata is here
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, and broadcast
];

/// Within 2000::/3, which is all that is given out.
const NOT_PUBLIC_6: &[([u16; 2], u32)] = &[
    ([0x2001, 0x0000], 23), // protocol assignments, Teredo among them
    ([0x2001, 0x0db8], 32), // documentation
    ([0x2002, 0x0000], 16), // 6to4: it stands for an IPv4 address that nobody checks
    ([0x3fff, 0x0000], 20), // documentation
];

/// Whether a packet to this address leaves for the public Internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_4(ip),
        IpAddr::V6(ip) => match ip.segments() {
            // mapped and NAT64 ones stand for the IPv4 address at their end
            [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                is_public_4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
            }
            _ => is_public_6(ip),
        },
    }
}

fn is_public_4(ip: Ipv4Addr) -> bool {
    !NOT_PUBLIC_4.iter().any(|(network, length)| (u32::from(ip) ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

fn is_public_6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let (is_given_out, head) = (first >> 13 == 1, u32::from(first) << 16 | u32::from(second));
    let special = |(network, length): &([u16; 2], u32)| (head ^ (u32::from(network[0]) << 16 | u32::from(network[1]))) >> (32 - length) == 0;
    is_given_out && !NOT_PUBLIC_6.iter().any(special)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn the_edges_of_each_range() {
        for not in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.7",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(not), "{not}");
        }
        for is in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2606:4700::1111",
            "3ffe::1",
        ] {
            assert!(public(is), "{is}");
        }
    }

    proptest! {
        #[test]
        fn what_stands_for_an_address_is_judged_as_it_is(bits: u32) {
            let ip = Ipv4Addr::from(bits);
            let [a, b, c, d] = ip.octets();
            let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            prop_assert_eq!(is_public(ip.into()), is_public(ip.to_ipv6_mapped().into()));
            prop_assert_eq!(is_public(ip.into()), is_public(nat64.into()));
            let known = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || ip.is_documentation() || ip.is_broadcast() || ip.is_unspecified();
            prop_assert!(!known || !is_public(ip.into()));
        }

        #[test]
        fn only_global_unicast_is_public(bits: u128) {
            let ip = Ipv6Addr::from(bits);
            let stands_for_another = ip.to_ipv4_mapped().is_some() || ip.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
            prop_assert!(!is_public(ip.into()) || bits >> 125 == 1 || stands_for_another);
        }
    }
}
