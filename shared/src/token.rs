//! Access tokens: JWT (RFC 7519) signed with Ed25519 (EdDSA, RFC 8037), fifteen minutes long. A token says who and which
//! session; whether the session or the person still counts is read in each statement.
use std::collections::HashMap;
use std::sync::Mutex;

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::caller::{Caller, Role};

mod ed25519;

/// Seconds that an access token lives.
pub const LIFETIME: i64 = 15 * 60;
const ISSUER: &str = "itsm";
const TYPE: &str = "at+jwt"; // RFC 9068
/// Verified tokens remembered; one takes about 150 bytes.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    /// A hint for choosing the statement; each statement reads the role itself.
    role: Role,
    iat: i64,
    exp: i64,
}

/// Makes tokens.
pub struct Signer {
    key: EncodingKey,
    kid: String,
    public: String,
}

impl Signer {
    /// From the 32-byte seed of RFC 8032.
    pub fn new(seed: &[u8; 32]) -> Self {
        ed25519::install();
        let key = SigningKey::from_bytes(seed);
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let der = key.to_pkcs8_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default();
        Self { key: EncodingKey::from_ed_der(&der), kid: thumbprint(&public), public }
    }

    /// The JWK Set with this key's public half.
    pub fn public_keys(&self) -> String {
        serde_json::json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": self.public}]}).to_string()
    }

    /// A token for this session, from `now` (Unix seconds) on.
    pub fn sign(&self, caller: &Caller, now: i64) -> Result<String> {
        let header = Header { typ: Some(TYPE.into()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: caller.user,
            sid: caller.session,
            role: caller.role_hint,
            iat: now,
            exp: now + LIFETIME,
        };
        jsonwebtoken::encode(&header, &claims, &self.key).context("signing an access token")
    }
}

/// The key's name: its thumbprint (RFC 7638; members in lexical order).
fn thumbprint(x: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}

/// Checks tokens, and remembers by hash those it has checked: an Ed25519 check costs as much as a whole request.
pub struct Verifier {
    keys: HashMap<String, DecodingKey>,
    set: String,
    seen: Mutex<HashMap<[u8; 32], (Caller, i64)>>,
}

impl Verifier {
    /// From a JWK Set (RFC 7517) of Ed25519 keys; two may be valid at once, for rotation.
    pub fn new(set: &str) -> Result<Self> {
        ed25519::install();
        let jwks: JwkSet = serde_json::from_str(set).context("JWT_KEYS must be a JWK Set (RFC 7517)")?;
        let keys = jwks.keys.iter().map(|jwk| {
            let kid = jwk.common.key_id.clone().context("each key in JWT_KEYS needs a kid")?;
            Ok((kid, DecodingKey::from_jwk(jwk).context("JWT_KEYS holds a key that is not usable")?))
        });
        Ok(Self { keys: keys.collect::<Result<_>>()?, set: set.to_owned(), seen: Mutex::default() })
    }

    /// The public keys, as `/.well-known/jwks.json` answers them.
    pub fn public_keys(&self) -> &str {
        &self.set
    }

    /// Who the token speaks for at `now` (Unix seconds); none if it is not ours, not valid or over.
    pub fn verify(&self, token: &str, now: i64) -> Option<Caller> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        if let Some((caller, until)) = self.seen.lock().ok()?.get(&hash) {
            return (*until > now).then_some(*caller);
        }
        let (caller, until) = self.check(token)?;
        if until <= now {
            return None;
        }
        let mut seen = self.seen.lock().ok()?;
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (_, until)| *until > now);
        }
        if seen.len() < REMEMBERED {
            seen.insert(hash, (caller, until));
        }
        Some(caller)
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
        Some((Caller { user: claims.sub, session: claims.sid, role_hint: claims.role }, claims.exp))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}
impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("kids", &self.keys.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        Caller { user: Uuid::now_v7(), session: Uuid::now_v7(), role_hint: Role::Agent }
    }

    #[test]
    fn a_token_is_good_until_it_is_over_and_with_its_own_key_only() {
        let signer = Signer::new(&[7; 32]);
        let verifier = Verifier::new(&signer.public_keys()).unwrap();
        let token = signer.sign(&caller(), 1_000).unwrap();
        for _ in 0..2 {
            assert!(verifier.verify(&token, 1_000 + LIFETIME - 1).is_some());
            assert!(verifier.verify(&token, 1_000 + LIFETIME).is_none());
        }
        let other = Verifier::new(&Signer::new(&[8; 32]).public_keys()).unwrap();
        assert!(other.verify(&token, 1_000).is_none());
        let mut forged = token.clone();
        forged.replace_range(forged.len() - 6.., "AAAAAA");
        assert!(verifier.verify(&forged, 1_000).is_none());
    }

    #[test]
    fn another_algorithm_or_type_is_refused() {
        let signer = Signer::new(&[7; 32]);
        let verifier = Verifier::new(&signer.public_keys()).unwrap();
        let token = signer.sign(&caller(), 1_000).unwrap();
        let claims = token.split('.').nth(1).unwrap();
        for header in [r#"{"alg":"none","typ":"at+jwt"}"#, r#"{"alg":"EdDSA","typ":"JWT"}"#, r#"{"alg":"HS256","typ":"at+jwt"}"#] {
            let forged = format!("{}.{claims}.AA", URL_SAFE_NO_PAD.encode(header));
            assert!(verifier.verify(&forged, 1_000).is_none(), "{header}");
        }
    }
}
