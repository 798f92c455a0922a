//! `docs/performance.md`: two parts, each written by its own measurement; the other one stays.
use std::path::Path;

use anyhow::Result;

/// Where the second part begins.
const SECOND: &str = "\n## At a million incidents\n";

/// Writes what was measured.
pub(super) fn write(root: &Path, first: Option<String>, second: Option<String>) -> Result<()> {
    let path = root.join("docs/performance.md");
    let page = joined(&std::fs::read_to_string(&path).unwrap_or_default(), first, second);
    std::fs::write(path, page)?;
    println!("wrote docs/performance.md");
    Ok(())
}

fn joined(old: &str, first: Option<String>, second: Option<String>) -> String {
    let (old_first, old_second) = old.split_once(SECOND).map_or((old, None), |(first, second)| (first, Some(second.to_owned())));
    let first = first.unwrap_or_else(|| old_first.to_owned());
    second.or(old_second).map_or_else(|| first.clone(), |second| [&first, SECOND, &second].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_keeps_the_other() {
        let both = joined("", Some("one\n".into()), Some("two\n".into()));
        assert_eq!(both, "one\n\n## At a million incidents\ntwo\n");
        assert_eq!(joined(&both, Some("uno\n".into()), None), both.replace("one", "uno"));
        assert_eq!(joined(&both, None, Some("due\n".into())), both.replace("two", "due"));
        assert_eq!(joined("one\n", Some("uno\n".into()), None), "uno\n");
    }
}
