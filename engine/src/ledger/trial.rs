//! What would a rule against repeated holding have changed? The holds a book remembers are placed once more, under the rule.

use super::book::Book;
use super::command::Rule;
use super::history::{Asked, End, History, Past, note};
use super::holds::Hold;
use super::number::*;
use super::outcome::State;
use super::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// What a rule would have refused of the holds that were placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// Holds placed, as they were.
    pub holds: u64,
    /// Holds of those that the rule would have refused.
    pub refused: u64,
    /// Units they asked for.
    pub units: u64,
    /// Seconds for which they held units that were not bought: what would have been free for others.
    pub unit_seconds: u64,
    /// Refused holds of which something was bought after all: what the rule would have cost.
    pub bought: u64,
    /// Units bought out of them.
    pub bought_units: u64,
}

/// What happened to a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Placed,
    Bought,
    Released,
}

impl Book {
    /// Places the holds of a window again under one rule alone: those from `from` to before `until` that were not forgotten
    /// (see [`Book::unbought`]). A hold that the rule refuses does not count against later ones. A hold released in the
    /// second in which its customer placed another counts as replaced. Nothing changes. O(holds × log holds), times what the
    /// rule looks at of one customer.
    ///
    /// # Errors
    /// A [`Refusal`] when the rule is none that settings would take.
    pub fn trial(&self, rule: &Rule, from: Second, until: Second, at: Second) -> Result<Trial, Refusal> {
        rule.inspect()?;
        let rules = [*rule];
        let holds: Vec<(HoldId, &Hold, State)> = self.placed_within(from, until, at).collect();
        let placed: BTreeSet<(Customer, Second)> =
            holds.iter().filter_map(|(_, hold, _)| Some((hold.customer?, hold.created))).collect();
        let bought = self.first_bought();
        // Within a second older holds end first, then new ones are placed, then those end that were placed in it.
        let mut events: Vec<(Second, u8, usize, Event)> = Vec::new();
        for (row, (id, hold, state)) in holds.iter().enumerate() {
            events.push((hold.created, 1, row, Event::Placed));
            let last = hold.end(at).unwrap_or(at);
            let is_bought = self.holds.lines(hold).iter().any(|line| line.fulfilled > 0);
            let end = match (is_bought, state) {
                // What was packed may be handed over long after.
                (true, _) => Some((bought.get(id).copied().unwrap_or(last).min(last), Event::Bought)),
                (false, State::Released) => Some((hold.ended, Event::Released)),
                _ => None,
            };
            if let Some((second, event)) = end {
                events.push((second, if second > hold.created { 0 } else { 2 }, row, event));
            }
        }
        events.sort_unstable();

        let mut history = History::default();
        let mut trial = Trial { holds: holds.len() as u64, ..Trial::default() };
        for (second, _, row, event) in events {
            let (id, hold, _) = holds[row];
            match event {
                Event::Bought => history.changed(hold.customer, id, hold.expires, Some(End::Bought)),
                Event::Released => {
                    let again = hold.customer.is_some_and(|customer| placed.contains(&(customer, second)));
                    let end =
                        if again && second > hold.created { End::Replaced } else { End::Unbought(second) };
                    history.changed(hold.customer, id, hold.expires, Some(end));
                }
                Event::Placed => {
                    let asked = self.asked_by(hold);
                    match history.allows(&rules, hold.customer, &asked, None, second) {
                        Ok(()) => {
                            let (created, expires, end) = (hold.created, hold.expires, End::Open);
                            let units = asked.iter().copied().collect();
                            let past = Past { hold: id, created, expires, end, units };
                            history.placed(&rules, hold.customer, past);
                        }
                        Err(_) => trial.refuse(self, hold, at),
                    }
                }
            }
        }
        Ok(trial)
    }

    /// Units of each SKU a hold ever asked for.
    fn asked_by(&self, hold: &Hold) -> Asked {
        let mut asked = Asked::new();
        for line in self.holds.lines(hold) {
            if let Some(spot) = self.cells.spot(line.cell) {
                note(&mut asked, spot.facts.sku, line.requested);
            }
        }
        asked
    }

    /// When each hold was first bought of, as far as sales are remembered.
    fn first_bought(&self) -> BTreeMap<HoldId, Second> {
        let mut first = BTreeMap::new();
        for sale in &self.sales {
            first.entry(sale.hold).or_insert(sale.at.second());
        }
        first
    }
}

impl Trial {
    fn refuse(&mut self, book: &Book, hold: &Hold, at: Second) {
        let seconds = book.seconds(hold, at);
        let lines = book.holds.lines(hold);
        let asked: u64 = lines.iter().map(|line| u64::from(line.requested)).sum();
        let bought: u64 = lines.iter().map(|line| u64::from(line.fulfilled)).sum();
        self.refused += 1;
        self.units += asked;
        self.unit_seconds = self.unit_seconds.saturating_add((asked - bought).saturating_mul(seconds));
        self.bought += u64::from(bought > 0);
        self.bought_units += bought;
    }
}
