//! Few atoms: every content of a parcel, every way to lay parcels together.
//!
//! States are vectors of units still wanted, numbered in a mixed radix (each digit 0..=units of its atom). First the
//! cheapest way to send each content as one parcel, then the cheapest way to cover each state with parcels, each
//! parcel holding the lowest wanted atom (dynamic programming over subsets; Held and Karp, 1962, for the idea).
//! Any price of a parcel by its content will do: staircases, limits, pairs kept apart, any number of parcels a way.
//! It thinks pools ample: each parcel may take what its offers hold, whatever others take. Where pools are short its
//! answer is a bound, and optimal when it happens to take no more than there is.
//! Time O(states × ways + Σ over states of contents below it); 3^n for n atoms of one unit.

use super::core::{Core, NEVER};
use super::problem::Problem;
use smallvec::SmallVec;

/// States at most: beyond this branching is faster.
pub const STATES: usize = 1 << 12;

/// Content-under-state pairs at most.
const PAIRS: u64 = 300_000;

/// Prices and pairs of a lattice that is walked before anything else is tried: about a tenth of a millisecond.
const QUICK: u64 = 60_000;

/// What a count of units costs that no arc can bring: sums of a dozen neither overflow nor look possible.
const IMPOSSIBLE: i64 = 1 << 57;

/// Memory of the lattice, reused.
#[derive(Debug, Default)]
pub struct Lattice {
    radix: Vec<u32>,
    stride: Vec<u32>,
    /// Cheapest parcel with this content: cost, arrival, way.
    parcel: Vec<Best>,
    /// Cheapest cover of this state by any number of parcels and skips.
    cover: Vec<Best>,
    /// Cheapest cover by at least one parcel, the first of which has its discount.
    shipped: Vec<Best>,
    layers: Vec<Vec<Best>>,
    blocked: Vec<bool>,
    digits: Vec<u32>,
    /// By (atom, units) the cheapest arc of the way at hand.
    by_units: Vec<(i64, u32)>,
    /// Atoms that the way at hand brings.
    brought: Vec<Brought>,
    /// By atom its first arc of a way not yet priced.
    next: Vec<u32>,
}

/// An atom that a way brings: where its prices stand, its digit, what one of that digit weighs.
#[derive(Clone, Copy, Debug)]
struct Brought {
    row: u32,
    radix: u32,
    stride: u32,
    grams: u64,
    cm3: u64,
}

/// A cost with what breaks ties, and the choice that led there: a content, or a skip of one unit of the lowest atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Best {
    cost: i64,
    arrives: i64,
    parcels: u32,
    choice: u32,
}

const NONE: Best = Best { cost: NEVER, arrives: i64::MAX, parcels: u32::MAX, choice: u32::MAX };
const SKIP: u32 = u32::MAX - 1;

impl Best {
    fn then(self, rest: Best, choice: u32) -> Best {
        Best {
            cost: self.cost + rest.cost,
            arrives: self.arrives.max(rest.arrives),
            parcels: self.parcels + rest.parcels,
            choice,
        }
    }
}

/// A parcel found: its way and the units of each atom in it.
pub type Packed = (u16, SmallVec<[(u16, u32); 4]>);

impl Lattice {
    /// Whether the lattice of a core is small enough to be walked; `splits` says that units of one atom may part.
    pub fn fits(core: &Core, splits: bool) -> bool {
        let mut states = 1usize;
        let mut pairs = 1u64;
        for atom in &core.atoms {
            let radix = if splits { u64::from(atom.units) + 1 } else { 2 };
            states = states.saturating_mul(radix as usize);
            pairs = pairs.saturating_mul(radix * (radix + 1) / 2);
            if states > STATES || pairs > PAIRS {
                return false;
            }
        }
        true
    }

    /// Whether the lattice is so small that nothing else is as quick: prices to form and pairs to weigh are few.
    pub fn is_quick(problem: &Problem<'_>, core: &Core, splits: bool) -> bool {
        let (mut states, mut pairs) = (1u64, 1u64);
        for atom in &core.atoms {
            let radix = if splits { u64::from(atom.units) + 1 } else { 2 };
            states = states.saturating_mul(radix);
            pairs = pairs.saturating_mul(radix * (radix + 1) / 2);
        }
        states.saturating_mul(problem.ways.len() as u64).saturating_add(pairs) <= QUICK
    }

    /// The cheapest plan of a core, each parcel drawing as if alone. `penalty` is paid by each parcel but the first; `forced` asks for
    /// at least one parcel. Nothing when there is no plan. The answer's parcels go to `found`; skipped units of each
    /// atom to `skipped`.
    #[allow(clippy::too_many_arguments)]
    pub fn solve(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        splits: bool,
        penalty: i64,
        max_parcels: u32,
        found: &mut Vec<Packed>,
        skipped: &mut Vec<u32>,
    ) -> Option<i64> {
        self.lay_out(core, splits);
        self.price_parcels(problem, core, splits, penalty);
        self.cover_states(core, splits, penalty);
        let full = self.cover.len() - 1;
        let all_skipped = self.skip_all(core);
        let shipped = self.shipped[full];
        found.clear();
        skipped.clear();
        skipped.resize(core.atoms.len(), 0);
        let unit = |atom: usize| if splits { 1 } else { core.atoms[atom].units };
        if shipped.cost >= all_skipped {
            if all_skipped >= NEVER {
                return None;
            }
            for (atom, skipped) in skipped.iter_mut().enumerate() {
                *skipped = core.atoms[atom].units;
            }
            return Some(all_skipped);
        }
        if shipped.parcels > max_parcels {
            return self.solve_in_layers(core, splits, penalty, max_parcels, all_skipped, found, skipped);
        }
        let mut state = full;
        let mut first = true;
        while state > 0 {
            let best = if first { self.shipped[state] } else { self.cover[state] };
            let low = self.lowest(state);
            if best.choice == SKIP {
                skipped[low] += unit(low);
                state -= self.stride[low] as usize;
            } else {
                found.push(self.unpack(best.choice as usize, &unit));
                first = false;
                state -= best.choice as usize;
            }
        }
        Some(shipped.cost)
    }

    fn lay_out(&mut self, core: &Core, splits: bool) {
        self.radix.clear();
        self.stride.clear();
        let mut states = 1u32;
        for atom in &core.atoms {
            let radix = if splits { atom.units + 1 } else { 2 };
            self.radix.push(radix);
            self.stride.push(states);
            states *= radix;
        }
        self.parcel.clear();
        self.parcel.resize(states as usize, NONE);
        self.blocked.clear();
        if !core.apart.is_empty() {
            self.blocked.resize(states as usize, false);
            for state in 0..states as usize {
                self.blocked[state] = core.apart.iter().any(|&(one, other)| {
                    self.digit(state, one as usize) > 0 && self.digit(state, other as usize) > 0
                });
            }
        }
    }

    fn digit(&self, state: usize, atom: usize) -> u32 {
        state as u32 / self.stride[atom] % self.radix[atom]
    }

    fn lowest(&self, state: usize) -> usize {
        (0..self.radix.len()).find(|&atom| self.digit(state, atom) > 0).unwrap_or(0)
    }

    /// Fills `parcel`: for each way, walks contents of the atoms it brings in a mixed-radix count, keeping sums as
    /// digits turn.
    fn price_parcels(&mut self, problem: &Problem<'_>, core: &Core, splits: bool, penalty: i64) {
        self.next.clear();
        self.next.extend(core.atoms.iter().map(|atom| atom.first_arc));
        for way in 0..problem.ways.len() {
            self.price_arcs_of(core, way as u16, splits);
            if self.brought.is_empty() {
                continue;
            }
            let terms = &problem.ways[way];
            let flat = problem.staircases[terms.staircase as usize].flat(terms.max_grams, terms.max_cm3);
            self.digits.clear();
            self.digits.resize(self.brought.len(), 0);
            let (mut content, mut cost, mut grams, mut cm3) = (0usize, 0i64, 0u64, 0u64);
            'contents: loop {
                // Turn the count by one.
                let mut place = 0;
                loop {
                    let atom = &self.brought[place];
                    let digit = self.digits[place];
                    let row = &self.by_units[atom.row as usize..];
                    if digit + 1 < atom.radix {
                        self.digits[place] = digit + 1;
                        content += atom.stride as usize;
                        cost += row[digit as usize + 1].0 - row[digit as usize].0;
                        grams += atom.grams;
                        cm3 += atom.cm3;
                        break;
                    }
                    self.digits[place] = 0;
                    content -= (atom.stride * digit) as usize;
                    cost -= row[digit as usize].0;
                    grams -= atom.grams * u64::from(digit);
                    cm3 -= atom.cm3 * u64::from(digit);
                    place += 1;
                    if place == self.brought.len() {
                        break 'contents;
                    }
                }
                if cost >= IMPOSSIBLE / 2 || (!self.blocked.is_empty() && self.blocked[content]) {
                    continue;
                }
                let known = self.parcel[content].cost;
                let bare = cost + terms.fixed + penalty;
                if bare > known {
                    continue;
                }
                let carriage = match flat {
                    Some(price) => price,
                    None => match problem.carriage(way, grams, cm3) {
                        Some(price) => price,
                        None => continue,
                    },
                };
                let best =
                    Best { cost: bare + carriage, arrives: terms.arrives, parcels: 1, choice: way as u32 };
                if best < self.parcel[content] {
                    self.parcel[content] = best;
                }
            }
        }
    }

    /// By each atom that this way brings and each count of units, its cheapest arc.
    fn price_arcs_of(&mut self, core: &Core, way: u16, splits: bool) {
        self.by_units.clear();
        self.brought.clear();
        for (atom, wanted) in core.atoms.iter().enumerate() {
            let start = self.next[atom] as usize;
            let mut end = start;
            while end < wanted.end_arc as usize && core.arcs[end].way == way {
                end += 1;
            }
            if start == end {
                continue;
            }
            self.next[atom] = end as u32;
            let row = self.by_units.len();
            let per = if splits { 1 } else { u64::from(wanted.units) };
            self.brought.push(Brought {
                row: row as u32,
                radix: self.radix[atom],
                stride: self.stride[atom],
                grams: wanted.grams * per,
                cm3: wanted.cm3 * per,
            });
            self.by_units.push((0, 0));
            let alone = end - start <= 1 || core.arcs[start..end].iter().all(|arc| arc.most >= wanted.units);
            for digit in 1..self.radix[atom] {
                let units = if splits { digit } else { wanted.units };
                let best = (start..end)
                    .filter(|&arc| core.arcs[arc].most >= units)
                    .map(|arc| (core.arcs[arc].cost(units), arc as u32))
                    .min();
                self.by_units.push(best.unwrap_or((IMPOSSIBLE, 0)));
            }
            if !alone && splits {
                let run: Vec<u32> = (start as u32..end as u32).collect();
                let (costs, _) = together(core, &run, wanted.units);
                for (units, &cost) in costs.iter().enumerate() {
                    self.by_units[row + units].0 = self.by_units[row + units].0.min(cost);
                }
            }
        }
    }

    fn cover_states(&mut self, core: &Core, splits: bool, penalty: i64) {
        let states = self.parcel.len();
        let empty = Best { cost: 0, arrives: i64::MIN, parcels: 0, choice: 0 };
        self.cover.clear();
        self.cover.push(empty);
        self.shipped.clear();
        self.shipped.push(NONE);
        let binary = self.radix.iter().all(|&radix| radix == 2);
        for state in 1..states {
            let low = if binary { state.trailing_zeros() as usize } else { self.lowest(state) };
            let low_stride = self.stride[low] as usize;
            let skip = core.atoms[low].skip;
            let (mut any, mut some) = (NONE, NONE);
            if skip < NEVER {
                let units = if splits { 1 } else { i64::from(core.atoms[low].units) };
                let skip = Best { cost: skip * units, arrives: i64::MIN, parcels: 0, choice: SKIP };
                any = skip.then(self.cover[state - low_stride], SKIP);
                if self.shipped[state - low_stride].cost < NEVER {
                    some = skip.then(self.shipped[state - low_stride], SKIP);
                }
            }
            let mut try_content = |content: usize, parcel: Best, rest: Best| {
                if parcel.cost < NEVER && rest.cost < NEVER {
                    let best = parcel.then(rest, content as u32);
                    any = any.min(best);
                    some = some.min(Best { cost: best.cost - penalty, ..best });
                }
            };
            if binary {
                // Every subset of the other atoms, with the lowest.
                let others = state & !low_stride;
                let mut subset = others;
                loop {
                    let content = subset | low_stride;
                    try_content(content, self.parcel[content], self.cover[state ^ content]);
                    if subset == 0 {
                        break;
                    }
                    subset = (subset - 1) & others;
                }
            } else {
                self.digits.clear();
                self.digits.resize(self.radix.len(), 0);
                let mut content = 0usize;
                'contents: loop {
                    let mut atom = low;
                    loop {
                        if self.digits[atom] < state as u32 / self.stride[atom] % self.radix[atom] {
                            self.digits[atom] += 1;
                            content += self.stride[atom] as usize;
                            break;
                        }
                        content -= (self.digits[atom] * self.stride[atom]) as usize;
                        self.digits[atom] = 0;
                        atom += 1;
                        if atom == self.radix.len() {
                            break 'contents;
                        }
                    }
                    if self.digits[low] > 0 {
                        try_content(content, self.parcel[content], self.cover[state - content]);
                    }
                }
            }
            self.cover.push(any);
            self.shipped.push(some);
        }
    }

    fn skip_all(&self, core: &Core) -> i64 {
        core.atoms.iter().fold(0, |sum, atom| {
            if sum >= NEVER || atom.skip >= NEVER { NEVER } else { sum + atom.skip * i64::from(atom.units) }
        })
    }

    fn unpack(&self, content: usize, unit: &dyn Fn(usize) -> u32) -> Packed {
        let way = self.parcel[content].choice as u16;
        let atoms = (0..self.radix.len())
            .map(|atom| (atom as u16, self.digit(content, atom) * unit(atom)))
            .filter(|&(_, units)| units > 0);
        (way, atoms.collect())
    }

    /// As [`Lattice::cover_states`] with a layer for each number of parcels; only when the limit binds.
    #[allow(clippy::too_many_arguments)]
    fn solve_in_layers(
        &mut self,
        core: &Core,
        splits: bool,
        penalty: i64,
        max_parcels: u32,
        all_skipped: i64,
        found: &mut Vec<Packed>,
        skipped: &mut [u32],
    ) -> Option<i64> {
        let states = self.parcel.len();
        let unit = |atom: usize| if splits { 1 } else { core.atoms[atom].units };
        // Layer k: covers by at most k parcels.
        self.layers.clear();
        for layer in 0..=max_parcels as usize {
            let mut row = Vec::with_capacity(states);
            row.push(Best { cost: 0, arrives: i64::MIN, parcels: 0, choice: 0 });
            for state in 1..states {
                let low = self.lowest(state);
                let mut best = NONE;
                if core.atoms[low].skip < NEVER {
                    let cost = core.atoms[low].skip * i64::from(unit(low));
                    let skip = Best { cost, arrives: i64::MIN, parcels: 0, choice: SKIP };
                    let rest: Best = row[state - self.stride[low] as usize];
                    if rest.cost < NEVER {
                        best = skip.then(rest, SKIP);
                    }
                }
                if layer > 0 {
                    for content in 1..=state {
                        let inside = (0..self.radix.len())
                            .all(|atom| self.digit(content, atom) <= self.digit(state, atom));
                        if !inside || self.digit(content, low) == 0 || self.parcel[content].cost >= NEVER {
                            continue;
                        }
                        let rest: Best = self.layers[layer - 1][state - content];
                        if rest.cost < NEVER {
                            best = best.min(self.parcel[content].then(rest, content as u32));
                        }
                    }
                }
                row.push(best);
            }
            self.layers.push(row);
        }
        let full = states - 1;
        let mut layer = max_parcels as usize;
        // The discount of the first parcel is the same for every cover that has one.
        let shipped = self.layers[layer][full];
        let discount = if shipped.parcels > 0 && shipped.cost < NEVER { penalty } else { 0 };
        if shipped.cost >= NEVER && all_skipped >= NEVER {
            return None;
        }
        let forced = self.best_with_parcel(max_parcels as usize);
        if shipped.parcels == 0 && forced.is_none_or(|(cost, _)| cost - penalty >= all_skipped) {
            for (atom, skipped) in skipped.iter_mut().enumerate() {
                *skipped = core.atoms[atom].units;
            }
            return Some(all_skipped);
        }
        let mut state = full;
        let mut cost = shipped.cost - discount;
        if shipped.parcels == 0
            && let Some((with_parcel, content)) = forced
        {
            // Only with the discount does any parcel pay: lay the best such parcel first.
            cost = with_parcel - penalty;
            found.push(self.unpack(content, &unit));
            state -= content;
            layer -= 1;
        }
        while state > 0 {
            let best = self.layers[layer][state];
            let low = self.lowest(state);
            if best.choice == SKIP {
                skipped[low] += unit(low);
                state -= self.stride[low] as usize;
            } else {
                found.push(self.unpack(best.choice as usize, &unit));
                state -= best.choice as usize;
                layer -= 1;
            }
        }
        (cost < NEVER).then_some(cost)
    }

    fn best_with_parcel(&self, max_parcels: usize) -> Option<(i64, usize)> {
        let full = self.parcel.len() - 1;
        let rest = self.layers.get(max_parcels.checked_sub(1)?)?;
        (1..=full)
            .filter(|&content| self.parcel[content].cost < NEVER && rest[full - content].cost < NEVER)
            .map(|content| (self.parcel[content].cost + rest[full - content].cost, content))
            .min()
    }

    /// The cheapest arcs of a way for some units of an atom, with the units of each.
    pub fn arcs_for(core: &Core, atom: usize, way: u16, units: u32) -> SmallVec<[(u32, u32); 2]> {
        let terms = &core.atoms[atom];
        let run: SmallVec<[u32; 8]> =
            (terms.first_arc..terms.end_arc).filter(|&arc| core.arcs[arc as usize].way == way).collect();
        let whole = run.iter().filter(|&&arc| core.arcs[arc as usize].most >= units);
        let alone = whole.map(|&arc| (core.arcs[arc as usize].cost(units), arc)).min();
        if run.len() > 1 {
            let (costs, choices) = together(core, &run, units);
            if alone.is_none_or(|(cost, _)| costs[units as usize] < cost)
                && costs[units as usize] < IMPOSSIBLE
            {
                let mut left = units as usize;
                let mut arcs = SmallVec::new();
                for (place, &arc) in run.iter().enumerate().rev() {
                    let taken = choices[place * (units as usize + 1) + left];
                    if taken > 0 {
                        arcs.push((arc, taken));
                        left -= taken as usize;
                    }
                }
                return arcs;
            }
        }
        alone.map(|(_, arc)| (arc, units)).into_iter().collect()
    }
}

/// Cheapest cost of 0..=units units by several arcs at once, and for each (arc, units) how many that arc takes.
fn together(core: &Core, run: &[u32], units: u32) -> (Vec<i64>, Vec<u32>) {
    let width = units as usize + 1;
    let mut costs = vec![IMPOSSIBLE; width];
    costs[0] = 0;
    let mut choices = vec![0u32; run.len() * width];
    for (place, &arc) in run.iter().enumerate() {
        let arc = &core.arcs[arc as usize];
        for total in (1..width).rev() {
            for taken in 1..=(arc.most as usize).min(total) {
                let cost = costs[total - taken] + arc.cost(taken as u32);
                if costs[total - taken] < IMPOSSIBLE && cost < costs[total] {
                    costs[total] = cost;
                    choices[place * width + total] = taken as u32;
                }
            }
        }
    }
    (costs, choices)
}
