//! `docs/performance.md`: three parts, each written by its own measurement; the others stay.
use std::path::Path;

use anyhow::Result;

/// Where the parts after the first begin.
const HEADINGS: [&str; 2] = ["\n## At a million incidents\n", "\n## A cold start on AWS Lambda\n"];

/// A part, where there is one.
type Parts = [Option<String>; 3];

/// Writes what was measured.
pub(super) fn write(root: &Path, measured: Parts) -> Result<()> {
    let path = root.join("docs/performance.md");
    let page = joined(&std::fs::read_to_string(&path).unwrap_or_default(), measured);
    std::fs::write(path, page)?;
    println!("wrote docs/performance.md");
    Ok(())
}

fn joined(old: &str, measured: Parts) -> String {
    let [first, second, third] = measured;
    let [old_first, old_second, old_third] = parts(old);
    let first = first.or(old_first).unwrap_or_default();
    let rest = HEADINGS.into_iter().zip([second.or(old_second), third.or(old_third)]);
    rest.filter_map(|(heading, part)| Some([heading, &part?].concat())).fold(first, |page, part| page + &part)
}

fn parts(page: &str) -> Parts {
    let [second, third] = HEADINGS;
    let (page, last) = page.split_once(third).map_or((page, None), |(page, last)| (page, Some(last.to_owned())));
    let (first, middle) = page.split_once(second).map_or((page, None), |(first, middle)| (first, Some(middle.to_owned())));
    [Some(first.to_owned()), middle, last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_keeps_the_others() {
        let of = |text: &str| Some(text.to_owned());
        let all = joined("", [of("one\n"), of("two\n"), of("three\n")]);
        assert_eq!(all, "one\n\n## At a million incidents\ntwo\n\n## A cold start on AWS Lambda\nthree\n");
        assert_eq!(joined(&all, [of("uno\n"), None, None]), all.replace("one", "uno"));
        assert_eq!(joined(&all, [None, of("due\n"), None]), all.replace("two", "due"));
        assert_eq!(joined(&all, [None, None, of("tre\n")]), all.replace("three", "tre"));
        assert_eq!(joined("one\n", [of("uno\n"), None, None]), "uno\n");
        assert_eq!(joined("one\n", [None, None, of("tre\n")]), "one\n\n## A cold start on AWS Lambda\ntre\n");
    }
}
