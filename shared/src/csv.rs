//! A list as CSV (RFC 4180), for spreadsheets: the same page, the columns that were asked for.
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use serde_json::Value;

use crate::error::Error;
use crate::fields::{Object, objects};

/// What a list is answered as, by `Accept`; JSON unless CSV is preferred. Whoever wants neither gets JSON: a 406 helps nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let values = parts.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        Ok(preferred(&values.collect::<Vec<_>>().join(",")))
    }
}

/// RFC 9110, 12.5.1: the most specific range that fits decides a type's weight.
fn preferred(accept: &str) -> Format {
    let weight = |exact: &str, any: &str| {
        let of = |range: &str| accept.split(',').find_map(|entry| weighed(entry, range));
        of(exact).or_else(|| of(any)).or_else(|| of("*/*")).unwrap_or(0)
    };
    if weight("text/csv", "text/*") > weight("application/json", "application/*") { Format::Csv } else { Format::Json }
}

/// The weight in thousandths of an entry that is for this range.
fn weighed(entry: &str, range: &str) -> Option<u16> {
    let mut parts = entry.split(';').map(str::trim);
    parts.next().filter(|name| name.eq_ignore_ascii_case(range))?;
    let weight = parts.find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")));
    let thousandths = |weight: &str| weight.parse::<f32>().ok().map(|weight| (weight.clamp(0.0, 1.0) * 1000.0) as u16);
    Some(weight.map_or(1000, |weight| thousandths(weight).unwrap_or(0)))
}

/// A header line and a line for each item. A column `a.b` is the member `b` of the object at `path[a]`.
pub fn csv(columns: &[&str], items: &str) -> Result<String, Error> {
    let mut text = line(columns.iter().map(|column| (*column).to_owned()));
    for item in objects(items)? {
        text.push_str(&line(columns.iter().map(|column| cell(&item, column))));
    }
    Ok(text)
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells.map(|cell| quoted(&cell)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// The text of a value: a string as it is, nothing for null, JSON for what has no plain text.
fn cell(item: &Object<'_>, column: &str) -> String {
    let Some(json) = item.get(column) else { return embedded(item, column) };
    if !json.starts_with('"') {
        return if json == "null" { String::new() } else { json.to_owned() };
    }
    serde_json::from_str(json).unwrap_or_default()
}

/// `caller.name` is `expanded.caller.name`.
fn embedded(item: &Object<'_>, column: &str) -> String {
    let expanded: Value = item.get("expanded").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let found = column.split('.').fold(&expanded, |value, member| &value[member]);
    found.as_str().unwrap_or_default().to_owned()
}

/// A spreadsheet takes what begins with these for a formula: an apostrophe makes it a text. Then quotes, where RFC 4180 needs them.
fn quoted(cell: &str) -> String {
    let lead = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) { format!("\"{lead}{}\"", cell.replace('"', "\"\"")) } else { format!("{lead}{cell}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_weighed() {
        for (accept, format) in [
            ("", Format::Json),
            ("*/*", Format::Json),
            ("application/json", Format::Json),
            ("text/csv", Format::Csv),
            ("Text/CSV; charset=utf-8", Format::Csv),
            ("text/csv, application/json", Format::Json),
            ("text/csv, application/json;q=0.9", Format::Csv),
            ("text/csv;q=0.5, */*", Format::Json),
            ("text/csv, */*;q=0.1", Format::Csv),
            ("text/*, application/*;q=0.2", Format::Csv),
            ("text/csv;q=0", Format::Json),
            ("text/csv;q=nonsense", Format::Json),
            ("image/png", Format::Json),
            (";;,,=", Format::Json),
        ] {
            assert_eq!(preferred(accept), format, "{accept}");
        }
    }

    #[test]
    fn cells_are_quoted_and_no_formula() {
        let items = r#"[{"a":"x","b":null,"c":{"k": 1},"expanded":{"who":{"name":"=Eve, \"E\""}}},{"a":"=1+1","b":-5,"c":"line\r\nline"}]"#;
        let text = csv(&["a", "b", "c", "who.name"], items).unwrap();
        assert_eq!(text, "a,b,c,who.name\r\nx,,\"{\"\"k\"\": 1}\",\"'=Eve, \"\"E\"\"\"\r\n'=1+1,'-5,\"line\r\nline\",\r\n");
        for begin in ["+", "-", "@", "\t"] {
            assert_eq!(quoted(&format!("{begin}x")), format!("'{begin}x"));
        }
        assert_eq!(quoted("\rx"), "\"'\rx\"");
    }
}
