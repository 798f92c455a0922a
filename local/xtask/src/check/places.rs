//! What may stand only in some places: `cfg` of the target, and the crates of a platform. And how long a file may be.
use super::Source;

/// A file longer than this is two ideas.
const LINES: usize = 400;

/// Where something may stand: a path that is one of these, or begins with one that ends with a slash.
type Places = &'static [&'static str];

const PLACES: &[(&str, Places)] = &[
    (
        "target_family",
        &["shared/src/db.rs", "shared/src/cache.rs", "shared/src/queue.rs", "shared/src/fetch.rs", "shared/src/mail.rs", "shared/src/serve.rs"],
    ),
    ("sqlx::", &["shared/src/db/", "shared/testkit/", "local/"]),
    ("aws_sdk_sqs::", &["shared/src/queue/", "shared/testkit/"]),
    ("lettre::", &["shared/src/mail/"]),
    ("lambda_http::", &["shared/src/serve/"]),
    ("lambda_runtime::", &["shared/src/serve/"]),
    ("redis::", &["shared/src/cache.rs", "shared/src/cache/", "shared/src/queue.rs", "shared/src/queue/", "shared/src/serve/", "shared/testkit/"]),
    ("spin_sdk::", &["shared/src/db/", "shared/src/cache/", "shared/src/queue/", "shared/src/fetch/", "shared/src/serve/"]),
];

/// The entry point's own `cfg`, in each function's `lib.rs`.
const ENTRY: &str = "#[cfg(target_family = \"wasm\")]\nmod spin;\n";

pub(super) fn broken(sources: &[Source]) -> Vec<String> {
    let of_ours = |source: &&Source| source.path.ends_with(".rs") && !source.path.starts_with("local/xtask/src/check/");
    let misplaced = sources.iter().filter(of_ours).flat_map(|source| {
        let text = source.text.replace(ENTRY, "");
        PLACES.iter().filter_map(move |(word, places)| {
            let standing = code(&text).any(|line| line.contains(word)) && !allowed(&source.path, places);
            standing.then(|| format!("{}: `{word}` stands only in {}", source.path, places.join(", ")))
        })
    });
    let long = sources.iter().filter(|source| source.text.lines().count() >= LINES);
    misplaced.chain(long.map(|source| format!("{}: {LINES} lines or more", source.path))).collect()
}

/// Lines but for comments, which may speak of anything.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn allowed(path: &str, places: &[&str]) -> bool {
    let is_entry = path.starts_with("functions/") && path.ends_with("/src/spin.rs");
    is_entry || places.iter().any(|place| path == *place || place.ends_with('/') && path.starts_with(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn a_word_out_of_its_place_is_found_and_in_a_comment_is_not() {
        let count = |path: &str, text: &str| broken(&[source(path, text)]).len();
        assert_eq!(count("functions/a/src/lib.rs", ENTRY), 0);
        assert_eq!(count("functions/a/src/get.rs", "#[cfg(target_family = \"wasm\")]\nfn x() {}\n"), 1);
        assert_eq!(count("functions/a/src/get.rs", "//! no sqlx::query here\n"), 0);
        assert_eq!(count("functions/a/src/get.rs", "use sqlx::query;\n"), 1);
        assert_eq!(count("shared/src/db/native.rs", "use sqlx::query;\n"), 0);
        assert_eq!(count("functions/a/src/spin.rs", "use spin_sdk::http::Request;\n"), 0);
        assert_eq!(count("shared/src/a.rs", &"\n".repeat(LINES)), 1);
    }
}
