//! The homes agree: each sets every variable that is read, the same paths lead somewhere in all of them, and a function may ring what it rings.
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Source;
use crate::config::VARIABLES;
use crate::functions::{self, Function};
use crate::sync::template::schedule;
use crate::sync::{spin, template};

/// Where variables are explained.
const DOCUMENTED: &str = "docs/CONFIGURATION.md";

/// The manifests that set the functions' variables, whether they set one, and those that nothing reads in that home.
struct Home {
    files: &'static [&'static str],
    sets: fn(&str, &str) -> bool,
    unused: &'static [&'static str],
}

const HOMES: &[Home] = &[
    Home { files: &["spin.toml"], sets: |manifest, name| manifest.contains(&format!("\n{} = {{", name.to_lowercase())), unused: spin::UNUSED },
    Home { files: &["template.yaml"], sets: as_yaml, unused: template::UNUSED },
    Home { files: &["local/compose.yaml"], sets: as_yaml, unused: &[] },
    Home {
        files: &["k8s/base/config.yaml", "k8s/base/functions.yaml"],
        sets: |manifest, name| as_yaml(manifest, name) || manifest.contains(&format!("{{name: {name}, value")),
        unused: &[],
    },
];

fn as_yaml(manifest: &str, name: &str) -> bool {
    manifest.contains(&format!(" {name}: "))
}

pub(super) fn broken(root: &Path, sources: &[Source]) -> Result<Vec<String>> {
    let read = |file: &str| fs::read_to_string(root.join(file)).with_context(|| format!("reading {file}"));
    let mut broken = undocumented(sources, &read(DOCUMENTED)?);
    for home in HOMES {
        broken.extend(unset(home, &home.files.iter().map(|file| read(file)).collect::<Result<String>>()?));
    }
    let (nginx, sam, spin) = (nginx(&read("local/nginx/routes.conf")?), sam(&read("template.yaml")?), spin_paths(&read("spin.toml")?));
    broken.extend(different("template.yaml", &sam, &nginx));
    broken.extend(different("spin.toml", &spin, &nginx.iter().map(|path| spin::without_leading_dots(path)).collect()));
    broken.extend(never(&read("template.yaml")?));
    let functions = functions::all(root)?;
    broken.extend(functions.iter().flat_map(|function| unheard(function, &functions, sources)));
    Ok(broken)
}

/// Variables that a program reads by name and nothing explains.
fn undocumented(sources: &[Source], page: &str) -> Vec<String> {
    let is_ours =
        |source: &&Source| ["functions/", "shared/src/", "local/itsm/src/", "local/embedded/src/"].iter().any(|of| source.path.starts_with(of));
    let programs = sources.iter().filter(is_ours).filter(|source| !source.path.contains("/tests/"));
    let read = programs.flat_map(|source| {
        let names = ["env::var(\"", "env::var_os(\""].into_iter().flat_map(move |call| source.text.split(call).skip(1));
        names.filter_map(|rest| rest.split('"').next()).map(move |name| (source.path.as_str(), name))
    });
    let known = VARIABLES.iter().map(|variable| ("shared/src/config.rs", variable.name));
    let missing = read.chain(known).filter(|(_, name)| !page.contains(&format!("`{name}`")));
    missing.map(|(path, name)| format!("{path}: {name} is not in {DOCUMENTED}")).collect()
}

fn unset(home: &Home, manifest: &str) -> Vec<String> {
    let used = VARIABLES.iter().filter(|variable| !home.unused.contains(&variable.name));
    used.filter(|variable| !(home.sets)(manifest, variable.name))
        .map(|variable| format!("{}: {} is not set", home.files.join(" and "), variable.name))
        .collect()
}

/// Paths that stand for themselves and everything below.
fn nginx(routes: &str) -> BTreeSet<String> {
    both(routes.lines().filter_map(|line| Some(line.strip_prefix("location ")?.split_once(" {")?.0)), |path| {
        path.strip_prefix("= ").map_or_else(|| (path.trim_end_matches('/'), true), |path| (path, false))
    })
}

fn sam(template: &str) -> BTreeSet<String> {
    let paths = template.lines().filter_map(|line| Some(line.split_once("Path: ")?.1.trim_end_matches('}').trim_matches('"')));
    both(paths, |path| path.strip_suffix("/{proxy+}").map_or((path, false), |path| (path, true)))
}

fn spin_paths(manifest: &str) -> BTreeSet<String> {
    let routes = manifest.lines().filter_map(|line| line.strip_prefix("route = \"")?.strip_suffix("/...\""));
    routes.filter(|route| !route.is_empty()).map(str::to_owned).collect()
}

/// Of paths that say whether they are what is below, those that are given both ways; one that is given one way keeps its mark.
fn both<'a>(given: impl Iterator<Item = &'a str>, read: fn(&str) -> (&str, bool)) -> BTreeSet<String> {
    let (below, itself): (Vec<_>, Vec<_>) = given.map(read).partition(|(_, is_below)| *is_below);
    let names = |paths: Vec<(&str, bool)>| paths.into_iter().map(|(path, _)| path.to_owned()).collect::<BTreeSet<_>>();
    let (below, itself) = (names(below), names(itself));
    let one = below.symmetric_difference(&itself).map(|path| format!("{path} (itself or what is below, not both)"));
    below.intersection(&itself).cloned().chain(one).collect()
}

fn different(file: &str, found: &BTreeSet<String>, nginx: &BTreeSet<String>) -> Vec<String> {
    found.symmetric_difference(nginx).map(|path| format!("{file} and local/nginx/routes.conf differ in {path}")).collect()
}

/// Schedules that EventBridge would refuse; no linter reads them.
fn never(template: &str) -> Vec<String> {
    let expressions = template.lines().filter_map(|line| {
        let rest = line.split_once("ScheduleExpression: ").or_else(|| line.split_once("{Schedule: "))?.1;
        rest.find(')').and_then(|end| rest.get(..=end)).map(|text| text.trim_start_matches('"'))
    });
    expressions.filter_map(|expression| schedule::check(expression).err().map(|error| format!("template.yaml: {error:#}"))).collect()
}

/// Functions in SQL that enqueue for whoever calls them.
const ENQUEUE: [(&str, &str); 2] = [("resolve_children(", "children"), ("recompute_slas(", "sla")];

/// A function whose Rust rings may ring every queue that its statements enqueue for. One whose statements answer jobs to ring does, too.
fn unheard(function: &Function, functions: &[Function], sources: &[Source]) -> Vec<String> {
    let folder = format!("functions/{}/", function.name);
    let own: Vec<&Source> = sources.iter().filter(|source| source.path.starts_with(&folder) && !source.path.contains("/tests/")).collect();
    let rings = own.iter().any(|source| source.path.ends_with(".rs") && source.text.contains("queue.ring("));
    let statements = own.iter().filter(|source| source.path.ends_with(".sql") && (rings || source.text.contains("'ring',")));
    let enqueued: BTreeSet<&str> = statements.flat_map(|source| enqueued(&source.text)).collect();
    let missing = enqueued.iter().filter(|queue| functions.iter().any(|job| job.queue() == Some(**queue)) && !function.rings(queue));
    let missing = missing.map(|queue| format!("{folder}Cargo.toml: `rings` does not name {queue}")).collect::<Vec<_>>();
    let idle = function.rings.iter().filter(|queue| *queue != "*" && !enqueued.contains(queue.as_str()));
    missing.into_iter().chain(idle.map(|queue| format!("{folder}Cargo.toml: no statement enqueues for {queue}, which `rings` names"))).collect()
}

fn enqueued(sql: &str) -> Vec<&str> {
    let named = sql.split("enqueue('").skip(1).filter_map(|rest| rest.split('\'').next());
    named.chain(ENQUEUE.iter().filter(|(call, _)| sql.contains(call)).map(|(_, queue)| *queue)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_of_each_manifest() {
        let same = BTreeSet::from(["/v1/a".to_owned(), "/.well-known/b".to_owned()]);
        let routes = "location = /v1/a { x; }\nlocation /v1/a/ { x; }\nlocation = /.well-known/b { x; }\nlocation /.well-known/b/ { x; }\n";
        assert_eq!(nginx(routes), same);
        let template = "  A: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: /v1/a}}\n  B: {Type: HttpApi, Properties: {Path: \"/v1/a/{proxy+}\"}}\n  \
                        C: {Properties: {Path: /.well-known/b}}\n  D: {Properties: {Path: \"/.well-known/b/{proxy+}\"}}\n";
        assert_eq!(sam(template), same);
        let manifest = "route = \"/v1/a/...\"\nroute = \"/:well_known/b/...\"\nroute = \"/...\"\nroute = \"/internal/drain/x\"\n";
        assert_eq!(different("spin.toml", &spin_paths(manifest), &same.iter().map(|path| spin::without_leading_dots(path)).collect()), [""; 0]);
        assert_eq!(different("template.yaml", &sam(&template.replace("  C:", "# ").replace("/.well-known/b}", "/c}")), &same).len(), 3);
    }

    #[test]
    fn variables_that_nobody_explains_or_sets_are_found() {
        let source = |text: &str| Source { path: "shared/src/x.rs".into(), text: text.into() };
        let page: String = VARIABLES.iter().map(|variable| format!("`{}`", variable.name)).collect();
        assert_eq!(undocumented(&[source("std::env::var(\"NEW\")"), source("env::var_os(\"DATABASE_URL\")")], &page).len(), 1);
        assert_eq!(undocumented(&[], "").len(), VARIABLES.len());
        let [home, ..] = HOMES else { panic!("there are homes") };
        assert_eq!(unset(home, "").len(), VARIABLES.len() - home.unused.len());
    }

    #[test]
    fn schedules_that_never_come_are_found() {
        assert_eq!(never("{Schedule: rate(1 minute)}\n ScheduleExpression: \"cron(23 * * * ? *)\"\n"), [""; 0]);
        assert_eq!(never("{Schedule: rate(1 minutes)}\n ScheduleExpression: \"cron(23 * * * * *)\"\n").len(), 2);
    }
}
