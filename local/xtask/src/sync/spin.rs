//! `spin.toml`: a component and its triggers for each function.
use super::needs;
use crate::config::{VARIABLES, Variable};
use crate::functions::{Function, Kind};

const HEAD: &str = r#"# Every function as a component of one Spin application.
# Written by `cargo xtask sync` from functions/*/Cargo.toml and shared/src/config.rs: change those.
#
#   cargo xtask wasm && spin up --variable database_url=postgres://... --variable secret_key=... --variable jwt_keys=...
#
# A job function drains its queue when a scheduler posts to /internal/drain/QUEUE with the internal token; `spin.bell.toml` lets Redis ring
# for it, too. Mail leaves by HTTP alone (docs/MAIL.md).
spin_manifest_version = 2

[application]
name = "itsm"
version = "0.1.0"
description = "An ITSM platform in small functions"

[variables]
"#;

const BELL: &str = r#"# The bell of `spin.toml`, as an application of its own: jobs run as soon as they are rung for, not when a scheduler comes by.
# Written by `cargo xtask sync` from functions/*/Cargo.toml and shared/src/config.rs: change those.
#
#   cargo xtask wasm && spin up --from spin.bell.toml --variable queue_url=redis://... --variable database_url=postgres://... ...
#
# Run it under a supervisor that starts it anew: `spin up` ends when Redis goes away. What nobody hears then, the scheduler of `spin.toml`
# finds, so it stays. One connection a queue (the part of an address behind # is never sent): Spin takes one message of a connection at
# a time, and a long drain holds up its own queue alone.
spin_manifest_version = 2

[application]
name = "itsm-bell"
version = "0.1.0"
description = "An ITSM platform in small functions: its jobs, rung for by Redis"

[variables]
"#;

/// An address that components may connect to: those that have a variable, and no other.
struct Address {
    whose: &'static str,
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
}

const ADDRESSES: [Address; 4] = [
    Address {
        whose: "DATABASE_URL",
        name: "database_address",
        default: "postgres://127.0.0.1:5432",
        meaning: "where database_url points: every component may connect there, and none elsewhere but as the next lines say",
    },
    Address {
        whose: "QUEUE_URL",
        name: "queue_address",
        default: "redis://queue.invalid:6379",
        meaning: "where queue_url points, if it is set: scheme, host and port alone",
    },
    Address {
        whose: "REDIS_URL",
        name: "redis_address",
        default: "redis://redis.invalid:6379",
        meaning: "where redis_url points, if it is set: scheme, host and port alone",
    },
    Address {
        whose: "MAIL_API_TOKEN",
        name: "mail_api_address",
        default: "https://mail-api.invalid",
        meaning: "where mail_api_url points, if it is set: scheme, host and port alone; for `mailer`",
    },
];

/// The host pools connections, a drain takes one job after the other, no event has a route, and how many instances there are nobody knows.
pub(crate) const UNUSED: &[&str] = &["CLOUD_EVENTS", "DATABASE_MAX_CONNECTIONS", "JOB_CONCURRENCY", "RATE_LIMIT_INSTANCES"];

pub(super) fn manifest(functions: &[Function]) -> String {
    let components = functions.iter().map(|function| component(function, &own(functions, function), &http_triggers(function)));
    HEAD.to_owned() + &variables(&used().collect::<Vec<_>>(), |variable| variable.default) + &components.collect::<String>()
}

/// `spin.bell.toml`: the job functions again, each woken by its queue's channel. Nobody posts to them there, so no token opens them.
pub(super) fn bell(functions: &[Function]) -> String {
    let own = |function| own(functions, function).into_iter().filter(|name| *name != "INTERNAL_TOKEN").collect::<Vec<_>>();
    let (mut text, mut all) = (String::new(), Vec::new());
    for function in functions {
        let Kind::Job { queue, .. } = &function.kind else { continue };
        text += &component(function, &own(function), &redis_trigger(function, queue));
        all.extend(own(function));
    }
    let used: Vec<_> = used().filter(|variable| all.contains(&variable.name)).collect();
    BELL.to_owned() + &variables(&used, |variable| variable.default.filter(|_| variable.name != "QUEUE_URL")) + &text
}

fn used() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().filter(|variable| !UNUSED.contains(&variable.name))
}

fn variables(used: &[&Variable], default: impl Fn(&Variable) -> Option<&'static str>) -> String {
    let variable =
        |variable: &&Variable| format!("# {}\n{} = {}\n", variable.meaning, variable.name.to_lowercase(), declaration(variable, default(variable)));
    let address = |Address { name, default, meaning, .. }: &Address| format!("# {meaning}\n{name} = {{ default = {default:?} }}\n");
    used.iter().map(variable).chain(ADDRESSES.iter().map(address)).collect()
}

fn declaration(variable: &Variable, default: Option<&str>) -> String {
    let value = default.map_or_else(|| "required = true".to_owned(), |default| format!("default = {default:?}"));
    format!("{{ {value}{} }}", if variable.secret { ", secret = true" } else { "" })
}

/// The internal token opens only a job's route: nothing here answers for itself.
fn own(functions: &[Function], function: &Function) -> Vec<&'static str> {
    let names = used().map(|variable| variable.name).filter(|name| needs(functions, function, name));
    names.filter(|name| *name != "INTERNAL_TOKEN" || !function.is_http()).collect()
}

fn component(function: &Function, own: &[&str], triggers: &str) -> String {
    let Function { name, description, .. } = function;
    let address = |address: &Address| own.contains(&address.whose).then(|| format!("\"{{{{ {} }}}}\"", address.name));
    let anywhere = if function.outbound { ["\"http://*:*\"", "\"https://*:*\""].as_slice() } else { &[] };
    let hosts: Vec<String> = ADDRESSES.iter().filter_map(address).chain(anywhere.iter().map(|host| (*host).to_owned())).collect();
    let variables: String = own.iter().map(|name| name.to_lowercase()).map(|name| format!("{name} = \"{{{{ {name} }}}}\"\n")).collect();
    format!(
        r#"
# {description}
[component.{name}]
source = "target/wasm/{name}.wasm"
allowed_outbound_hosts = [{hosts}]

[component.{name}.variables]
{variables}
[component.{name}.build]
command = "local/wasm.sh {name}"
{triggers}"#,
        hosts = hosts.join(", ")
    )
}

fn http_triggers(function: &Function) -> String {
    routes(function).map(|route| format!("\n[[trigger.http]]\nroute = \"{route}\"\ncomponent = \"{}\"\n", function.name)).collect()
}

fn redis_trigger(function: &Function, queue: &str) -> String {
    format!("\n[[trigger.redis]]\naddress = \"{{{{ queue_url }}}}#{queue}\"\nchannel = \"itsm:jobs:{queue}\"\ncomponent = \"{}\"\n", function.name)
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
