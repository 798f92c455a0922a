//! Checking tokens: `alg`, `typ`, `iss` and `aud` are pinned, the key is the one that `kid` names.
use std::collections::HashMap;
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Claims, ISSUER, Signer, TYPE, ed25519};
use crate::caller::Caller;
use crate::remembered::Remembered;

/// Verified tokens of a generation; one takes about 100 bytes.
const TOKENS: usize = 10_000;
/// API keys of a generation.
const KEYS: usize = 1_000;
/// Seconds: as exactly is noted when a key was last used.
const HOUR: i64 = 60 * 60;

/// Checks tokens, and remembers by hash those it has checked: an Ed25519 check costs as much as a whole request.
pub struct Verifier {
    keys: HashMap<String, DecodingKey>,
    set: String,
    seen: Mutex<Remembered<[u8; 32], (Caller, i64)>>,
    used: Mutex<Remembered<Uuid, (Uuid, i64)>>,
}

impl Verifier {
    /// From a JWK Set (RFC 7517) of Ed25519 keys; two may be valid at once, for rotation.
    pub fn new(set: &str) -> Result<Self> {
        ed25519::install();
        let jwks: Value = serde_json::from_str(set).context("JWT_KEYS must be a JWK Set (RFC 7517)")?;
        let jwks = jwks["keys"].as_array().context("JWT_KEYS must be a JWK Set (RFC 7517)")?;
        let is_private = jwks.iter().any(|key| key.get("d").is_some());
        ensure!(!is_private, "JWT_KEYS holds a private key: it is for the public ones, which anybody may read");
        let keys = jwks.iter().map(|jwk| {
            let kid = jwk["kid"].as_str().context("each key in JWT_KEYS needs a kid")?;
            ensure!(jwk["kty"] == "OKP" && jwk["crv"] == "Ed25519", "the key {kid} in JWT_KEYS is none of Ed25519 (RFC 8037)");
            let public = jwk["x"].as_str().and_then(|x| DecodingKey::from_ed_components(x).ok());
            Ok((kid.to_owned(), public.with_context(|| format!("the key {kid} in JWT_KEYS is not usable"))?))
        });
        let (seen, used) = (Mutex::new(Remembered::new(TOKENS)), Mutex::new(Remembered::new(KEYS)));
        Ok(Self { keys: keys.collect::<Result<_>>()?, set: set.to_owned(), seen, used })
    }

    /// The public keys, as `/.well-known/jwks.json` answers them.
    pub fn public_keys(&self) -> &str {
        &self.set
    }

    /// Whether tokens of this signer are good here.
    pub fn knows(&self, signer: &Signer) -> bool {
        self.keys.contains_key(signer.kid())
    }

    /// Whom the token speaks for at `now` (Unix seconds); none if it is not ours, not valid or over.
    pub fn verify(&self, token: &str, now: i64) -> Option<Caller> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let known = self.seen.lock().ok()?.get(&hash);
        if let Some((caller, until)) = known {
            return (until > now).then_some(caller);
        }
        let (caller, until) = self.check(token)?;
        if until <= now {
            return None;
        }
        self.seen.lock().ok()?.put(hash, (caller, until));
        Some(caller)
    }

    /// Whose an API key is, if this process learnt it less than an hour ago.
    pub fn owner(&self, key: Uuid, now: i64) -> Option<Uuid> {
        let (owner, at) = self.used.lock().ok()?.get(&key)?;
        (now - at < HOUR).then_some(owner)
    }

    /// Remembers it.
    pub fn learnt(&self, key: Uuid, owner: Uuid, now: i64) {
        if let Ok(mut used) = self.used.lock() {
            used.put(key, (owner, now));
        }
    }

    fn check(&self, token: &str) -> Option<(Caller, i64)> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let key = self.keys.get(header.kid.as_deref()?)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[ISSUER]);
        rules.validate_exp = false; // the time is a parameter
        let claims = jsonwebtoken::decode::<Claims>(token, key, &rules).ok()?.claims;
        Some((Caller { session: claims.sid, person: claims.sub, role_hint: claims.role }, claims.exp))
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("kids", &self.keys.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use ed25519_dalek::{Signer as _, SigningKey};
    use hmac::digest::common::KeyInit;
    use hmac::{Hmac, Mac};
    use serde_json::json;

    use super::super::{LIFETIME, Subject};
    use super::*;
    use crate::caller::Role;

    fn subject() -> Subject {
        Subject { user: Uuid::now_v7(), session: Uuid::now_v7(), role: Role::Agent }
    }

    fn part(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    /// A token of these parts, signed by the key of this seed, whatever they say.
    fn signed(seed: u8, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", part(header), part(claims));
        let signature = SigningKey::from_bytes(&[seed; 32]).sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn parts(signer: &Signer) -> (Value, Value) {
        let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": signer.kid()});
        let claims = json!({"iss": "itsm", "aud": "itsm", "sub": Uuid::now_v7(), "sid": Uuid::now_v7(), "role": "agent", "iat": 1_000, "exp": 1_900});
        (header, claims)
    }

    #[test]
    fn a_token_is_good_until_it_is_over_and_with_its_own_key_only() {
        let signer = Signer::new(&[7; 32]);
        let verifier = Verifier::new(&signer.public_keys()).unwrap();
        let token = signer.sign(&subject(), 1_000).unwrap();
        for _ in 0..2 {
            assert!(verifier.verify(&token, 1_000 + LIFETIME - 1).is_some());
            assert!(verifier.verify(&token, 1_000 + LIFETIME).is_none());
        }
        let other = Verifier::new(&Signer::new(&[8; 32]).public_keys()).unwrap();
        assert!(other.verify(&token, 1_000).is_none() && !other.knows(&signer));
        let mut forged = token.clone();
        forged.replace_range(forged.len() - 6.., "AAAAAA");
        assert!(verifier.verify(&forged, 1_000).is_none());
    }

    #[test]
    fn every_header_and_claim_that_is_pinned_is_looked_at() {
        let signer = Signer::new(&[7; 32]);
        let verifier = Verifier::new(&signer.public_keys()).unwrap();
        let (header, claims) = parts(&signer);
        assert!(verifier.verify(&signed(7, &header, &claims), 1_000).is_some(), "what is tampered with is good otherwise");
        for (name, value) in [
            ("typ", json!("JWT")),
            ("typ", json!(null)),
            ("alg", json!("none")),
            ("alg", json!("HS256")),
            ("alg", json!("ES256")),
            ("kid", json!("other")),
            ("kid", json!(null)),
        ] {
            let mut header = header.clone();
            header[name] = value;
            assert!(verifier.verify(&signed(7, &header, &claims), 1_000).is_none(), "{header}");
        }
        for name in ["iss", "aud", "sub", "sid", "role", "exp"] {
            let (mut wrong, mut without) = (claims.clone(), claims.clone());
            wrong[name] = json!("somebody else");
            without.as_object_mut().unwrap().remove(name);
            for claims in [wrong, without] {
                assert!(verifier.verify(&signed(7, &header, &claims), 1_000).is_none(), "{claims}");
            }
        }
        let mut both = claims.clone();
        both["aud"] = json!(["itsm", "another"]);
        assert!(verifier.verify(&signed(7, &header, &both), 1_000).is_none());
    }

    #[test]
    fn no_signature_and_one_with_the_public_key_as_a_secret_are_refused() {
        let signer = Signer::new(&[7; 32]);
        let verifier = Verifier::new(&signer.public_keys()).unwrap();
        let (mut header, claims) = parts(&signer);
        for alg in ["none", "HS256", "EdDSA"] {
            header["alg"] = json!(alg);
            let text = format!("{}.{}", part(&header), part(&claims));
            let mut block = [0; 64];
            block[..32].copy_from_slice(SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes());
            let mac = Hmac::<Sha256>::new(&block.into()).chain_update(text.as_bytes()).finalize().into_bytes();
            for signature in [String::new(), URL_SAFE_NO_PAD.encode(mac)] {
                assert!(verifier.verify(&format!("{text}.{signature}"), 1_000).is_none(), "{alg}");
            }
            assert!(verifier.verify(&text, 1_000).is_none());
        }
    }

    #[test]
    fn two_keys_are_good_at_once_each_under_its_own_name() {
        let (former, current) = (Signer::new(&[7; 32]), Signer::new(&[8; 32]));
        let key = |signer: &Signer| serde_json::from_str::<Value>(&signer.public_keys()).unwrap()["keys"][0].clone();
        let verifier = Verifier::new(&json!({"keys": [key(&current), key(&former)]}).to_string()).unwrap();
        for signer in [&former, &current] {
            assert!(verifier.knows(signer));
            assert!(verifier.verify(&signer.sign(&subject(), 1_000).unwrap(), 1_000).is_some());
        }
        let (header, claims) = parts(&former);
        assert!(verifier.verify(&signed(8, &header, &claims), 1_000).is_none(), "signed by one under the other's name");
        let mut private = key(&current);
        private["d"] = json!("AAAA");
        assert!(Verifier::new(&json!({"keys": [private]}).to_string()).is_err());
    }

    #[test]
    fn whose_a_key_is_is_known_for_an_hour() {
        let verifier = Verifier::new(r#"{"keys":[]}"#).unwrap();
        let [key, owner] = [(); 2].map(|()| Uuid::now_v7());
        assert_eq!(verifier.owner(key, 0), None);
        verifier.learnt(key, owner, 0);
        assert_eq!((verifier.owner(key, HOUR - 1), verifier.owner(key, HOUR)), (Some(owner), None));
    }

    #[test]
    fn what_follows_a_refresh_token_is_told_by_the_private_key_alone() {
        let signer = Signer::new(&[7; 32]);
        assert_eq!(signer.successor(b"a"), signer.successor(b"a"));
        assert_ne!(signer.successor(b"a"), signer.successor(b"b"));
        assert_ne!(signer.successor(b"a"), Signer::new(&[8; 32]).successor(b"a"));
    }
}
