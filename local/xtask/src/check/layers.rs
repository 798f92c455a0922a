//! Imports go one way: `functions -> serve -> job -> app -> {db, cache, queue, fetch, config}`, and `rules` imports nothing of ours.
use super::Source;

/// From the top to the bottom; modules of one layer may know each other. A module that is not named here helps `app` and handlers:
/// it may know `app` and what is below.
const LAYERS: &[&[&str]] = &[&["serve"], &["job", "function"], &["app"], &["db", "cache", "queue", "fetch", "mail", "config", "error"]];
const HELPER: usize = 2;

pub(super) fn broken(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().filter_map(|source| Some((source, source.path.strip_prefix("shared/src/")?)));
    files.flat_map(|(source, file)| upward(file, &source.text).into_iter().map(|what| format!("{}: {what}", source.path))).collect()
}

/// Modules that this file of `shared/src` imports and must not.
fn upward(file: &str, text: &str) -> Vec<String> {
    let module = file.split(['/', '.']).next().unwrap_or_default();
    if module == "lib" {
        return Vec::new();
    }
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let imports = code.split("crate::").skip(1).map(|rest| rest.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_'));
    let imports = imports.filter_map(|mut words| words.next()).filter(|import| !import.is_empty() && *import != module);
    let wrong = |import: &&str| module == "rules" || layer(import) < layer(module);
    imports.filter(wrong).map(|import| format!("{module} must not import {import}")).collect()
}

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or(HELPER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_upward_are_found() {
        assert!(upward("app.rs", "use crate::db::Db;").is_empty());
        assert!(upward("caller.rs", "use crate::app::App;").is_empty());
        assert!(upward("serve/native.rs", "use crate::serve::health; use crate::job;").is_empty());
        for (file, text) in [
            ("db/native.rs", "use crate::app::App;"),
            ("app.rs", "use crate::job::Job;"),
            ("job.rs", "crate::serve::router()"),
            ("rules/lifecycle.rs", "use crate::error::Error;"),
            ("page.rs", "use crate::function::Function;"),
            ("error.rs", "//! See [`crate::serve`].\nuse crate::app::App;"),
        ] {
            assert_eq!(upward(file, text).len(), 1, "{file}");
        }
    }
}
