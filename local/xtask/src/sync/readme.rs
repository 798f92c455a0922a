//! `functions/README.md`: the table of functions.
use crate::functions::{Function, Kind};

const HEAD: &str = "# Functions

Each folder is one function: a crate that knows nothing of where it runs. To add one, see `docs/ADDING-A-FUNCTION.md`.
This table is written by `cargo xtask sync` from `[package.metadata.function]` in each `Cargo.toml`.

| Function | Kind | Routes, or queue and schedule | Memory | Timeout | What it is |
|---|---|---|---|---|---|
";

pub(super) fn table(functions: &[Function]) -> String {
    functions.iter().fold(HEAD.to_owned(), |table, function| table + &row(function))
}

fn row(function: &Function) -> String {
    let Function { name, description, memory, timeout, .. } = function;
    let (kind, woken) = match &function.kind {
        Kind::Http { routes, .. } => ("http", routes.iter().map(|route| format!("`{route}`")).collect::<Vec<_>>().join(", ")),
        Kind::Job { queue, schedule: None, .. } => ("job", format!("queue `{queue}`")),
        Kind::Job { queue, schedule: Some(cron), timezone } => ("job", format!("queue `{queue}`, schedule `{cron}` {timezone}")),
    };
    format!("| [{name}]({name}) | {kind} | {woken} | {memory} MB | {timeout} s | {description} |\n")
}
