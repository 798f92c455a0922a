//! `k8s/` holds together: every name in it that stands for something else stands for something, and each function has what
//! `shared/src/config.rs` says that it reads.
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::config::{Config, VARIABLES};
use xtask::functions::{self, Function, Kind};
use xtask::root;

fn yaml(path: &str) -> Result<Vec<Value>> {
    use serde::Deserialize;
    let text = fs::read_to_string(root().join(path)).with_context(|| path.to_owned())?;
    let documents = serde_yaml_ng::Deserializer::from_str(&text).map(Value::deserialize);
    documents.collect::<Result<_, _>>().with_context(|| path.to_owned())
}

/// Every object of the base and of the components, but for what kustomize itself reads.
fn objects() -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for folder in ["k8s/base", "k8s/components/redis", "k8s/components/sqs"] {
        for name in listed(folder)?.iter().filter(|name| name.ends_with(".yaml")) {
            all.extend(yaml(&format!("{folder}/{name}"))?);
        }
    }
    Ok(all)
}

/// Resources, patches and files of a folder's kustomization.
fn listed(folder: &str) -> Result<Vec<String>> {
    let kustomization = yaml(&format!("{folder}/kustomization.yaml"))?.remove(0);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let generated = list(&kustomization["configMapGenerator"]).into_iter().flat_map(|generator| list(&generator["files"]));
    let patches = list(&kustomization["patches"]).into_iter().map(|patch| patch["path"].clone());
    Ok(list(&kustomization["resources"]).into_iter().chain(patches).chain(generated).map(|name| text(&name)).collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn of_kind<'o>(objects: &'o [Value], version: &str, kind: &str) -> Vec<&'o Value> {
    objects.iter().filter(|object| object["apiVersion"] == version && object["kind"] == kind).collect()
}

fn name(object: &Value) -> String {
    text(&object["metadata"]["name"])
}

/// Everything below a value that stands under this key.
fn under<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get(key));
            map.values().for_each(|value| under(value, key, found));
        }
        Value::Array(values) => values.iter().for_each(|value| under(value, key, found)),
        _ => {}
    }
}

fn all_under<'v>(objects: &'v [Value], key: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    objects.iter().for_each(|object| under(object, key, &mut found));
    found
}

/// Templates of pods, with their labels.
fn templates(objects: &[Value]) -> Vec<&Value> {
    all_under(objects, "template").into_iter().filter(|template| template["spec"]["containers"].is_array()).collect()
}

fn services(objects: &[Value]) -> HashMap<String, &Value> {
    of_kind(objects, "serving.knative.dev/v1", "Service").into_iter().map(|service| (name(service), service)).collect()
}

fn jobs(functions: &[Function]) -> HashMap<String, String> {
    let job = |function: &Function| if let Kind::Job { queue, .. } = &function.kind { Some((function.name.clone(), queue.clone())) } else { None };
    functions.iter().filter_map(job).collect()
}

#[test]
fn every_file_is_listed_and_every_name_in_a_list_is_a_file() -> Result<()> {
    for folder in ["k8s/base", "k8s/components/redis", "k8s/components/sqs"] {
        let listed = listed(folder)?;
        for path in &listed {
            assert!(root().join(folder).join(path).exists(), "{folder}/kustomization.yaml names {path}");
        }
        let files = |below: &str| -> Result<Vec<String>> {
            let entries = fs::read_dir(root().join(folder).join(below))?.collect::<Result<Vec<_>, _>>()?;
            let files = entries.iter().filter(|entry| entry.path().is_file()).map(|entry| Path::new(below).join(entry.file_name()));
            Ok(files.map(|path| path.to_string_lossy().into_owned()).filter(|path| path != "kustomization.yaml").collect())
        };
        let gateway = if folder == "k8s/base" { files("gateway")? } else { Vec::new() };
        for path in files("")?.into_iter().chain(gateway) {
            assert!(listed.contains(&path), "{folder}/kustomization.yaml does not name {path}");
        }
    }
    Ok(())
}

#[test]
fn each_function_is_a_service_that_only_the_cluster_reaches() -> Result<()> {
    let (objects, functions) = (objects()?, functions::all(&root())?);
    let services = services(&objects);
    assert_eq!(services.keys().cloned().collect::<BTreeSet<_>>(), functions.iter().map(|function| function.name.clone()).collect());
    for function in &functions {
        let service = services[&function.name];
        assert_eq!(service["metadata"]["labels"]["networking.knative.dev/visibility"], "cluster-local", "{}", function.name);
        let (template, container) = (&service["spec"]["template"], &service["spec"]["template"]["spec"]["containers"][0]);
        assert_eq!(template["metadata"]["labels"]["app.kubernetes.io/component"], if function.is_http() { "http" } else { "job" });
        assert_eq!(container["command"], json!([format!("/app/{}", function.name)]));
        assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/health/live");
        assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/health/ready");
        assert_eq!(container["resources"]["limits"]["memory"], format!("{}Mi", function.memory));
    }
    Ok(())
}

#[test]
fn every_container_may_do_nothing_that_it_need_not() -> Result<()> {
    for template in templates(&objects()?) {
        assert_eq!(template["spec"]["automountServiceAccountToken"], false, "{template}");
        for container in template["spec"]["containers"].as_array().into_iter().flatten() {
            let context = &container["securityContext"];
            assert_eq!((&context["runAsNonRoot"], &context["readOnlyRootFilesystem"]), (&json!(true), &json!(true)), "{container}");
            assert_eq!((&context["allowPrivilegeEscalation"], &context["capabilities"]["drop"]), (&json!(false), &json!(["ALL"])), "{container}");
            assert_eq!(context["seccompProfile"]["type"], "RuntimeDefault", "{container}");
            assert!(container["resources"]["limits"]["memory"].is_string(), "{container}");
        }
    }
    Ok(())
}

#[test]
fn the_variables_are_those_of_the_configuration() -> Result<()> {
    let objects = objects()?;
    let config = of_kind(&objects, "v1", "ConfigMap").into_iter().find(|map| name(map) == "itsm").context("the ConfigMap itsm")?;
    let data = config["data"].as_object().context("its data")?;
    let named = |secret: bool| VARIABLES.iter().filter(move |variable| variable.secret == secret).map(|variable| variable.name.to_owned());
    assert_eq!(data.keys().cloned().collect::<BTreeSet<_>>(), named(false).collect());
    let mut given = BTreeSet::new();
    for (function, service) in services(&objects) {
        let container = &service["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["envFrom"], json!([{"configMapRef": {"name": "itsm"}}]));
        for variable in container["env"].as_array().into_iter().flatten().filter(|variable| variable["name"] != "HOST") {
            let reference = &variable["valueFrom"]["secretKeyRef"];
            assert_eq!((&reference["name"], &reference["key"]), (&json!("itsm"), &variable["name"]), "{function}");
            given.insert(text(&variable["name"]));
            assert!(variable["name"] != "JWT_SIGNING_KEY" || function == "auth", "{function} has the private key");
        }
    }
    assert_eq!(given, named(true).collect());
    let mut set: HashMap<&'static str, String> = VARIABLES.iter().filter_map(|known| Some((known.name, text(data.get(known.name)?)))).collect();
    set.extend([("DATABASE_URL", "postgres://db".into()), ("SECRET_KEY", "A".repeat(43)), ("JWT_KEYS", r#"{"keys":[]}"#.into())]);
    assert!(Config::from_variables(&set)?.open_events, "Knative's sources send no token");
    Ok(())
}

#[test]
fn each_job_is_woken_by_every_source_and_nothing_else_is() -> Result<()> {
    let (objects, jobs) = (objects()?, jobs(&functions::all(&root())?));
    let names: BTreeSet<_> = jobs.keys().cloned().collect();
    for (version, kind) in [
        ("sources.knative.dev/v1", "PingSource"),
        ("sources.knative.dev/v1alpha1", "RedisStreamSource"),
        ("sources.knative.dev/v1alpha1", "IntegrationSource"),
    ] {
        let sources = of_kind(&objects, version, kind);
        assert_eq!(sources.iter().map(|source| name(source)).collect::<BTreeSet<_>>(), names, "{kind}");
        for source in sources {
            let to = json!({"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": name(source)});
            assert_eq!(source["spec"]["sink"]["ref"], to, "{kind}");
            let queue = &jobs[&name(source)];
            match kind {
                "PingSource" => assert_eq!((&source["spec"]["schedule"], &source["spec"]["data"]), (&json!("* * * * *"), &json!("{}"))),
                "RedisStreamSource" => assert_eq!(source["spec"]["stream"], format!("itsm:jobs:{queue}")),
                _ => assert!(text(&source["spec"]["aws"]["sqs"]["arn"]).ends_with(&format!(":itsm-{queue}"))),
            }
        }
    }
    Ok(())
}

#[test]
fn selectors_select_and_ports_are_listened_on() -> Result<()> {
    let objects = objects()?;
    let templates = templates(&objects);
    let has = |labels: &Value, key: &str, value: &Value| labels[key] == *value;
    for policy in of_kind(&objects, "networking.k8s.io/v1", "NetworkPolicy") {
        let selector = &policy["spec"]["podSelector"];
        let labels = selector["matchLabels"].as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
        let among = selector["matchExpressions"].as_array().into_iter().flatten().flat_map(|expression| {
            let values = expression["values"].as_array().cloned().unwrap_or_default();
            values.into_iter().map(|value| (text(&expression["key"]), value))
        });
        let wanted: Vec<_> = labels.chain(among).collect();
        assert!(!wanted.is_empty(), "{}", name(policy));
        for (key, value) in wanted {
            assert!(templates.iter().any(|template| has(&template["metadata"]["labels"], &key, &value)), "{} selects no {key}={value}", name(policy));
        }
    }
    for service in of_kind(&objects, "v1", "Service") {
        let selected = templates.iter().find(|template| {
            service["spec"]["selector"].as_object().into_iter().flatten().all(|(key, value)| has(&template["metadata"]["labels"], key, value))
        });
        let listening = &selected.with_context(|| format!("{} selects nothing", name(service)))?["spec"]["containers"][0]["ports"];
        for port in service["spec"]["ports"].as_array().into_iter().flatten() {
            let is_open = listening.as_array().into_iter().flatten().any(|open| open["name"] == port["targetPort"]);
            assert!(is_open, "{}: {}", name(service), port["targetPort"]);
        }
    }
    Ok(())
}

#[test]
fn what_is_mounted_or_referred_to_is_there_or_documented() -> Result<()> {
    let objects = objects()?;
    let page = fs::read_to_string(root().join("docs/KNATIVE.md"))?;
    let secrets = all_under(&objects, "secretKeyRef").into_iter().map(|reference| text(&reference["name"]));
    let of_sources = all_under(&objects, "secret").into_iter().map(|secret| text(&secret["ref"]["name"]));
    for secret in secrets.chain(of_sources).collect::<BTreeSet<_>>() {
        assert!(page.contains(&format!("create secret generic {secret} ")), "docs/KNATIVE.md does not say how to make the Secret {secret}");
    }
    let mut maps: BTreeSet<String> = of_kind(&objects, "v1", "ConfigMap").into_iter().map(name).collect();
    for folder in ["k8s/base", "local/nginx"] {
        let generators = yaml(&format!("{folder}/kustomization.yaml"))?.remove(0)["configMapGenerator"].clone();
        maps.extend(generators.as_array().into_iter().flatten().map(|generator| text(&generator["name"])));
    }
    for reference in all_under(&objects, "configMap").into_iter().chain(all_under(&objects, "configMapRef")) {
        assert!(maps.contains(&text(&reference["name"])), "there is no ConfigMap {reference}");
    }
    for template in templates(&objects) {
        let volumes: Vec<_> = template["spec"]["volumes"].as_array().into_iter().flatten().map(|volume| &volume["name"]).collect();
        for mount in all_under(std::slice::from_ref(template), "volumeMounts").into_iter().filter_map(Value::as_array).flatten() {
            assert!(volumes.contains(&&mount["name"]), "{mount}");
        }
    }
    Ok(())
}

#[test]
fn the_gateway_knows_where_each_of_its_routes_leads() -> Result<()> {
    let functions = functions::all(&root())?;
    let upstreams = fs::read_to_string(root().join("k8s/base/gateway/upstreams.conf"))?;
    for function in functions.iter().filter(|function| function.is_http()) {
        assert!(upstreams.contains(&format!("upstream fn_{0} {{ server {0}:80;", function.name)), "{}", function.name);
    }
    assert!(jobs(&functions).keys().all(|job| !upstreams.contains(&format!("upstream fn_{job} "))), "a job function is behind the gateway");
    Ok(())
}
