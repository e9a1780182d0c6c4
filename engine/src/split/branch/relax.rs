//! The bound of a node: facility location with limited arcs, bounded by dual ascent (Erlenkotter, 1978), and a
//! primal that goes with the duals.
//!
//! Carriage is priced by a straight line under each staircase, fixed costs of open slots are paid, and what pools,
//! limits and quarrels forbid is allowed: whatever this costs, the truth costs no less.

use super::affine::{self, Affine};
use super::domain::State;
use super::search::Search;
use crate::split::core::NEVER;

/// Memory of the relaxation, reused from node to node.
#[derive(Debug, Default)]
pub struct Relaxed {
    /// By slot: its line under the staircase at this node.
    pub lines: Vec<Affine>,
    /// By slot: what is left of its fixed cost, scaled.
    slack: Vec<i64>,
    /// Arcs of each atom that may be used, by rising cost: scaled unit cost, slot (or [`SKIP`]), most units, variable.
    entries: Vec<Entry>,
    starts: Vec<u32>,
    /// By atom: units not yet forced anywhere.
    pub rest: Vec<u32>,
    /// By atom: dual price of a unit, scaled.
    prices: Vec<i64>,
    saved_prices: Vec<i64>,
    saved_slack: Vec<i64>,
    /// By variable: units in the primal, forced ones included.
    pub units: Vec<u32>,
    /// By atom: units the primal skips.
    pub skipped: Vec<u32>,
    used: Vec<bool>,
    unserved: Vec<u32>,
    /// By slot: chargeable weight forced into it, measured as its line measures.
    pub weight: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    cost: i64,
    slot: u32,
    most: u32,
    variable: u32,
    open: bool,
}

const SKIP: u32 = u32::MAX;

impl Search<'_> {
    /// Bounds the node and leaves its primal in `self.relaxed`; [`NEVER`] when the node has no plan at all.
    pub(super) fn relax(&mut self, rounds: u32) -> i64 {
        let Some(paid) = self.lay_out_relaxation() else { return NEVER };
        let mut gained = match self.ascend() {
            Some(gained) => gained,
            None => return NEVER,
        };
        let target = self.best_cost();
        for _ in 0..rounds {
            if self.rounded_up(paid + gained) >= target {
                break;
            }
            let better = self.adjust(gained);
            if better <= gained {
                break;
            }
            gained = better;
        }
        self.read_primal();
        self.rounded_up(paid + gained)
    }

    fn rounded_up(&self, scaled: i64) -> i64 {
        scaled.div_euclid(self.scale) + i64::from(scaled.rem_euclid(self.scale) != 0)
    }

    /// Prices every arc that may be used at this node; what is paid for sure, scaled, or nothing when an atom cannot
    /// be served.
    fn lay_out_relaxation(&mut self) -> Option<i64> {
        let relaxed = &mut self.relaxed;
        let (slots, atoms) = (self.slots.len(), self.core.atoms.len());
        relaxed.rest.clear();
        relaxed.rest.extend(self.core.atoms.iter().map(|atom| atom.units));
        relaxed.weight.clear();
        relaxed.weight.resize(slots, 0);
        // What pools hold is paid back: scarcity prices only move cost about.
        let mut paid = -self.scarcity.value;
        for (k, variable) in self.variables.iter().enumerate() {
            let lo = self.domain.lo[k];
            if lo > 0 {
                let atom = variable.atom as usize;
                relaxed.rest[atom] = relaxed.rest[atom].checked_sub(lo)?;
                relaxed.weight[variable.slot as usize] += variable.weight * u64::from(lo);
                paid += self.core.arcs[variable.arc as usize].cost(lo) * self.scale;
                paid += self.scarcity.of_arc(variable.arc) * i64::from(lo);
            }
        }
        relaxed.lines.clear();
        relaxed.slack.clear();
        for (slot, terms) in self.slots.iter().enumerate() {
            if relaxed.weight[slot] > self.domain.ceilings[slot] {
                return None;
            }
            let way = &self.problem.ways[terms.way as usize];
            let staircase = &self.problem.staircases[way.staircase as usize];
            let fixed = way.fixed + self.penalty;
            let state = self.domain.states[slot];
            if state == State::Closed {
                relaxed.lines.push(Affine::default());
                relaxed.slack.push(0);
                continue;
            }
            let reference = self.references[terms.way as usize];
            // A slot that is not open yet stands for every later slot of its way: its line holds for each of them.
            let line = if state == State::Open {
                let to = self.domain.ceilings[slot].min(self.heaviest_on[terms.way as usize]);
                affine::under(
                    staircase,
                    relaxed.weight[slot],
                    to,
                    self.domain.floors[slot],
                    reference.max(relaxed.weight[slot]),
                    self.scale,
                    i64::MAX / 4,
                )?
            } else {
                let slack = fixed.saturating_mul(self.scale);
                match self.free_lines[terms.way as usize] {
                    Some(known) => known,
                    None => {
                        let heaviest = self.heaviest_on[terms.way as usize];
                        let line = affine::under(staircase, 0, heaviest, 0, reference, self.scale, slack)?;
                        self.free_lines[terms.way as usize] = Some(line);
                        line
                    }
                }
            };
            if state == State::Open {
                paid += fixed * self.scale + line.at_zero + line.slope * relaxed.weight[slot] as i64;
                // Weight is priced where it is short: what the slot may hold is paid back.
                let room = self.rooms[terms.way as usize].min(self.domain.ceilings[slot]);
                let price = self.weight_prices[slot];
                if price > 0 {
                    paid -= price * room.saturating_sub(relaxed.weight[slot]) as i64;
                }
                relaxed.slack.push(0);
            } else {
                relaxed.slack.push(fixed * self.scale + line.at_zero);
            }
            relaxed.lines.push(line);
        }
        relaxed.entries.clear();
        relaxed.starts.clear();
        for atom in 0..atoms {
            let start = relaxed.entries.len();
            relaxed.starts.push(start as u32);
            let rest = relaxed.rest[atom];
            if rest == 0 {
                continue;
            }
            let mut there = 0u64;
            for k in self.atom_starts[atom] as usize..self.atom_starts[atom + 1] as usize {
                let variable = &self.variables[k];
                let slot = variable.slot as usize;
                let state = self.domain.states[slot];
                let (lo, hi) = (self.domain.lo[k], self.domain.hi[k]);
                if state == State::Closed || hi <= lo {
                    continue;
                }
                let arc = &self.core.arcs[variable.arc as usize];
                // Copies of a way share what its offers hold, so one slot may stand for all of them.
                let most = (hi - lo).min(rest);
                let mut cost = arc.unit_cost * self.scale;
                cost += relaxed.lines[slot].slope * variable.weight as i64;
                cost += self.scarcity.of_arc(variable.arc);
                if state == State::Open {
                    cost += self.weight_prices[slot] * variable.weight as i64;
                }
                if lo == 0 {
                    cost += (arc.line_cost * self.scale) / i64::from(most);
                }
                there += u64::from(most);
                relaxed.entries.push(Entry {
                    cost,
                    slot: slot as u32,
                    most,
                    variable: k as u32,
                    open: state == State::Open,
                });
            }
            let skip = self.core.atoms[atom].skip;
            if skip < NEVER {
                there += u64::from(rest);
                relaxed.entries.push(Entry {
                    cost: skip * self.scale,
                    slot: SKIP,
                    most: rest,
                    variable: u32::MAX,
                    open: true,
                });
            }
            if there < u64::from(rest) {
                return None;
            }
            relaxed.entries[start..].sort_by_key(|entry| (entry.cost, entry.slot, entry.variable));
        }
        relaxed.starts.push(relaxed.entries.len() as u32);
        // Start each price at the cheapest entry.
        relaxed.prices.clear();
        for atom in 0..atoms {
            let (start, end) = (relaxed.starts[atom] as usize, relaxed.starts[atom + 1] as usize);
            relaxed.prices.push(if start < end { relaxed.entries[start].cost } else { 0 });
        }
        Some(paid)
    }

    /// Raises prices, each atom by one breakpoint at a time, while fixed costs allow; the dual value, or nothing when
    /// a price may rise for ever.
    fn ascend(&mut self) -> Option<i64> {
        let mut rising = true;
        while rising {
            rising = false;
            for atom in 0..self.core.atoms.len() {
                rising |= self.relaxed.raise(atom)?;
            }
        }
        Some(self.relaxed.value())
    }

    /// Dual adjustment: lowers a price that several fixed costs were spent on, lets the others rise into the room,
    /// and keeps what is better.
    fn adjust(&mut self, value: i64) -> i64 {
        let mut best = value;
        for atom in 0..self.core.atoms.len() {
            if self.relaxed.shares(atom) < 2 {
                continue;
            }
            self.relaxed.save();
            self.relaxed.lower(atom);
            let mut fine = true;
            let mut rising = true;
            while rising && fine {
                rising = false;
                for other in (0..self.core.atoms.len()).filter(|&other| other != atom) {
                    match self.relaxed.raise(other) {
                        Some(rose) => rising |= rose,
                        None => fine = false,
                    }
                }
            }
            let gained = if fine { self.ascend() } else { None };
            match gained {
                Some(gained) if gained > best => best = gained,
                _ => self.relaxed.restore(),
            }
        }
        best
    }

    /// Chooses slots whose fixed cost the duals have paid, as few as serve every atom, and fills each atom from its
    /// cheapest entries among them.
    fn read_primal(&mut self) {
        let relaxed = &mut self.relaxed;
        let (slots, atoms) = (self.slots.len(), self.core.atoms.len());
        relaxed.used.clear();
        relaxed.used.extend(self.domain.states.iter().map(|&state| state == State::Open));
        relaxed.unserved.clear();
        for atom in 0..atoms {
            if !relaxed.served(atom) {
                relaxed.unserved.push(atom as u32);
            }
        }
        while !relaxed.unserved.is_empty() {
            // The slot that is paid for and that most unserved atoms could use at their price.
            let mut votes = vec![(0u32, 0u32); slots];
            for &atom in &relaxed.unserved {
                let price = relaxed.prices[atom as usize];
                for entry in relaxed.entries_of(atom as usize) {
                    if entry.slot != SKIP && !relaxed.used[entry.slot as usize] && entry.cost <= price {
                        let paid = relaxed.slack[entry.slot as usize] == 0;
                        votes[entry.slot as usize].0 += if paid { 1 << 16 } else { 1 };
                    }
                }
            }
            let best = (0..slots)
                .filter(|&slot| votes[slot].0 > 0)
                .max_by_key(|&slot| (votes[slot].0, std::cmp::Reverse(slot)));
            match best {
                Some(slot) => relaxed.used[slot] = true,
                None => {
                    // No entry at the price: take the cheapest that is not used yet.
                    let atom = relaxed.unserved[0] as usize;
                    let next = relaxed
                        .entries_of(atom)
                        .iter()
                        .find(|entry| entry.slot != SKIP && !relaxed.used[entry.slot as usize])
                        .map(|entry| entry.slot);
                    match next {
                        Some(slot) => relaxed.used[slot as usize] = true,
                        None => break,
                    }
                }
            }
            let mut unserved = std::mem::take(&mut relaxed.unserved);
            unserved.retain(|&atom| !relaxed.served(atom as usize));
            relaxed.unserved = unserved;
        }
        relaxed.units.clear();
        relaxed.units.extend_from_slice(&self.domain.lo);
        relaxed.skipped.clear();
        relaxed.skipped.resize(atoms, 0);
        for atom in 0..atoms {
            let mut rest = relaxed.rest[atom];
            let (start, end) = (relaxed.starts[atom] as usize, relaxed.starts[atom + 1] as usize);
            for entry in &relaxed.entries[start..end] {
                if rest == 0 {
                    break;
                }
                if entry.slot == SKIP {
                    relaxed.skipped[atom] += rest;
                    rest = 0;
                } else if relaxed.used[entry.slot as usize] {
                    let taken = entry.most.min(rest);
                    relaxed.units[entry.variable as usize] += taken;
                    rest -= taken;
                }
            }
        }
    }

    /// A slot that is not open and whose fixed cost holds the duals down most: where the bound can be raised.
    pub(super) fn blocking_slot(&self) -> Option<usize> {
        let relaxed = &self.relaxed;
        let mut votes = vec![0u64; self.slots.len()];
        for atom in 0..self.core.atoms.len() {
            for entry in relaxed.entries_of(atom) {
                if !entry.open && entry.cost <= relaxed.prices[atom] {
                    votes[entry.slot as usize] += 1 + (relaxed.prices[atom] - entry.cost) as u64;
                }
            }
        }
        let free = |&slot: &usize| self.domain.states[slot] == State::Free;
        (0..self.slots.len())
            .filter(free)
            .max_by_key(|&slot| (relaxed.slack[slot] == 0, votes[slot], std::cmp::Reverse(slot)))
    }
}

impl Relaxed {
    fn entries_of(&self, atom: usize) -> &[Entry] {
        &self.entries[self.starts[atom] as usize..self.starts[atom + 1] as usize]
    }

    /// Raises the price of an atom to its next breakpoint, or as far as fixed costs allow; whether it rose, or nothing
    /// when nothing holds it.
    fn raise(&mut self, atom: usize) -> Option<bool> {
        let (start, end) = (self.starts[atom] as usize, self.starts[atom + 1] as usize);
        if start == end {
            return Some(false);
        }
        let price = self.prices[atom];
        let mut gain = i64::from(self.rest[atom]);
        let mut step = i64::MAX;
        for entry in &self.entries[start..end] {
            if entry.cost > price {
                step = step.min(entry.cost - price);
                break;
            }
            if entry.open {
                gain -= i64::from(entry.most);
                if gain <= 0 {
                    return Some(false);
                }
            } else {
                step = step.min(self.slack[entry.slot as usize] / i64::from(entry.most));
                if step == 0 {
                    return Some(false);
                }
            }
        }
        if step == i64::MAX {
            return None;
        }
        // Two entries of one atom may draw on one slot's slack: then the step that each alone allows is too long.
        while !self.draw(start, end, price, step) {
            step /= 2;
            if step == 0 {
                return Some(false);
            }
        }
        self.prices[atom] = price + step;
        Some(true)
    }

    /// Draws a rise of the price on the slack of every slot it touches; all or nothing.
    fn draw(&mut self, start: usize, end: usize, price: i64, step: i64) -> bool {
        let touched = self.entries[start..end].iter().take_while(|entry| entry.cost <= price);
        let mut fine = true;
        for entry in touched.clone().filter(|entry| !entry.open) {
            self.slack[entry.slot as usize] -= step * i64::from(entry.most);
            fine &= self.slack[entry.slot as usize] >= 0;
        }
        if !fine {
            for entry in touched.filter(|entry| !entry.open) {
                self.slack[entry.slot as usize] += step * i64::from(entry.most);
            }
        }
        fine
    }

    fn value(&self) -> i64 {
        let mut value = 0i64;
        for atom in 0..self.prices.len() {
            let price = self.prices[atom];
            value += price * i64::from(self.rest[atom]);
            for entry in self.entries_of(atom).iter().take_while(|entry| entry.cost < price) {
                if entry.open {
                    value -= (price - entry.cost) * i64::from(entry.most);
                }
            }
        }
        value
    }

    /// On how many fixed costs an atom's price draws.
    fn shares(&self, atom: usize) -> usize {
        let price = self.prices[atom];
        self.entries_of(atom)
            .iter()
            .take_while(|entry| entry.cost < price)
            .filter(|entry| !entry.open)
            .count()
    }

    /// Lowers the price of an atom to the breakpoint below it.
    fn lower(&mut self, atom: usize) {
        let (start, end) = (self.starts[atom] as usize, self.starts[atom + 1] as usize);
        let price = self.prices[atom];
        let Some(below) = self.entries[start..end].iter().rev().find(|entry| entry.cost < price) else {
            return;
        };
        let target = below.cost;
        for entry in self.entries[start..end].iter().take_while(|entry| entry.cost < price) {
            if !entry.open {
                self.slack[entry.slot as usize] += (price - target.max(entry.cost)) * i64::from(entry.most);
            }
        }
        self.prices[atom] = target;
    }

    fn save(&mut self) {
        self.saved_prices.clone_from(&self.prices);
        self.saved_slack.clone_from(&self.slack);
    }

    fn restore(&mut self) {
        self.prices.clone_from(&self.saved_prices);
        self.slack.clone_from(&self.saved_slack);
    }

    /// Whether the used slots (and skipping) can serve an atom at its price.
    fn served(&self, atom: usize) -> bool {
        let mut rest = self.rest[atom];
        for entry in self.entries_of(atom).iter().take_while(|entry| entry.cost <= self.prices[atom]) {
            if entry.slot == SKIP || self.used[entry.slot as usize] {
                rest = rest.saturating_sub(entry.most);
            }
        }
        rest == 0
    }
}
