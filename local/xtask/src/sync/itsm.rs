//! The list that `itsm` serves: the lines in its `Cargo.toml` and `functions.rs`.
use anyhow::{Context, Result};

use super::http;
use crate::functions::{Function, Kind};

const BEGIN: &str = "# the functions: `cargo xtask sync` keeps these lines\n";
const END: &str = "# the rest\n";

/// `local/itsm/Cargo.toml` with the lines between its two comments renewed.
pub(super) fn dependencies(manifest: &str, functions: &[Function]) -> Result<String> {
    let (head, rest) = manifest.split_once(BEGIN).with_context(|| format!("local/itsm/Cargo.toml has no line {BEGIN:?}"))?;
    let (_, tail) = rest.split_once(END).with_context(|| format!("local/itsm/Cargo.toml has no line {END:?}"))?;
    let lines: String = functions.iter().map(|function| format!("{0} = {{ path = \"../../functions/{0}\" }}\n", function.name)).collect();
    Ok([head, BEGIN, &lines, END, tail].concat())
}

/// `local/itsm/src/functions.rs`
pub(super) fn functions(functions: &[Function]) -> String {
    let constants: Vec<String> = functions.iter().map(|function| format!("{}::FUNCTION", krate(function))).collect();
    let documents: Vec<String> = http(functions).map(|function| format!("{}::Api::openapi()", krate(function))).collect();
    format!(
        r"//! The functions that this process serves. Written by `cargo xtask sync` from the folders in `functions/`.
use shared::function::Function;
use shared::schedule::Declared;
use utoipa::OpenApi;

/// All of them, by name.
#[rustfmt::skip]
pub const FUNCTIONS: &[Function] = &[
{}];

/// When those with a schedule run.
#[rustfmt::skip]
pub const SCHEDULES: &[Declared] = &[
{}];

/// What those with routes say of them.
#[rustfmt::skip]
pub fn documents() -> Vec<utoipa::openapi::OpenApi> {{
    vec![
{}    ]
}}
",
        lines("    ", &constants),
        lines("    ", &functions.iter().filter_map(declared).collect::<Vec<_>>()),
        lines("        ", &documents)
    )
}

fn lines(indent: &str, items: &[String]) -> String {
    items.iter().map(|item| format!("{indent}{item},\n")).collect()
}

fn declared(function: &Function) -> Option<String> {
    let Kind::Job { queue, schedule: Some(cron), timezone } = &function.kind else { return None };
    Some(format!("Declared {{ name: {:?}, queue: {queue:?}, cron: {cron:?}, timezone: {timezone:?} }}", function.name))
}

fn krate(function: &Function) -> String {
    function.name.replace('-', "_")
}
