//! Few ways, prices that climb: every set of parcels that might pay, cheapest first.
//!
//! For a set of parcels a bound is quick: fixed costs, each atom by its cheapest way of the set, and the cheapest
//! steps of the parcels' staircases that hold all the weight together (a small multiple-choice knapsack). Sets whose
//! bound is below the best known plan are filled by a depth-first walk over atoms under the same bound. Sets grow
//! until no larger one can pay. It needs that no two atoms draw on one pool that is short.

use super::budget::Meter;
use super::core::{Core, NEVER};
use super::packing::Laid;
use super::problem::Problem;
use super::supply;
use smallvec::SmallVec;

/// Parcels of one set at most; where more might pay, this search gives up.
const PARCELS: usize = 6;

/// Sets looked at, at most.
const SETS: usize = 12_000;

/// Nodes of one set's walk, and of all walks, at most: beyond it a set keeps its bound, unproven.
const NODES_OF_SET: u64 = 30_000;
const NODES: u64 = 200_000;

/// Nodes that count as a step of the budget.
const NODES_A_STEP: u64 = 8;

/// Ways in which one atom's units may lie in the parcels of a set, at most.
const CHOICES: usize = 128;

/// Started kilograms above the last step beyond which a staircase's ends are no longer all known.
const EVERY_KILOGRAM: u64 = 60_000;

/// A parcel: its way, and units by arc.
type Content = (u16, Vec<(u32, u32)>);

/// A way as this search sees it.
struct Terms {
    /// Cost of a parcel before carriage, penalty included.
    fixed: i64,
    max_grams: u64,
    max_cm3: u64,
    /// Where its staircase is about to rise: the most chargeable weight for each price.
    ends: Vec<(u64, i64)>,
}

/// Where the units of one atom lie: a count by parcel of the set; the others are skipped.
struct Choice {
    cost: i64,
    units: [u32; PARCELS],
}

type Set = SmallVec<[u16; PARCELS]>;

struct Field<'p> {
    problem: &'p Problem<'p>,
    core: &'p Core,
    ways: Vec<Terms>,
    /// By atom, then way: all units of the atom; [`NEVER`] without an arc.
    whole: Vec<i64>,
    /// By atom: the cheapest, skipping included.
    least: Vec<i64>,
    /// By atom: atoms kept apart from it.
    apart: Vec<u128>,
    /// The divisor of volume when all staircases have one; else volume is left out of bounds over several parcels.
    divisor: Option<u64>,
    /// Whether some pool may be short, so that each way to lay an atom is held against its pools.
    scarce: bool,
}

/// Sums of a parcel.
#[derive(Clone, Copy, Default)]
struct Load {
    grams: u64,
    cm3: u64,
    atoms: u128,
}

/// The walk through one set.
struct Walk<'f> {
    set: &'f Set,
    fixed: i64,
    /// Atoms, hardest first.
    order: Vec<usize>,
    /// By place in the order.
    choices: Vec<Vec<Choice>>,
    /// By place in the order: the cheapest choices from there on; weight and volume that are carried unless skipped
    /// beyond that; least extra cost of skipping one more unit.
    rest: Vec<(i64, u64, u64, i64)>,
    loads: [Load; PARCELS],
    chosen: Vec<usize>,
    best: Option<(i64, Vec<usize>)>,
    below: i64,
    nodes: u64,
}

/// The cheapest plan, or nothing when the problem is not of this kind or too large for it.
pub fn solve(problem: &Problem<'_>, core: &Core, penalty: i64, meter: &mut Meter<'_>) -> Option<Laid> {
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
    let (mut seen, mut nodes) = (0usize, 0u64);
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
            &mut seen,
            &mut sets,
        )?;
        sets.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        for (place, (least, set)) in sets.iter().enumerate() {
            if *least >= cost {
                break;
            }
            if nodes >= NODES {
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

impl Terms {
    /// Cost of the lightest parcel.
    fn first(&self) -> i64 {
        self.fixed + self.ends.first().map_or(0, |end| end.1)
    }
}

impl<'p> Field<'p> {
    fn new(problem: &'p Problem<'p>, core: &'p Core, penalty: i64) -> Option<Field<'p>> {
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

    /// Collects every set of a size, ways rising, whose bound is below a cost; nothing when there are too many.
    #[allow(clippy::too_many_arguments)]
    fn sets(
        &self,
        size: usize,
        floor: i64,
        cheapest: i64,
        below: i64,
        set: &mut Set,
        seen: &mut usize,
        sets: &mut Vec<(i64, Set)>,
    ) -> Option<()> {
        if set.len() == size {
            *seen += 1;
            if *seen > SETS {
                return None;
            }
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
                self.sets(size, floor, cheapest, below, set, seen, sets)?;
                set.pop();
            }
        }
        Some(())
    }

    /// What no plan of a set undercuts.
    fn bound(&self, set: &Set) -> i64 {
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
    fn carried(&self, atom: usize, set: &Set) -> i64 {
        let row = &self.whole[atom * self.ways.len()..];
        set.iter().map(|&way| row[way as usize]).min().unwrap_or(NEVER)
    }

    /// By how much an atom's cost exceeds `known` at least when some unit of it is skipped.
    fn one_skipped(&self, atom: usize, known: i64) -> i64 {
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
    fn chargeable(&self, grams: u64, cm3: u64) -> u64 {
        match self.divisor {
            Some(divisor) => grams.max(cm3.saturating_mul(1000).div_ceil(divisor)),
            None => grams,
        }
    }

    /// The cheapest carriage of a set of parcels that hold what they hold and `weight` in all.
    fn carriage(&self, set: &[u16], loads: &[Load], weight: u64) -> i64 {
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

    /// A walk through a set; nothing when an atom could lie in too many ways.
    fn walk<'f>(&self, set: &'f Set, below: i64) -> Option<Walk<'f>> {
        let mut order: Vec<usize> = (0..self.core.atoms.len()).collect();
        order.sort_by_key(|&atom| {
            let terms = &self.core.atoms[atom];
            let ways =
                set.iter().filter(|&&way| self.whole[atom * self.ways.len() + way as usize] < NEVER).count();
            (ways, std::cmp::Reverse(terms.grams.saturating_mul(u64::from(terms.units))), atom)
        });
        let mut choices = Vec::with_capacity(order.len());
        for &atom in &order {
            let mut all = Vec::new();
            self.choose(atom, set, 0, self.core.atoms[atom].units, 0, &mut [0; PARCELS], &mut all)?;
            if self.scarce {
                all.retain(|choice| self.is_there(atom, set, choice));
            }
            all.sort_by_key(|choice: &Choice| (choice.cost, std::cmp::Reverse(choice.units)));
            choices.push(all);
        }
        let mut rest = vec![(0i64, 0u64, 0u64, NEVER); order.len() + 1];
        for place in (0..order.len()).rev() {
            let (atom, later) = (order[place], rest[place + 1]);
            let wanted = &self.core.atoms[atom];
            let carried = self.carried(atom, set);
            let skip = skipping(self.core, atom, wanted.units);
            let mut here = (later.0.saturating_add(carried.min(skip)), later.1, later.2, later.3);
            if carried <= skip {
                here.1 += wanted.grams * u64::from(wanted.units);
                here.2 += wanted.cm3 * u64::from(wanted.units);
                here.3 = here.3.min(self.one_skipped(atom, carried));
            }
            rest[place] = here;
        }
        Some(Walk {
            set,
            fixed: set.iter().map(|&way| self.ways[way as usize].fixed).sum(),
            order,
            choices,
            rest,
            loads: [Load::default(); PARCELS],
            chosen: Vec::new(),
            best: None,
            below,
            nodes: 0,
        })
    }

    /// Every way to lay the units of an atom into the parcels of a set, the rest skipped.
    #[allow(clippy::too_many_arguments)]
    fn choose(
        &self,
        atom: usize,
        set: &[u16],
        place: usize,
        left: u32,
        cost: i64,
        units: &mut [u32; PARCELS],
        all: &mut Vec<Choice>,
    ) -> Option<()> {
        let Some((&way, others)) = set.split_first() else {
            let skip = skipping(self.core, atom, left);
            if skip < NEVER {
                all.push(Choice { cost: cost + skip, units: *units });
            }
            return (all.len() <= CHOICES).then_some(());
        };
        for here in 0..=left {
            let Some(more) = self.arc(atom, way, here).map(|(cost, _)| cost) else { break };
            units[place] = here;
            self.choose(atom, others, place + 1, left - here, cost + more, units, all)?;
        }
        units[place] = 0;
        Some(())
    }

    /// The cheapest arc of a way for some units of an atom, with its cost.
    fn arc(&self, atom: usize, way: u16, units: u32) -> Option<(i64, u32)> {
        if units == 0 {
            return Some((0, u32::MAX));
        }
        let first = self.core.atoms[atom].first_arc;
        let arcs = self.core.arcs_of(atom).iter().zip(first..).filter(|(arc, _)| arc.way == way);
        arcs.filter(|(arc, _)| arc.most >= units).map(|(arc, row)| (arc.cost(units), row)).min()
    }

    /// Whether pools hold what a choice takes of them.
    fn is_there(&self, atom: usize, set: &[u16], choice: &Choice) -> bool {
        let mut takes: Vec<(u32, u32)> = Vec::new();
        for (&way, &units) in set.iter().zip(&choice.units) {
            if units > 0
                && let Some((_, arc)) = self.arc(atom, way, units)
            {
                takes.extend(self.core.arcs[arc as usize].parts.iter().map(|&(row, per)| (row, per * units)));
            }
        }
        takes.sort_unstable();
        takes.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        supply::shortfall(self.problem, &takes).is_none()
    }

    fn parcels(&self, walk: &Walk<'_>, chosen: &[usize]) -> Vec<(u16, Vec<(u32, u32)>)> {
        let mut parcels: Vec<(u16, Vec<(u32, u32)>)> =
            walk.set.iter().map(|&way| (way, Vec::new())).collect();
        for (place, &choice) in chosen.iter().enumerate() {
            let atom = walk.order[place];
            for (parcel, &units) in parcels.iter_mut().zip(&walk.choices[place][choice].units) {
                if units > 0
                    && let Some((_, arc)) = self.arc(atom, parcel.0, units)
                {
                    parcel.1.push((arc, units));
                }
            }
        }
        parcels
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
fn skipping(core: &Core, atom: usize, units: u32) -> i64 {
    let skip = core.atoms[atom].skip;
    match units {
        0 => 0,
        _ if skip >= NEVER => NEVER,
        _ => skip.saturating_mul(i64::from(units)).min(NEVER),
    }
}

impl Walk<'_> {
    /// Walks on from a place in the order with a cost so far; whether the walk was whole.
    fn go(&mut self, field: &Field<'_>, place: usize, so_far: i64) -> bool {
        self.nodes += 1;
        if self.nodes > NODES_OF_SET {
            return false;
        }
        if self.least(field, place, so_far) >= self.below {
            return true;
        }
        if place == self.order.len() {
            if self.loads[..self.set.len()].iter().all(|load| load.atoms != 0) {
                let carriage = field.carriage(self.set, &self.loads, 0);
                self.below = self.fixed + so_far + carriage;
                self.best = Some((self.below, self.chosen.clone()));
            }
            return true;
        }
        let mut whole = true;
        for choice in 0..self.choices[place].len() {
            let cost = so_far + self.choices[place][choice].cost;
            if self.fixed.saturating_add(cost).saturating_add(self.rest[place + 1].0) >= self.below {
                break;
            }
            let before = self.loads;
            if self.put(field, place, choice) {
                self.chosen.push(choice);
                whole &= self.go(field, place + 1, cost);
                self.chosen.pop();
            }
            self.loads = before;
            if !whole && self.nodes > NODES_OF_SET {
                return false;
            }
        }
        whole
    }

    /// What no plan under this node undercuts.
    fn least(&self, field: &Field<'_>, place: usize, so_far: i64) -> i64 {
        let (cheapest, grams, cm3, extra) = self.rest[place];
        let sum = self.fixed.saturating_add(so_far).saturating_add(cheapest);
        let loads = &self.loads[..self.set.len()];
        let laid = loads.iter().fold((0, 0), |sum, load| (sum.0 + load.grams, sum.1 + load.cm3));
        let carried = field.carriage(self.set, &self.loads, field.chargeable(laid.0 + grams, laid.1 + cm3));
        if carried > 0 && sum.saturating_add(carried) >= self.below && extra < NEVER {
            let skipped = field.carriage(self.set, &self.loads, field.chargeable(laid.0, laid.1));
            return sum.saturating_add(carried.min(skipped.saturating_add(extra)));
        }
        sum.saturating_add(carried)
    }

    /// Lays the units of one atom; whether limits and quarrels allow it. Of parcels of one way the first fills first.
    fn put(&mut self, field: &Field<'_>, place: usize, choice: usize) -> bool {
        let atom = self.order[place];
        let wanted = &field.core.atoms[atom];
        for (row, &way) in self.set.iter().enumerate() {
            let units = self.choices[place][choice].units[row];
            if units == 0 {
                continue;
            }
            if row > 0 && self.set[row - 1] == way && self.loads[row - 1].atoms == 0 {
                return false;
            }
            let terms = &field.ways[way as usize];
            let load = &mut self.loads[row];
            if load.atoms & field.apart[atom] != 0 {
                return false;
            }
            load.grams += wanted.grams * u64::from(units);
            load.cm3 += wanted.cm3 * u64::from(units);
            load.atoms |= 1 << atom;
            if load.grams > terms.max_grams
                || load.cm3 > terms.max_cm3
                || field.problem.carriage(way as usize, load.grams, load.cm3).is_none()
            {
                return false;
            }
        }
        true
    }
}
