//! Every parcel that could pay.
//!
//! What an atom's units cost when they travel alone, by arcs that are in nobody's way, is a price at which they can
//! always leave a parcel. So a parcel that costs more than its units cost alone is in no cheapest plan, nor is one in
//! which one atom's units pay more than they cost alone. Equal costs are kept: they may arrive earlier.

use super::super::core::{Core, NEVER};
use super::super::problem::Problem;
use super::fillings::{Fillings, Run};
use smallvec::SmallVec;

/// Units of an atom in a parcel: atom, units, row of the filling.
pub type Held = (u16, u32, u32);

/// A parcel that could be sent, or units left behind.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Its content as a number in mixed radix.
    key: u128,
    /// All it costs, penalty included.
    pub cost: i64,
    /// When it arrives.
    pub arrives: i64,
    /// By which way; [`LEFT`] for units left behind.
    pub way: u16,
    first: u32,
    end: u32,
    /// Whether nothing it draws on can run short.
    pub ample: bool,
}

/// The way of what is not sent.
pub const LEFT: u16 = u16::MAX;

/// The filling of what is not sent.
pub const NOTHING: u32 = u32::MAX;

/// Contents looked at, at most.
const CONTENTS: usize = 100_000;

/// Candidates that cost more, times the units wanted, could overflow sums of prices.
const MOST_COST: i64 = 1 << 50;

/// Candidates, and how they hang together.
#[derive(Debug, Default)]
pub struct Parcels {
    all: Vec<Candidate>,
    held: Vec<Held>,
    /// By atom and units what they cost at least alone, by ample arcs or left behind; [`NEVER`] when they cannot.
    alone: Vec<i64>,
    first_alone: Vec<u32>,
    stride: Vec<u128>,
    head: Vec<u16>,
    usable: Vec<u32>,
    owner: Vec<u16>,
    looked_at: usize,
}

/// The content of a parcel while it is packed.
#[derive(Clone, Copy, Default)]
struct Content {
    key: u128,
    cost: i64,
    /// By how much it undercuts what its units cost alone, carriage and fixed cost apart.
    saved: i64,
    grams: u64,
    cm3: u64,
}

/// The way at hand, its runs, and the most that the rest of them can save.
struct Loading<'a, 'p> {
    problem: &'a Problem<'p>,
    core: &'a Core,
    fillings: &'a Fillings,
    way: u16,
    fixed: i64,
    usable: &'a [u32],
    runs: SmallVec<[(u32, u32, u16); 16]>,
    rest: SmallVec<[i64; 16]>,
}

impl Parcels {
    /// Packs every parcel that could pay; no when there are too many, or costs are too large to be summed.
    pub fn pack(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        fillings: &Fillings,
        splits: bool,
        penalty: i64,
    ) -> bool {
        self.all.clear();
        self.held.clear();
        self.looked_at = 0;
        if !self.number(core) {
            return false;
        }
        self.price_alone(problem, core, fillings, splits, penalty);
        let mut usable = std::mem::take(&mut self.usable);
        usable.clear();
        let runs = fillings.runs();
        let mut start = 0;
        while let Some(run) = runs.get(start) {
            let many = runs[start..].iter().take_while(|other| other.way == run.way).count();
            let mut loading = Loading {
                problem,
                core,
                fillings,
                way: run.way,
                fixed: problem.ways[run.way as usize].fixed + penalty,
                usable: &[],
                runs: SmallVec::new(),
                rest: SmallVec::new(),
            };
            self.keep_usable(&runs[start..start + many], &mut usable, &mut loading);
            loading.usable = &usable;
            if !self.load(&loading, 0, Content::default(), &mut SmallVec::new()) {
                self.usable = usable;
                return false;
            }
            start += many;
        }
        self.usable = usable;
        self.leave_behind(core, splits);
        self.thin();
        self.connect(problem, core);
        let units: i64 = core.atoms.iter().map(|atom| i64::from(atom.units)).sum();
        self.all.iter().all(|candidate| candidate.cost.abs() <= MOST_COST / units.max(1))
    }

    /// Numbers contents; no when they are too many for 128 bits.
    fn number(&mut self, core: &Core) -> bool {
        self.stride.clear();
        self.first_alone.clear();
        let (mut stride, mut first) = (1u128, 0u32);
        for atom in &core.atoms {
            self.stride.push(stride);
            self.first_alone.push(first);
            let Some(next) = stride.checked_mul(u128::from(atom.units) + 1) else { return false };
            let Some(end) = first.checked_add(atom.units).and_then(|end| end.checked_add(1)) else {
                return false;
            };
            (stride, first) = (next, end);
            if first as usize > CONTENTS {
                return false;
            }
        }
        self.alone.clear();
        self.alone.resize(first as usize, NEVER);
        true
    }

    /// What units of each atom cost alone.
    fn price_alone(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        fillings: &Fillings,
        splits: bool,
        penalty: i64,
    ) {
        // One parcel first.
        for run in fillings.runs() {
            let (wanted, way) = (&core.atoms[run.atom as usize], run.way as usize);
            for row in Fillings::rows(run) {
                let filling = fillings.get(row);
                if !filling.ample {
                    continue;
                }
                let units = u64::from(filling.units);
                let carriage = problem.carriage(
                    way,
                    wanted.grams.saturating_mul(units),
                    wanted.cm3.saturating_mul(units),
                );
                if let Some(carriage) = carriage {
                    let cost = filling.cost.saturating_add(problem.ways[way].fixed + penalty);
                    let known =
                        &mut self.alone[(self.first_alone[run.atom as usize] + filling.units) as usize];
                    *known = cost.saturating_add(carriage).min(*known);
                }
            }
        }
        // Then several, or some left behind.
        for (atom, wanted) in core.atoms.iter().enumerate() {
            let first = self.first_alone[atom] as usize;
            let alone = &mut self.alone[first..=first + wanted.units as usize];
            alone[0] = 0;
            for units in 1..alone.len() {
                let mut least = alone[units];
                if wanted.skip < NEVER {
                    least = least.min(wanted.skip.saturating_mul(units as i64));
                }
                if splits {
                    for other in 1..=units / 2 {
                        least = least.min(alone[other].saturating_add(alone[units - other]));
                    }
                }
                alone[units] = least.min(NEVER);
            }
        }
    }

    fn alone(&self, atom: u16, units: u32) -> i64 {
        self.alone[(self.first_alone[atom as usize] + units) as usize]
    }

    /// Leaves out fillings that cost more than their units alone, and sums up what the others can save.
    fn keep_usable(&self, runs: &[Run], usable: &mut Vec<u32>, loading: &mut Loading<'_, '_>) {
        usable.clear();
        for run in runs {
            let first = usable.len() as u32;
            let mut most = 0;
            for row in Fillings::rows(run) {
                let filling = loading.fillings.get(row);
                let saved = self.alone(run.atom, filling.units).saturating_sub(filling.cost);
                if saved >= 0 {
                    usable.push(row);
                    most = most.max(saved);
                }
            }
            if usable.len() as u32 > first {
                loading.runs.push((first, usable.len() as u32, run.atom));
                loading.rest.push(most);
            }
        }
        loading.rest.push(0);
        for place in (0..loading.runs.len()).rev() {
            loading.rest[place] = loading.rest[place].saturating_add(loading.rest[place + 1]).min(NEVER);
        }
    }

    /// Lays units of the atoms from `place` on into a parcel that holds `content`; no when contents are too many.
    fn load(
        &mut self,
        loading: &Loading<'_, '_>,
        place: usize,
        content: Content,
        held: &mut SmallVec<[Held; 16]>,
    ) -> bool {
        self.looked_at += 1;
        if self.looked_at > CONTENTS {
            return false;
        }
        let Some(carriage) = loading.problem.carriage(loading.way as usize, content.grams, content.cm3)
        else {
            return true;
        };
        let paid = loading.fixed.saturating_add(carriage);
        if paid > content.saved.saturating_add(loading.rest[place]) {
            return true;
        }
        let cost = paid.saturating_add(content.cost);
        if !held.is_empty() && paid <= content.saved && cost < NEVER {
            let first = self.held.len() as u32;
            self.held.extend_from_slice(held);
            self.all.push(Candidate {
                key: content.key,
                cost,
                arrives: loading.problem.ways[loading.way as usize].arrives,
                way: loading.way,
                first,
                end: self.held.len() as u32,
                ample: held.iter().all(|&(_, _, row)| loading.fillings.get(row).ample),
            });
        }
        for next in place..loading.runs.len() {
            let (first, end, atom) = loading.runs[next];
            if paid > content.saved.saturating_add(loading.rest[next]) {
                break;
            }
            let quarrels = |&(other, _, _): &Held| {
                loading.core.apart.binary_search(&(other.min(atom), other.max(atom))).is_ok()
            };
            if !loading.core.apart.is_empty() && held.iter().any(quarrels) {
                continue;
            }
            let wanted = &loading.core.atoms[atom as usize];
            for &row in &loading.usable[first as usize..end as usize] {
                let filling = loading.fillings.get(row);
                let units = u64::from(filling.units);
                let saved = self.alone(atom, filling.units).saturating_sub(filling.cost);
                let with_it = Content {
                    key: content.key + self.stride[atom as usize] * u128::from(filling.units),
                    cost: content.cost + filling.cost,
                    saved: content.saved.saturating_add(saved).min(NEVER),
                    grams: content.grams.saturating_add(wanted.grams.saturating_mul(units)),
                    cm3: content.cm3.saturating_add(wanted.cm3.saturating_mul(units)),
                };
                held.push((atom, filling.units, row));
                let whole = self.load(loading, next + 1, with_it, held);
                held.pop();
                if !whole {
                    return false;
                }
            }
        }
        true
    }

    /// Units left behind are laid like parcels.
    fn leave_behind(&mut self, core: &Core, splits: bool) {
        for (atom, wanted) in core.atoms.iter().enumerate().filter(|(_, atom)| atom.skip < NEVER) {
            let units = if splits { 1 } else { wanted.units };
            let first = self.held.len() as u32;
            self.held.push((atom as u16, units, NOTHING));
            self.all.push(Candidate {
                key: self.stride[atom] * u128::from(units),
                cost: wanted.skip.saturating_mul(i64::from(units)),
                arrives: i64::MIN,
                way: LEFT,
                first,
                end: first + 1,
                ample: true,
            });
        }
    }

    /// Of parcels with one content the cheapest that is in nobody's way will do, and what is cheaper still. A parcel
    /// is left out, too, when it costs more than another with one atom less and that atom's units alone.
    fn thin(&mut self) {
        self.all.sort_unstable_by_key(|one| (one.key, one.cost, one.arrives, one.way, one.first));
        let mut settled = None;
        self.all.retain(|one| {
            let keep = settled != Some(one.key);
            if one.ample {
                settled = Some(one.key);
            }
            keep
        });
        let mut all = std::mem::take(&mut self.all);
        let mut dropped: SmallVec<[u32; 64]> = SmallVec::new();
        for (row, one) in all.iter().enumerate() {
            let held = self.held(one);
            let cheaper = |&(atom, units, _): &Held| {
                let key = one.key - self.stride[atom as usize] * u128::from(units);
                let end = all.partition_point(|other| other.key <= key);
                let Some(other) = end.checked_sub(1).map(|last| &all[last]) else { return false };
                other.key == key
                    && other.ample
                    && other.cost.saturating_add(self.alone(atom, units)) < one.cost
            };
            if held.len() > 2 && held.iter().any(cheaper) {
                dropped.push(row as u32);
            }
        }
        let (mut row, mut next) = (0u32, 0);
        all.retain(|_| {
            let drop = dropped.get(next) == Some(&row);
            next += usize::from(drop);
            row += 1;
            !drop
        });
        self.all = all;
    }

    /// Finds which atoms hang together: by a parcel, by a pool that may be short, or by a cap.
    fn connect(&mut self, problem: &Problem<'_>, core: &Core) {
        self.head.clear();
        self.head.extend(0..core.atoms.len() as u16);
        for row in 0..self.all.len() {
            let (first, end) = (self.all[row].first as usize, self.all[row].end as usize);
            for place in first + 1..end {
                self.join(self.held[first].0, self.held[place].0);
            }
        }
        if !core.coupled {
            return;
        }
        let mut owner = std::mem::take(&mut self.owner);
        owner.clear();
        owner.resize(problem.pools.len() + problem.caps.len(), u16::MAX);
        for arc in core.arcs.iter().filter(|arc| !core.is_ample(problem, arc)) {
            for &(offer, _) in &arc.parts {
                let caps = problem.caps.iter().zip(problem.pools.len()..);
                let caps =
                    caps.filter(|(cap, _)| cap.offers.binary_search(&offer).is_ok()).map(|(_, row)| row);
                for row in caps.chain([problem.offers[offer as usize].pool as usize]) {
                    if owner[row] == u16::MAX {
                        owner[row] = arc.atom;
                    } else {
                        self.join(owner[row], arc.atom);
                    }
                }
            }
        }
        self.owner = owner;
    }

    fn join(&mut self, one: u16, other: u16) {
        let (one, other) = (self.head_of(one), self.head_of(other));
        self.head[one.max(other) as usize] = one.min(other);
    }

    /// Contents looked at.
    pub fn looked_at(&self) -> u64 {
        self.looked_at as u64
    }

    /// The first of the atoms that hang together with one.
    pub fn head_of(&self, mut atom: u16) -> u16 {
        while self.head[atom as usize] != atom {
            atom = self.head[atom as usize];
        }
        atom
    }

    /// All of them.
    pub fn all(&self) -> &[Candidate] {
        &self.all
    }

    /// What a candidate holds.
    pub fn held(&self, candidate: &Candidate) -> &[Held] {
        &self.held[candidate.first as usize..candidate.end as usize]
    }

    /// A candidate as way and units by arc; nothing when it is not sent.
    pub fn unpack(&self, fillings: &Fillings, row: u32) -> Option<(u16, Vec<(u32, u32)>)> {
        let candidate = &self.all[row as usize];
        let takes = self.held(candidate).iter().filter(|held| held.2 != NOTHING);
        (candidate.way != LEFT)
            .then(|| (candidate.way, takes.flat_map(|held| fillings.takes(held.2)).copied().collect()))
    }
}
