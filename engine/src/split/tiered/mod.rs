//! Few ways, prices that climb: every set of parcels that might pay, cheapest first.
//!
//! For a set of parcels a bound is quick: fixed costs, each atom by its cheapest way of the set, and the cheapest
//! steps of the parcels' staircases that hold all the weight together (a small multiple-choice knapsack). Sets whose
//! bound is below the best known plan are filled by a depth-first walk over atoms under the same bound. Sets grow
//! until no larger one can pay. It needs that no two atoms draw on one pool that is short.

mod field;
mod walk;

use super::budget::Meter;
use super::core::{Core, NEVER};
use super::packing::Laid;
use super::problem::Problem;
use field::{Content, Field, Terms};
use smallvec::SmallVec;

/// Parcels of one set at most; where more might pay, this search gives up.
const PARCELS: usize = 6;

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Sets looked at, at most: where there are more, the search gives up.
    sets: usize,
    /// Nodes of all walks at most: beyond it sets keep their bound, unproven.
    nodes: u64,
}

/// A first look, where another search can take over.
pub const A_LOOK: Effort = Effort { sets: 1_000, nodes: 8_000 };

/// As far as this search goes.
pub const FULL: Effort = Effort { sets: 12_000, nodes: 200_000 };

/// Nodes that count as a step of the budget.
const NODES_A_STEP: u64 = 8;

type Set = SmallVec<[u16; PARCELS]>;

/// The cheapest plan, or nothing when the problem is not of this kind or too large for it.
pub fn solve(
    problem: &Problem<'_>,
    core: &Core,
    penalty: i64,
    effort: Effort,
    meter: &mut Meter<'_>,
) -> Option<Laid> {
    let field = Field::new(problem, core, penalty)?;
    let base: i64 = field.least.iter().sum();
    let skipped = core.atoms.iter().map(|atom| atom.skip.min(NEVER / 1_000_000) * i64::from(atom.units));
    let mut cost: i64 = skipped.sum();
    if core.atoms.iter().any(|atom| atom.skip >= NEVER) {
        cost = NEVER;
    }
    let mut bound = NEVER;
    let mut found: Option<Vec<Content>> = (cost < NEVER).then(Vec::new);
    let cheapest = field.ways.iter().map(Terms::first).min()?;
    let (mut sets_left, mut nodes) = (effort.sets, 0u64);
    let most = problem.rules.max_parcels.min(u32::from(u16::MAX)) as usize;
    let mut sets: Vec<(i64, Set)> = Vec::new();
    for size in 1..=most {
        if base.saturating_add(cheapest.saturating_mul(size as i64)) >= cost {
            break;
        }
        if size > PARCELS {
            return None;
        }
        sets.clear();
        field.sets(
            size,
            base + cheapest * size as i64,
            cheapest,
            cost,
            &mut Set::new(),
            &mut sets_left,
            &mut sets,
        )?;
        sets.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        for (place, (least, set)) in sets.iter().enumerate() {
            if *least >= cost {
                break;
            }
            if nodes >= effort.nodes {
                bound = bound.min(*least);
                break;
            }
            let mut walk = field.walk(set, cost)?;
            let whole = walk.go(&field, 0, 0);
            nodes += walk.nodes;
            meter.add(1 + walk.nodes / NODES_A_STEP);
            if !whole {
                bound = bound.min(*least);
            }
            if let Some((better, chosen)) = walk.best.take() {
                cost = better;
                found = Some(field.parcels(&walk, &chosen));
            }
            if meter.stop_now() {
                // What is still open: the sets after this one, and all larger ones.
                let next = sets.get(place + 1).map_or(NEVER, |next| next.0);
                let larger = base.saturating_add(cheapest.saturating_mul(size as i64 + 1));
                let floor = next.min(larger);
                return Some(Laid { cost, bound: floor.min(bound).min(cost), parcels: found? });
            }
        }
    }
    Some(Laid { cost, bound: bound.min(cost), parcels: found? })
}

impl<'p> Field<'p> {
    /// Collects every set of a size, ways rising, whose bound is below a cost; nothing when there are too many.
    #[allow(clippy::too_many_arguments)]
    fn sets(
        &self,
        size: usize,
        floor: i64,
        cheapest: i64,
        below: i64,
        set: &mut Set,
        left: &mut usize,
        sets: &mut Vec<(i64, Set)>,
    ) -> Option<()> {
        if set.len() == size {
            *left = left.checked_sub(1)?;
            let bound = self.bound(set);
            if bound < below {
                sets.push((bound, set.clone()));
            }
            return Some(());
        }
        let first = set.last().copied().unwrap_or(0);
        for way in first..self.ways.len() as u16 {
            let floor = floor + self.ways[way as usize].first() - cheapest;
            if floor < below && !self.ways[way as usize].ends.is_empty() {
                set.push(way);
                self.sets(size, floor, cheapest, below, set, left, sets)?;
                set.pop();
            }
        }
        Some(())
    }
}
