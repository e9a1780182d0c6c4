//! Prices of units that bound a part from below.
//!
//! When no candidate's units are worth more than it costs, all units wanted together are worth no more than any plan
//! costs: the dual of set partitioning. What draws on a pool that may be short pays a rent for it; the rents of all
//! that the pools hold are taken off the bound, because no plan draws more. Prices are raised one at a time, then
//! lowered one at a time to make room for others (dual ascent and adjustment; Erlenkotter, 1978).

use super::super::core::Core;
use super::super::problem::Problem;
use super::fillings::Fillings;
use super::parcels::{NOTHING, Parcels};

/// Rounds of lowering and raising.
const ROUNDS: u32 = 10;

/// Work of all rounds at most: prices times what holds their atoms.
const RAISES: usize = 1_000_000;

/// Steps of one rise at most, when rents make way.
const RISES: u32 = 8;

/// Rents rise by no more at once, so that no sum of them overflows.
const MOST_RISE: i64 = 1 << 40;

/// Prices of one part.
#[derive(Debug, Default)]
pub struct Prices {
    /// Candidates of the part.
    rows: Vec<u32>,
    /// By place in `rows` what the candidate costs beyond the worth of its units; never negative.
    slack: Vec<i64>,
    /// By atom: where its run in `of` begins.
    first_of: Vec<u32>,
    /// By atom: places in `rows` of what holds it, with the units.
    of: Vec<(u32, u32)>,
    price: Vec<i64>,
    /// By place in `rows`: where its draws on pools that may be short begin.
    first_draw: Vec<u32>,
    /// Atom, place in `pools`, units.
    draws: Vec<(u16, u32, u32)>,
    /// Pools that may be short, with what they hold and their rent.
    pools: Vec<(u32, i64, i64)>,
    bound: i64,
    kept: (Vec<i64>, Vec<i64>),
    worth: Vec<i64>,
    change: Vec<i64>,
}

impl Prices {
    /// Prices the atoms of a part, rising, which hangs together.
    pub fn begin(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        fillings: &Fillings,
        parcels: &Parcels,
        part: &[u16],
    ) {
        self.index(core, parcels, part);
        self.find_draws(problem, core, fillings, parcels);
        self.share_costs(core, parcels, part);
        for &atom in part {
            self.raise(core, atom);
        }
    }

    /// What no plan of the part undercuts.
    pub fn bound(&self) -> i64 {
        self.bound
    }

    /// What holds an atom: the candidate, and what it costs beyond the worth of its units.
    pub fn holders(&self, atom: u16) -> impl Iterator<Item = (i64, u32)> {
        self.run(atom).iter().map(|&(place, _)| (self.slack[place as usize], self.rows[place as usize]))
    }

    fn run(&self, atom: u16) -> &[(u32, u32)] {
        &self.of[self.first_of[atom as usize] as usize..self.first_of[atom as usize + 1] as usize]
    }

    fn index(&mut self, core: &Core, parcels: &Parcels, part: &[u16]) {
        self.rows.clear();
        self.first_of.clear();
        self.first_of.resize(core.atoms.len() + 2, 0);
        for (row, candidate) in parcels.all().iter().enumerate() {
            let held = parcels.held(candidate);
            if parcels.head_of(held[0].0) == part[0] {
                self.rows.push(row as u32);
                for &(atom, ..) in held {
                    self.first_of[atom as usize + 2] += 1;
                }
            }
        }
        for atom in 2..self.first_of.len() {
            self.first_of[atom] += self.first_of[atom - 1];
        }
        let many = self.first_of.last().copied().unwrap_or(0);
        self.of.clear();
        self.of.resize(many as usize, (0, 0));
        for (place, &row) in self.rows.iter().enumerate() {
            for &(atom, units, _) in parcels.held(&parcels.all()[row as usize]) {
                let next = &mut self.first_of[atom as usize + 1];
                self.of[*next as usize] = (place as u32, units);
                *next += 1;
            }
        }
    }

    fn find_draws(&mut self, problem: &Problem<'_>, core: &Core, fillings: &Fillings, parcels: &Parcels) {
        self.draws.clear();
        self.pools.clear();
        self.first_draw.clear();
        self.first_draw.push(0);
        for &row in &self.rows {
            let candidate = &parcels.all()[row as usize];
            let held = if candidate.ample { &[] } else { parcels.held(candidate) };
            for &(atom, _, filling) in held {
                if filling == NOTHING || fillings.get(filling).ample {
                    continue;
                }
                for &(arc, units) in fillings.takes(filling) {
                    for &(offer, per) in &core.arcs[arc as usize].parts {
                        let pool = problem.offers[offer as usize].pool;
                        let known = self.pools.iter().position(|known| known.0 == pool);
                        let place = known.unwrap_or_else(|| {
                            let holds = problem.units_of(pool, u64::MAX).min(1 << 40) as i64;
                            self.pools.push((pool, holds, 0));
                            self.pools.len() - 1
                        });
                        self.draws.push((atom, place as u32, units.saturating_mul(per)));
                    }
                }
            }
            self.first_draw.push(self.draws.len() as u32);
        }
    }

    fn draws_of(&self, place: u32) -> &[(u16, u32, u32)] {
        let place = place as usize;
        &self.draws[self.first_draw[place] as usize..self.first_draw[place + 1] as usize]
    }

    /// First prices: each candidate's cost shared out by what a unit of each atom costs alone; of an atom's shares the
    /// least. Shares of one candidate sum to no more than it costs, so the least do.
    fn share_costs(&mut self, core: &Core, parcels: &Parcels, part: &[u16]) {
        self.worth.clear();
        self.worth.resize(core.atoms.len(), 0);
        for &atom in part {
            let costs = self.run(atom).iter().map(|&(place, units)| {
                let candidate = &parcels.all()[self.rows[place as usize] as usize];
                let single = parcels.held(candidate).len() == 1;
                (!single, candidate.cost / i64::from(units.max(1)))
            });
            self.worth[atom as usize] = costs.min().map_or(1, |(_, cost)| cost.max(1));
        }
        self.price.clear();
        self.price.resize(core.atoms.len(), i64::MAX);
        for &row in &self.rows {
            let candidate = &parcels.all()[row as usize];
            let held = parcels.held(candidate);
            let worth = |atom: u16| i128::from(self.worth[atom as usize]);
            let sum: i128 = held.iter().map(|&(atom, units, _)| worth(atom) * i128::from(units)).sum();
            for &(atom, ..) in held {
                let share = (i128::from(candidate.cost) * worth(atom)).div_euclid(sum.max(1)) as i64;
                let price = &mut self.price[atom as usize];
                *price = share.min(*price);
            }
        }
        self.slack.clear();
        self.bound = 0;
        for &atom in part {
            if self.price[atom as usize] == i64::MAX {
                // Nothing holds it: the walk will find that there is no plan.
                self.price[atom as usize] = 0;
            }
            self.bound += self.price[atom as usize] * i64::from(core.atoms[atom as usize].units);
        }
        for &row in &self.rows {
            let candidate = &parcels.all()[row as usize];
            let worth = parcels.held(candidate).iter();
            let worth: i64 =
                worth.map(|&(atom, units, _)| self.price[atom as usize] * i64::from(units)).sum();
            self.slack.push(candidate.cost - worth);
        }
    }

    /// Raises the price of an atom as far as the others let it, and further where rents pay for themselves.
    fn raise(&mut self, core: &Core, atom: u16) {
        let wanted = i64::from(core.atoms[atom as usize].units);
        for _ in 0..RISES {
            let run = self.first_of[atom as usize] as usize..self.first_of[atom as usize + 1] as usize;
            let rises = self.of[run.clone()].iter();
            let Some(rise) = rises.map(|&(place, units)| self.slack[place as usize] / i64::from(units)).min()
            else {
                return;
            };
            if rise > 0 {
                self.price[atom as usize] += rise;
                self.bound += rise * wanted;
                for place in run.clone() {
                    let (row, units) = self.of[place];
                    self.slack[row as usize] -= rise * i64::from(units);
                }
            }
            if self.pools.is_empty() || !self.make_way(atom, wanted, run) {
                return;
            }
        }
    }

    /// Raises the price of an atom together with the rents of the pools that all candidates in its way draw on.
    fn make_way(&mut self, atom: u16, wanted: i64, run: std::ops::Range<usize>) -> bool {
        let mut blocking: smallvec::SmallVec<[u32; 8]> = smallvec::SmallVec::new();
        for &(place, units) in &self.of[run] {
            if self.slack[place as usize] < i64::from(units) {
                let before = blocking.len();
                blocking.extend(self.draws_of(place).iter().filter(|draw| draw.0 == atom).map(|draw| draw.1));
                if blocking.len() == before {
                    return false;
                }
            }
        }
        blocking.sort_unstable();
        blocking.dedup();
        let held: i64 = blocking.iter().map(|&pool| self.pools[pool as usize].1).sum();
        if held >= wanted {
            return false;
        }
        self.change.clear();
        for place in 0..self.rows.len() as u32 {
            let draws = self.draws_of(place).iter().filter(|draw| blocking.contains(&draw.1));
            self.change.push(draws.map(|draw| i64::from(draw.2)).sum());
        }
        let run = self.first_of[atom as usize] as usize..self.first_of[atom as usize + 1] as usize;
        for &(place, units) in &self.of[run] {
            self.change[place as usize] -= i64::from(units);
        }
        let steps = self.change.iter().zip(&self.slack).filter(|(change, _)| **change < 0);
        let Some(rise) = steps.map(|(change, slack)| slack / -change).min() else { return false };
        if rise <= 0 || rise > MOST_RISE / wanted {
            return false;
        }
        for (slack, change) in self.slack.iter_mut().zip(&self.change) {
            *slack += rise * change;
        }
        self.price[atom as usize] += rise;
        for &pool in &blocking {
            self.pools[pool as usize].2 += rise;
        }
        self.bound += rise * (wanted - held);
        true
    }

    /// Leaves out what no plan cheaper than `cost` holds: its slack alone lifts the bound above that. From here on the
    /// bound is one for plans that cost no more.
    pub fn leave_out(&mut self, cost: i64) {
        let most = cost.saturating_sub(self.bound);
        let (mut kept, mut begin) = (0, 0);
        for atom in 1..self.first_of.len() {
            let end = self.first_of[atom] as usize;
            for place in begin..end {
                let (row, units) = self.of[place];
                if self.slack[row as usize] <= most {
                    self.of[kept] = (row, units);
                    kept += 1;
                }
            }
            begin = end;
            self.first_of[atom] = kept as u32;
        }
    }

    fn lower(&mut self, core: &Core, atom: u16, by: i64) {
        self.price[atom as usize] -= by;
        self.bound -= by * i64::from(core.atoms[atom as usize].units);
        let run = self.first_of[atom as usize] as usize..self.first_of[atom as usize + 1] as usize;
        for &(place, units) in &self.of[run] {
            self.slack[place as usize] += by * i64::from(units);
        }
    }

    /// Lowers each price in turn, lets the others rise into the room, and keeps what does not lower the bound.
    pub fn polish(&mut self, core: &Core, part: &[u16]) {
        let work = (part.len() * self.first_of.last().map_or(0, |&end| end as usize)).max(1);
        for round in 0..ROUNDS.min((RAISES / work) as u32 + 1) {
            for (turn, &atom) in part.iter().enumerate() {
                let by = self.price[atom as usize] >> (1 + round % 5);
                if by <= 0 {
                    continue;
                }
                let before = self.bound;
                self.kept.0.clone_from(&self.slack);
                self.kept.1.clone_from(&self.price);
                let rents: smallvec::SmallVec<[i64; 16]> = self.pools.iter().map(|pool| pool.2).collect();
                self.lower(core, atom, by);
                for place in 1..=part.len() {
                    self.raise(core, part[(turn + place) % part.len()]);
                }
                if self.bound < before {
                    self.bound = before;
                    std::mem::swap(&mut self.slack, &mut self.kept.0);
                    std::mem::swap(&mut self.price, &mut self.kept.1);
                    for (pool, rent) in self.pools.iter_mut().zip(rents) {
                        pool.2 = rent;
                    }
                }
            }
        }
    }
}
