//! Reply tokens: which mail is answered, signed for its ticket and its recipient. In base32 (RFC 4648, 6), lower case: a local part may come
//! back in any case.
use hmac::digest::common::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const TAG: usize = 10;
/// Characters of a token: 26 octets, five bits each.
pub(super) const LENGTH: usize = ((16 + TAG) * 8).div_ceil(5);

/// What a token stands for. It holds the mail alone; ticket and recipient are that mail's, and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// `mails.id`
    pub mail: Uuid,
    /// The ticket that the mail is about.
    pub ticket: Uuid,
    /// Whom it was sent to.
    pub user: Uuid,
}

/// Signs tokens, under a name of its own below `SECRET_KEY`.
#[derive(Clone)]
pub struct ReplyKey(Hmac<Sha256>);

impl std::fmt::Debug for ReplyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyKey")
    }
}

impl ReplyKey {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..secret.len()].copy_from_slice(&secret);
        Self(Hmac::new(&block.into()))
    }

    fn mac(&self, token: &Token) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(b"mail reply\0");
        for id in [token.mail, token.ticket, token.user] {
            mac.update(id.as_bytes());
        }
        mac
    }

    pub(super) fn seal(&self, token: &Token) -> String {
        let tag = self.mac(token).finalize().into_bytes();
        encode(&[token.mail.as_bytes(), &tag[..TAG]].concat())
    }

    /// The mail that a token names, signed or not.
    pub(super) fn mail(token: &str) -> Option<Uuid> {
        let octets = decode(token)?;
        let (mail, _) = octets.split_at_checked(16).filter(|(_, tag)| tag.len() == TAG)?;
        Uuid::from_slice(mail).ok()
    }

    pub(super) fn opens(&self, text: &str, token: &Token) -> bool {
        let octets = decode(text).unwrap_or_default();
        match octets.split_at_checked(16) {
            Some((mail, tag)) => mail == token.mail.as_bytes() && tag.len() == TAG && self.mac(token).verify_truncated_left(tag).is_ok(),
            None => false,
        }
    }

    pub(super) fn marker(&self, address: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(b"mail marker\0");
        mac.update(address.as_bytes());
        encode(&mac.finalize().into_bytes()[..TAG])
    }
}

fn encode(octets: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0);
    for octet in octets {
        held = held << 8 | u32::from(*octet);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// Bits that are left over must be zero, so that one token has one text.
fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut octets, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_lowercase())?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            octets.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (held == 0 && bits < 5).then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_there_and_back() {
        for (octets, text) in [(&b""[..], ""), (b"f", "my"), (b"fo", "mzxq"), (b"foobar", "mzxw6ytboi")] {
            assert_eq!(encode(octets), text);
            assert_eq!(decode(text).unwrap(), octets);
        }
        for no_token in ["m", "mz1", "mz", "my=", "ü"] {
            assert_eq!(decode(no_token), None, "{no_token}");
        }
        assert_eq!(encode(&[0; 16 + TAG]).len(), LENGTH);
    }
}
