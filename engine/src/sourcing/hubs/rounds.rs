//! The rounds in which merges are looked for, each knowing what the one before has found.

use super::Finder;
use super::known::must_dwell;
use super::least::Floor;
use super::onward::Onward;
use crate::sourcing::{Fences, Ground, Sheet, TooBig, offers};
use crate::split::{NO_HUB, Problem, Solution};
use crate::units::Instant;
use crate::world::Order;
use std::rc::Rc;

/// Hubs of one order at most.
const HUBS: usize = 1024;

/// Hubs times states that the search for trees walks, at most: a few milliseconds.
const STATES: u64 = 1 << 17;

/// Where merges are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Round<'g> {
    /// Where a solution of the problem without time has them.
    Along(&'g Solution),
    /// At the last cross-docks before the customer.
    Near,
    /// Everywhere.
    Far,
}

/// Parcels of one order that could be merged on the way, looked for in rounds.
pub struct Merging<'f> {
    finder: Finder<'f>,
    /// Hubs known to serve.
    standing: usize,
    /// Chains of the hubs of the problem without time.
    chains: Rc<[Onward]>,
}

impl<'f> Merging<'f> {
    /// Nothing found yet, for an order that was sourced with all its places.
    pub fn new(ground: Ground<'f>, order: &'f Order, sheet: &Sheet, problem: &Problem<'_>) -> Merging<'f> {
        let states = problem.lines.iter().fold(1u64, |states, _| states.saturating_mul(2));
        let dwells = must_dwell(ground, sheet);
        let finder = Finder {
            ground,
            order,
            most: i64::MAX,
            floor: Floor::of(ground, order, sheet, problem),
            units: problem.lines.iter().map(|line| u64::from(line.qty)).sum(),
            dwells,
            period: if dwells { ground.transit.period_of_docks(order.placed_at) } else { None },
            hubs: (STATES / states).clamp(16, HUBS as u64) as usize,
            found: Vec::new(),
            parts: Vec::new(),
            known: Vec::new(),
            far: false,
            guided: false,
            unseen: i64::MAX,
            priced: None,
        };
        Merging { finder, standing: 0, chains: Rc::default() }
    }

    /// Writes the problem as it would be if time did not matter, with the merges that a plan cheaper than `most` could
    /// have; says whether there are any. Nothing costs less than its cheapest plan.
    ///
    /// # Errors
    /// When it would be larger than it is worth; what is written then means nothing.
    pub fn timeless(
        &mut self,
        most: i64,
        sheet: &Sheet,
        problem: &Problem<'_>,
        copy: &mut Problem<'_>,
    ) -> Result<bool, TooBig> {
        self.finder.most = most;
        self.chains = self.finder.timeless(sheet, problem, copy)?.into();
        Ok(!self.chains.is_empty())
    }

    /// Whether units of one line may have to part for what the problem without time leaves out: room, limits that reach
    /// over pools, lots that do not last.
    pub fn may_part(&self, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        !self.finder.ground.world.is_unlimited()
            || !problem.caps.is_empty()
            || sheet.sources.iter().any(|source| source.expires != Instant::NEVER)
    }

    /// Notes by hub of the problem without time what plans with a merge there cost at least.
    pub fn price(&mut self, through: &[i64]) {
        let priced = self.chains.iter().zip(through);
        self.chains = priced.map(|(chain, &through)| Onward { through, ..chain.clone() }).collect();
        self.finder.priced = Some(self.chains.clone());
    }

    /// Adds the hubs of a round that are not known yet and that a plan cheaper than `most` could have, and the ways that
    /// end in them. Says whether there are any; if not, nothing has changed.
    ///
    /// # Errors
    /// See [`TooBig`].
    pub fn look(
        &mut self,
        round: Round<'_>,
        most: i64,
        fences: Fences,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<bool, TooBig> {
        self.finder.most = most;
        self.finder.guided = matches!(round, Round::Along(_));
        self.finder.far = !matches!(round, Round::Near);
        let from = self.finder.found.len();
        match round {
            Round::Along(guide) => {
                let unseen = self.finder.unseen;
                self.along(guide, sheet, problem)?;
                // Nothing is proven by what was not looked at here.
                self.finder.unseen = unseen;
            }
            Round::Near | Round::Far => self.finder.search(sheet, problem)?,
        }
        self.write(from, fences, sheet, problem)
    }

    fn along(
        &mut self,
        guide: &Solution,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        for merge in &guide.merges {
            let onward = &self.chains[usize::from(merge.hub)];
            if onward.into == NO_HUB {
                self.finder.follow(onward, merge, guide, &self.chains, sheet, problem)?;
            }
        }
        Ok(())
    }

    /// Notes that the hubs found so far serve.
    pub fn stand(&mut self) {
        self.standing = self.finder.found.len();
    }

    /// Takes back what was added since hubs were noted to serve.
    ///
    /// # Errors
    /// See [`TooBig`].
    pub fn back(
        &mut self,
        fences: Fences,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        self.finder.found.truncate(self.standing);
        self.finder.parts.retain(|part| usize::from(part.0) < self.standing);
        if !self.write(0, fences, sheet, problem)? {
            self.finder.forget(sheet, problem);
            offers::write(self.finder.ground, self.finder.order, fences, sheet, problem)?;
        }
        Ok(())
    }

    /// What plans cost at least that have a merge which was not looked at, for there were too many.
    pub fn unseen(&self) -> i64 {
        self.finder.unseen
    }

    fn write(
        &self,
        from: usize,
        fences: Fences,
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<bool, TooBig> {
        let any = self.finder.write(from, sheet, problem)?;
        if any {
            offers::write(self.finder.ground, self.finder.order, fences, sheet, problem)?;
        }
        Ok(any)
    }
}
