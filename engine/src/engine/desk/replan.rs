//! Holds hit by a shortage are planned again, those who go first before the others, and each is adjusted in one instant.

use super::{Desk, HoldError, RefusedHold};
use crate::engine::{ReplanError, Replanned, Scratch};
use crate::ledger::{
    Adjust, Body, Books, CellNo, Command, HoldId, Key, Lines, Outcome, Stamp, State, Unbound, Want, Wanted,
};
use crate::plan::{self, Disruption, Plan, Shortage};
use crate::split::Budget;
use crate::stock::CellIx;
use crate::units::{Instant, Money};
use crate::world::Order;
use std::collections::BTreeMap;

/// A hold with the order and the plan it was made for.
#[derive(Clone, Copy, Debug)]
pub struct HeldPlan<'a> {
    /// The hold.
    pub hold: HoldId,
    /// Its order.
    pub order: &'a Order,
    /// The plan it holds.
    pub plan: &'a Plan,
}

/// How holds are planned again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplanTerms {
    /// As of when; legs that depart by then have left.
    pub now: Instant,
    /// Price of each parcel that does not stay as it was.
    pub change_price: Money,
    /// The first of the keys that are used, one for each try of each hold, rising by one.
    pub key: Key,
    /// Plans tried for each hold, at most.
    pub tries: u32,
}

/// What became of a hold.
#[derive(Clone, Debug, PartialEq)]
pub enum HoldFate {
    /// No cell it takes from lacks units it holds: it stays as it is.
    Untouched,
    /// It holds what the new plan takes.
    Adjusted {
        /// The new plan.
        replanned: Box<Replanned>,
        /// What the ledger answered.
        outcome: Outcome,
    },
    /// The new plan takes nothing that is held now, so there is nothing to hold: release it. It stays as it is.
    Nothing(Box<Replanned>),
    /// The new plan takes the very units that are held, say because what is short has left already: there is nothing to
    /// adjust. It stays as it is.
    SameUnits(Box<Replanned>),
    /// The new plan claims other departures, days, buffers or places than the hold does, and an adjustment changes none:
    /// place a new hold in its stead. It stays as it is.
    OtherClaims(Box<Replanned>),
    /// It is not live, or holds other units than its plan takes: what to give back is not known. It stays as it is.
    NotAsPlanned,
    /// There is no plan, or the ledger said no each time. It stays as it is.
    Failed(Box<HoldError>),
}

impl Desk {
    /// Plans again the orders of holds that short cells cannot serve, in the order in which they should be served
    /// elsewhere (see [`crate::ledger::Book::hit`]), and adjusts each hold to its new plan: all of it or nothing, its own
    /// units in nobody's way. Those that a short cell can still serve keep their units. Answers stand in the order of
    /// `held`.
    ///
    /// # Errors
    /// [`HoldError`] where the ledger cannot answer; what was adjusted by then stays so.
    pub fn replan_and_hold(
        &mut self,
        ledger: &impl Books,
        held: &[HeldPlan<'_>],
        terms: ReplanTerms,
        now: Stamp,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<Vec<HoldFate>, HoldError> {
        let mut fates: Vec<HoldFate> = held.iter().map(|_| HoldFate::Untouched).collect();
        for (turn, (row, shortages)) in self.hit(ledger, held)?.into_iter().enumerate() {
            let first = terms.key.0.wrapping_add(turn as u128 * u128::from(terms.tries));
            let disruption = Disruption {
                now: terms.now,
                change_price: terms.change_price,
                shortages,
                ..Disruption::default()
            };
            let keys = (0..terms.tries).map(|attempt| Key(first.wrapping_add(u128::from(attempt))));
            fates[row] = self.adjust(ledger, &held[row], &disruption, keys, now, budget, scratch)?;
        }
        Ok(fates)
    }

    /// Holds with the cells that lack units of theirs, those who go first first.
    fn hit(
        &self,
        ledger: &impl Books,
        held: &[HeldPlan<'_>],
    ) -> Result<Vec<(usize, Vec<Shortage>)>, HoldError> {
        let mut cells: Vec<CellIx> = Vec::new();
        for plan in held.iter().map(|held| held.plan) {
            cells.extend(plan.parcels.iter().flat_map(|parcel| &parcel.picks).map(|pick| pick.cell));
        }
        cells.sort_unstable();
        cells.dedup();
        let hit = ledger.look(|state| {
            let book = state.book(self.tenant)?;
            let at = state.at().second();
            let mut hit: Vec<_> = Vec::new();
            for (row, held) in held.iter().enumerate() {
                let Some(view) = book.hold_at(held.hold, at) else { continue };
                let shortages: Vec<Shortage> = cells
                    .iter()
                    .filter_map(|&cell| {
                        let hits = book.hit(self.binding.cell(cell), at);
                        let own = hits.iter().find(|hit| hit.hold == held.hold)?;
                        Some(Shortage { cell, missing: own.lacks })
                    })
                    .collect();
                if !shortages.is_empty() {
                    hit.push((u8::MAX - view.priority, view.created, held.hold, row, shortages));
                }
            }
            hit.sort_unstable_by_key(|(priority, created, hold, ..)| (*priority, *created, *hold));
            Some(hit)
        })?;
        let hit = hit.ok_or_else(|| Unbound { what: "book of tenant", name: self.tenant.0.to_string() })?;
        Ok(hit.into_iter().map(|(.., row, shortages)| (row, shortages)).collect())
    }

    #[allow(clippy::too_many_arguments)]
    fn adjust(
        &mut self,
        ledger: &impl Books,
        held: &HeldPlan<'_>,
        disruption: &Disruption,
        keys: impl Iterator<Item = Key>,
        now: Stamp,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<HoldFate, HoldError> {
        let mut last = None;
        for key in keys {
            let Some(version) = self.holds_its_plan(ledger, held)? else { return Ok(HoldFate::NotAsPlanned) };
            self.follow(ledger, held.order, Some(held.hold))?;
            let own = plan::claims(&self.engine.world, held.order, held.plan);
            // What it claims itself is in nobody's way, where the ledger has it.
            let _ = self.engine.load.release(&own);
            let replanned = match self.engine.replan(held.order, held.plan, disruption, budget, scratch) {
                Ok(replanned) => replanned,
                Err(error) => return Ok(HoldFate::Failed(Box::new(error.into()))),
            };
            if plan::claims(&self.engine.world, held.order, &replanned.plan) != own {
                return Ok(HoldFate::OtherClaims(Box::new(replanned)));
            }
            let (drops, adds) = self.differences(held.plan, &replanned.plan);
            if replanned.plan.parcels.is_empty() {
                return Ok(HoldFate::Nothing(Box::new(replanned)));
            }
            if drops.is_empty() && adds.is_empty() {
                return Ok(HoldFate::SameUnits(Box::new(replanned)));
            }
            let body = Body::Adjust(Adjust { hold: held.hold, version: Some(version), drops, adds });
            let outcomes = ledger.submit(vec![Command { tenant: self.tenant, key, body }], now)?;
            let Some(outcome) = outcomes.into_iter().next() else { continue };
            match outcome.result {
                Ok(_) => return Ok(HoldFate::Adjusted { replanned: Box::new(replanned), outcome }),
                Err(refusal) => {
                    let again = refusal.code.may_be_a_race();
                    last = Some(HoldError::Refused(RefusedHold(refusal)));
                    if !again {
                        break;
                    }
                }
            }
        }
        let order = held.order.id.clone();
        let last = last.unwrap_or(HoldError::StockChanged { order, tries: 0, cells: Vec::new() });
        Ok(HoldFate::Failed(Box::new(last)))
    }

    /// The version of a live hold that holds just what its plan takes.
    fn holds_its_plan(&self, ledger: &impl Books, held: &HeldPlan<'_>) -> Result<Option<u32>, HoldError> {
        let planned = self.units(held.plan);
        let version = ledger.look(|state: &State| {
            let view = state.book(self.tenant)?.hold_at(held.hold, state.at().second())?;
            let mut holds: BTreeMap<CellNo, u32> = BTreeMap::new();
            for line in view.lines.iter().filter(|line| line.held > 0) {
                *holds.entry(line.cell).or_default() += line.held;
            }
            (holds == planned).then_some(view.version)
        })?;
        Ok(version)
    }

    /// Units a plan takes of each cell.
    fn units(&self, plan: &Plan) -> BTreeMap<CellNo, u32> {
        let mut units = BTreeMap::new();
        for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
            *units.entry(self.binding.cell(pick.cell)).or_default() += pick.qty.0;
        }
        units
    }

    /// What a hold gives back and what it takes besides when its plan is another.
    fn differences(&self, old: &Plan, new: &Plan) -> (Lines, Lines) {
        let (old, new) = (self.units(old), self.units(new));
        let more = |of: &BTreeMap<CellNo, u32>, than: &BTreeMap<CellNo, u32>| -> Lines {
            let lines = of.iter().filter_map(|(&cell, &units)| {
                let qty = units.saturating_sub(than.get(&cell).copied().unwrap_or(0));
                (qty > 0).then_some(Wanted { what: Want::Cell(cell), qty })
            });
            lines.collect()
        };
        (more(&old, &new), more(&new, &old))
    }
}

impl From<ReplanError> for HoldError {
    fn from(error: ReplanError) -> HoldError {
        match error {
            ReplanError::Plan(error) => HoldError::Plan(error),
            ReplanError::Contradiction(what) => HoldError::Contradiction(what),
        }
    }
}
