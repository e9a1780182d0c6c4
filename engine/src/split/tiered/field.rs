//! What sets of parcels cost at least.

use super::super::core::{Core, NEVER};
use super::super::problem::Problem;
use super::{PARCELS, Set};
use smallvec::SmallVec;

/// Started kilograms above the last step beyond which a staircase's ends are no longer all known.
const EVERY_KILOGRAM: u64 = 60_000;

/// A parcel: its way, and units by arc.
pub type Content = (u16, Vec<(u32, u32)>);

/// A way as this search sees it.
pub struct Terms {
    /// Cost of a parcel before carriage, penalty included.
    pub fixed: i64,
    pub max_grams: u64,
    pub max_cm3: u64,
    /// Where its staircase is about to rise: the most chargeable weight for each price.
    pub ends: Vec<(u64, i64)>,
}

/// What a search by tiers looks at.
pub struct Field<'p> {
    pub problem: &'p Problem<'p>,
    pub core: &'p Core,
    pub ways: Vec<Terms>,
    /// By atom, then way: all units of the atom; [`NEVER`] without an arc.
    pub whole: Vec<i64>,
    /// By atom: the cheapest, skipping included.
    pub least: Vec<i64>,
    /// By atom: atoms kept apart from it.
    pub apart: Vec<u128>,
    /// The divisor of volume when all staircases have one; else volume is left out of bounds over several parcels.
    pub divisor: Option<u64>,
    /// Whether some pool may be short, so that each way to lay an atom is held against its pools.
    pub scarce: bool,
}

/// Sums of a parcel.
#[derive(Clone, Copy, Default)]
pub struct Load {
    pub grams: u64,
    pub cm3: u64,
    pub atoms: u128,
}

impl Terms {
    /// Cost of the lightest parcel.
    pub fn first(&self) -> i64 {
        self.fixed + self.ends.first().map_or(0, |end| end.1)
    }
}

impl<'p> Field<'p> {
    pub fn new(problem: &'p Problem<'p>, core: &'p Core, penalty: i64) -> Option<Field<'p>> {
        let (atoms, many) = (core.atoms.len(), problem.ways.len());
        if atoms > 128 || problem.rules.max_parcels == 0 {
            return None;
        }
        let scarce =
            core.coupled || core.arcs.iter().any(|arc| arc.most < core.atoms[arc.atom as usize].units);
        if scarce && !stands_alone(problem, core) {
            return None;
        }
        let mut whole = vec![NEVER; atoms * many];
        let mut sums = vec![(0u64, 0u64); many];
        for (atom, wanted) in core.atoms.iter().enumerate() {
            for arc in core.arcs_of(atom) {
                let (way, units) = (arc.way as usize, u64::from(wanted.units));
                if whole[atom * many + way] == NEVER {
                    sums[way].0 = sums[way].0.checked_add(wanted.grams.checked_mul(units)?)?;
                    sums[way].1 = sums[way].1.checked_add(wanted.cm3.checked_mul(units)?)?;
                }
                let known = &mut whole[atom * many + way];
                *known = arc.cost(wanted.units).min(*known);
            }
        }
        let mut ways = Vec::with_capacity(many);
        let mut divisors: SmallVec<[Option<u32>; 8]> = SmallVec::new();
        for (terms, sums) in problem.ways.iter().zip(&sums) {
            let staircase = &problem.staircases[terms.staircase as usize];
            divisors.push(staircase.cm3_per_kg);
            let to = staircase.chargeable(sums.0.min(terms.max_grams), sums.1.min(terms.max_cm3));
            let last = staircase.steps.last().map_or(0, |step| step.0);
            if staircase.per_kg_above.is_some() && to > last.saturating_add(EVERY_KILOGRAM) {
                return None;
            }
            ways.push(Terms {
                fixed: terms.fixed + penalty,
                max_grams: terms.max_grams,
                max_cm3: terms.max_cm3,
                ends: staircase.ends_between(0, to),
            });
        }
        divisors.dedup();
        let divisor = match divisors[..] {
            [Some(divisor)] => Some(u64::from(divisor.max(1))),
            _ => None,
        };
        let least = (0..atoms)
            .map(|atom| {
                let arcs = whole[atom * many..(atom + 1) * many].iter().copied().min().unwrap_or(NEVER);
                arcs.min(skipping(core, atom, core.atoms[atom].units))
            })
            .collect::<Vec<_>>();
        if least.contains(&NEVER) {
            return None;
        }
        let mut apart = vec![0u128; atoms];
        for &(one, other) in &core.apart {
            apart[one as usize] |= 1 << other;
            apart[other as usize] |= 1 << one;
        }
        Some(Field { problem, core, ways, whole, least, apart, divisor, scarce })
    }

    /// What no plan of a set undercuts.
    pub fn bound(&self, set: &Set) -> i64 {
        let fixed: i64 = set.iter().map(|&way| self.ways[way as usize].fixed).sum();
        let (mut sum, mut grams, mut cm3, mut extra) = (fixed, 0u64, 0u64, NEVER);
        for (atom, wanted) in self.core.atoms.iter().enumerate() {
            let carried = self.carried(atom, set);
            let skip = skipping(self.core, atom, wanted.units);
            sum = sum.saturating_add(carried.min(skip));
            if carried <= skip {
                grams += wanted.grams * u64::from(wanted.units);
                cm3 += wanted.cm3 * u64::from(wanted.units);
                extra = extra.min(self.one_skipped(atom, carried));
            }
        }
        if sum >= NEVER {
            return NEVER;
        }
        let loads = [Load::default(); PARCELS];
        let carriage = self.carriage(set, &loads, self.chargeable(grams, cm3));
        sum.saturating_add(carriage.min(extra.saturating_add(self.carriage(set, &loads, 0)))).min(NEVER)
    }

    /// All units of an atom by the cheapest way of a set.
    pub fn carried(&self, atom: usize, set: &Set) -> i64 {
        let row = &self.whole[atom * self.ways.len()..];
        set.iter().map(|&way| row[way as usize]).min().unwrap_or(NEVER)
    }

    /// By how much an atom's cost exceeds `known` at least when some unit of it is skipped.
    pub fn one_skipped(&self, atom: usize, known: i64) -> i64 {
        let wanted = &self.core.atoms[atom];
        let skipped = (1..=wanted.units).map(|units| {
            let left = wanted.units - units;
            let carried = self.core.arcs_of(atom).iter().map(|arc| arc.cost(left)).min().unwrap_or(NEVER);
            let carried = if left == 0 { 0 } else { carried };
            skipping(self.core, atom, units).saturating_add(carried)
        });
        skipped.min().unwrap_or(NEVER).saturating_sub(known)
    }

    /// Chargeable weight of goods however they are laid into parcels, at least.
    pub fn chargeable(&self, grams: u64, cm3: u64) -> u64 {
        match self.divisor {
            Some(divisor) => grams.max(cm3.saturating_mul(1000).div_ceil(divisor)),
            None => grams,
        }
    }

    /// The cheapest carriage of a set of parcels that hold what they hold and `weight` in all.
    pub fn carriage(&self, set: &[u16], loads: &[Load], weight: u64) -> i64 {
        let Some((&way, others)) = set.split_first() else {
            return if weight == 0 { 0 } else { NEVER };
        };
        let staircase = &self.problem.staircases[self.problem.ways[way as usize].staircase as usize];
        let holds = staircase.chargeable(loads[0].grams, loads[0].cm3);
        let mut best = NEVER;
        for &(end, price) in self.ways[way as usize].ends.iter().filter(|end| end.0 >= holds) {
            if price >= best {
                break;
            }
            let rest = self.carriage(others, &loads[1..], weight.saturating_sub(end));
            best = best.min(price.saturating_add(rest));
            if end >= weight {
                break;
            }
        }
        best
    }

    /// The cheapest arc of a way for some units of an atom, with its cost.
    pub fn arc(&self, atom: usize, way: u16, units: u32) -> Option<(i64, u32)> {
        if units == 0 {
            return Some((0, u32::MAX));
        }
        let first = self.core.atoms[atom].first_arc;
        let arcs = self.core.arcs_of(atom).iter().zip(first..).filter(|(arc, _)| arc.way == way);
        arcs.filter(|(arc, _)| arc.most >= units).map(|(arc, row)| (arc.cost(units), row)).min()
    }
}

/// Whether no two atoms draw on one pool, no cap reaches over pools, and an atom has but one arc by each way: then
/// what one atom takes is no other's business, and a count of units by way says all there is to say of it.
fn stands_alone(problem: &Problem<'_>, core: &Core) -> bool {
    let mut owner = vec![u16::MAX; problem.pools.len()];
    let mut last = None;
    problem.caps.is_empty()
        && core.arcs.iter().all(|arc| {
            let one = last.replace((arc.atom, arc.way)) != Some((arc.atom, arc.way));
            one && arc.parts.iter().all(|&(offer, _)| {
                let owner = &mut owner[problem.offers[offer as usize].pool as usize];
                let mine = *owner == u16::MAX || *owner == arc.atom;
                *owner = arc.atom;
                mine
            })
        })
}

/// What it costs to skip units of an atom.
pub fn skipping(core: &Core, atom: usize, units: u32) -> i64 {
    let skip = core.atoms[atom].skip;
    match units {
        0 => 0,
        _ if skip >= NEVER => NEVER,
        _ => skip.saturating_mul(i64::from(units)).min(NEVER),
    }
}
