//! The parcels that can end in a hub.

use super::Finder;
use crate::sourcing::relays::{End, Merge, follow, ride_with};
use crate::sourcing::roads::when_ready;
use crate::sourcing::{Sheet, TooBig};
use crate::split::Problem;

impl Finder<'_> {
    /// Writes the ways of every place that end in a hub.
    pub(super) fn parts_of(
        &mut self,
        hub: u16,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        let node = self.found[usize::from(hub)].row.node;
        let reaches = self.reaches(node, sheet, problem);
        let found = &self.found[usize::from(hub)];
        let (by, departs) = (found.by, found.departs);
        // One part that comes late makes the merged parcel ready late enough. Only where none did, each has to.
        let longest = found.row.longest.filter(|_| self.ground.strict.contains(&(node, departs)));
        let items = found.items.as_deref();
        let merge = Merge { node, by, departs, longest, hand_over: found.row.hand_over };
        let ways = problem.ways.len();
        let mut before = None;
        for reach in reaches.iter() {
            // What no parcel can ride in time need not be looked at.
            if reach.merged() > by || !self.is_useful(reach, &self.found[usize::from(hub)]) {
                continue;
            }
            let number = reach.track.place;
            if before != Some(number) {
                when_ready(number, sheet);
                before = Some(number);
            }
            let end = End::Merge(merge);
            match items {
                None => {
                    for laden in &reach.laden {
                        let (order, rides) = (self.order, &reach.rides);
                        ride_with(self.ground, order, reach.track, end, laden, rides, sheet, problem)?;
                    }
                }
                Some(items) => {
                    follow(self.ground, self.order, reach.track, end, |item| items[item], sheet, problem)?;
                }
            }
            // Written as ways of the problem, they wait here until all are known.
            for way in ways..problem.ways.len() {
                self.parts.push((hub, number, problem.ways[way], sheet.ways[way]));
            }
            problem.ways.truncate(ways);
            sheet.ways.truncate(ways);
        }
        Ok(())
    }
}
