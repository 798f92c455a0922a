//! `monitoring/targets/functions.json` and `workers.json`: what Prometheus asks for metrics, in the form of its file discovery.
use serde_json::json;

use crate::functions::Function;

/// The instances of the functions that answer requests, or of the workers, at the addresses that `address` says.
pub(super) fn targets<'a>(functions: impl Iterator<Item = &'a Function>, address: impl Fn(&str) -> String) -> String {
    let targets = |function: &Function| {
        let addresses: Vec<String> = function.instances().iter().map(|instance| address(instance)).collect();
        json!({"targets": addresses, "labels": {"function": function.name}})
    };
    // A line each, so that a function more is a line more.
    let lines: Vec<String> = functions.map(|function| format!("  {}", targets(function))).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}
