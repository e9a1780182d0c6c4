//! How units of one atom can go into one parcel of one way.

use super::super::core::{Arc, Core};
use super::super::problem::Problem;

/// Some units of an atom in a parcel.
#[derive(Clone, Copy, Debug)]
pub struct Filling {
    /// How many.
    pub units: u32,
    /// What they cost but for the parcel.
    pub cost: i64,
    /// Units by arc, a run of [`Fillings::takes`].
    first: u32,
    end: u32,
    /// Whether no pool or cap it draws on can run short, whatever else is sent.
    pub ample: bool,
}

/// All fillings of an atom by a way.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub way: u16,
    pub atom: u16,
    first: u32,
    end: u32,
}

/// Every filling.
#[derive(Debug, Default)]
pub struct Fillings {
    all: Vec<Filling>,
    takes: Vec<(u32, u32)>,
    runs: Vec<Run>,
    stack: Vec<(u32, u32)>,
}

/// Fillings of one atom by one way at most.
const FILLINGS: usize = 256;

impl Fillings {
    /// Collects them; no when one atom has too many by one way. `splits` says that units of one atom may part.
    pub fn collect(&mut self, problem: &Problem<'_>, core: &Core, splits: bool) -> bool {
        self.all.clear();
        self.takes.clear();
        self.runs.clear();
        let mut start = 0;
        while let Some(arc) = core.arcs.get(start) {
            let (atom, way) = (arc.atom, arc.way);
            let many = core.arcs[start..].iter().take_while(|arc| (arc.atom, arc.way) == (atom, way)).count();
            let arcs = &core.arcs[start..start + many];
            let ample = !core.coupled || arcs.iter().all(|arc| core.is_ample(problem, arc));
            let wanted = core.atoms[atom as usize].units;
            let first = self.all.len();
            for units in if splits { 1 } else { wanted }..=wanted {
                let before = self.all.len();
                self.stack.clear();
                self.fill(arcs, start as u32, units, 0, ample);
                if ample && self.all.len() > before + 1 {
                    // No choice is in another's way: the cheapest will do.
                    let best = self.all[before..].iter().copied().min_by_key(|filling| filling.cost);
                    self.all.truncate(before);
                    self.all.extend(best);
                }
                if self.all.len() - first > FILLINGS {
                    return false;
                }
            }
            self.runs.push(Run { way, atom, first: first as u32, end: self.all.len() as u32 });
            start += many;
        }
        self.runs.sort_unstable_by_key(|run| (run.way, run.atom));
        true
    }

    /// Every split of some units over the arcs of one way.
    fn fill(&mut self, arcs: &[Arc], row: u32, units: u32, cost: i64, ample: bool) {
        if units == 0 {
            let first = self.takes.len() as u32;
            self.takes.extend_from_slice(&self.stack);
            let (end, units) = (self.takes.len() as u32, self.stack.iter().map(|take| take.1).sum());
            self.all.push(Filling { units, cost, first, end, ample });
            return;
        }
        let Some((arc, others)) = arcs.split_first() else { return };
        if others.is_empty() && arc.most < units {
            return;
        }
        for here in (0..=arc.most.min(units)).rev() {
            if here > 0 {
                self.stack.push((row, here));
            }
            self.fill(others, row + 1, units - here, cost + arc.cost(here), ample);
            if here > 0 {
                self.stack.pop();
            }
            if self.all.len() > 2 * FILLINGS + self.runs.len() * FILLINGS {
                return;
            }
        }
    }

    /// How many contents of parcels there are.
    pub fn contents(&self) -> u64 {
        let (mut sum, mut product, mut way) = (0u64, 0u64, None);
        for run in &self.runs {
            if way.replace(run.way) != Some(run.way) {
                sum = sum.saturating_add(product);
                product = 1;
            }
            product = product.saturating_mul(u64::from(run.end - run.first) + 1);
        }
        sum.saturating_add(product)
    }

    /// By way, then atom.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Rows of a run's fillings.
    pub fn rows(run: &Run) -> std::ops::Range<u32> {
        run.first..run.end
    }

    /// One filling.
    pub fn get(&self, row: u32) -> &Filling {
        &self.all[row as usize]
    }

    /// Its units by arc.
    pub fn takes(&self, row: u32) -> &[(u32, u32)] {
        let filling = &self.all[row as usize];
        &self.takes[filling.first as usize..filling.end as usize]
    }
}
