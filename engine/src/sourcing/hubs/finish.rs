//! From the hubs that were found to rows of the problem and of the sheet.

use super::Finder;
use crate::sourcing::{Sheet, TooBig};
use crate::split::{Hub, NO_HUB, Problem};

impl Finder<'_> {
    /// By hub whether something ends in it.
    fn useful(&self) -> Vec<bool> {
        let mut used = vec![false; self.found.len()];
        for part in &self.parts {
            used[usize::from(part.0)] = true;
        }
        // Hubs that end in another stand after it here.
        for hub in (0..self.found.len()).rev() {
            if used[hub] && self.found[hub].hub.into != NO_HUB {
                used[usize::from(self.found[hub].hub.into)] = true;
            }
        }
        used
    }

    /// Writes what was found, in the place of what was written before: hubs before those they end in, ways by place.
    /// Only if one of the hubs from `from` on is useful; says whether.
    pub(super) fn write(
        &self,
        from: usize,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<bool, TooBig> {
        let used = self.useful();
        if !used.get(from..).is_some_and(|used| used.contains(&true)) {
            return Ok(false);
        }
        self.forget(sheet, problem);
        let mut rows = vec![NO_HUB; self.found.len()];
        let kept = rows.iter_mut().zip(&used).rev().filter(|(_, used)| **used);
        for (next, (row, _)) in kept.enumerate() {
            *row = next as u16;
        }
        for (found, _) in self.found.iter().zip(&used).rev().filter(|(_, used)| **used) {
            let into = rows.get(usize::from(found.hub.into)).copied().unwrap_or(NO_HUB);
            let yard = problem.hubs.len() as u16;
            problem.hubs.push(Hub { yard, into, ..found.hub });
            sheet.hubs.push(found.row.clone());
        }
        problem.into.resize(problem.ways.len(), NO_HUB);
        let mut parts: Vec<_> = self.parts.iter().collect();
        parts.sort_by_key(|part| (sheet.places[usize::from(part.1)].node, rows[usize::from(part.0)]));
        for &(hub, number, way, row) in parts {
            let place = &mut sheet.places[usize::from(number)];
            if place.parts == 0 {
                place.part = problem.ways.len() as u32;
            }
            place.parts += 1;
            problem.ways.push(way);
            problem.into.push(rows[usize::from(hub)]);
            sheet.ways.push(row);
        }
        if problem.ways.len() > usize::from(u16::MAX) {
            return Err(TooBig::Rows("ways"));
        }
        Ok(true)
    }

    /// Takes out hubs and the ways that end in them, and all offers.
    pub(super) fn forget(&self, sheet: &mut Sheet, problem: &mut Problem<'_>) {
        let ways = problem.direct();
        problem.ways.truncate(ways);
        sheet.ways.truncate(ways);
        problem.into.clear();
        problem.hubs.clear();
        sheet.hubs.clear();
        for place in &mut sheet.places {
            (place.part, place.parts) = (0, 0);
        }
        problem.offers.clear();
        problem.caps.clear();
        sheet.fenced.clear();
    }
}
