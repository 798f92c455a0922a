//! A person as the API shows them. Postgres writes it; this type documents it and holds the tests to it.
use serde::Deserialize;
use shared::caller::Role;
use shared::db::Param;
use shared::error::Error;
use utoipa::ToSchema;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// A person. Requesters see of others `id`, `name` and `version` alone; preferences are shown to oneself and to administrators, on the
/// person's own resource.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// UUIDv7.
    pub id: Uuid,
    /// What to call them.
    #[schema(min_length = 1, max_length = 160, example = "Ada Admin")]
    pub name: String,
    /// The ETag.
    pub version: i64,
    /// In lower case; unique.
    #[schema(max_length = 254, example = "ada@example.com")]
    pub email: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Who is not active cannot log in; what they did stays.
    pub active: Option<bool>,
    /// The language they prefer (BCP 47); none for the home's own.
    #[schema(max_length = 35, example = "de-AT")]
    pub locale: Option<String>,
    /// The time zone they prefer (IANA); none for UTC.
    #[schema(max_length = 64, example = "Europe/Vienna")]
    pub time_zone: Option<String>,
    /// When the person was erased (RFC 3339, UTC); what is left is a pseudonym.
    #[schema(format = "date-time")]
    pub erased_at: Option<String>,
    /// When they were added.
    #[schema(format = "date-time")]
    pub created_at: Option<String>,
    /// When they last changed.
    #[schema(format = "date-time")]
    pub updated_at: Option<String>,
}

/// A page of users.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UserPage)]
pub struct Page {
    /// In the order asked for.
    pub items: Vec<User>,
    /// For the page after this one.
    pub next: Option<String>,
}

/// Whom a path names: an id or `me`. Nobody has another name, so anything else is a 404.
pub(crate) fn named(path: &str) -> Result<Param, Error> {
    if path == "me" {
        return Ok(path.into());
    }
    path.parse::<Hyphenated>().map(|id| Uuid::from(id).into()).map_err(|_| Error::NotFound)
}

/// An address as it is stored: in lower case, as a log-in looks for it.
pub(crate) fn address(email: &str) -> Result<String, Error> {
    let parts = email.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    let odd = |letter: char| letter.is_whitespace() || letter.is_control();
    if parts.is_none() || email.contains(odd) {
        return Err(Error::invalid("/email", "It is an e-mail address of at most 254 characters."));
    }
    Ok(email.to_lowercase())
}

/// A name that can be read, and put into a mail's header.
pub(crate) fn readable(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.contains(char::is_control) {
        return Err(Error::invalid("/name", "It has 1 to 160 characters, not all blank, and no control characters."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_sides_and_nothing_odd() {
        assert_eq!(address("Ada.L@Example.COM").unwrap(), "ada.l@example.com");
        for odd in ["", "@", "a@", "@b", "a b@c", "a@b@c", "a@b\n", "a@b\u{0}", "ab"] {
            assert!(address(odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn only_me_and_an_id_name_somebody() {
        for name in ["me", "01890000-0000-7000-8000-000000000000"] {
            assert!(named(name).is_ok(), "{name}");
        }
        for name in ["ME", "", "1", "01890000000070008000000000000000", "{01890000-0000-7000-8000-000000000000}", "ada@example.com"] {
            assert!(named(name).is_err(), "{name}");
        }
    }
}
