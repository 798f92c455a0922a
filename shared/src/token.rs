//! Access tokens: JWT (RFC 7519) signed with Ed25519 (EdDSA, RFC 8037), fifteen minutes long. A token says who and which
//! session; whether the session or the person still counts is read in each statement.
use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use hmac::digest::common::KeyInit;
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::caller::Role;

mod ed25519;
mod key;
mod verifier;

pub use key::{ApiKey, RESOURCES, Scope};
pub use verifier::Verifier;

/// Seconds that an access token lives.
pub const LIFETIME: i64 = 15 * 60;
const ISSUER: &str = "itsm";
const TYPE: &str = "at+jwt"; // RFC 9068

/// Whom a token is made for.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// `users.id`
    pub user: Uuid,
    /// `sessions.id`
    pub session: Uuid,
    /// The role now: a hint for choosing a statement.
    pub role: Role,
}

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
    chain: Hmac<Sha256>,
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
        // Of the seed by way of a hash: this key and the signing key are not one.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&Sha256::new().chain_update("itsm refresh tokens").chain_update(seed).finalize());
        Self { key: EncodingKey::from_ed_der(&der), chain: Hmac::new(&block.into()), kid: thumbprint(&public), public }
    }

    /// The key's name in its JWK Set and in the tokens.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What follows an opaque token: the same for whoever asks twice, and known to nobody without the private key.
    pub fn successor(&self, token: &[u8]) -> [u8; 32] {
        let mut chain = self.chain.clone();
        chain.update(token);
        chain.finalize().into_bytes().into()
    }

    /// The key's public half (RFC 8037, `x`).
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The JWK Set with this key's public half alone.
    pub fn public_keys(&self) -> String {
        key_set([self.public.as_str()])
    }

    /// A token for this session, from `now` (Unix seconds) on.
    pub fn sign(&self, subject: &Subject, now: i64) -> Result<String> {
        let header = Header { typ: Some(TYPE.into()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: subject.user,
            sid: subject.session,
            role: subject.role,
            iat: now,
            exp: now + LIFETIME,
        };
        jsonwebtoken::encode(&header, &claims, &self.key).context("signing an access token")
    }
}

/// The JWK Set (RFC 7517) of public Ed25519 keys: the present one, and while keys are rotated the one before or the one to come.
pub fn key_set<'x>(public: impl IntoIterator<Item = &'x str>) -> String {
    let key = |x| serde_json::json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": thumbprint(x), "x": x});
    serde_json::json!({"keys": public.into_iter().map(key).collect::<Vec<_>>()}).to_string()
}

/// The key's name: its thumbprint (RFC 7638; members in lexical order).
fn thumbprint(x: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}
