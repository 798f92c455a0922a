//! API keys: `itsm_SCOPES_SECRET`, for example `itsm_incidents.read+events.read_` and 64 hexadecimal digits. `docs/decisions/0010`.
//!
//! The scopes stand in the text, so that they are known before any statement; the SHA-256 of the whole text is what the database looks the
//! key up by, so a text with other scopes is another key, and nobody's.
use std::fmt;

use axum::http::Method;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a scope may be for: `*`, or a function by the first part of its routes.
pub const RESOURCES: &[&str] = &[
    "*",
    "alerts",
    "calendars",
    "events",
    "incidents",
    "jobs",
    "notifications",
    "rules",
    "schedules",
    "settings",
    "slas",
    "teams",
    "users",
    "webhooks",
];
const LEAD: &str = "itsm_";
const SECRET: usize = 64;
/// Digits of the secret that are shown, to tell one key from another.
const SHOWN: usize = 8;

/// What a key may be used for: `incidents:read`, `*:write`. Writing does not include reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    resource: &'static str,
    write: bool,
}

impl Scope {
    /// As the API spells it.
    pub fn parse(text: &str) -> Option<Self> {
        let (resource, action) = text.split_once(':')?;
        Self::of(resource, action)
    }

    /// As a key's text spells it: a bearer token has neither `:` nor `*` (RFC 6750, 2.1).
    fn in_key(text: &str) -> Option<Self> {
        let (resource, action) = text.split_once('.')?;
        match resource {
            "all" => Self::of("*", action),
            "*" => None,
            named => Self::of(named, action),
        }
    }

    fn of(resource: &str, action: &str) -> Option<Self> {
        let resource = RESOURCES.iter().find(|known| **known == resource)?;
        let write = ["read", "write"].iter().position(|known| *known == action)? == 1;
        Some(Self { resource, write })
    }

    fn action(self) -> &'static str {
        if self.write { "write" } else { "read" }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource, self.action())
    }
}

/// A key as somebody shows it; whether it is anybody's, the database knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    session: Uuid,
    scopes: Vec<Scope>,
}

impl ApiKey {
    /// The text of a key with these scopes and this secret.
    pub fn text(scopes: &[Scope], secret: &[u8; SECRET / 2]) -> String {
        let scope = |scope: &Scope| format!("{}.{}", if scope.resource == "*" { "all" } else { scope.resource }, scope.action());
        let scopes: Vec<String> = scopes.iter().map(scope).collect();
        let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{LEAD}{}_{secret}", scopes.join("+"))
    }

    /// Of a bearer token; none if it is not of the form.
    pub fn parse(text: &str) -> Option<Self> {
        let (scopes, secret) = text.strip_prefix(LEAD)?.rsplit_once('_')?;
        let is_secret = secret.len() == SECRET && secret.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let scopes = scopes.split('+').map(Scope::in_key).collect::<Option<_>>()?;
        is_secret.then(|| Self { session: session(text), scopes })
    }

    /// Whether a token means to be a key, well formed or not.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(LEAD)
    }

    /// What may be shown of a key later.
    pub fn prefix(text: &str) -> &str {
        &text[..text.len().saturating_sub(SECRET - SHOWN)]
    }

    /// The session that the view `callers` has for it: the first half of the text's SHA-256.
    pub fn session(&self) -> Uuid {
        self.session
    }

    /// Whether the scopes cover a request. Sessions, passwords and keys are for people: of `/v1/auth` a key reads `me` alone.
    pub fn permits(&self, method: &Method, path: &str) -> bool {
        let write = !matches!(*method, Method::GET | Method::HEAD);
        let Some(rest) = path.strip_prefix("/v1/") else { return false };
        let resource = match rest.split('/').next().unwrap_or_default() {
            "auth" => return !write && rest == "auth/me",
            "categories" => "settings",
            other => other,
        };
        self.scopes.iter().any(|scope| scope.write == write && (scope.resource == "*" || scope.resource == resource))
    }
}

fn session(text: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(text).into();
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scopes: &[&str]) -> ApiKey {
        let scopes: Vec<Scope> = scopes.iter().map(|scope| Scope::parse(scope).unwrap()).collect();
        ApiKey::parse(&ApiKey::text(&scopes, &[7; 32])).unwrap()
    }

    #[test]
    fn scopes_cover_what_they_name() {
        let some = key(&["incidents:read", "settings:write"]);
        let all = key(&["*:read"]);
        for (method, path, by_some, by_all) in [
            (Method::GET, "/v1/incidents", true, true),
            (Method::HEAD, "/v1/incidents/INC0000001/history", true, true),
            (Method::POST, "/v1/incidents", false, false),
            (Method::GET, "/v1/settings", false, true),
            (Method::PATCH, "/v1/settings", true, false),
            (Method::POST, "/v1/categories", true, false),
            (Method::DELETE, "/v1/categories/x", true, false),
            (Method::GET, "/v1/events", false, true),
            (Method::GET, "/v1/incidentsx", false, true),
            (Method::GET, "/v1/auth/me", true, true),
            (Method::POST, "/v1/auth/me", false, false),
            (Method::GET, "/v1/auth/sessions", false, false),
            (Method::GET, "/v1/auth/api-keys", false, false),
            (Method::GET, "/metrics", false, false),
        ] {
            assert_eq!((some.permits(&method, path), all.permits(&method, path)), (by_some, by_all), "{method} {path}");
        }
    }

    #[test]
    fn another_text_is_another_session_or_no_key() {
        let scopes = [Scope::parse("incidents:read").unwrap(), Scope::parse("*:write").unwrap()];
        let text = ApiKey::text(&scopes, &[0xab; 32]);
        assert_eq!(text, format!("itsm_incidents.read+all.write_{}", "ab".repeat(32)));
        assert_eq!(ApiKey::prefix(&text), "itsm_incidents.read+all.write_abababab");
        let session = ApiKey::parse(&text).unwrap().session();
        for other in [text.replace("read", "write"), text.replace("incidents", "users"), text.replace("_ab", "_aa")] {
            assert_ne!(ApiKey::parse(&other).unwrap().session(), session, "{other}");
        }
        let short = &text[..text.len() - 1];
        for no_key in ["itsm_", "itsm__", short, &text.to_uppercase(), &text.replace("all", "*"), &text.replace("read", "sing"), "eyJ.eyJ.x"] {
            assert_eq!(ApiKey::parse(no_key), None, "{no_key}");
        }
        for no_scope in ["", "incidents", "incidents:", ":read", "all:read", "auth:read", "incidents:Read", "incidents:read "] {
            assert_eq!(Scope::parse(no_scope), None, "{no_scope}");
        }
    }
}
