//! A list's filters are conditions that a null makes true: `and ($3::text is null or t.state = $3::text)`. Postgres knows that only after it has read,
//! copied and simplified them all, at each planning; so what is not asked for is left out here. Numbers stay as they are.
use crate::db::Param;

/// A statement as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its text.
    pub sql: String,
    /// Nothing is asked for, not even where to begin. The plan is the same for whoever asks and may be kept: the numbers, which are how much to
    /// read, stand in the text.
    pub is_plain: bool,
}

/// The statement without the conditions that null parameters make true.
pub fn asked(sql: &str, params: &[Param]) -> Asked {
    const BEGINS: &str = "and ($";
    let mut kept = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(BEGINS) {
        kept.push_str(&rest[..at]);
        let condition = &rest[at..];
        let length = if is_true(&condition[BEGINS.len()..], params) { length(condition) } else { None };
        if length.is_none() {
            kept.push_str(BEGINS);
        }
        rest = &condition[length.unwrap_or(BEGINS.len())..];
    }
    kept.push_str(rest);
    let is_plain = kept.len() < sql.len() && !kept.contains(" is null or ");
    Asked { sql: if is_plain { numbered(kept, params) } else { kept }, is_plain }
}

/// With the numbers in their places.
fn numbered(sql: String, params: &[Param]) -> String {
    params.iter().enumerate().fold(sql, |sql, (at, param)| match param {
        Param::Int(Some(value)) => sql.replace(&format!("${}::int8", at + 1), &value.to_string()),
        _ => sql,
    })
}

/// Whether it is `3::text is null or` of a parameter that is null.
fn is_true(condition: &str, params: &[Param]) -> bool {
    let Some((number, rest)) = condition.split_once("::") else { return false };
    let Some((kind, _)) = rest.split_once(" is null or ") else { return false };
    let param = number.parse().ok().and_then(|number: usize| params.get(number.checked_sub(1)?));
    kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) && matches!(param, Some(Param::Bool(None) | Param::Int(None) | Param::Text(None)))
}

/// Up to the parenthesis that closes the first one; none where a quote or a parenthesis stays open.
fn length(condition: &str) -> Option<usize> {
    let (mut depth, mut is_quoted) = (0, false);
    for (at, byte) in condition.bytes().enumerate() {
        match byte {
            b'\'' => is_quoted = !is_quoted,
            b'(' if !is_quoted => depth += 1,
            b')' if !is_quoted && depth == 1 => return Some(at + 1),
            b')' if !is_quoted => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "select 1 from t where a = $1::text and ($2::text is null or b in (')', $2::text))\n  and ($3::int8 is null or c = $3::int8) limit $4::int8 + 1";

    #[test]
    fn what_a_null_makes_true_is_left_out_and_then_the_plan_is_everybodys() {
        let params = ["x".into(), Param::Text(None), Param::Int(None), 50.into()];
        let sql = "select 1 from t where a = $1::text \n   limit 50 + 1".into();
        assert_eq!(asked(SQL, &params), Asked { sql, is_plain: true });
    }

    #[test]
    fn what_is_asked_for_stays_as_it_is() {
        assert_eq!(asked(SQL, &["x".into(), "y".into(), 1.into(), 50.into()]), Asked { sql: SQL.into(), is_plain: false });
        let sql = "select 1 from t where a = $1::text \n  and ($3::int8 is null or c = $3::int8) limit $4::int8 + 1".into();
        assert_eq!(asked(SQL, &["x".into(), Param::Text(None), 1.into(), 50.into()]), Asked { sql, is_plain: false });
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for sql in
            ["and ($1::text = 'x is null or y')", "and ($9::text is null or a)", "and ($1 is null or a)", "and ($1::text is null or (a)", "and ($"]
        {
            assert_eq!(asked(sql, &[Param::Text(None)]), Asked { sql: sql.into(), is_plain: false });
        }
    }
}
