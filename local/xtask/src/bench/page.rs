//! `docs/performance.md`: four parts, each written by its own measurement; the others stay.
use std::path::Path;

use anyhow::Result;

/// Where the parts after the first begin.
const HEADINGS: [&str; 3] = ["\n## At a million incidents\n", "\n## A cold start on AWS Lambda\n", "\n## What Spin adds\n"];

/// A part, where there is one.
type Parts = [Option<String>; 4];

/// Writes what was measured.
pub(super) fn write(root: &Path, measured: Parts) -> Result<()> {
    let path = root.join("docs/performance.md");
    let page = joined(&std::fs::read_to_string(&path).unwrap_or_default(), measured);
    std::fs::write(path, page)?;
    println!("wrote docs/performance.md");
    Ok(())
}

fn joined(old: &str, measured: Parts) -> String {
    let mut parts = measured.into_iter().zip(parts(old)).map(|(new, old)| new.or(old));
    let first = parts.next().flatten().unwrap_or_default();
    HEADINGS.into_iter().zip(parts).filter_map(|(heading, part)| Some([heading, &part?].concat())).fold(first, |page, part| page + &part)
}

/// From the last heading to the first: each takes what comes after it.
fn parts(page: &str) -> Parts {
    let (mut parts, mut page) = (Parts::default(), page);
    for (at, heading) in HEADINGS.into_iter().enumerate().rev() {
        if let Some((before, part)) = page.split_once(heading) {
            (page, parts[at + 1]) = (before, Some(part.to_owned()));
        }
    }
    parts[0] = Some(page.to_owned());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_keeps_the_others() {
        let of = |text: &str| Some(text.to_owned());
        let all = joined("", [of("one\n"), of("two\n"), of("three\n"), of("four\n")]);
        assert_eq!(all, "one\n\n## At a million incidents\ntwo\n\n## A cold start on AWS Lambda\nthree\n\n## What Spin adds\nfour\n");
        assert_eq!(joined(&all, [of("uno\n"), None, None, None]), all.replace("one", "uno"));
        assert_eq!(joined(&all, [None, of("due\n"), None, None]), all.replace("two", "due"));
        assert_eq!(joined(&all, [None, None, of("tre\n"), None]), all.replace("three", "tre"));
        assert_eq!(joined(&all, [None, None, None, of("quattro\n")]), all.replace("four", "quattro"));
        assert_eq!(joined("one\n", [of("uno\n"), None, None, None]), "uno\n");
        assert_eq!(joined("one\n", [None, None, of("tre\n"), None]), "one\n\n## A cold start on AWS Lambda\ntre\n");
    }
}
