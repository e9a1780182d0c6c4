//! The steps of an order over several regions, in an order in which any of them may be the last.

use super::order::Step;
use super::{Intents, Part, Region, RegionError, RegionNo, RegionalOrder};
use crate::ledger::command::*;
use crate::ledger::number::*;
use crate::ledger::outcome::{Done, Outcome};
use crate::ledger::refusal::{Code, Refusal};

/// What became of an order over several regions. It stays so, whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All of it is held, or was: its holds, in the order of its parts. The order lives as long as the first of them.
    Held(Vec<(RegionNo, HoldId)>),
    /// Nothing of it is held, because one region refused.
    Refused {
        /// Which.
        region: RegionNo,
        /// Why.
        refusal: Refusal,
    },
    /// Nothing of it is held: it was not confirmed in time, or its key was used for another order. A new try is a new key.
    Lapsed,
}

/// What recovery did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Which order.
    pub key: Key,
    /// What became of it; nothing when a region did not answer.
    pub fate: Result<Fate, RegionError>,
}

/// Ledgers of several regions, and what is on its way between them.
pub struct Regions<'a> {
    regions: Vec<&'a dyn Region>,
    intents: &'a dyn Intents,
    pending: u32,
}

impl std::fmt::Debug for Regions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Regions").field("regions", &self.regions.len()).finish_non_exhaustive()
    }
}

/// A hold that no book ever had.
const NOWHERE: HoldId = HoldId(u64::MAX);

/// A hold as it was placed, and not changed since.
const AS_PLACED: Option<u32> = Some(1);

/// What became of a part that may be given back.
enum Placed {
    Hold(HoldId),
    /// It was refused, or can no longer be placed.
    Not,
}

impl<'a> Regions<'a> {
    /// Regions by number. `pending` is the time in seconds within which an order is confirmed or given up: some hundred
    /// times what a commit takes, and longer than a region takes to fail over.
    pub fn new(regions: Vec<&'a dyn Region>, intents: &'a dyn Intents, pending: u32) -> Regions<'a> {
        Regions { regions, intents, pending }
    }

    /// Seconds within which an order is confirmed or given up.
    pub fn pending(&self) -> u32 {
        self.pending
    }

    /// Holds an order in all its regions, or in none. Sent again it has the same fate. One command for each part and one
    /// more.
    ///
    /// # Errors
    /// See [`RegionError`]. The order is then under way: send it again, or leave it to [`Regions::recover`].
    pub fn hold(&self, order: &RegionalOrder, now: Stamp) -> Result<Fate, RegionError> {
        order.inspect(self.regions.len(), self.pending)?;
        let until = self.intents.begin(order, self.until(now))?;
        self.finish(order, until, now)
    }

    /// Ends what was begun and not ended, at most so many orders: what may still be confirmed is driven on, what is past
    /// its time given up. To be called every few seconds, and after a start. Any number of processes may do so at once.
    ///
    /// # Errors
    /// When the intents cannot be read.
    pub fn recover(&self, most: usize, now: Stamp) -> Result<Vec<Recovered>, RegionError> {
        let open = self.intents.open(most)?;
        let finished = open.into_iter().map(|(order, until)| {
            let fate = order
                .inspect(self.regions.len(), self.pending)
                .and_then(|()| self.finish(&order, until, now));
            Recovered { key: order.key, fate }
        });
        Ok(finished.collect())
    }

    /// Gives an order back in all its regions; first at home, which decides that it is over. What is handed over already
    /// stays so. Sent again it does the rest.
    ///
    /// # Errors
    /// When a region does not answer.
    pub fn release(&self, order: &RegionalOrder, now: Stamp) -> Result<(), RegionError> {
        order.inspect(self.regions.len(), self.pending)?;
        for (part, at) in order.parts.iter().enumerate() {
            if let Placed::Hold(hold) = self.placed(order, part, now)? {
                let key = order.key_of(part, Step::Release);
                self.ask(at, order, key, Body::Release(Release { hold, version: None }), now)?;
            }
        }
        Ok(())
    }

    fn until(&self, now: Stamp) -> Stamp {
        Stamp(now.0.saturating_add(i64::from(self.pending) * 1_000_000_000))
    }

    fn finish(&self, order: &RegionalOrder, until: Stamp, now: Stamp) -> Result<Fate, RegionError> {
        let fate = match now < until {
            true => self.drive(order, now)?,
            false => self.give_up(order, now)?,
        };
        self.intents.end(order)?;
        Ok(fate)
    }

    fn ask(
        &self,
        at: &Part,
        order: &RegionalOrder,
        key: Key,
        body: Body,
        now: Stamp,
    ) -> Result<Outcome, RegionError> {
        let command = Command { tenant: order.tenant, key, body };
        let unreachable = |cause| RegionError::Unreachable { region: at.region, cause };
        self.regions[usize::from(at.region.0)].ask(command, now).map_err(unreachable)
    }

    fn answered(
        &self,
        order: &RegionalOrder,
        part: usize,
        step: Step,
    ) -> Result<Option<Outcome>, RegionError> {
        let at = &order.parts[part];
        let unreachable = |cause| RegionError::Unreachable { region: at.region, cause };
        let key = order.key_of(part, step);
        self.regions[usize::from(at.region.0)].answered(order.tenant, key).map_err(unreachable)
    }

    fn drive(&self, order: &RegionalOrder, now: Stamp) -> Result<Fate, RegionError> {
        let mut holds = Vec::with_capacity(order.parts.len());
        for (part, at) in order.parts.iter().enumerate() {
            let life = match part {
                0 => self.pending,
                // Longer than the home's, whose life counts: from a later moment, by a clock that may be ahead.
                _ => order.life.saturating_add(self.pending.saturating_mul(2)),
            };
            let body = Body::Place(Place { life, ..at.place.clone() });
            let outcome = self.ask(at, order, order.key_of(part, Step::Place), body, now)?;
            match outcome.result {
                Ok(Done::Held { hold, .. }) => holds.push((at.region, hold)),
                Err(refusal) if refusal.code == Code::KeyReused => {
                    // Given up before this came, or another order came first.
                    return self.give_up(order, now);
                }
                Err(refusal) => {
                    let held = self.give_up(order, now)?;
                    return Ok(match held {
                        Fate::Lapsed => Fate::Refused { region: at.region, refusal },
                        held => held,
                    });
                }
                Ok(_) => return Err(RegionError::Malformed("a place was answered with something else")),
            }
        }
        let (home, hold) = (&order.parts[0], holds[0].1);
        let confirm = Body::Extend(Extend { hold, version: AS_PLACED, life: order.life });
        let outcome = self.ask(home, order, order.key_of(0, Step::Confirm), confirm, now)?;
        match outcome.result {
            Ok(_) => Ok(Fate::Held(holds)),
            Err(refusal) => match (self.give_up(order, now)?, refusal.code) {
                (Fate::Lapsed, Code::HoldEnded | Code::VersionConflict) => Ok(Fate::Lapsed),
                (Fate::Lapsed, _) => Ok(Fate::Refused { region: home.region, refusal }),
                (held, _) => Ok(held),
            },
        }
    }

    /// Gives back whatever is held of an order, unless it was confirmed; from then on it cannot be any more.
    fn give_up(&self, order: &RegionalOrder, now: Stamp) -> Result<Fate, RegionError> {
        if let Placed::Hold(hold) = self.placed(order, 0, now)? {
            // Only as it was placed: a confirmed one has another version.
            let release = Body::Release(Release { hold, version: AS_PLACED });
            self.ask(&order.parts[0], order, order.key_of(0, Step::GiveUp), release, now)?;
            let confirmed = self.answered(order, 0, Step::Confirm)?;
            if confirmed.is_some_and(|outcome| outcome.result.is_ok()) {
                return self.holds_of(order).map(Fate::Held);
            }
        }
        for (part, at) in order.parts.iter().enumerate().skip(1) {
            if let Placed::Hold(hold) = self.placed(order, part, now)? {
                let release = Body::Release(Release { hold, version: None });
                self.ask(at, order, order.key_of(part, Step::GiveUp), release, now)?;
            }
        }
        Ok(Fate::Lapsed)
    }

    /// The hold of a part, or the certainty that there is none and will be none.
    fn placed(&self, order: &RegionalOrder, part: usize, now: Stamp) -> Result<Placed, RegionError> {
        let key = order.key_of(part, Step::Place);
        // Refused and remembered: whoever comes later to place it finds the key used.
        let nothing = Body::Release(Release { hold: NOWHERE, version: None });
        self.ask(&order.parts[part], order, key, nothing, now)?;
        let outcome = self.answered(order, part, Step::Place)?;
        Ok(match outcome.map(|outcome| outcome.result) {
            Some(Ok(Done::Held { hold, .. })) => Placed::Hold(hold),
            _ => Placed::Not,
        })
    }

    fn holds_of(&self, order: &RegionalOrder) -> Result<Vec<(RegionNo, HoldId)>, RegionError> {
        let mut holds = Vec::with_capacity(order.parts.len());
        for (part, at) in order.parts.iter().enumerate() {
            match self.answered(order, part, Step::Place)?.map(|outcome| outcome.result) {
                Some(Ok(Done::Held { hold, .. })) => holds.push((at.region, hold)),
                _ => return Err(RegionError::Malformed("a confirmed order lacks a part; send us the logs")),
            }
        }
        Ok(holds)
    }
}
