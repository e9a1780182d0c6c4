//! The walk over nodes.

use super::affine::Affine;
use super::domain::{Domain, State};
use super::judge::Verdict;
use super::relax::Relaxed;
use super::scarcity::Scarcity;
use super::slots::{self, Slot};
use crate::split::budget::Meter;
use crate::split::core::{Core, NEVER};
use crate::split::problem::Problem;

/// Units of an arc in a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variable {
    pub atom: u16,
    pub slot: u32,
    pub arc: u32,
    /// Chargeable grams of a unit, as the relaxation of its way measures.
    pub weight: u64,
}

/// A parcel: its way, and units by arc.
pub(super) type Content = (u16, Vec<(u32, u32)>);

/// What the search found.
#[derive(Debug)]
pub struct Found {
    /// Parcels: way, and units by arc of the core.
    pub parcels: Vec<(u16, Vec<(u32, u32)>)>,
    /// Cost with every parcel's penalty in it; [`NEVER`] when nothing was found.
    pub cost: i64,
    /// Proven: nothing costs less.
    pub bound: i64,
}

/// The state of one search.
pub(super) struct Search<'p> {
    pub problem: &'p Problem<'p>,
    pub core: &'p Core,
    pub penalty: i64,
    pub max_parcels: u32,
    pub slots: Vec<Slot>,
    /// By atom, then arc, then slot.
    pub variables: Vec<Variable>,
    pub atom_starts: Vec<u32>,
    /// Variables of each slot.
    pub in_slot: Vec<Vec<u32>>,
    pub domain: Domain,
    pub relaxed: Relaxed,
    pub scarcity: Scarcity,
    pub scale: i64,
    /// By way: the chargeable weight its line is laid for.
    pub references: Vec<u64>,
    /// By way: the most chargeable weight one parcel may reach.
    pub heaviest_on: Vec<u64>,
    /// By way: the line under its staircase while a slot is free; known once asked for.
    pub free_lines: Vec<Option<Affine>>,
    /// By way: the most weight one parcel may hold, as its line measures.
    pub rooms: Vec<u64>,
    /// By slot: price of a gram, scaled, while it is open and too much wants in.
    pub weight_prices: Vec<i64>,
    pub best: Option<(i64, Vec<Content>)>,
    depth: u32,
    /// Whether weight may be priced below this node.
    pub pricing: bool,
}

/// Decisions on one path at most, so that the stack is deep enough; below it a node keeps its bound, unproven.
const DEPTH: u32 = 2000;

/// Rounds of dual adjustment at the root and below.
const ROUNDS_AT_ROOT: u32 = 20;
const ROUNDS_BELOW: u32 = 2;

/// What is asked of a search beyond the cheapest plan.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// At least one unit comes by this arc of the core.
    pub arc: u32,
    /// Plans that cost this or more are of no use.
    pub below: i64,
}

/// The cheapest plan of a core: the sum of every parcel's fixed cost and penalty, carriage, arcs and skips. `floor` is
/// a bound already known.
pub fn solve(
    problem: &Problem<'_>,
    core: &Core,
    penalty: i64,
    max_parcels: u32,
    wish: Option<Wish>,
    floor: i64,
    meter: &mut Meter<'_>,
) -> Found {
    let mut slots = Vec::new();
    let complete = slots::lay_out(problem, core, max_parcels, penalty, &mut slots);
    let mut search = Search::new(problem, core, penalty, max_parcels, slots);
    if let Some(wish) = wish {
        let first = search.variables.iter().position(|variable| variable.arc == wish.arc);
        let Some(variable) = first.filter(|&first| search.domain.raise_lo(first, 1)) else {
            return Found { parcels: Vec::new(), cost: NEVER, bound: NEVER };
        };
        let slot = search.variables[variable].slot as usize;
        search.domain.open(&search.slots, slot);
        search.best = Some((wish.below, Vec::new()));
    }
    let mut root = search.relax(ROUNDS_AT_ROOT).max(floor);
    if wish.is_none() {
        search.build_incumbent();
        search.lay_references();
    }
    if core.coupled && root < search.best_cost() {
        root = search.price_scarcity(root, ROUNDS_BELOW).max(root);
    }
    let bound = search.node(meter, root, true);
    let (cost, parcels) = search.best.take().unwrap_or((NEVER, Vec::new()));
    let bound = if complete { bound.min(cost) } else { root.min(cost) };
    Found { parcels, cost, bound: bound.max(root.min(cost)) }
}

impl<'p> Search<'p> {
    fn new(
        problem: &'p Problem<'p>,
        core: &'p Core,
        penalty: i64,
        max_parcels: u32,
        slots: Vec<Slot>,
    ) -> Search<'p> {
        let ways = problem.ways.len();
        let slots_count = slots.len();
        let mut slots_of = vec![Vec::new(); ways];
        for (row, slot) in slots.iter().enumerate() {
            slots_of[slot.way as usize].push(row as u32);
        }
        // Weight or volume, whichever charges more for all that could ride, is what a way's line measures.
        let mut totals = vec![(0u64, 0u64); ways];
        for arc in &core.arcs {
            let atom = &core.atoms[arc.atom as usize];
            let units = u64::from(arc.most.min(atom.units));
            let total = &mut totals[arc.way as usize];
            total.0 = total.0.saturating_add(atom.grams.saturating_mul(units));
            total.1 = total.1.saturating_add(atom.cm3.saturating_mul(units));
        }
        let divisor = |way: usize| {
            problem.staircases[problem.ways[way].staircase as usize]
                .cm3_per_kg
                .map(|cm3| u64::from(cm3.max(1)))
        };
        let by_volume = |way: usize| {
            divisor(way).is_some_and(|divisor| totals[way].1.saturating_mul(1000) / divisor > totals[way].0)
        };
        let mut variables = Vec::new();
        let mut atom_starts = Vec::new();
        let mut in_slot = vec![Vec::new(); slots.len()];
        for (atom, wanted) in core.atoms.iter().enumerate() {
            atom_starts.push(variables.len() as u32);
            for row in wanted.first_arc..wanted.end_arc {
                let way = core.arcs[row as usize].way as usize;
                let weight = match divisor(way) {
                    Some(divisor) if by_volume(way) => wanted.cm3.saturating_mul(1000) / divisor,
                    _ => wanted.grams,
                };
                for &slot in &slots_of[way] {
                    in_slot[slot as usize].push(variables.len() as u32);
                    variables.push(Variable { atom: atom as u16, slot, arc: row, weight });
                }
            }
        }
        atom_starts.push(variables.len() as u32);
        let heaviest_on: Vec<u64> = (0..ways)
            .map(|way| {
                let terms = &problem.ways[way];
                let staircase = &problem.staircases[terms.staircase as usize];
                let (grams, cm3) = (totals[way].0.min(terms.max_grams), totals[way].1.min(terms.max_cm3));
                staircase.chargeable(grams, cm3).min(staircase.heaviest())
            })
            .collect();
        let mut domain = Domain::default();
        let most = variables.iter().map(|variable: &Variable| {
            core.arcs[variable.arc as usize].most.min(core.atoms[variable.atom as usize].units)
        });
        domain.reset(&slots, most);
        let scale = Self::choose_scale(problem, core);
        let rooms = (0..ways)
            .map(|way| {
                let terms = &problem.ways[way];
                let limit = match divisor(way) {
                    Some(divisor) if by_volume(way) => (u128::from(terms.max_cm3) * 1000
                        / u128::from(divisor))
                    .min(u128::from(u64::MAX)) as u64,
                    _ => terms.max_grams,
                };
                limit.min(problem.staircases[terms.staircase as usize].heaviest())
            })
            .collect();
        Search {
            problem,
            core,
            penalty,
            max_parcels,
            slots,
            variables,
            atom_starts,
            in_slot,
            domain,
            relaxed: Relaxed::default(),
            scarcity: Scarcity::default(),
            scale,
            references: heaviest_on.iter().map(|heaviest| heaviest / 2).collect(),
            heaviest_on,
            free_lines: vec![None; ways],
            rooms,
            weight_prices: vec![0; slots_count],
            best: None,
            depth: 0,
            pricing: true,
        }
    }

    /// A power of two that makes the duals of units fine and leaves sums far below overflow.
    fn choose_scale(problem: &Problem<'_>, core: &Core) -> i64 {
        let mut largest = 1i64;
        for arc in &core.arcs {
            let units = i64::from(core.atoms[arc.atom as usize].units);
            largest = largest.saturating_add(arc.unit_cost.saturating_abs().saturating_mul(units));
            largest = largest.saturating_add(arc.line_cost);
        }
        for atom in &core.atoms {
            if atom.skip < NEVER {
                largest = largest.saturating_add(atom.skip.saturating_mul(i64::from(atom.units)));
            }
        }
        for way in &problem.ways {
            largest = largest.saturating_add(way.fixed.saturating_mul(4));
        }
        let spare = largest.leading_zeros().saturating_sub(4);
        1 << spare.min(12)
    }

    pub(super) fn fixed_of(&self, way: u16) -> i64 {
        self.problem.ways[way as usize].fixed + self.penalty
    }

    pub(super) fn variables_of(&self, atom: usize) -> std::ops::Range<usize> {
        self.atom_starts[atom] as usize..self.atom_starts[atom + 1] as usize
    }

    pub(super) fn best_cost(&self) -> i64 {
        self.best.as_ref().map_or(NEVER, |best| best.0)
    }

    /// Lays each way's line for the weight it has in the best plan known.
    fn lay_references(&mut self) {
        let Some((_, parcels)) = &self.best else { return };
        self.free_lines.fill(None);
        for (way, arcs) in parcels {
            let (mut grams, mut cm3) = (0u64, 0u64);
            for &(arc, units) in arcs {
                let atom = &self.core.atoms[self.core.arcs[arc as usize].atom as usize];
                grams += atom.grams * u64::from(units);
                cm3 += atom.cm3 * u64::from(units);
            }
            let staircase = &self.problem.staircases[self.problem.ways[*way as usize].staircase as usize];
            self.references[*way as usize] = staircase.chargeable(grams, cm3);
        }
    }

    /// Searches a node; what no plan in it can cost less than (as far as plans cheaper than the best known matter).
    fn node(&mut self, meter: &mut Meter<'_>, known: i64, root: bool) -> i64 {
        if known >= self.best_cost() || self.depth > DEPTH || !meter.step() {
            return known;
        }
        if !self.propagate() || (self.core.coupled && !self.supply_suffices()) {
            return NEVER;
        }
        let bound = self.relax(if root { ROUNDS_AT_ROOT } else { ROUNDS_BELOW }).max(known);
        if bound >= self.best_cost() {
            return bound;
        }
        let (bound, priced) = self.price_weight(bound);
        if bound >= self.best_cost() {
            self.take_back(priced);
            return bound;
        }
        let found = self.branch(meter, bound);
        self.take_back(priced);
        found
    }

    /// Judges a node's primal and searches what it is split into.
    fn branch(&mut self, meter: &mut Meter<'_>, bound: i64) -> i64 {
        let verdict = self.judge();
        if bound >= self.best_cost() {
            return bound;
        }
        match verdict {
            Verdict::Impossible => NEVER,
            // Scarcity prices may leave a gap that no decision closes: look again without them.
            Verdict::Settled(_) if self.prices_anything() => {
                let scarcity = std::mem::take(&mut self.scarcity);
                let weight = std::mem::replace(&mut self.weight_prices, vec![0; self.slots.len()]);
                let pricing = std::mem::replace(&mut self.pricing, false);
                let found = self.child(meter, bound, |_| true);
                (self.scarcity, self.weight_prices, self.pricing) = (scarcity, weight, pricing);
                found
            }
            Verdict::Settled(cost) => cost.max(bound),
            Verdict::Open(slot) => {
                let opened = self.child(meter, bound, |search| {
                    search.domain.open(&search.slots, slot);
                    true
                });
                let closed = self.child(meter, bound, |search| {
                    search.domain.close(slot);
                    true
                });
                opened.min(closed)
            }
            Verdict::Close(slot) => {
                let closed = self.child(meter, bound, |search| {
                    search.domain.close(slot);
                    true
                });
                let opened = self.child(meter, bound, |search| {
                    search.domain.open(&search.slots, slot);
                    true
                });
                opened.min(closed)
            }
            Verdict::Units(variable, units) => {
                // At least so many, or fewer.
                let more = self.child(meter, bound, |search| search.domain.raise_lo(variable, units));
                let fewer = self.child(meter, bound, |search| search.domain.lower_hi(variable, units - 1));
                more.min(fewer)
            }
            Verdict::Weight { slot, below, at_least } => {
                let dear = self.child(meter, bound, |search| {
                    search.domain.raise_floor(slot, at_least);
                    true
                });
                let cheap = self.child(meter, bound, |search| {
                    search.domain.lower_ceiling(slot, below);
                    true
                });
                dear.min(cheap)
            }
        }
    }

    fn child(&mut self, meter: &mut Meter<'_>, known: i64, change: impl FnOnce(&mut Self) -> bool) -> i64 {
        let mark = self.domain.mark();
        self.depth += 1;
        let bound = if change(self) { self.node(meter, known, false) } else { NEVER };
        self.depth -= 1;
        self.domain.back_to(mark);
        bound
    }

    /// Draws the plain consequences of a domain; whether any plan may be left.
    fn propagate(&mut self) -> bool {
        let open = self.domain.states.iter().filter(|&&state| state == State::Open).count() as u32;
        if open > self.max_parcels {
            return false;
        }
        if open == self.max_parcels {
            for slot in 0..self.slots.len() {
                if self.domain.states[slot] == State::Free {
                    self.domain.close(slot);
                }
            }
        }
        // Units forced into an atom leave fewer for its other variables.
        for atom in 0..self.core.atoms.len() {
            let range = self.variables_of(atom);
            let forced: u64 = range.clone().map(|k| u64::from(self.domain.lo[k])).sum();
            let wanted = u64::from(self.core.atoms[atom].units);
            if forced > wanted {
                return false;
            }
            if forced == 0 {
                continue;
            }
            for k in range.clone() {
                let lo = self.domain.lo[k];
                if !self.domain.lower_hi(k, (wanted - forced + u64::from(lo)) as u32) {
                    return false;
                }
            }
            if !self.problem.rules.several_origins {
                let forced_from = range.clone().find(|&k| self.domain.lo[k] > 0).map(|k| self.origin_of(k));
                for k in range {
                    if Some(self.origin_of(k)) != forced_from && !self.domain.lower_hi(k, 0) {
                        return false;
                    }
                }
            }
        }
        (0..self.slots.len()).all(|slot| self.domain.states[slot] != State::Open || self.propagate_slot(slot))
    }

    pub(super) fn origin_of(&self, variable: usize) -> u32 {
        let arc = &self.core.arcs[self.variables[variable].arc as usize];
        self.problem.ways[arc.way as usize].origin
    }

    /// Limits and quarrels of an open slot.
    fn propagate_slot(&mut self, slot: usize) -> bool {
        let way = self.slots[slot].way as usize;
        let terms = self.problem.ways[way];
        let staircase = &self.problem.staircases[terms.staircase as usize];
        let heaviest = staircase.heaviest().min(self.domain.ceilings[slot]);
        let most_grams = terms.max_grams.min(heaviest);
        // Volume charges as weight: under a ceiling it is limited as well.
        let most_cm3 = match staircase.cm3_per_kg {
            Some(divisor) if heaviest < u64::MAX / 1000 => {
                terms.max_cm3.min((u128::from(heaviest) * u128::from(divisor) / 1000) as u64)
            }
            _ => terms.max_cm3,
        };
        let (mut grams, mut cm3) = (0u64, 0u64);
        let mut inside: Vec<u16> = Vec::new();
        for &k in &self.in_slot[slot] {
            let lo = u64::from(self.domain.lo[k as usize]);
            if lo > 0 {
                let atom = self.variables[k as usize].atom;
                grams += self.core.atoms[atom as usize].grams * lo;
                cm3 += self.core.atoms[atom as usize].cm3 * lo;
                inside.push(atom);
            }
        }
        if grams > most_grams || cm3 > most_cm3 {
            return false;
        }
        for row in 0..self.in_slot[slot].len() {
            let k = self.in_slot[slot][row] as usize;
            let atom = &self.core.atoms[self.variables[k].atom as usize];
            let lo = self.domain.lo[k];
            let by_weight = (most_grams - grams).checked_div(atom.grams).unwrap_or(u64::MAX);
            let by_volume = (most_cm3 - cm3).checked_div(atom.cm3).unwrap_or(u64::MAX);
            let most = by_weight.min(by_volume).saturating_add(u64::from(lo)).min(u64::from(u32::MAX));
            if !self.domain.lower_hi(k, most as u32) {
                return false;
            }
            let this = self.variables[k].atom;
            let quarrels = inside
                .iter()
                .any(|&other| self.core.apart.binary_search(&(this.min(other), this.max(other))).is_ok());
            if quarrels && !self.domain.lower_hi(k, 0) {
                return false;
            }
        }
        true
    }
}
