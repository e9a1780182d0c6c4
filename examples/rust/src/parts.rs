//! Rows of a world document as these worlds have them: the testkit's, with what both real data sets share filled in.

use volok::spec::{Calendar, HandsOver, Lane, Node, Schedule, Tariff, Temperature};
use volok::testkit::generate::parts;

pub use volok::testkit::generate::parts::{cell, channel, line, moment, order, seller, stores, zone};

/// A place that can do nothing yet and has no other name than its key.
pub fn node(id: &str) -> Node {
    parts::node(id, "")
}

/// A hand-over point with its storages; parcels are kept for a week.
pub fn hands_over(calendar: &str, cost: i64, storages: &[(&str, Temperature)]) -> HandsOver {
    HandsOver { kept_days: Some(7), ..parts::hands_over(Some(calendar), cost, storages) }
}

/// Hours of some weekdays, written as `"mon tue"`.
pub fn hours(id: &str, zone: &str, days: &str, span: (&str, &str)) -> Calendar {
    let weekly = Some(parts::hours(days, &[span]));
    Calendar { id: id.to_owned(), zone: zone.to_owned(), weekly, closed: Vec::new() }
}

/// A tariff by steps of grams and price; above the last step so much a kilogram, if anything. Five litres count as a
/// kilogram.
pub fn tariff(id: &str, base: i64, steps: &[(i64, i64)], per_kg_above: Option<i64>) -> Tariff {
    Tariff { cm3_per_kg: Some(5_000), ..parts::tariff(id, base, steps, per_kg_above) }
}

/// A lane with its compartments, its key made of its ends and its kind; `times` are cut-off and transit in minutes.
pub fn lane(
    (from, to, kind): (&str, &str, &str),
    compartments: &[(&str, Temperature)],
    schedule: Schedule,
    times: (i64, i64),
    tariff: &str,
) -> Lane {
    parts::lane(&format!("{from}>{to} {kind}"), (from, to), compartments, schedule, times, Some(tariff))
}
