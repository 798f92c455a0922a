//! `monitoring/targets/functions.json` and `workers.json`: what Prometheus asks for metrics, in the form of its file discovery.
use serde_json::{Value, json};

use crate::functions::Function;

/// The instances of the functions that answer requests, or of the workers, at the addresses that `address` says.
pub fn targets<'a>(functions: impl Iterator<Item = &'a Function>, address: impl Fn(&str) -> String) -> String {
    let targets = |function: &Function| {
        let addresses: Vec<String> = function.instances().iter().map(|instance| address(instance)).collect();
        json!({"targets": addresses, "labels": {"function": function.name}})
    };
    list(functions.map(targets))
}

/// One part that is no function.
pub fn target(address: &str) -> String {
    list(std::iter::once(json!({"targets": [address]})))
}

/// A line each, so that a function more is a line more.
fn list(targets: impl Iterator<Item = Value>) -> String {
    let lines: Vec<String> = targets.map(|target| format!("  {target}")).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}
