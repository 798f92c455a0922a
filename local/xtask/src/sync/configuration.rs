//! `docs/CONFIGURATION.md`: every variable, and who reads it. What programs read besides the functions is in `configuration.md`.
use crate::config::{VARIABLES, Variable};
use crate::functions::Function;

const PAGE: &str = include_str!("configuration.md");

pub(super) fn page(functions: &[Function]) -> String {
    let rows: String = VARIABLES.iter().map(|variable| row(variable, functions)).collect();
    PAGE.replace("{rows}\n", &rows)
}

fn row(variable: &Variable, functions: &[Function]) -> String {
    let Variable { name, default, secret, meaning } = variable;
    let default = match default {
        None => "must be set".to_owned(),
        Some("") => "empty".to_owned(),
        Some(default) => format!("`{default}`"),
    };
    let own: Vec<&str> =
        functions.iter().filter(|function| function.variables.iter().any(|own| own == name)).map(|function| function.name.as_str()).collect();
    let of = if own.is_empty() { "all".to_owned() } else { own.join(", ") };
    format!("| `{name}` | {default} | {} | {of} | {meaning} |\n", if *secret { "yes" } else { "" })
}
