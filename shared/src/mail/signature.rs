//! What signs mail that comes in: HMAC-SHA256 over time and body, so that nobody else hands it over.
use hmac::digest::common::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How far a signature's time may be from ours, in seconds.
const PATIENCE: u64 = 300;

fn mac(secret: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// In hexadecimal.
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let tag = mac(secret, timestamp, body).map(|mac| mac.finalize().into_bytes());
    tag.iter().flatten().map(|octet| format!("{octet:02x}")).collect()
}

/// Whether one of the secrets made this signature of this body.
pub fn is_signed(secrets: &[String], timestamp: &str, body: &[u8], signature: &str) -> bool {
    let Some(tag) = octets(signature) else { return false };
    secrets.iter().filter_map(|secret| mac(secret, timestamp, body)).any(|mac| mac.verify_slice(&tag).is_ok())
}

/// Whether a signature's time, in seconds of Unix, is near enough to now.
pub fn is_fresh(timestamp: &str, now: i64) -> bool {
    timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= PATIENCE)
}

/// Whether it could be one at all.
pub fn is_signature(text: &str) -> bool {
    octets(text).is_some()
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    let is_hex = hex.len() == 64 && hex.bytes().all(|letter| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter));
    is_hex.then(|| (0..32).map_while(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_a_secret_signs() {
        let secrets = ["old".to_owned(), "new".to_owned()];
        for secret in &secrets {
            let signature = sign(secret, "1700000000", b"hello");
            assert!(is_signed(&secrets, "1700000000", b"hello", &signature));
            assert!(!is_signed(&secrets, "1700000001", b"hello", &signature));
            assert!(!is_signed(&secrets, "1700000000", b"hell0", &signature));
            assert!(!is_signed(&[], "1700000000", b"hello", &signature));
            assert!(!is_signed(&secrets, "1700000000", b"hello", &signature.to_uppercase()));
        }
        assert!(!is_signed(&secrets, "1700000000", b"hello", &sign("other", "1700000000", b"hello")));
        assert!(is_signature(&sign("x", "", b"")) && !is_signature("x") && !is_signature(&"g".repeat(64)));
        assert!(!is_signed(&secrets, "", b"", "") && !is_signed(&secrets, "", b"", &"ü".repeat(32)));
    }

    #[test]
    fn five_minutes_either_way() {
        for (timestamp, fresh) in [("1000", true), ("700", true), ("1300", true), ("699", false), ("1301", false), ("x", false), ("", false)] {
            assert_eq!(is_fresh(timestamp, 1000), fresh, "{timestamp}");
        }
    }
}
