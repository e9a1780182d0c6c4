//! Many ways that each bring little: every parcel that could pay, then the cheapest parcels that together hold all.
//!
//! Where each way has only some of the goods, few different parcels can be packed at all, and of those most cost more
//! than sending their goods alone. The rest fall apart into small problems of their own. Each is a set partitioning:
//! prices by unit bound it from below (`prices.rs`), and a walk closes what they leave open (`walk.rs`).
//! Any price of a parcel by its content will do: staircases, limits, pairs kept apart, short pools.

mod fillings;
mod parcels;
mod prices;
mod walk;

use super::budget::Meter;
use super::core::{Core, NEVER};
use super::problem::Problem;
use fillings::Fillings;
use parcels::Parcels;
use prices::Prices;
use walk::Walk;

/// Memory of this search, reused.
#[derive(Debug, Default)]
pub struct Packing {
    fillings: Fillings,
    parcels: Parcels,
    prices: Prices,
    walk: Walk,
    part: Vec<u16>,
}

/// The best plan found: cost and bound with every parcel's penalty in them; way, and units by arc.
#[derive(Debug)]
pub struct Laid {
    pub cost: i64,
    pub bound: i64,
    pub parcels: Vec<(u16, Vec<(u32, u32)>)>,
}

/// Candidates looked at before prices are polished, in each part.
const FIRST_LOOKS: u64 = 3_000;

/// Candidates looked at in each part at most.
const LOOKS: u64 = 1_000_000;

/// Looks that count as a step of the budget.
const LOOKS_A_STEP: u64 = 512;

/// Contents looked at that count as a step of the budget.
const CONTENTS_A_STEP: u64 = 1024;

/// Contents that are packed before anything else is tried.
const FEW_CONTENTS: u64 = 4_000;

impl Packing {
    /// Whether few different parcels can be packed at all.
    pub fn is_sparse(&mut self, problem: &Problem<'_>, core: &Core, splits: bool) -> bool {
        self.fillings.collect(problem, core, splits) && self.fillings.contents() <= FEW_CONTENTS
    }

    /// The cheapest plan, or nothing when too many parcels could pay or no plan was found. `splits` says that units
    /// of one atom may part.
    pub fn solve(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        splits: bool,
        penalty: i64,
        meter: &mut Meter<'_>,
    ) -> Option<Laid> {
        let Packing { fillings, parcels, prices, walk, part } = self;
        if !fillings.collect(problem, core, splits) || !parcels.pack(problem, core, fillings, splits, penalty)
        {
            return None;
        }
        meter.add(parcels.looked_at() / CONTENTS_A_STEP);
        let mut laid = Laid { cost: 0, bound: 0, parcels: Vec::new() };
        for first in 0..core.atoms.len() as u16 {
            if parcels.head_of(first) != first {
                continue;
            }
            part.clear();
            part.extend((first..core.atoms.len() as u16).filter(|&atom| parcels.head_of(atom) == first));
            prices.begin(problem, core, fillings, parcels, part);
            walk.begin(core, part);
            let mut whole = walk.go(problem, core, fillings, parcels, prices, FIRST_LOOKS);
            if !whole {
                if let Some(cost) = walk.cost() {
                    prices.leave_out(cost);
                }
                prices.polish(core, part);
                whole = walk.go(problem, core, fillings, parcels, prices, LOOKS);
            }
            meter.add(walk.looks() / LOOKS_A_STEP);
            let cost = walk.cost()?;
            laid.cost = laid.cost.saturating_add(cost);
            laid.bound = laid.bound.saturating_add(if whole { cost } else { prices.bound().min(cost) });
            laid.parcels.extend(walk.chosen().filter_map(|row| parcels.unpack(fillings, row)));
        }
        meter.add(1);
        (laid.cost < NEVER).then_some(laid)
    }
}
