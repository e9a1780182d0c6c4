//! Do the parcels of an answer pass what takes only so many of them?

use crate::split::problem::{Measure, Neck, Problem, Solution};

/// What a parcel holds that may count somewhere.
struct Held {
    lines: Vec<u16>,
    grams: u64,
    cm3: u64,
}

impl Held {
    fn amount(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Parcels => 1,
            Measure::Lines => self.lines.len() as u64,
            Measure::Grams(per) => self.grams / per.max(1),
            Measure::Cm3(per) => self.cm3 / per.max(1),
        }
    }
}

/// The first neck that has more in it than it takes.
pub(super) fn passed<'p>(problem: &'p Problem<'_>, solution: &Solution) -> Option<&'p Neck> {
    if problem.necks.is_empty() {
        return None;
    }
    let parcels = solution.parcels.len();
    let mut held: Vec<Held> = Vec::new();
    for parcel in &solution.parcels {
        let mut inside = Held { lines: Vec::new(), grams: 0, cm3: 0 };
        for &(offer, units) in &parcel.takes {
            let line = problem.offers[offer as usize].line;
            let row = &problem.lines[usize::from(line)];
            inside.lines.push(line);
            inside.grams = inside.grams.saturating_add(row.grams.saturating_mul(u64::from(units)));
            inside.cm3 = inside.cm3.saturating_add(row.cm3.saturating_mul(u64::from(units)));
        }
        held.push(inside);
    }
    for merge in &solution.merges {
        let rows = merge.parcels.iter().map(|&row| row as usize);
        let rows = rows.chain(merge.merges.iter().map(|&row| parcels + row as usize));
        let mut inside = Held { lines: Vec::new(), grams: 0, cm3: 0 };
        for part in rows.map(|row| &held[row]) {
            inside.lines.extend(&part.lines);
            inside.grams = inside.grams.saturating_add(part.grams);
            inside.cm3 = inside.cm3.saturating_add(part.cm3);
        }
        held.push(inside);
    }
    for inside in &mut held {
        inside.lines.sort_unstable();
        inside.lines.dedup();
    }
    problem.necks.iter().find(|neck| {
        let ways = solution.parcels.iter().zip(&held);
        let ways = ways.filter(|(parcel, _)| neck.ways.binary_search(&parcel.way).is_ok());
        let hubs = solution.merges.iter().zip(&held[parcels..]);
        let hubs = hubs.filter(|(merge, _)| neck.hubs.binary_search(&merge.hub).is_ok());
        let inside = ways.map(|(_, held)| held).chain(hubs.map(|(_, held)| held));
        inside.map(|held| held.amount(neck.measure)).fold(0, u64::saturating_add) > u64::from(neck.most)
    })
}
