//! `fields=a,b`: an answer cut down to the members asked for. Values are passed on as Postgres wrote them.
use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Error;

/// A JSON object whose members keep their order and are not parsed.
#[derive(Debug)]
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// The member's JSON.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value.get())
    }

    /// The object itself.
    pub fn text(&self) -> String {
        self.with("", "")
    }

    /// The object with another value of this member.
    pub fn with(&self, name: &str, value: &str) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(member, old)| format!("\"{member}\":{}", if member == name { value } else { old.get() })).collect();
        format!("{{{}}}", members.join(","))
    }

    fn only(&self, asked: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, _)| asked.contains(&&**name));
        let members: Vec<String> = kept.map(|(name, value)| format!("\"{name}\":{}", value.get())).collect();
        format!("{{{}}}", members.join(","))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name.0, value));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// `Cow<str>` by itself is always owned.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Those of `known` that a comma list names, each once; another name is a 400. The parameter is named for the error.
pub fn chosen(parameter: &str, asked: &str, known: &'static [&'static str]) -> Result<Vec<&'static str>, Error> {
    let mut chosen = Vec::new();
    for name in asked.split(',').map(str::trim) {
        let found = known.iter().copied().find(|known| *known == name);
        let found = found.ok_or_else(|| Error::BadRequest(format!("{parameter} is a comma list of {}.", known.join(", "))))?;
        if !chosen.contains(&found) {
            chosen.push(found);
        }
    }
    Ok(chosen)
}

/// The objects of an array.
pub fn objects(items: &str) -> Result<Vec<Object<'_>>, Error> {
    serde_json::from_str(items).map_err(|error| Error::Internal(error.into()))
}

/// Each object of an array with the members asked for, in the order that they have.
pub fn project_all(items: &str, asked: &[&str]) -> Result<String, Error> {
    let kept: Vec<String> = objects(items)?.iter().map(|object| object.only(asked)).collect();
    Ok(format!("[{}]", kept.join(",")))
}

/// An object with the members asked for, in the order that they have.
pub fn project(body: &str, asked: &[&str]) -> Result<String, Error> {
    let object: Object<'_> = serde_json::from_str(body).map_err(|error| Error::Internal(error.into()))?;
    Ok(object.only(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_text() {
        let body = r#"{"id":"a","custom":{"x": 1.50},"state":"new","n":12345678901234567890}"#;
        assert_eq!(project(body, &["n", "custom", "id"]).unwrap(), r#"{"id":"a","custom":{"x": 1.50},"n":12345678901234567890}"#);
        assert_eq!(project_all(&format!("[{body}, {{}}]"), &["state"]).unwrap(), r#"[{"state":"new"},{}]"#);
        let object: Object<'_> = serde_json::from_str(r#"{"b":1,"a": 2}"#).unwrap();
        assert_eq!(object.with("b", "[]"), r#"{"b":[],"a":2}"#);
        assert!(project("[]", &[]).is_err());
    }

    #[test]
    fn only_known_names_are_chosen_each_once() {
        assert_eq!(chosen("fields", "b, a,b", &["a", "b"]).unwrap(), ["b", "a"]);
        for asked in ["", "c", "a,", "A"] {
            assert!(matches!(chosen("fields", asked, &["a", "b"]), Err(Error::BadRequest(_))), "{asked}");
        }
    }
}
