//! What plans claim of departures, days, buffers and hand-over points, and when they give it back.
//!
//! Claims go with their hold: given back when it is released or expires, kept once it is fulfilled, since what was
//! handed over rode there. Nodes and lanes stand under the book's own numbers.

use super::before::Before;
use super::command::Claim;
use super::number::*;
use super::refusal::{Code, Refusal};
use crate::load::{self, Load};
use crate::units::Instant;
use crate::world::{LaneIx, NodeIx};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Capacity claims of the holds of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Capacity {
    pub load: Load,
    of: HashMap<HoldId, Box<[Claim]>, FixedState>,
    /// Holds with claims by when they end; some have ended otherwise or later since.
    due: BTreeMap<Second, Vec<HoldId>>,
    of_before: Before<HoldId, Option<Box<[Claim]>>>,
    /// What a group took (true) and gave back, in turn.
    moved: Vec<(bool, load::Claim)>,
}

/// Why claims cannot be taken.
pub(super) enum NoRoom {
    Full(Refusal),
    Broken(&'static str),
}

impl Capacity {
    /// Takes claims in turn, each beside those before it.
    pub fn take(&mut self, claims: &[Claim]) -> Result<(), NoRoom> {
        for (row, claim) in claims.iter().enumerate() {
            let too_much = self.too_much(claim);
            let refused = match too_much {
                Some((asked, there_is)) => {
                    Some(NoRoom::Full(Refusal::new(Code::Full, asked, there_is).on(row)))
                }
                None => self
                    .commit(&[of(claim)])
                    .err()
                    .map(|_| NoRoom::Full(Refusal::new(Code::Full, 1u32, 0u32).on(row))),
            };
            if let Some(refused) = refused {
                let done: Vec<load::Claim> = claims[..row].iter().map(of).collect();
                return Err(match self.release(&done) {
                    Ok(()) => refused,
                    Err(_) => NoRoom::Broken("claims taken a moment ago are not there"),
                });
            }
        }
        Ok(())
    }

    /// Notes whose the claims taken are, and when they end.
    pub fn keep(&mut self, hold: HoldId, claims: Box<[Claim]>, until: Second) {
        self.set(hold, Some(claims));
        self.due.entry(until).or_default().push(hold);
    }

    /// The hold lives longer.
    pub fn extend(&mut self, hold: HoldId, until: Second) {
        self.due.entry(until).or_default().push(hold);
    }

    /// Claims of a hold.
    pub fn of(&self, hold: HoldId) -> &[Claim] {
        self.of.get(&hold).map_or(&[], |claims| claims)
    }

    /// Gives back what a hold claimed.
    pub fn give_back(&mut self, hold: HoldId) -> Result<Box<[Claim]>, &'static str> {
        let claims = self.set(hold, None).ok_or("a hold said to have claims has none")?;
        let taken: Vec<load::Claim> = claims.iter().map(of).collect();
        self.release(&taken).map_err(|_| "claims of a hold were not taken")?;
        Ok(claims)
    }

    /// Takes a claim off a hold that keeps its room; whether the hold had it.
    pub fn hand_on(&mut self, hold: HoldId, claim: &Claim) -> bool {
        let Some(claims) = self.of.get(&hold) else { return false };
        let Some(place) = claims.iter().position(|other| other == claim) else { return false };
        let mut left = claims.to_vec();
        left.remove(place);
        self.set(hold, Some(left.into()));
        true
    }

    /// Takes room again for a claim that no hold has, as written down.
    pub fn take_one(&mut self, claim: &Claim) -> Result<(), &'static str> {
        self.commit(&[of(claim)]).map_err(|_| "claims of a parcel do not fit")
    }

    /// Gives back the room of a claim that no hold has.
    pub fn drop_one(&mut self, claim: &Claim) -> Result<(), &'static str> {
        self.release(&[of(claim)]).map_err(|_| "claims of a parcel were not taken")
    }

    /// Takes again what was given back a moment ago; it is still noted when it ends.
    pub fn put_back(&mut self, hold: HoldId, claims: Box<[Claim]>) -> Result<(), &'static str> {
        let taken: Vec<load::Claim> = claims.iter().map(of).collect();
        self.commit(&taken).map_err(|_| "claims given back a moment ago do not fit")?;
        self.set(hold, Some(claims));
        Ok(())
    }

    /// Says what a hold claims; what it claimed before.
    fn set(&mut self, hold: HoldId, claims: Option<Box<[Claim]>>) -> Option<Box<[Claim]>> {
        let of = &self.of;
        self.of_before.note(hold, || of.get(&hold).cloned());
        match claims {
            Some(claims) => self.of.insert(hold, claims),
            None => self.of.remove(&hold),
        }
    }

    fn commit(&mut self, claims: &[load::Claim]) -> Result<(), load::LoadError> {
        self.load.commit(claims)?;
        self.note(true, claims);
        Ok(())
    }

    fn release(&mut self, claims: &[load::Claim]) -> Result<(), load::LoadError> {
        self.load.release(claims)?;
        self.note(false, claims);
        Ok(())
    }

    fn note(&mut self, taken: bool, claims: &[load::Claim]) {
        if self.of_before.is_noting() {
            self.moved.extend(claims.iter().map(|&claim| (taken, claim)));
        }
    }

    pub fn begin_group(&mut self) {
        self.of_before.begin();
    }

    pub fn keep_group(&mut self) {
        self.of_before.end();
        self.moved.clear();
    }

    /// Claims stay noted where they would have ended: whose they were is looked up then.
    pub fn undo_group(&mut self) -> Result<(), &'static str> {
        for (taken, claim) in std::mem::take(&mut self.moved).into_iter().rev() {
            let moved = if taken { self.load.release(&[claim]) } else { self.load.commit(&[claim]) };
            moved.map_err(|_| "claims of a group cannot be undone")?;
        }
        for (hold, claims) in self.of_before.end() {
            self.set(hold, claims);
        }
        Ok(())
    }

    /// The next hold whose claims end by a moment, if any.
    pub fn next_due(&mut self, at: Second) -> Option<HoldId> {
        let mut first = self.due.first_entry().filter(|first| *first.key() <= at)?;
        let hold = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        hold
    }

    /// Number asked for and number there is, of the first measure that would be passed.
    fn too_much(&self, claim: &Claim) -> Option<(u64, u64)> {
        let over = |taken: u64, more: u64, most: Option<u64>| {
            let most = most?;
            (taken.saturating_add(more) > most + u64::from(planted!(ClaimOverByOne)))
                .then(|| (more, most.saturating_sub(taken)))
        };
        let wide = |number: u32| u64::from(number);
        match *claim {
            Claim::Departure {
                lane,
                compartment,
                departs,
                grams,
                cm3,
                most_grams,
                most_cm3,
                most_parcels,
            } => {
                let taken = self.load.departure(LaneIx(lane.0), departs, compartment);
                over(taken.grams.0, grams.0, most_grams.map(|most| most.0))
                    .or_else(|| over(taken.cm3.0, cm3.0, most_cm3.map(|most| most.0)))
                    .or_else(|| over(wide(taken.parcels), 1, most_parcels.map(wide)))
            }
            Claim::NodeDay { node, date, parcels, lines, most_parcels, most_lines } => {
                let day = self.load.node_day(NodeIx(node.0), date);
                over(wide(day.parcels), wide(parcels), most_parcels.map(wide))
                    .or_else(|| over(wide(day.lines), wide(lines), most_lines.map(wide)))
            }
            Claim::Buffer { node, from, until, most } => {
                over(wide(self.load.buffer_peak(NodeIx(node.0), from, until)), 1, most.map(wide))
            }
            Claim::Point { node, from, until, most } => {
                over(wide(self.load.point_peak(NodeIx(node.0), from, until)), 1, most.map(wide))
            }
        }
    }
}

/// A claim as the load counts it.
fn of(claim: &Claim) -> load::Claim {
    match *claim {
        Claim::Departure { lane, compartment, departs, grams, cm3, .. } => {
            load::Claim::Departure { lane: LaneIx(lane.0), compartment, departs, grams, cm3 }
        }
        Claim::NodeDay { node, date, parcels, lines, .. } => {
            load::Claim::NodeDay { node: NodeIx(node.0), date, parcels, lines }
        }
        Claim::Buffer { node, from, until, .. } => load::Claim::Buffer { node: NodeIx(node.0), from, until },
        Claim::Point { node, from, until, .. } => load::Claim::Point { node: NodeIx(node.0), from, until },
    }
}

impl Claim {
    /// The last moment it takes room at.
    pub(super) fn last(&self) -> Instant {
        match *self {
            Claim::Departure { departs, .. } => departs,
            // The day after the date began has ended in every zone.
            Claim::NodeDay { date, .. } => Instant((i64::from(date) + 2) * 86_400),
            Claim::Buffer { until, .. } | Claim::Point { until, .. } => until,
        }
    }
}
