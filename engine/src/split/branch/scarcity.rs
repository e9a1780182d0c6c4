//! Prices on pools that are short, and on room in parcels: a Lagrangian relaxation (Held and Karp, 1970; step after Polyak, 1969).
//!
//! Every unit drawn from a pool pays its price, and what the pool holds is paid back: a bound for any prices, and a
//! better one than that of a relaxation in which every line thinks it alone.

use super::domain::State;
use super::search::Search;
use crate::split::core::{Core, NEVER};
use crate::split::problem::Problem;

/// Prices of pools, and what follows from them.
#[derive(Clone, Debug, Default)]
pub(super) struct Scarcity {
    /// By pool: price of a unit, scaled.
    prices: Vec<i64>,
    /// By arc of the core: what one unit pays; empty when nothing is priced.
    by_arc: Vec<i64>,
    /// What is paid back: the sum of price times units held.
    pub value: i64,
}

/// Rounds of pricing at the root.
const ROUNDS: u32 = 24;

/// Rounds of pricing weight at a node.
const WEIGHT_ROUNDS: u32 = 6;

impl Scarcity {
    /// What a unit of an arc pays.
    pub fn of_arc(&self, arc: u32) -> i64 {
        self.by_arc.get(arc as usize).copied().unwrap_or(0)
    }

    /// Whether anything is priced.
    pub fn prices_anything(&self) -> bool {
        !self.by_arc.is_empty()
    }

    fn set(&mut self, problem: &Problem<'_>, core: &Core, holds: &[u64], prices: &[i64]) {
        self.prices.clear();
        self.prices.extend_from_slice(prices);
        self.value = prices.iter().zip(holds).map(|(&price, &held)| price * held as i64).sum();
        self.by_arc.clear();
        if prices.iter().any(|&price| price > 0) {
            self.by_arc.extend(core.arcs.iter().map(|arc| {
                arc.parts
                    .iter()
                    .map(|&(offer, per)| {
                        prices[problem.offers[offer as usize].pool as usize] * i64::from(per)
                    })
                    .sum::<i64>()
            }));
        }
    }
}

impl Search<'_> {
    /// Prices pools at the root as long as the bound rises; the best bound found.
    pub(super) fn price_scarcity(&mut self, root: i64, rounds_of_adjustment: u32) -> i64 {
        let pools = self.problem.pools.len();
        // Units beyond all that lines want are of no use: they only weaken the bound.
        let mut wanted = vec![0u64; pools];
        for arc in &self.core.arcs {
            for &(offer, per) in &arc.parts {
                wanted[self.problem.offers[offer as usize].pool as usize] +=
                    u64::from(per) * u64::from(arc.most.min(self.core.atoms[arc.atom as usize].units));
            }
        }
        let holds: Vec<u64> =
            (0..pools).map(|pool| self.problem.units_of(pool as u32, u64::MAX).min(wanted[pool])).collect();
        let mut prices = vec![0i64; pools];
        let mut best = (root, prices.clone());
        let mut share = 2i64;
        for _ in 0..ROUNDS {
            if best.0 >= self.best_cost() || self.best_cost() >= NEVER {
                break;
            }
            let mut drawn = vec![0i64; pools];
            for (k, variable) in self.variables.iter().enumerate() {
                let units = i64::from(self.relaxed.units[k]);
                for &(offer, per) in &self.core.arcs[variable.arc as usize].parts {
                    drawn[self.problem.offers[offer as usize].pool as usize] += units * i64::from(per);
                }
            }
            let excess: Vec<i64> = (0..pools)
                .map(|pool| drawn[pool] - holds[pool] as i64)
                .zip(&prices)
                .map(|(excess, &price)| if price == 0 { excess.max(0) } else { excess })
                .collect();
            let square: i64 =
                excess.iter().map(|&excess| excess.saturating_mul(excess)).fold(0, i64::saturating_add);
            if square == 0 {
                break;
            }
            let step = ((self.best_cost() - best.0).max(1)).saturating_mul(self.scale) / square * share / 2;
            for (price, &excess) in prices.iter_mut().zip(&excess) {
                *price = (*price + step.saturating_mul(excess)).clamp(0, i64::MAX >> 24);
            }
            self.scarcity.set(self.problem, self.core, &holds, &prices);
            let bound = self.relax(rounds_of_adjustment);
            if bound >= NEVER {
                break;
            }
            if bound > best.0 {
                best = (bound, prices.clone());
            } else {
                share = (share * 2 / 3).max(1);
                prices.clone_from(&best.1);
            }
        }
        self.scarcity.set(self.problem, self.core, &holds, &best.1);
        best.0
    }

    /// Whether any price is paid that only moves cost about.
    pub(super) fn prices_anything(&self) -> bool {
        self.scarcity.prices_anything() || self.weight_prices.iter().any(|&price| price > 0)
    }

    /// Prices weight in open slots that the primal overfills, as long as the bound rises; the bound, and the prices
    /// to take back when the node is left, if any changed.
    pub(super) fn price_weight(&mut self, bound: i64) -> (i64, Option<Vec<i64>>) {
        if !self.pricing || self.best_cost() >= NEVER {
            return (bound, None);
        }
        let before = self.weight_prices.clone();
        let mut best = (bound, before.clone());
        let mut changed = false;
        for round in 0..WEIGHT_ROUNDS {
            let mut over = vec![0i64; self.slots.len()];
            for (k, variable) in self.variables.iter().enumerate() {
                over[variable.slot as usize] += (variable.weight * u64::from(self.relaxed.units[k])) as i64;
            }
            let mut square = 0i128;
            for (slot, over) in over.iter_mut().enumerate() {
                let room = self.rooms[self.slots[slot].way as usize].min(self.domain.ceilings[slot]);
                *over = if self.domain.states[slot] != State::Open || room >= i64::MAX as u64 {
                    0
                } else if self.weight_prices[slot] == 0 {
                    (*over - room as i64).max(0)
                } else {
                    *over - room as i64
                };
                square += i128::from(*over) * i128::from(*over);
            }
            if square == 0 {
                break;
            }
            let gap = i128::from((self.best_cost() - best.0).max(1)) * i128::from(self.scale);
            for (price, &over) in self.weight_prices.iter_mut().zip(&over) {
                let step = gap * i128::from(over) / square / (1 + i128::from(round) / 2);
                *price = (i128::from(*price) + step).clamp(0, i128::from(i64::MAX >> 32)) as i64;
            }
            changed = true;
            let next = self.relax(1);
            if next > best.0 {
                best = (next, self.weight_prices.clone());
            }
            if best.0 >= self.best_cost() {
                break;
            }
        }
        if !changed {
            return (bound, None);
        }
        // The primal to branch on is that of the best prices.
        if self.weight_prices != best.1 && best.0 < self.best_cost() {
            self.weight_prices.clone_from(&best.1);
            self.relax(1);
        }
        (best.0, Some(before))
    }

    /// Puts prices of weight back as they were.
    pub(super) fn take_back(&mut self, before: Option<Vec<i64>>) {
        if let Some(before) = before {
            self.weight_prices = before;
        }
    }

    /// Whether what must be delivered can be drawn at all, ways apart: a flow from atoms that may not be skipped to
    /// cells, by variables that are not shut.
    pub(super) fn supply_suffices(&self) -> bool {
        let must: Vec<usize> = (0..self.core.atoms.len())
            .filter(|&atom| self.core.atoms[atom].skip >= NEVER && self.is_plain(atom))
            .collect();
        if must.is_empty() {
            return true;
        }
        let cells = self.problem.free.len();
        let mut left: Vec<u32> = self.problem.free.clone();
        let mut flow = vec![0u32; must.len() * cells];
        let admits: Vec<Vec<bool>> = must.iter().map(|&atom| self.cells_of(atom, cells)).collect();
        for (row, &atom) in must.iter().enumerate() {
            let mut missing = self.core.atoms[atom].units;
            while missing > 0 {
                let moved = push(row, missing, &admits, &mut left, &mut flow, cells);
                if moved == 0 {
                    return false;
                }
                missing -= moved;
            }
        }
        true
    }

    fn is_plain(&self, atom: usize) -> bool {
        self.core.arcs_of(atom).iter().all(|arc| arc.parts.len() == 1 && arc.parts[0].1 == 1)
    }

    fn cells_of(&self, atom: usize, cells: usize) -> Vec<bool> {
        let mut admitted = vec![false; cells];
        for k in self.variables_of(atom) {
            if self.domain.hi[k] == 0 {
                continue;
            }
            for &(offer, _) in &self.core.arcs[self.variables[k].arc as usize].parts {
                let offer = &self.problem.offers[offer as usize];
                let pool = &self.problem.pools[offer.pool as usize];
                for cell in (0..pool.cells).filter(|cell| offer.cells >> cell & 1 == 1) {
                    admitted[(pool.first + cell) as usize] = true;
                }
            }
        }
        admitted
    }
}

/// Moves units of one atom to cells along a shortest augmenting path (Edmonds and Karp, 1972); how many.
fn push(
    from: usize,
    most: u32,
    admits: &[Vec<bool>],
    left: &mut [u32],
    flow: &mut [u32],
    cells: usize,
) -> u32 {
    // By cell: the atom that reached it; by atom: the cell it would give up.
    let mut reached_by: Vec<Option<usize>> = vec![None; cells];
    let mut gives: Vec<Option<usize>> = vec![None; admits.len()];
    let mut queue = vec![from];
    let mut head = 0;
    while head < queue.len() {
        let atom = queue[head];
        head += 1;
        for cell in 0..cells {
            if !admits[atom][cell] || reached_by[cell].is_some() {
                continue;
            }
            reached_by[cell] = Some(atom);
            if left[cell] > 0 {
                let mut moved = most.min(left[cell]);
                let mut owner = atom;
                while owner != from {
                    let Some(given) = gives[owner] else { break };
                    moved = moved.min(flow[owner * cells + given]);
                    owner = reached_by[given].unwrap_or(from);
                }
                left[cell] -= moved;
                let (mut at, mut owner) = (cell, atom);
                loop {
                    flow[owner * cells + at] += moved;
                    if owner == from {
                        return moved;
                    }
                    let Some(given) = gives[owner] else { return moved };
                    flow[owner * cells + given] -= moved;
                    at = given;
                    owner = reached_by[at].unwrap_or(from);
                }
            }
            for other in 0..admits.len() {
                if other != from
                    && gives[other].is_none()
                    && flow[other * cells + cell] > 0
                    && !queue.contains(&other)
                {
                    gives[other] = Some(cell);
                    queue.push(other);
                }
            }
        }
    }
    0
}
