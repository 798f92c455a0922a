//! The second part of the page, and every case as CSV.
use std::fmt::Write;

use anyhow::Result;

use super::cases::{Case, FILTERS, SEARCHES};
use super::measured::Found;
use super::{BOTH, Size, Who};
use crate::bench::load::Latency;
use crate::bench::report::thousands;

/// Milliseconds of p95 for what is no search.
const QUICK: f64 = 50.0;
/// Of a search.
const SEARCH: f64 = 100.0;
/// How often the p95 of ten thousand the p95 of a million may be.
const TIMES: f64 = 2.0;

/// Rows of a page, and the one that tells whether there is another.
const PAGE: u64 = 51;

/// Why a target is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Above the limit.
    Slow,
    /// Below it, and the page of ten thousand is not full: there is less to fetch there.
    Fuller,
    /// Below it, and more than twice what it took.
    Times,
}

const WHYS: [(Why, &str); 3] = [
    (Why::Slow, "Above the limit"),
    (Why::Fuller, "Below the limit, and more than twice the p95 of 10,000, where fewer than a page are found"),
    (Why::Times, "Below the limit, and more than twice the p95 of 10,000, where as full a page is found"),
];

/// Milliseconds within which 95 of 100 must be answered.
pub(super) fn limit(case: &Case) -> f64 {
    if matches!(case, Case::Search { .. }) { SEARCH } else { QUICK }
}

/// Whether a case meets its target at the larger size, beside what it took at the smaller one.
pub(super) fn is_met(case: &Case, before: &Found, latency: &Latency) -> bool {
    latency.p95 < limit(case) && (matches!(case, Case::Search { .. }) || latency.p95 <= TIMES * before.latency.p95)
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
        is_met(&self.large.case, self.small, &self.large.latency)
    }

    /// Why it does not meet its target, as far as that can be told from what was measured.
    fn why(&self) -> Why {
        let rows = |found: &Found| found.rows.unwrap_or_default();
        if self.large.latency.p95 >= limit(&self.large.case) {
            Why::Slow
        } else if rows(self.small) < PAGE && rows(self.small) < rows(self.large) {
            Why::Fuller
        } else {
            Why::Times
        }
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
    for (why, words) in WHYS {
        let missed: Vec<&Pair<'_>> = pairs.iter().filter(|pair| !pair.is_met() && pair.why() == why).collect();
        writeln!(tables, "\n{words}: {}.\n", missed.len())?;
        for pair in missed {
            let found = |found: &Found| found.rows.map_or_else(String::new, |rows| format!(", {} found", thousands(rows as f64)));
            let (small, large) = (pair.small, pair.large);
            writeln!(tables, "- {}: {:.1} ms{}; at 10,000 {:.1} ms{}", large.case, large.latency.p95, found(large), small.latency.p95, found(small))?;
        }
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
    let mut csv = String::from("case,found,p50_ms,p95_ms,p99_ms,found_at_10000,p50_ms_at_10000,p95_ms_at_10000,met\r\n");
    for pair in pairs(small, large) {
        let Found { case, rows, latency } = pair.large;
        let [rows, before] = [rows, &pair.small.rows].map(|rows| rows.map_or_else(String::new, |rows| rows.to_string()));
        let (large, small) = (format!("{:.2},{:.2},{:.2}", latency.p50, latency.p95, latency.p99), pair.small.latency);
        csv += &format!("\"{case}\",{rows},{large},{before},{:.2},{:.2},{}\r\n", small.p50, small.p95, pair.is_met());
    }
    csv
}
