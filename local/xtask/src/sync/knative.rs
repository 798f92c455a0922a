//! `k8s/`: a Knative Service for each function, what wakes the jobs, and the gateway's addresses. What is the same whatever the functions
//! are is written by hand beside them.
use super::{http, needs};
use crate::config::{VARIABLES, Variable};
use crate::functions::{Function, Kind};

/// Where a cluster differs from a process of one machine.
const DEFAULTS: &[(&str, &str)] = &[("CLOUD_EVENTS", "anyone"), ("DATABASE_MAX_CONNECTIONS", "4"), ("TRUSTED_PROXIES", "127.0.0.0/8")];

/// Requests that one instance takes at once, and instances that there may be: of those that answer, and of those that run jobs.
const HTTP: (u32, u32) = (64, 10);
const JOB: (u32, u32) = (4, 4);

const CONFIG: &str =
    "# What every function reads and is no secret. Written by `cargo xtask sync` from shared/src/config.rs; an overlay sets what differs
# (docs/KNATIVE.md). JWT_KEYS must be set: without it no function starts.
apiVersion: v1
kind: ConfigMap
metadata:
  name: itsm
data:
";

const FUNCTIONS: &str = "# Every function as a Knative Service: none but the gateway is reached from outside the cluster.
# Written by `cargo xtask sync` from functions/*/Cargo.toml and shared/src/config.rs: change those.
";

const WAKE: &str = "# Each minute every job function is woken: what no bell told it of, and what is due by a schedule, it finds then.
# Written by `cargo xtask sync` from functions/*/Cargo.toml.
";

const REDIS: &str =
    "# A job's Redis Stream, as events to its function: one consumer group for each, beside that of the workers in the functions' processes.
# Written by `cargo xtask sync` from functions/*/Cargo.toml.
";

const SQS: &str = "# A job's SQS queue, as events to its function. Written by `cargo xtask sync` from functions/*/Cargo.toml.
";

const UPSTREAMS: &str =
    "# Where each function is in the cluster; in the place of local/nginx/upstreams.conf. Written by `cargo xtask sync` from functions/*/Cargo.toml.
# Knative knows a function by the Host of a request, as listen.conf sets it.
map $proxy_host $knative {
    ~^fn_(?<function>.+)$ $function.itsm.svc.cluster.local;
}
";

/// `k8s/base/config.yaml`
pub(super) fn config() -> String {
    let entry = |variable: &Variable| {
        let own = DEFAULTS.iter().find(|(name, _)| *name == variable.name).map(|(_, value)| *value);
        format!("  # {}\n  {}: {:?}\n", variable.meaning, variable.name, own.or(variable.default).unwrap_or_default())
    };
    VARIABLES.iter().filter(|variable| !variable.secret).map(entry).fold(CONFIG.to_owned(), |text, entry| text + &entry)
}

/// `k8s/base/functions.yaml`
pub(super) fn functions(functions: &[Function]) -> String {
    functions.iter().fold(FUNCTIONS.to_owned(), |text, function| text + "---\n" + &service(functions, function))
}

fn service(functions: &[Function], function: &Function) -> String {
    let Function { name, description, memory, timeout, .. } = function;
    let (kind, (at_once, instances)) = if function.is_http() { ("http", HTTP) } else { ("job", JOB) };
    let own = |variable: &&Variable| variable.secret && needs(functions, function, variable.name);
    let secrets: String = VARIABLES.iter().filter(own).map(secret).collect();
    format!(
        r#"# {description}
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: {name}
  labels: {{app.kubernetes.io/name: {name}, networking.knative.dev/visibility: cluster-local}}
spec:
  template:
    metadata:
      labels: {{app.kubernetes.io/name: {name}, app.kubernetes.io/component: {kind}}}
      annotations:
        autoscaling.knative.dev/min-scale: "0"
        autoscaling.knative.dev/max-scale: "{instances}"
    spec:
      containerConcurrency: {at_once}
      timeoutSeconds: {timeout}
      automountServiceAccountToken: false
      containers:
        - name: function
          image: itsm
          command: [/app/{name}]
          ports: [{{name: http1, containerPort: 8080}}]
          envFrom: [{{configMapRef: {{name: itsm}}}}]
          env:
            - {{name: HOST, value: 0.0.0.0}}
{secrets}          livenessProbe: {{httpGet: {{path: /health/live, port: 8080}}, periodSeconds: 10}}
          readinessProbe: {{httpGet: {{path: /health/ready, port: 8080}}, periodSeconds: 5, timeoutSeconds: 3}}
          resources:
            requests: {{cpu: 50m, memory: {memory}Mi}}
            limits: {{memory: {memory}Mi}}
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {{drop: [ALL]}}
            seccompProfile: {{type: RuntimeDefault}}
"#
    )
}

/// One that has a default may be left out of the Secret.
fn secret(variable: &Variable) -> String {
    let optional = if variable.default.is_some() { ", optional: true" } else { "" };
    format!("            - {{name: {0}, valueFrom: {{secretKeyRef: {{name: itsm, key: {0}{optional}}}}}}}\n", variable.name)
}

/// `k8s/base/wake.yaml`
pub(super) fn wake(functions: &[Function]) -> String {
    jobs(functions, WAKE, |name, _| {
        format!(
            r#"apiVersion: sources.knative.dev/v1
kind: PingSource
metadata:
  name: {name}
spec:
  schedule: "* * * * *"
  contentType: application/json
  data: "{{}}"
{}"#,
            sink(name)
        )
    })
}

/// `k8s/components/redis/sources.yaml`
pub(super) fn redis(functions: &[Function]) -> String {
    jobs(functions, REDIS, |name, queue| {
        format!(
            r#"apiVersion: sources.knative.dev/v1alpha1
kind: RedisStreamSource
metadata:
  name: {name}
spec:
  address: redis://redis:6379
  stream: itsm:jobs:{queue}
  group: knative
{}"#,
            sink(name)
        )
    })
}

/// `k8s/components/sqs/sources.yaml`
pub(super) fn sqs(functions: &[Function]) -> String {
    jobs(functions, SQS, |name, queue| {
        format!(
            r#"apiVersion: sources.knative.dev/v1alpha1
kind: IntegrationSource
metadata:
  name: {name}
spec:
  aws:
    sqs: {{arn: "arn:aws:sqs:eu-central-1:000000000000:itsm-{queue}", region: eu-central-1, waitTimeSeconds: 20}}
    auth: {{secret: {{ref: {{name: itsm-sqs}}}}}}
{}"#,
            sink(name)
        )
    })
}

fn jobs(functions: &[Function], head: &str, source: impl Fn(&str, &str) -> String) -> String {
    let job = |function: &Function| match &function.kind {
        Kind::Job { queue, .. } => format!("---\n# {}\n{}", function.description, source(&function.name, queue)),
        Kind::Http { .. } => String::new(),
    };
    functions.iter().map(job).fold(head.to_owned(), |text, source| text + &source)
}

fn sink(name: &str) -> String {
    format!("  sink: {{ref: {{apiVersion: serving.knative.dev/v1, kind: Service, name: {name}}}}}\n")
}

/// `k8s/base/gateway/upstreams.conf`
pub(super) fn upstreams(functions: &[Function]) -> String {
    let upstream = |function: &Function| format!("\nupstream fn_{0} {{ server {0}:80; keepalive 16; }}", function.name);
    http(functions).map(upstream).fold(UPSTREAMS.to_owned(), |text, upstream| text + &upstream) + "\n"
}
