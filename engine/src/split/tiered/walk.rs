//! The walk through one set: atom by atom, every way to lay its units into the set's parcels.

use super::super::core::NEVER;
use super::super::supply;
use super::field::{Content, Field, Load, skipping};
use super::{PARCELS, Set};

/// Nodes of one set's walk at most: beyond it the set keeps its bound, unproven.
const NODES_OF_SET: u64 = 30_000;

/// Ways in which one atom's units may lie in the parcels of a set, at most.
const CHOICES: usize = 128;

/// Where the units of one atom lie: a count by parcel of the set; the others are skipped.
struct Choice {
    cost: i64,
    units: [u32; PARCELS],
}

/// The walk through one set.
pub struct Walk<'f> {
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
    pub best: Option<(i64, Vec<usize>)>,
    below: i64,
    pub nodes: u64,
}

impl Field<'_> {
    /// A walk through a set; nothing when an atom could lie in too many ways.
    pub fn walk<'f>(&self, set: &'f Set, below: i64) -> Option<Walk<'f>> {
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

    pub fn parcels(&self, walk: &Walk<'_>, chosen: &[usize]) -> Vec<Content> {
        let mut parcels: Vec<Content> = walk.set.iter().map(|&way| (way, Vec::new())).collect();
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

impl Walk<'_> {
    /// Walks on from a place in the order with a cost so far; whether the walk was whole.
    pub fn go(&mut self, field: &Field<'_>, place: usize, so_far: i64) -> bool {
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
