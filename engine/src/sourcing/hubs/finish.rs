//! From the hubs that were found to rows of the problem and of the sheet.

use super::Finder;
use crate::sourcing::{Sheet, TooBig};
use crate::split::{Hub, NO_HUB, Problem};

impl Finder<'_> {
    /// Drops hubs in which nothing ends.
    pub(super) fn keep_useful(&mut self) {
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
        let mut rows = vec![NO_HUB; self.found.len()];
        let kept = rows.iter_mut().zip(&used).filter(|(_, used)| **used);
        for (next, (row, _)) in kept.enumerate() {
            *row = next as u16;
        }
        let mut used = used.into_iter();
        self.found.retain(|_| used.next().unwrap_or(false));
        for found in &mut self.found {
            if found.hub.into != NO_HUB {
                found.hub.into = rows[usize::from(found.hub.into)];
            }
        }
        for part in &mut self.parts {
            part.0 = rows[usize::from(part.0)];
        }
    }

    /// Writes what was found: hubs before those they end in, ways by place.
    pub(super) fn finish(mut self, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<(), TooBig> {
        if self.parts.is_empty() || self.found.is_empty() {
            return Ok(());
        }
        let last = self.found.len() as u16 - 1;
        let turned = |hub: u16| if hub == NO_HUB { NO_HUB } else { last - hub };
        self.found.reverse();
        for found in self.found {
            problem.hubs.push(Hub { into: turned(found.hub.into), ..found.hub });
            sheet.hubs.push(found.row);
        }
        problem.into.clear();
        problem.into.resize(problem.ways.len(), NO_HUB);
        self.parts.sort_by_key(|part| (sheet.places[usize::from(part.1)].node, turned(part.0)));
        for (hub, number, way, row) in self.parts {
            let place = &mut sheet.places[usize::from(number)];
            if place.parts == 0 {
                place.part = problem.ways.len() as u32;
            }
            place.parts += 1;
            problem.ways.push(way);
            problem.into.push(turned(hub));
            sheet.ways.push(row);
        }
        if problem.ways.len() > usize::from(u16::MAX) {
            return Err(TooBig::Rows("ways"));
        }
        Ok(())
    }
}
