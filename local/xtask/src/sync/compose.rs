//! `local/compose.yaml`: a service for each instance of a function. What is the same whatever the functions are is in `compose/`.
use super::http;
use crate::config::VARIABLES;
use crate::functions::Function;

const HEAD: &str = include_str!("compose/head.yaml");
const PARTS: &str = include_str!("compose/parts.yaml");

/// What every function is told, where it is not as in `.env`.
const OURS: &[(&str, &str)] = &[
    ("HOST", "0.0.0.0"),
    ("DATABASE_URL", "postgres://itsm_app:${POSTGRES_APP_PASSWORD:?run local/env.sh}@postgres:5432/itsm"),
    ("QUEUE_URL", "redis://:${REDIS_PASSWORD:?run local/env.sh}@redis:6379"),
    ("REDIS_URL", "redis://:${REDIS_PASSWORD:?run local/env.sh}@redis:6379"),
    // 26 processes, each with half as many again for lists, have room in Postgres' 300.
    ("DATABASE_MAX_CONNECTIONS", "${DATABASE_MAX_CONNECTIONS:-6}"),
    ("TRUSTED_PROXIES", "172.16.0.0/12,192.168.0.0/16,10.0.0.0/8"),
];

pub(super) fn compose(functions: &[Function]) -> String {
    let services: String = functions.iter().flat_map(|function| function.instances().into_iter().map(|name| service(function, &name))).collect();
    // nginx looks its upstreams up once, at its start.
    let depends: String = http(functions).map(|function| format!("      {}: {{condition: service_healthy}}\n", function.name)).collect();
    let parts = PARTS.replace("DEPENDS\n", &depends);
    format!("{HEAD}{}\nservices:\n{services}{parts}", common(functions))
}

/// The part of a service that is the same for every function.
fn common(functions: &[Function]) -> String {
    let own = |name: &str| functions.iter().any(|function| function.variables.iter().any(|variable| variable == name));
    let shared = VARIABLES.iter().filter(|variable| !own(variable.name) && !OURS.iter().any(|(name, _)| *name == variable.name));
    let ours = OURS.iter().map(|(name, value)| format!("    {name}: {value}\n"));
    let environment: String = ours.chain(shared.map(|variable| format!("    {}: {}\n", variable.name, value(variable.name)))).collect();
    format!(
        "x-function: &function
  <<: *part
  depends_on: {{migrate: {{condition: service_completed_successfully}}, redis: {{condition: service_healthy}}}}
  stop_grace_period: 30s
  environment: &environment
{environment}"
    )
}

fn service(function: &Function, name: &str) -> String {
    let Function { name: package, description, memory, variables, .. } = function;
    let own: String = variables.iter().map(|variable| format!(", {variable}: \"{}\"", value(variable))).collect();
    let environment = if own.is_empty() { String::new() } else { format!("    environment: {{<<: *environment{own}}}\n") };
    format!(
        "  # {description}
  {name}:
    <<: *function
    image: itsm-{package}:${{ITSM_VERSION:-dev}}
    build: {{<<: *build, args: {{FUNCTION: {package}}}}}
{environment}    healthcheck: {{<<: *healthcheck, test: [CMD, /function, health]}}
    deploy: {{resources: {{limits: {{cpus: \"1\", memory: {memory}M}}}}}}
"
    )
}

/// Of `.env`: a default where there is one; what has none must be there.
fn value(name: &str) -> String {
    match VARIABLES.iter().find(|variable| variable.name == name).and_then(|variable| variable.default) {
        // Empty closes the internal routes, and the signer: here both are needed.
        Some("") if matches!(name, "INTERNAL_TOKEN" | "JWT_SIGNING_KEY") => format!("${{{name}:?run local/env.sh}}"),
        Some(default) => format!("${{{name}:-{default}}}"),
        None => format!("${{{name}:?run local/env.sh}}"),
    }
}
