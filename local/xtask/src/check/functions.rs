//! What every function's folder has in common: entries that differ in the name alone, routes that are its own and documented, no
//! other function among its dependencies.
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Source;
use crate::functions::{self, Function};

const MAIN: &str = "//! The native entry: HTTP or AWS Lambda, by environment.
fn main() -> std::process::ExitCode {
    shared::serve::main(NAME::FUNCTION)
}
";
const SPIN: &str = "//! The wasm entry: Spin hands in a request.
use spin_sdk::http::{IntoResponse, Request};

#[spin_sdk::http_service]
async fn handle(request: Request) -> impl IntoResponse {
    shared::serve::spin::handle(crate::FUNCTION, request).await
}
";
/// A job's: the bell rings there, too.
const SPIN_JOB: &str = "//! The wasm entry: Spin hands in a request, or a message of the bell.
use spin_sdk::http::{IntoResponse, Request};

#[spin_sdk::http_service]
async fn handle(request: Request) -> impl IntoResponse {
    shared::serve::spin::handle(crate::FUNCTION, request).await
}

shared::rung!(crate::FUNCTION);
";

pub(super) fn broken(root: &Path, sources: &[Source]) -> Result<Vec<String>> {
    let functions = functions::all(root)?;
    let openapi: Value = serde_json::from_str(&fs::read_to_string(root.join("docs/openapi.json"))?).context("docs/openapi.json")?;
    let mut broken = Vec::new();
    for function in &functions {
        let folder = format!("functions/{}", function.name);
        let text = |file: &str| {
            let path = format!("{folder}/src/{file}");
            sources.iter().find(|source| source.path == path).map(|source| source.text.as_str()).unwrap_or_default()
        };
        for (file, expected) in [
            ("main.rs", MAIN.replace("NAME", &function.name.replace('-', "_"))),
            ("spin.rs", if function.is_http() { SPIN } else { SPIN_JOB }.to_owned()),
        ] {
            if text(file) != expected {
                broken.push(format!("{folder}/src/{file}: differs from the other functions'"));
            }
        }
        broken.extend(routes(function, text("lib.rs"), &openapi).into_iter().map(|what| format!("{folder}/src/lib.rs: {what}")));
        let manifest = fs::read_to_string(root.join(&folder).join("Cargo.toml"))?;
        broken.extend(others(&functions, &manifest)?.into_iter().map(|other| format!("{folder}/Cargo.toml: depends on the function {other}")));
    }
    Ok(broken)
}

/// Each `.route("...")` is below the function's routes and in the API's document, and each of its routes leads somewhere.
fn routes(function: &Function, lib: &str, openapi: &Value) -> Vec<String> {
    let paths: Vec<&str> = lib.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let foreign = paths.iter().filter(|path| !function.is_at(path)).map(|path| format!("{path} is not below the routes in Cargo.toml"));
    let secret = paths.iter().filter(|path| openapi["paths"].get(**path).is_none()).map(|path| format!("{path} is not in docs/openapi.json"));
    let below = |route: &String, path: &str| path.strip_prefix(route.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let empty = function.routes().iter().filter(|route| !paths.iter().any(|path| below(route, path)));
    foreign.chain(secret).chain(empty.map(|route| format!("nothing answers at {route}"))).collect()
}

fn others(functions: &[Function], manifest: &str) -> Result<Vec<String>> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let dependencies = manifest.get("dependencies").and_then(|table| table.as_table());
    let names = dependencies.into_iter().flat_map(|table| table.keys());
    Ok(names.filter(|name| functions.iter().any(|function| function.name == **name)).cloned().collect())
}
