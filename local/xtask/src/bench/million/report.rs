//! The second part of the page, and every case as CSV.
use std::fmt::Write;

use anyhow::Result;

use super::cases::{Case, FILTERS, SEARCHES};
use super::measured::Found;
use super::{BOTH, Size, Who};
use crate::bench::report::thousands;

/// Milliseconds of p95 for what is no search.
const QUICK: f64 = 50.0;
/// Of a search.
const SEARCH: f64 = 100.0;
/// How often the p95 of ten thousand the p95 of a million may be.
const TIMES: f64 = 2.0;

/// Milliseconds within which 95 of 100 must be answered.
pub(super) fn limit(case: &Case) -> f64 {
    if matches!(case, Case::Search { .. }) { SEARCH } else { QUICK }
}

/// A case at both sizes.
struct Pair<'a> {
    small: &'a Found,
    large: &'a Found,
}

impl Pair<'_> {
    fn times(&self) -> f64 {
        self.large.latency.p95 / self.small.latency.p95
    }

    fn is_met(&self) -> bool {
        let is_search = matches!(self.large.case, Case::Search { .. });
        self.large.latency.p95 < limit(&self.large.case) && (is_search || self.times() <= TIMES)
    }

    fn row(&self, name: &str) -> String {
        let (latency, rows) = (self.large.latency, self.large.rows.map_or_else(String::new, |rows| thousands(rows as f64)));
        let found = format!("{:.1} | {:.1} | {:.1}", latency.p50, latency.p95, latency.p99);
        let met = if self.is_met() { "yes" } else { "**no**" };
        format!("| {name} | {rows} | {found} | {:.1} | {:.2} | {met} |\n", self.small.latency.p95, self.times())
    }
}

fn pairs<'a>(small: &'a Size, large: &'a Size) -> Vec<Pair<'a>> {
    small.found.iter().zip(&large.found).map(|(small, large)| Pair { small, large }).collect()
}

/// Everything after its heading.
pub(super) fn page(small: &Size, large: &Size) -> Result<String> {
    let pairs = pairs(small, large);
    let met = pairs.iter().filter(|pair| pair.is_met()).count();
    let page = include_str!("../million.md")
        .replace("{incidents}", &thousands(f64::from(large.incidents)))
        .replace("{small}", &thousands(f64::from(small.incidents)))
        .replace("{seeded}", &format!("{:.0}", large.seeded.as_secs_f64()))
        .replace("{met}", &met.to_string())
        .replace("{cases}", &pairs.len().to_string())
        .replace("{tables}\n", &tables(&pairs)?);
    Ok(page)
}

const COLUMNS: &str = "| found | p50 | p95 | p99 | p95 at 10,000 | times | met |\n|---|---|---|---|---|---|---|---|\n";

fn tables(pairs: &[Pair<'_>]) -> Result<String> {
    let mut tables = format!("| one incident {COLUMNS}");
    for pair in pairs.iter().filter(|pair| matches!(pair.large.case, Case::Operation { .. })) {
        tables += &pair.row(&pair.large.case.to_string());
    }
    for who in BOTH {
        write!(tables, "\nAs {who}, each filter in the order in which its p95 was highest:\n\n| filter, order {COLUMNS}")?;
        for filter in FILTERS {
            tables += &worst(pairs, who, filter.name);
        }
        write!(tables, "\n| search, {who} {COLUMNS}")?;
        for search in SEARCHES {
            let is_it =
                |pair: &&Pair<'_>| matches!(pair.large.case, Case::Search { who: asked, search: of } if asked == who && of.name == search.name);
            tables.extend(pairs.iter().filter(is_it).map(|pair| pair.row(search.name)));
        }
    }
    tables += "\nWhat does not meet its target:\n\n";
    for pair in pairs.iter().filter(|pair| !pair.is_met()) {
        writeln!(tables, "- {}: {}, {:.2} times that of 10,000", pair.large.case, pair.large.latency, pair.times())?;
    }
    Ok(tables)
}

/// The order of a filter with the highest p95.
fn worst(pairs: &[Pair<'_>], who: Who, name: &str) -> String {
    let of = pairs.iter().filter_map(|pair| match pair.large.case {
        Case::List { who: asked, filter, sort } if asked == who && filter.name == name => Some((pair, sort)),
        _ => None,
    });
    let worst = of.max_by(|(a, _), (b, _)| a.large.latency.p95.total_cmp(&b.large.latency.p95));
    worst.map(|(pair, sort)| pair.row(&format!("{name}, `{sort}`"))).unwrap_or_default()
}

/// A line for each case.
pub(super) fn csv(small: &Size, large: &Size) -> String {
    let mut csv = String::from("case,found,p50_ms,p95_ms,p99_ms,p95_ms_at_10000,met\r\n");
    for pair in pairs(small, large) {
        let Found { case, rows, latency } = pair.large;
        let rows = rows.map_or_else(String::new, |rows| rows.to_string());
        let quantiles = format!("{:.2},{:.2},{:.2},{:.2}", latency.p50, latency.p95, latency.p99, pair.small.latency.p95);
        csv += &format!("\"{case}\",{rows},{quantiles},{}\r\n", pair.is_met());
    }
    csv
}
