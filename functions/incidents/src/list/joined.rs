//! Statements put together from files. A line `--: name` of a file is where the part of that name stands; other comment lines are for whoever
//! reads the file and are left out.

/// Name and text of what may be put in.
pub(crate) type Parts<'a> = &'a [(&'a str, &'a str)];

/// The whole. A part that is not there stays a comment line; the test of all statements finds it.
pub(crate) fn joined(template: &str, parts: Parts<'_>) -> String {
    template.split_inclusive('\n').map(|line| kept(line, parts)).collect()
}

fn kept(line: &str, parts: Parts<'_>) -> String {
    let named = line.trim_start().strip_prefix("--: ").map(str::trim_end);
    match named.and_then(|name| parts.iter().find(|(part, _)| *part == name)) {
        Some((_, part)) => joined(part, parts),
        None if named.is_none() && line.trim_start().starts_with("--") => String::new(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_where_they_are_named_and_comments_are_left_out() {
        let template = "-- what it is\nselect 1 -- kept\n  --: outer\nfrom x";
        let parts: Parts<'_> = &[("out", "no\n"), ("outer", "-- left out\n, 2\n--: inner\n"), ("inner", ", 3\n")];
        assert_eq!(joined(template, parts), "select 1 -- kept\n, 2\n, 3\nfrom x");
    }

    #[test]
    fn no_statement_lacks_a_part() {
        assert!(crate::list::statements().iter().all(|sql| !sql.contains("--: ")));
    }
}
