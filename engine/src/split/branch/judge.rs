//! Holds a relaxation's primal against the true rules: a plan when it stands, else what to branch on.

use super::domain::State;
use super::search::{Content, Search};
use crate::split::core::NEVER;
use crate::split::supply;

/// What became of a node's primal.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verdict {
    /// The node has no plan.
    Impossible,
    /// The primal is a plan and costs what the relaxation says: nothing in the node is cheaper.
    Settled(i64),
    /// A free slot is used: open it, or close it.
    Open(usize),
    /// A free slot that is not used holds the bound down: close it, or open it.
    Close(usize),
    /// At least so many units of a variable, or fewer.
    Units(usize, u32),
    /// A slot's carriage is dearer than its line: hold at most `below`, or pay for `at_least`.
    Weight {
        /// Which slot.
        slot: usize,
        /// The end of a step.
        below: u64,
        /// The beginning of the next.
        at_least: u64,
    },
}

/// What a slot holds in a primal.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    units: u64,
    grams: u64,
    cm3: u64,
}

impl Search<'_> {
    /// Judges the primal in `self.relaxed`; a plan cheaper than the best known becomes the best known.
    pub(super) fn judge(&mut self) -> Verdict {
        let loads = self.loads();
        let trouble = self.trouble(&loads);
        if trouble.is_none() {
            self.keep_if_better(&loads);
        }
        let used_free = (0..self.slots.len())
            .filter(|&slot| loads[slot].units > 0 && self.domain.states[slot] == State::Free)
            .max_by_key(|&slot| (loads[slot].units, std::cmp::Reverse(slot)));
        if let Some(slot) = used_free {
            return Verdict::Open(slot);
        }
        if let Some(trouble) = trouble {
            return trouble;
        }
        if let Some(dearer) = self.dearest_surprise(&loads) {
            return dearer;
        }
        match self.blocking_slot() {
            Some(slot) => Verdict::Close(slot),
            None => Verdict::Settled(self.cost_of(&loads)),
        }
    }

    fn loads(&self) -> Vec<Load> {
        let mut loads = vec![Load::default(); self.slots.len()];
        for (k, variable) in self.variables.iter().enumerate() {
            let units = u64::from(self.relaxed.units[k]);
            if units > 0 {
                let atom = &self.core.atoms[variable.atom as usize];
                let load = &mut loads[variable.slot as usize];
                load.units += units;
                load.grams += atom.grams * units;
                load.cm3 += atom.cm3 * units;
            }
        }
        loads
    }

    /// The first rule the primal breaks, and how to branch on it. Rules that only opening slots can settle (a free
    /// slot stands for all later ones of its way) break here too; then the caller opens the slot first.
    fn trouble(&self, loads: &[Load]) -> Option<Verdict> {
        let mut parcels = 0;
        for (slot, load) in loads.iter().enumerate() {
            if load.units == 0 {
                continue;
            }
            parcels += 1;
            let way = self.slots[slot].way as usize;
            let terms = &self.problem.ways[way];
            let staircase = &self.problem.staircases[terms.staircase as usize];
            let ceiling = self.domain.ceilings[slot].min(staircase.heaviest());
            let chargeable = staircase.chargeable(load.grams, load.cm3);
            if load.grams > terms.max_grams || chargeable > ceiling || load.cm3 > terms.max_cm3 {
                let grams_over = load.grams.saturating_sub(terms.max_grams.min(ceiling));
                let most_cm3 = match staircase.cm3_per_kg {
                    Some(divisor) if ceiling < u64::MAX / 1000 => {
                        terms.max_cm3.min((u128::from(ceiling) * u128::from(divisor) / 1000) as u64)
                    }
                    _ => terms.max_cm3,
                };
                return Some(self.lighten(slot, grams_over, load.cm3.saturating_sub(most_cm3)));
            }
            if let Some(quarrel) = self.quarrel(slot) {
                return Some(quarrel);
            }
        }
        if let Some(short) = self.shortfall() {
            return Some(short);
        }
        if !self.problem.rules.several_origins
            && let Some(variable) = self.second_origin()
        {
            return Some(Verdict::Units(variable, 1));
        }
        // Skips of what must not be skipped do not occur: such atoms have no skip to take.
        if (0..self.core.atoms.len()).any(|atom| !self.filled(atom)) {
            return Some(Verdict::Impossible);
        }
        (parcels > self.max_parcels as usize).then_some(Verdict::Impossible)
    }

    fn filled(&self, atom: usize) -> bool {
        let brought: u64 = self.variables_of(atom).map(|k| u64::from(self.relaxed.units[k])).sum();
        brought + u64::from(self.relaxed.skipped[atom]) == u64::from(self.core.atoms[atom].units)
    }

    /// Takes units out of a slot that is too heavy or too large: the variable that weighs most in what is over.
    fn lighten(&self, slot: usize, grams_over: u64, cm3_over: u64) -> Verdict {
        let by_grams = grams_over > 0;
        let over = if by_grams { grams_over } else { cm3_over };
        let measure = |k: usize| {
            let atom = &self.core.atoms[self.variables[k].atom as usize];
            if by_grams { atom.grams } else { atom.cm3 }
        };
        let spare = |k: usize| self.relaxed.units[k] - self.domain.lo[k];
        self.in_slot[slot]
            .iter()
            .map(|&k| k as usize)
            .filter(|&k| spare(k) > 0 && measure(k) > 0)
            .max_by_key(|&k| (measure(k).saturating_mul(u64::from(spare(k))), std::cmp::Reverse(k)))
            .map_or(Verdict::Impossible, |k| {
                let needed = over.div_ceil(measure(k)).clamp(1, u64::from(spare(k))) as u32;
                Verdict::Units(k, self.relaxed.units[k] - needed + 1)
            })
    }

    /// Two atoms of a slot that must stay apart.
    fn quarrel(&self, slot: usize) -> Option<Verdict> {
        if self.core.apart.is_empty() {
            return None;
        }
        let inside: Vec<usize> =
            self.in_slot[slot].iter().map(|&k| k as usize).filter(|&k| self.relaxed.units[k] > 0).collect();
        for (place, &one) in inside.iter().enumerate() {
            for &other in &inside[place + 1..] {
                let (a, b) = (self.variables[one].atom, self.variables[other].atom);
                if self.core.apart.binary_search(&(a.min(b), a.max(b))).is_ok() {
                    let loose = [one, other].into_iter().find(|&k| self.domain.lo[k] == 0);
                    return Some(loose.map_or(Verdict::Impossible, |k| Verdict::Units(k, 1)));
                }
            }
        }
        None
    }

    fn shortfall(&self) -> Option<Verdict> {
        if !self.core.coupled {
            return None;
        }
        let mut takes: Vec<(u32, u32)> = Vec::new();
        for (k, variable) in self.variables.iter().enumerate() {
            let units = self.relaxed.units[k];
            if units > 0 {
                let parts = &self.core.arcs[variable.arc as usize].parts;
                takes.extend(parts.iter().map(|&(offer, per)| (offer, per * units)));
            }
        }
        takes.sort_unstable();
        let short = supply::shortfall(self.problem, &takes)?;
        let draws = |k: usize| {
            let parts = &self.core.arcs[self.variables[k].arc as usize].parts;
            parts.iter().filter(|(offer, _)| short.offers.contains(offer)).map(|part| part.1).max()
        };
        let spare = |k: usize| self.relaxed.units[k] - self.domain.lo[k];
        let loosest = (0..self.variables.len())
            .filter(|&k| spare(k) > 0)
            .filter_map(|k| draws(k).map(|per| (spare(k), std::cmp::Reverse(k), per)))
            .max();
        Some(loosest.map_or(Verdict::Impossible, |(spare, std::cmp::Reverse(k), per)| {
            let needed = short.excess.div_ceil(per).clamp(1, spare);
            Verdict::Units(k, self.relaxed.units[k] - needed + 1)
        }))
    }

    /// A variable that brings units of an atom from a second origin.
    fn second_origin(&self) -> Option<usize> {
        (0..self.core.atoms.len()).find_map(|atom| {
            let used = || self.variables_of(atom).filter(|&k| self.relaxed.units[k] > 0);
            let first = used().map(|k| self.origin_of(k)).next()?;
            used().find(|&k| self.origin_of(k) != first)?;
            used()
                .filter(|&k| self.domain.lo[k] == 0)
                .max_by_key(|&k| (self.relaxed.units[k], std::cmp::Reverse(k)))
        })
    }

    /// Where the truth is dearer than the relaxation by most: a step of a staircase, or a line cost paid in part.
    fn dearest_surprise(&self, loads: &[Load]) -> Option<Verdict> {
        let mut worst: Option<(i64, Verdict)> = None;
        let mut note = |surprise: i64, verdict: Verdict| {
            if surprise > 0 && worst.is_none_or(|(known, _)| surprise > known) {
                worst = Some((surprise, verdict));
            }
        };
        for (slot, load) in loads.iter().enumerate() {
            if self.domain.states[slot] != State::Open {
                continue;
            }
            let way = self.slots[slot].way as usize;
            let staircase = &self.problem.staircases[self.problem.ways[way].staircase as usize];
            let measured: u64 = self.in_slot[slot]
                .iter()
                .map(|&k| self.variables[k as usize].weight * u64::from(self.relaxed.units[k as usize]))
                .sum();
            let line = self.relaxed.lines[slot];
            let chargeable = staircase.chargeable(load.grams, load.cm3);
            // A slot pays for its floor at least, whatever it holds.
            let charged = chargeable.max(self.domain.floors[slot]);
            let Some(price) = staircase.price_of(charged) else { continue };
            let surprise = price * self.scale - line.at_zero - line.slope * measured as i64;
            let (begins, ends) = staircase.step_of(charged);
            let most = self.domain.ceilings[slot].min(self.heaviest_on[way]);
            if most > ends {
                note(surprise, Verdict::Weight { slot, below: ends, at_least: ends + 1 });
            } else if self.domain.floors[slot] < begins && begins > 0 {
                note(surprise, Verdict::Weight { slot, below: begins - 1, at_least: begins });
            }
        }
        for (k, variable) in self.variables.iter().enumerate() {
            let (lo, units) = (self.domain.lo[k], self.relaxed.units[k]);
            let arc = &self.core.arcs[variable.arc as usize];
            if units == 0 || lo > 0 || arc.line_cost == 0 {
                continue;
            }
            let most = self.domain.hi[k].min(self.relaxed.rest[variable.atom as usize]);
            if units < most {
                let paid = arc.line_cost * self.scale / i64::from(most) * i64::from(units);
                note(arc.line_cost * self.scale - paid, Verdict::Units(k, units + 1));
            }
        }
        worst.map(|(_, verdict)| verdict)
    }

    fn cost_of(&self, loads: &[Load]) -> i64 {
        let mut cost = 0i64;
        for (slot, load) in loads.iter().enumerate() {
            if load.units > 0 {
                let way = self.slots[slot].way;
                match self.problem.carriage(way as usize, load.grams, load.cm3) {
                    Some(carriage) => cost += carriage + self.fixed_of(way),
                    None => return NEVER,
                }
            }
        }
        for (k, variable) in self.variables.iter().enumerate() {
            cost += self.core.arcs[variable.arc as usize].cost(self.relaxed.units[k]);
        }
        for (atom, &skipped) in self.core.atoms.iter().zip(&self.relaxed.skipped) {
            if skipped > 0 {
                cost += atom.skip * i64::from(skipped);
            }
        }
        cost
    }

    fn keep_if_better(&mut self, loads: &[Load]) {
        let cost = self.cost_of(loads);
        if cost >= self.best_cost() {
            return;
        }
        let mut parcels: Vec<Content> = Vec::new();
        for (slot, load) in loads.iter().enumerate() {
            if load.units > 0 {
                let units = self.in_slot[slot]
                    .iter()
                    .map(|&k| (self.variables[k as usize].arc, self.relaxed.units[k as usize]))
                    .filter(|&(_, units)| units > 0);
                parcels.push((self.slots[slot].way, units.collect()));
            }
        }
        self.best = Some((cost, parcels));
    }
}
