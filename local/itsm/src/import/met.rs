//! Whom and what the log meets: people, teams and categories that the desk does not know yet.
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::log::Log;
use super::row::Row;

/// Nobody's address can end so (RFC 2606): what is sent there by mistake reaches nobody.
const DOMAIN: &str = "servicenow.import.invalid";
/// Whom an incident concerns where the log names nobody at all.
pub(super) const UNKNOWN: &str = "Unknown";

/// The address that stands for a person of the log: `Caller 2403` is `caller-2403@servicenow.import.invalid`. A name that
/// does not survive this gets a part of its hash, so that two people never share one.
pub(super) fn email(person: &str) -> String {
    let lower = person.to_lowercase();
    let plain = lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    let local: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(64).collect();
    if plain && lower.len() <= 64 { format!("{local}@{DOMAIN}") } else { format!("{local}-{}@{DOMAIN}", &id(&lower).simple().to_string()[..12]) }
}

/// The same name has the same id in every import: UUIDv8 of its SHA-256.
pub(super) fn id(name: &str) -> Uuid {
    let digest = Sha256::digest(format!("servicenow:{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The addresses of those who only ever call. Whoever is also given work is an agent, and so is everybody else.
pub(super) fn only_callers(log: &Log) -> HashSet<String> {
    let rows = || log.incidents.iter().flat_map(|incident| &incident.versions);
    let workers: HashSet<String> = rows().flat_map(|row| row.assigned_to.iter().chain(&row.resolved_by)).map(|person| email(person)).collect();
    let callers = rows().filter_map(|row| row.caller.as_deref()).map(email);
    callers.chain([email(UNKNOWN)]).filter(|caller| !workers.contains(caller)).collect()
}

/// What some rows meet, in an order of its own: two imports at once wait for each other and never for ever.
#[derive(Debug, Default)]
pub(super) struct Met<'a> {
    /// Address to name.
    pub(super) people: BTreeMap<String, &'a str>,
    pub(super) teams: BTreeSet<&'a str>,
    pub(super) categories: BTreeSet<&'a str>,
    pub(super) subcategories: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Met<'a> {
    pub(super) fn of(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut met = Self::default();
        for row in rows {
            met.people.extend(row.people().map(|person| (email(person), person)));
            if row.people().next().is_none() {
                met.people.insert(email(UNKNOWN), UNKNOWN);
            }
            met.teams.extend(row.group.as_deref());
            met.categories.extend(row.category.as_deref());
            met.subcategories.extend(row.category.as_deref().zip(row.subcategory.as_deref()));
        }
        met
    }

    /// For the statement that adds them: inactive people without a password, teams without members.
    pub(super) fn to_json(&self, callers: &HashSet<String>) -> Value {
        let role = |email: &String| if callers.contains(email) { "requester" } else { "agent" };
        json!({
            "people": self.people.iter().map(|(email, name)| json!({"id": id(email), "email": email, "name": name, "role": role(email)})).collect::<Vec<_>>(),
            "teams": self.teams.iter().map(|name| json!({"id": id(&format!("team {name}")), "name": name})).collect::<Vec<_>>(),
            "categories": self.categories,
            "subcategories": self.subcategories.iter().map(|(category, name)| json!({"category": category, "name": name})).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_its_persons_alone() {
        assert_eq!(email("Caller 2403"), "caller-2403@servicenow.import.invalid");
        assert_eq!(email("CALLER 2403"), email("Caller 2403"));
        let all = ["Jörg Müller", "Jürg Müller", "J rg M ller", "jorg.muller", "jorg-muller", &"x".repeat(160), &"x".repeat(159)];
        let addresses: HashSet<String> = all.iter().map(|name| email(name)).collect();
        assert_eq!(addresses.len(), all.len());
        for address in addresses {
            assert!(address == address.to_lowercase() && address.is_ascii() && address.len() <= 254, "{address}");
        }
    }
}
