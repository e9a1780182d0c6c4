//! Problems that are facility location: ample pools, nothing kept apart, carriage that costs the same whatever a
//! parcel holds. Then a way is a facility, an atom a customer, and skipping one more facility that costs nothing.

use super::budget::Meter;
use super::core::{Core, NEVER};
use super::facility::{self, FORBIDDEN, Facilities, Limits};
use super::problem::Problem;

/// Memory for one such problem, reused.
#[derive(Debug, Default)]
pub struct Located {
    fixed: Vec<i64>,
    cost: Vec<i64>,
    /// By atom and way the arc whose cost stands in the matrix.
    arc: Vec<u32>,
    totals: Vec<(u64, u64)>,
    workspace: facility::Workspace,
}

/// What facility location found: cost and bound with every parcel's penalty in them.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Cost of the answer left in [`Located::parcels`].
    pub cost: i64,
    /// Proven: nothing costs less.
    pub bound: i64,
}

impl Located {
    /// Whether what a parcel holds matters to its price or its limits, by any way.
    pub fn weight_matters(&mut self, problem: &Problem<'_>, core: &Core) -> bool {
        self.totals.clear();
        self.totals.resize(problem.ways.len(), (0, 0));
        let mut last = (u16::MAX, u16::MAX);
        for arc in &core.arcs {
            // Arcs stand by atom, then way: an atom counts once a way.
            if (arc.atom, arc.way) != last {
                let atom = &core.atoms[arc.atom as usize];
                let total = &mut self.totals[arc.way as usize];
                total.0 = total.0.saturating_add(atom.grams.saturating_mul(u64::from(atom.units)));
                total.1 = total.1.saturating_add(atom.cm3.saturating_mul(u64::from(atom.units)));
                last = (arc.atom, arc.way);
            }
        }
        problem.ways.iter().zip(&self.totals).any(|(way, &(grams, cm3))| {
            let staircase = &problem.staircases[way.staircase as usize];
            grams > way.max_grams || cm3 > way.max_cm3 || staircase.price(grams, cm3) != staircase.price(0, 0)
        })
    }

    /// The cheapest plan when [`Located::weight_matters`] says no, pools are ample and every arc brings all units of
    /// its atom. Nothing when an atom that must be delivered has no arc, or costs are too large for this search.
    pub fn solve(
        &mut self,
        problem: &Problem<'_>,
        core: &Core,
        penalty: i64,
        meter: &mut Meter<'_>,
    ) -> Option<Placed> {
        let (atoms, ways) = (core.atoms.len(), problem.ways.len() + 1);
        self.fixed.clear();
        for way in &problem.ways {
            self.fixed.push(way.fixed + penalty + problem.staircases[way.staircase as usize].price(0, 0)?);
        }
        self.fixed.push(0);
        self.cost.clear();
        self.cost.resize(atoms * ways, FORBIDDEN);
        self.arc.clear();
        self.arc.resize(atoms * ways, u32::MAX);
        let mut base = 0i64;
        for (atom, wanted) in core.atoms.iter().enumerate() {
            let row = &mut self.cost[atom * ways..(atom + 1) * ways];
            for index in wanted.first_arc..wanted.end_arc {
                let arc = &core.arcs[index as usize];
                let cost = arc.cost(wanted.units);
                if cost < row[arc.way as usize] {
                    row[arc.way as usize] = cost;
                    self.arc[atom * ways + arc.way as usize] = index;
                }
            }
            if wanted.skip < NEVER {
                row[ways - 1] = wanted.skip * i64::from(wanted.units);
            }
            // The search wants costs from zero up; what every answer pays for the atom is counted apart.
            let least = row.iter().copied().min().filter(|&least| least < FORBIDDEN)?;
            for cost in row.iter_mut().filter(|cost| **cost < FORBIDDEN) {
                *cost -= least;
            }
            base += least;
        }
        let facilities = Facilities { ways, lines: atoms, fixed: &self.fixed, cost: &self.cost };
        let limits = Limits { steps: meter.left().max(1), start: None };
        let mut stop = || meter.stop_now();
        let answer = facility::solve(&facilities, &limits, &mut stop, &mut self.workspace).ok()?;
        meter.add(answer.steps.max(1));
        Some(Placed { cost: answer.cost + base, bound: answer.bound + base })
    }

    /// Parcels of the last answer: way, and units by arc.
    pub fn parcels(&self, core: &Core) -> Vec<(u16, Vec<(u32, u32)>)> {
        let ways = self.fixed.len();
        let mut by_way: Vec<(u16, u32, u32)> = self
            .workspace
            .way_of()
            .iter()
            .enumerate()
            .filter(|&(_, &way)| way as usize != ways - 1)
            .map(|(atom, &way)| (way as u16, self.arc[atom * ways + way as usize], core.atoms[atom].units))
            .collect();
        by_way.sort_unstable();
        let mut parcels: Vec<(u16, Vec<(u32, u32)>)> = Vec::new();
        for (way, arc, units) in by_way {
            match parcels.last_mut() {
                Some(last) if last.0 == way => last.1.push((arc, units)),
                _ => parcels.push((way, vec![(arc, units)])),
            }
        }
        parcels
    }
}
