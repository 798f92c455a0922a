//! A list's filters are conditions that a null makes true: `and ($3::text is null or t.state = $3::text)`. Postgres knows that only after it has read,
//! copied and simplified them all, at each planning; so what is not asked for is left out here. Numbers stay as they are.
use crate::db::Param;

/// A statement as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its text.
    pub sql: String,
    /// At most numbers, flags and known words are asked for, and not where to begin. They stand in the text, where there are few of them: such a plan knows all that
    /// one made for this request alone would know, and may be kept.
    pub is_plain: bool,
}

/// The statement without the conditions that null parameters make true.
pub fn asked(sql: &str, params: &[Param]) -> Asked {
    const BEGINS: &str = "and ($";
    let mut kept = String::with_capacity(sql.len());
    let (mut rest, mut texts) = (sql, 0);
    while let Some(at) = rest.find(BEGINS) {
        kept.push_str(&rest[..at]);
        let condition = &rest[at..];
        let param = optional(&condition[BEGINS.len()..], params);
        let is_true = matches!(param, Some(Param::Bool(None) | Param::Int(None) | Param::Text(None)));
        let length = if is_true { length(condition) } else { None };
        if length.is_none() {
            kept.push_str(BEGINS);
            texts += usize::from(!matches!(param, Some(Param::Bool(_) | Param::Int(_) | Param::Words(_))));
        }
        rest = &condition[length.unwrap_or(BEGINS.len())..];
    }
    kept.push_str(rest);
    let is_plain = kept.len() < sql.len() && texts == 0;
    Asked { sql: if is_plain { literal(kept, params) } else { kept }, is_plain }
}

/// With the numbers, the flags and the words in their places.
fn literal(sql: String, params: &[Param]) -> String {
    params.iter().enumerate().fold(sql, |sql, (at, param)| match param {
        Param::Int(Some(value)) => sql.replace(&format!("${}::int8", at + 1), &value.to_string()),
        Param::Bool(Some(value)) => sql.replace(&format!("${}::bool", at + 1), &value.to_string()),
        Param::Words(words) => sql.replace(&format!("${}::text", at + 1), &quoted(words)),
        _ => sql,
    })
}

/// Nothing that would end the quotes is a word.
fn quoted(words: &[&'static str]) -> String {
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let words: Vec<&str> = words.iter().copied().filter(is_word).collect();
    format!("'{}'::text", words.join(","))
}

/// The parameter of `3::text is null or`.
fn optional<'a>(condition: &str, params: &'a [Param]) -> Option<&'a Param> {
    let (number, rest) = condition.split_once("::")?;
    let (kind, _) = rest.split_once(" is null or ")?;
    let is_kind = kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_kind { params.get(number.parse::<usize>().ok()?.checked_sub(1)?) } else { None }
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
        let sql = "select 1 from t where a = $1::text and ($2::text is null or b in (')', $2::text))\n   limit $4::int8 + 1".into();
        assert_eq!(asked(SQL, &["x".into(), "y".into(), Param::Int(None), 50.into()]), Asked { sql, is_plain: false });
    }

    #[test]
    fn numbers_and_flags_stand_in_the_text() {
        let sql = "select 1 from t where a = $1::text \n  and (1 is null or c = 1) limit 50 + 1".into();
        assert_eq!(asked(SQL, &["x".into(), Param::Text(None), 1.into(), 50.into()]), Asked { sql, is_plain: true });
        let flagged = "select a from t where b and ($1::text is null or c)\n and ($2::bool is null or case when $2::bool then d end)";
        let sql = "select a from t where b \n and (true is null or case when true then d end)".into();
        assert_eq!(asked(flagged, &[Param::Text(None), Param::Bool(Some(true))]), Asked { sql, is_plain: true });
    }

    #[test]
    fn known_words_stand_in_the_text_and_texts_do_not() {
        let of = |params: &[Param]| asked("select a from t where b and ($1::text is null or c = $1::text) and ($2::bool is null or d)", params);
        let sql = "select a from t where b and ('new,on_hold'::text is null or c = 'new,on_hold'::text) ".into();
        assert_eq!(of(&[Param::Words(vec!["new", "on_hold", "it's"]), Param::Bool(None)]), Asked { sql, is_plain: true });
        let sql = "select a from t where b and ($1::text is null or c = $1::text) ".into();
        assert_eq!(of(&["new".into(), Param::Bool(None)]), Asked { sql, is_plain: false });
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
