//! `spin.toml` and `spin.bell.toml` hold together, and let a component reach no more than it needs.
use std::collections::BTreeSet;

use anyhow::{Context, Result};
use toml::{Table, Value};
use xtask::functions::{self, Kind};
use xtask::root;

fn manifest(name: &str) -> Result<Table> {
    toml::from_str(&std::fs::read_to_string(root().join(name))?).context(name.to_owned())
}

fn table<'t>(manifest: &'t Table, name: &str) -> Result<&'t Table> {
    manifest.get(name).and_then(Value::as_table).with_context(|| name.to_owned())
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What stands between `{{` and `}}`.
fn templates(text: &str) -> BTreeSet<String> {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim().to_owned()).collect()
}

fn hosts(component: &Value) -> BTreeSet<&str> {
    component["allowed_outbound_hosts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn every_template_is_a_variable_and_every_variable_is_used() -> Result<()> {
    for name in ["spin.toml", "spin.bell.toml"] {
        let manifest = manifest(name)?;
        let declared: BTreeSet<String> = table(&manifest, "variables")?.keys().cloned().collect();
        let rest = manifest.iter().filter(|(key, _)| *key != "variables").map(|(_, value)| value.to_string());
        assert_eq!(rest.flat_map(|text| templates(&text)).collect::<BTreeSet<_>>(), declared, "{name}");
    }
    Ok(())
}

#[test]
fn a_component_connects_to_its_database_its_redis_and_what_its_work_is_about() -> Result<()> {
    let functions = functions::all(&root())?;
    for name in ["spin.toml", "spin.bell.toml"] {
        let manifest = manifest(name)?;
        for (component, value) in table(&manifest, "component")? {
            let function = functions.iter().find(|function| function.name == *component).context("a function of that name")?;
            let mut expected = BTreeSet::from(["{{ database_address }}", "{{ queue_address }}", "{{ redis_address }}"]);
            expected.extend((component == "mailer").then_some("{{ mail_api_address }}"));
            expected.extend(if function.outbound { ["http://*:*", "https://*:*"].as_slice() } else { &[] });
            assert_eq!(hosts(value), expected, "{name}: {component}");
            assert_eq!(value["variables"].get("mail_api_token").is_some(), component == "mailer", "{name}: {component}");
        }
    }
    Ok(())
}

#[test]
fn the_bell_of_each_queue_wakes_its_function_over_a_connection_of_its_own() -> Result<()> {
    let bell = manifest("spin.bell.toml")?;
    let job = |function: &functions::Function| match &function.kind {
        Kind::Job { queue, .. } => Some((function.name.clone(), format!("itsm:jobs:{queue}"), format!("{{{{ queue_url }}}}#{queue}"))),
        Kind::Http { .. } => None,
    };
    let triggers = table(&bell, "trigger")?["redis"].as_array().context("redis triggers")?;
    let woken: BTreeSet<_> = triggers
        .iter()
        .map(|trigger| (text(trigger, "component").to_owned(), text(trigger, "channel").to_owned(), text(trigger, "address").to_owned()))
        .collect();
    assert_eq!(woken, functions::all(&root())?.iter().filter_map(job).collect());
    assert_eq!(triggers.len(), woken.len());
    assert!(table(&bell, "trigger")?.get("http").is_none(), "nobody posts to the bell");
    let names: BTreeSet<_> = woken.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(table(&bell, "component")?.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
    Ok(())
}
