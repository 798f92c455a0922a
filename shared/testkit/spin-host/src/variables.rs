//! Variables: what the application declares, what the command line and the environment set, and the
//! `{{ name }}` templates through which a component's tables name them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use crate::manifest::Variable;

/// The value of each variable of the application.
#[derive(Debug, Default)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The command line goes before the environment (`SPIN_VARIABLE_NAME`), which goes before the default.
    pub fn resolve(
        declared: &BTreeMap<String, Variable>,
        given: &[(String, String)],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        for (name, _) in given {
            if !declared.contains_key(name) {
                bail!("--variable {name}: the manifest's [variables] has no such name");
            }
        }
        let value = |name: &str, variable: &Variable| {
            let given = given
                .iter()
                .rev()
                .find(|(given, _)| given == name)
                .map(|(_, value)| value.clone());
            let set = || environment(&format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase()));
            given.or_else(set).or_else(|| variable.default.clone()).with_context(|| {
                format!("variable {name:?} has no default and no value: give --variable {name}=VALUE")
            })
        };
        declared
            .iter()
            .map(|(name, variable)| Ok((name.clone(), value(name, variable)?)))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// A text with each `{{ name }}` replaced by the variable's value.
    pub fn expand(&self, template: &str) -> Result<String> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after
                .split_once("}}")
                .with_context(|| format!("unclosed {{{{ in {template:?}"))?;
            let name = name.trim();
            let value = self
                .0
                .get(name)
                .with_context(|| format!("{template:?}: no variable {name:?}"))?;
            text.push_str(before);
            text.push_str(value);
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// Spin's rule for a variable's name.
pub fn is_name(text: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    text.split('_').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> BTreeMap<String, Variable> {
        toml::from_str("host = { default = 'default' }\ntoken = { required = true }").unwrap()
    }

    fn given(text: &str) -> Vec<(String, String)> {
        text.split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(a, b)| (a.into(), b.into()))
            .collect()
    }

    #[test]
    fn the_command_line_wins_over_the_environment_over_the_default() {
        let environment =
            |name: &str| (name == "SPIN_VARIABLE_TOKEN").then(|| "environment".to_owned());
        let expand = |words: &str| {
            let variables = Variables::resolve(&declared(), &given(words), environment).unwrap();
            variables.expand("{{ host }} {{token}}").unwrap()
        };
        assert_eq!(expand(""), "default environment");
        assert_eq!(expand("token=line host="), " line");
        assert_eq!(expand("token=first token=last"), "default last");
    }

    #[test]
    fn a_missing_and_an_unknown_variable_are_named() {
        let missing = Variables::resolve(&declared(), &[], |_| None)
            .unwrap_err()
            .to_string();
        assert!(
            missing.contains("variable \"token\" has no default"),
            "{missing}"
        );
        let unknown = Variables::resolve(&declared(), &given("tokn=x"), |_| None)
            .unwrap_err()
            .to_string();
        assert!(unknown.contains("--variable tokn"), "{unknown}");
    }

    #[test]
    fn templates() {
        let variables =
            Variables([("a".into(), "1".into()), ("b_c".into(), "{{ a }}".into())].into());
        for (template, text) in [
            ("", ""),
            ("plain { } }}", "plain { } }}"),
            ("{{a}}{{ a }}", "11"),
            ("postgres://{{ a }}:{{ a }}/x", "postgres://1:1/x"),
            ("{{ b_c }}", "{{ a }}"),
        ] {
            assert_eq!(variables.expand(template).unwrap(), text);
        }
        assert!(
            variables
                .expand("{{ a")
                .unwrap_err()
                .to_string()
                .contains("unclosed")
        );
        assert!(
            variables
                .expand("{{ z }}")
                .unwrap_err()
                .to_string()
                .contains("no variable \"z\"")
        );
    }

    #[test]
    fn names() {
        assert!(is_name("database_url") && is_name("a1_b2"));
        assert!(
            !is_name("") && !is_name("A") && !is_name("a__b") && !is_name("1a") && !is_name("a-b")
        );
    }
}
