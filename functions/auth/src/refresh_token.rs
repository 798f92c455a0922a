//! Refresh tokens: 128 random bits that all of a session's have in common, its family, and 128 bits of each one's own. Stored hashed.
//!
//! Each follows from the one before and the private key, so that two tabs that refresh at once are given the same token, and nobody has to
//! keep what was given to the first. A token of a known family that is not the present one tells a copy, however long ago it was spent.
use anyhow::anyhow;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use shared::body::sha256_hex;
use shared::error::Error;
use shared::token::Signer;

const FAMILY: usize = 16;

/// A token as its holder has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshToken([u8; 32]);

impl RefreshToken {
    /// The first of a family.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self(random()?))
    }

    /// None if it is not of the form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// For its holder.
    pub(crate) fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// As it is stored.
    pub(crate) fn hash(self) -> String {
        sha256_hex(&self.text())
    }

    /// As its family is stored.
    pub(crate) fn family(self) -> String {
        sha256_hex(&URL_SAFE_NO_PAD.encode(&self.0[..FAMILY]))
    }

    /// The one that replaces it.
    pub(crate) fn successor(self, signer: &Signer) -> Self {
        let (mut next, own) = (self.0, signer.successor(&self.0));
        next[FAMILY..].copy_from_slice(&own[..32 - FAMILY]);
        Self(next)
    }
}

/// 256 random bits.
pub(crate) fn random() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(anyhow!("no randomness: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_one_line_of_tokens() {
        let (signer, first) = (Signer::new(&[7; 32]), RefreshToken([1; 32]));
        let second = first.successor(&signer);
        assert!(second == first.successor(&signer) && second != first && second != second.successor(&signer));
        assert_eq!(second.family(), first.family());
        assert_ne!(second.hash(), first.hash());
        assert!(RefreshToken::parse(&second.text()) == Some(second) && second.text().len() == 43);
        for wrong in ["", "nonsense", &"A".repeat(44), &"+".repeat(43)] {
            assert!(RefreshToken::parse(wrong).is_none(), "{wrong}");
        }
        assert!(RefreshToken::new().unwrap() != RefreshToken::new().unwrap());
    }
}
