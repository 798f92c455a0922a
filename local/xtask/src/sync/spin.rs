//! `spin.toml`: a component and its triggers for each function.
use crate::config::{VARIABLES, Variable};
use crate::functions::{Function, Kind};

const HEAD: &str = r#"# Every function as a component of one Spin application.
# Written by `cargo xtask sync` from functions/*/Cargo.toml and shared/src/config.rs: change those.
#
#   cargo xtask wasm && spin up --variable database_url=postgres://... --variable secret_key=... --variable jwt_keys=...
#
# A job function drains its queue when a scheduler posts to /internal/drain/QUEUE with the internal token.
spin_manifest_version = 2

[application]
name = "itsm"
version = "0.1.0"
description = "An ITSM platform in small functions"

[variables]
"#;

const ADDRESS: &str = r#"# where database_url points: the only address that a component may connect to
database_address = { default = "postgres://127.0.0.1:5432" }
"#;

/// The host pools connections, and there is no bell: the schedule drains.
pub(crate) const UNUSED: &[&str] = &["DATABASE_MAX_CONNECTIONS", "JOB_CONCURRENCY", "QUEUE_URL"];

pub(super) fn manifest(functions: &[Function]) -> String {
    let used: Vec<&Variable> = VARIABLES.iter().filter(|variable| !UNUSED.contains(&variable.name)).collect();
    let mut text = HEAD.to_owned();
    for variable in &used {
        text += &format!("# {}\n{} = {}\n", variable.meaning, variable.name.to_lowercase(), declaration(variable));
    }
    text += ADDRESS;
    for function in functions {
        let own = used.iter().filter(|variable| needs(functions, function, variable.name));
        text += &component(function, &own.map(|variable| variable.name.to_lowercase()).collect::<Vec<_>>());
    }
    text
}

fn declaration(variable: &Variable) -> String {
    let value = variable.default.map_or_else(|| "required = true".to_owned(), |default| format!("default = {default:?}"));
    format!("{{ {value}{} }}", if variable.secret { ", secret = true" } else { "" })
}

/// What some functions name as theirs is theirs alone; the internal token opens only a job's route.
fn needs(functions: &[Function], function: &Function, variable: &str) -> bool {
    let names = |function: &Function| function.variables.iter().any(|name| name == variable);
    match variable {
        "INTERNAL_TOKEN" => !function.is_http(),
        _ => names(function) || !functions.iter().any(names),
    }
}

fn component(function: &Function, variables: &[String]) -> String {
    let Function { name, description, .. } = function;
    let triggers: String = routes(function).map(|route| format!("\n[[trigger.http]]\nroute = \"{route}\"\ncomponent = \"{name}\"\n")).collect();
    let anywhere = if function.outbound { ", \"http://*:*\", \"https://*:*\"" } else { "" };
    let variables: String = variables.iter().map(|name| format!("{name} = \"{{{{ {name} }}}}\"\n")).collect();
    format!(
        r#"
# {description}
[component.{name}]
source = "target/wasm/{name}.wasm"
allowed_outbound_hosts = ["{{{{ database_address }}}}"{anywhere}]

[component.{name}.variables]
{variables}
[component.{name}.build]
command = "local/wasm.sh {name}"
{triggers}"#
    )
}

/// In Spin `/v1/incidents/...` matches `/v1/incidents` too.
fn routes(function: &Function) -> Box<dyn Iterator<Item = String> + '_> {
    match &function.kind {
        Kind::Http { routes, fallback, .. } => {
            let rest = fallback.then(|| "/...".to_owned());
            Box::new(routes.iter().map(|route| format!("{}/...", without_leading_dots(route))).chain(rest))
        }
        Kind::Job { queue, .. } => Box::new(std::iter::once(format!("/internal/drain/{queue}"))),
    }
}

/// A segment that begins with a dot becomes a parameter: to Spin's router (routefinder 0.5) such a segment goes both before and
/// after a wildcard, so that `/...` would take what other components should answer.
pub(crate) fn without_leading_dots(route: &str) -> String {
    let segment = |segment: &str| segment.strip_prefix('.').map_or_else(|| segment.to_owned(), |name| format!(":{}", name.replace('-', "_")));
    route.split('/').map(segment).collect::<Vec<_>>().join("/")
}
