//! What was held and not bought? Counted over the holds a book has not forgotten; nothing is kept for it.

use super::book::Book;
use super::holds::{Hold, Line};
use super::number::*;
use super::outcome::State;
use std::collections::BTreeMap;

/// What became of the units of some holds: `units = bought + released + expired + held`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Holds placed; for an SKU, those that ever held it.
    pub holds: u64,
    /// Units asked for.
    pub units: u64,
    /// Units handed over, or packed to be.
    pub bought: u64,
    /// Units given back.
    pub released: u64,
    /// Units still held when time ran out.
    pub expired: u64,
    /// Units held still.
    pub held: u64,
    /// Seconds for which units were held that were not bought, each unit counted from when its hold was placed until the hold
    /// ended, or until now. A unit that was added or dropped in between counts as if it had been held all the time.
    pub unit_seconds: u64,
}

/// What was held and not bought, as of a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unbought {
    /// When the first hold was placed that is counted: holds that were forgotten are in no number.
    pub since: Option<Second>,
    /// Of everyone and everything.
    pub book: Tally,
    /// By customer, rising; holds of nobody known are in none.
    pub customers: Vec<(Customer, Tally)>,
    /// By SKU, rising.
    pub skus: Vec<(SkuNo, Tally)>,
}

impl Tally {
    fn add(&mut self, line: &Line, state: State, seconds: u64) {
        let open = u64::from(line.open());
        self.units += u64::from(line.requested);
        self.bought += u64::from(line.fulfilled);
        self.released += u64::from(line.released);
        match state {
            State::Expired => self.expired += open,
            _ => self.held += open,
        }
        let unbought = u64::from(line.requested - line.fulfilled);
        self.unit_seconds = self.unit_seconds.saturating_add(unbought.saturating_mul(seconds));
    }
}

impl Book {
    /// What was held and not bought, over holds placed from one second to before another. Holds that [`super::Forget`] took
    /// are not counted: it leaves what ended less than three days ago, and less than the longest life of a hold ago, so at
    /// least that far back the numbers are whole. O(holds).
    pub fn unbought(&self, from: Second, until: Second, at: Second) -> Unbought {
        let mut found = Unbought::default();
        let (mut customers, mut skus) = (BTreeMap::new(), BTreeMap::new());
        for (_, hold, state) in self.placed_within(from, until, at) {
            found.since = Some(found.since.map_or(hold.created, |since| since.min(hold.created)));
            let seconds = self.seconds(hold, at);
            found.book.holds += 1;
            let mut customer =
                hold.customer.map(|customer| customers.entry(customer).or_insert(Tally::default()));
            if let Some(tally) = &mut customer {
                tally.holds += 1;
            }
            let mut seen: Vec<SkuNo> = Vec::new();
            for line in self.holds.lines(hold) {
                found.book.add(line, state, seconds);
                if let Some(tally) = &mut customer {
                    tally.add(line, state, seconds);
                }
                let Some(sku) = self.cells.spot(line.cell).map(|spot| spot.facts.sku) else { continue };
                let tally = skus.entry(sku).or_insert(Tally::default());
                if !seen.contains(&sku) {
                    seen.push(sku);
                    tally.holds += 1;
                }
                tally.add(line, state, seconds);
            }
        }
        found.customers = customers.into_iter().collect();
        found.skus = skus.into_iter().collect();
        found
    }

    /// Holds placed from one second to before another, by number, with their states.
    pub(super) fn placed_within(
        &self,
        from: Second,
        until: Second,
        at: Second,
    ) -> impl Iterator<Item = (HoldId, &Hold, State)> {
        let rows = self.holds.rows.iter().enumerate();
        let rows = rows.filter(move |(_, hold)| from <= hold.created && hold.created < until);
        rows.filter_map(move |(row, hold)| {
            Some((HoldId::of(row as u32, hold.generation), hold, hold.state(at)?))
        })
    }

    /// Seconds a hold lived so far.
    pub(super) fn seconds(&self, hold: &Hold, at: Second) -> u64 {
        u64::from(hold.end(at).unwrap_or(at).0.saturating_sub(hold.created.0))
    }
}
