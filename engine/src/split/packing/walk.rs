//! The cheapest candidates that together hold every unit of a part, each once.
//!
//! Depth first. A node takes one atom that is still wanted and lays each candidate that holds it, the one with least
//! slack first. The bound of a node is the part's bound and the slack of all that is laid. Among plans of one cost the
//! earliest arrival is kept, then the fewest parcels.

use super::super::core::{Core, NEVER};
use super::super::problem::Problem;
use super::super::supply;
use super::fillings::Fillings;
use super::parcels::{LEFT, NOTHING, Parcels};
use super::prices::Prices;
use smallvec::SmallVec;

/// A cost with what breaks ties: latest arrival, number of parcels.
type Worth = (i64, i64, u32);

/// Memory of a walk.
#[derive(Debug, Default)]
pub struct Walk {
    order: Vec<u16>,
    /// Units still wanted, by atom.
    rest: Vec<u32>,
    /// By atom: where its run in `holders` begins and ends.
    runs: Vec<(u32, u32)>,
    /// Slack and candidate.
    holders: Vec<(i64, u32)>,
    laid: Vec<u32>,
    best: Option<Worth>,
    chosen: Vec<u32>,
    looks: u64,
    most: u64,
}

/// Looks at a candidate that a node counts for, and asking the pools.
const A_NODE: u64 = 8;
const POOLS: u64 = 64;

/// All that a walk looks at.
struct Ground<'a, 'p> {
    problem: &'a Problem<'p>,
    core: &'a Core,
    fillings: &'a Fillings,
    parcels: &'a Parcels,
    bound: i64,
}

/// Where a walk is.
#[derive(Clone, Copy)]
struct Here {
    /// What laid candidates cost.
    cost: i64,
    /// What they cost beyond their worth.
    slack: i64,
    arrives: i64,
    parcels: u32,
    /// The place in the order, and where among the holders of its atom to go on.
    turn: usize,
    from: u32,
}

impl Walk {
    /// Forgets the last part.
    pub fn begin(&mut self, core: &Core, part: &[u16]) {
        self.order.clear();
        self.order.extend_from_slice(part);
        self.rest.clear();
        self.rest.extend(core.atoms.iter().map(|atom| atom.units));
        self.best = None;
        self.chosen.clear();
        self.looks = 0;
    }

    /// Walks; whether nothing is left open.
    pub fn go(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        fillings: &Fillings,
        parcels: &Parcels,
        prices: &Prices,
        looks: u64,
    ) -> bool {
        self.runs.clear();
        self.runs.resize(core.atoms.len(), (0, 0));
        self.holders.clear();
        for &atom in &self.order {
            let first = self.holders.len();
            self.holders.extend(prices.holders(atom));
            self.holders[first..].sort_unstable();
            self.runs[atom as usize] = (first as u32, self.holders.len() as u32);
        }
        let runs = &self.runs;
        self.order.sort_by_key(|&atom| (runs[atom as usize].1 - runs[atom as usize].0, atom));
        self.laid.clear();
        self.most = self.looks + looks;
        let from = self.order.first().map_or(0, |&atom| self.runs[atom as usize].0);
        let ground = Ground { problem, core, fillings, parcels, bound: prices.bound() };
        let start = Here { cost: 0, slack: 0, arrives: i64::MIN, parcels: 0, turn: 0, from };
        self.step(&ground, start)
    }

    fn step(&mut self, ground: &Ground<'_, '_>, here: Here) -> bool {
        self.looks += A_NODE;
        if self.looks > self.most {
            return false;
        }
        let mut here = here;
        while let Some(&atom) = self.order.get(here.turn) {
            if self.rest[atom as usize] > 0 {
                break;
            }
            here.turn += 1;
            here.from = self.order.get(here.turn).map_or(0, |&next| self.runs[next as usize].0);
        }
        let Some(&atom) = self.order.get(here.turn) else {
            let worth = (here.cost, here.arrives, here.parcels);
            if self.best.is_none_or(|best| worth < best) {
                self.best = Some(worth);
                self.chosen.clone_from(&self.laid);
            }
            return true;
        };
        for place in here.from..self.runs[atom as usize].1 {
            self.looks += 1;
            let (slack, row) = self.holders[place as usize];
            let candidate = &ground.parcels.all()[row as usize];
            let slack = here.slack.saturating_add(slack);
            let least = ground.bound.saturating_add(slack);
            if self.best.is_some_and(|best| least > best.0) {
                break;
            }
            let sent = u32::from(candidate.way != LEFT);
            let arrives = here.arrives.max(candidate.arrives);
            if self.best.is_some_and(|best| (least, arrives, here.parcels + sent) >= best) {
                continue;
            }
            let held = ground.parcels.held(candidate);
            if held.iter().any(|&(atom, units, _)| self.rest[atom as usize] < units) {
                continue;
            }
            self.laid.push(row);
            if candidate.ample || self.is_there(ground) {
                for &(atom, units, _) in held {
                    self.rest[atom as usize] -= units;
                }
                let cost = here.cost.saturating_add(candidate.cost).min(NEVER);
                let next = Here { cost, slack, arrives, parcels: here.parcels + sent, from: place, ..here };
                let whole = self.step(ground, next);
                for &(atom, units, _) in held {
                    self.rest[atom as usize] += units;
                }
                if !whole {
                    self.laid.pop();
                    return false;
                }
            }
            self.laid.pop();
        }
        true
    }

    /// Whether pools hold what is laid.
    fn is_there(&mut self, ground: &Ground<'_, '_>) -> bool {
        self.looks += POOLS;
        let mut takes: SmallVec<[(u32, u32); 16]> = SmallVec::new();
        for &row in &self.laid {
            let candidate = &ground.parcels.all()[row as usize];
            if candidate.ample {
                continue;
            }
            for &(_, _, filling) in ground.parcels.held(candidate) {
                if filling == NOTHING || ground.fillings.get(filling).ample {
                    continue;
                }
                for &(arc, units) in ground.fillings.takes(filling) {
                    let parts = &ground.core.arcs[arc as usize].parts;
                    takes.extend(parts.iter().map(|&(offer, per)| (offer, per * units)));
                }
            }
        }
        takes.sort_unstable();
        supply::shortfall(ground.problem, &takes).is_none()
    }

    /// What the best plan costs.
    pub fn cost(&self) -> Option<i64> {
        self.best.map(|best| best.0)
    }

    /// Candidates looked at so far.
    pub fn looks(&self) -> u64 {
        self.looks
    }

    /// Candidates of the best plan.
    pub fn chosen(&self) -> impl Iterator<Item = u32> {
        self.chosen.iter().copied()
    }
}
