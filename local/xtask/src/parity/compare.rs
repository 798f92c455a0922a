//! Two homes' records of one test, exchange by exchange. Requests made at the same time have no order, so none is asked for.
use std::fs;
use std::path::Path;

use anyhow::Result;

/// Between two exchanges in a record.
const BETWEEN: &str = "----\n";
/// Exchanges that are shown of one test.
const SHOWN: usize = 3;

/// What differs, readable; nothing where the records agree to the byte.
pub(super) fn difference(expected: &Path, found: &Path) -> Result<Option<String>> {
    match (expected.exists(), found.exists()) {
        (false, false) => Ok(None), // a test that asks for nothing records nothing
        (true, true) => Ok(differing(&fs::read_to_string(expected)?, &fs::read_to_string(found)?)),
        (true, false) => Ok(Some("there is no record\n".into())),
        (false, true) => Ok(Some("there is a record, and in-process none\n".into())),
    }
}

fn differing(expected: &str, found: &str) -> Option<String> {
    let (mut expected, mut found): (Vec<&str>, Vec<&str>) = (expected.split(BETWEEN).collect(), found.split(BETWEEN).collect());
    expected.retain(|exchange| match found.iter().position(|other| other == exchange) {
        Some(at) => {
            found.remove(at);
            false
        }
        None => true,
    });
    if expected.is_empty() && found.is_empty() {
        return None;
    }
    let pairs = expected.len().max(found.len());
    let at = |exchanges: &[&str], index: usize| exchanges.get(index).copied().unwrap_or_default().to_owned();
    let shown: String = (0..pairs.min(SHOWN)).map(|index| lines(&at(&expected, index), &at(&found, index)) + "\n").collect();
    Some(if pairs > SHOWN { format!("{shown}and {} more\n", pairs - SHOWN) } else { shown })
}

/// `-` in-process, `+` here.
fn lines(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let only = |sign: &str, these: &[&str], those: &[&str]| -> String {
        these.iter().filter(|line| !those.contains(line)).map(|line| format!("  {sign} {line}\n")).collect()
    };
    let same: String = expected.iter().take(2).filter(|line| found.contains(line)).map(|line| format!("    {line}\n")).collect();
    same + &only("-", &expected, &found) + &only("+", &found, &expected)
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn the_order_of_exchanges_does_not_count_but_their_number_does() {
        assert_eq!(differing("a\n----\nb\n", "b\n----\na\n"), None);
        assert!(differing("a\n----\na\n", "a\n").is_some());
    }

    #[test]
    fn a_differing_line_is_shown_from_both_sides() {
        let shown = differing("GET /x\n200\netag: 1\n", "GET /x\n200\netag: 2\n");
        assert_eq!(shown.as_deref(), Some("    GET /x\n    200\n  - etag: 1\n  + etag: 2\n\n"));
    }
}
