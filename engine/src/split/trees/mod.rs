//! Parcels that meet on the way: sources, hubs and the customer decided together.
//!
//! What goes to the customer alone is solved first, as if nothing could be merged. A glance at the cheapest that any
//! merged parcel could be settles most problems there. Else all states of small problems are walked ([`walk`]); where
//! pools or caps turn out too short for the answer, their limit joins the states and the walk is repeated, so that the
//! answer that stands is the cheapest (row generation). Problems too wide for that get the best of several plans and a
//! bound ([`wide`]).
//!
//! What parcels pass that takes only so many of them ([`Neck`](super::problem::Neck)) joins the states in the same way;
//! such problems are walked and nothing else.

mod choices;
mod flat;
mod grid;
mod necks;
mod through;
mod walk;
mod wide;

#[cfg(test)]
mod tests;

use super::budget::Meter;
use super::core::NEVER;
use super::problem::{Merge, Parcel, Problem, Solution};
use super::supply;
use choices::Choices;
use grid::{Grid, Limit};
use walk::{Found, Tree, Walk};

/// Memory of the search, reused.
#[derive(Debug, Default)]
pub struct Trees {
    grid: Grid,
    choices: Choices,
    walk: Walk,
    direct: Problem<'static>,
    rows: Vec<u32>,
}

/// Limits that may join the states before the search gives up on exactness.
const LIMITS: usize = 12;

/// How a problem is solved without its hubs.
pub type SolveFlat<'f> = &'f mut dyn FnMut(&Problem<'_>, &mut Meter<'_>, &mut Solution);

/// Solves a problem with hubs: the cheapest plan known and a proven bound. `flat` solves problems without hubs.
pub fn solve(
    problem: &Problem<'_>,
    meter: &mut Meter<'_>,
    flat: SolveFlat<'_>,
    memory: &mut Trees,
    solution: &mut Solution,
) {
    let parts = parts_pay(problem);
    let states = problem
        .lines
        .iter()
        .fold(1u64, |states, line| states.saturating_mul(if parts { u64::from(line.qty) + 1 } else { 2 }));
    if !problem.necks.is_empty() {
        // What goes to the customer alone would not know of them.
        send_nothing(problem, solution);
        if let Some(known) = walk(problem, parts, meter, memory, solution) {
            solution.bound = known.min(solution.cost);
        }
        return;
    }
    let mut known = None;
    if states <= QUICK {
        send_nothing(problem, solution);
        known = walk(problem, parts, meter, memory, solution);
        if known.is_none() {
            return;
        }
    }
    let walked = std::mem::take(solution);
    let mut direct = std::mem::take(&mut memory.direct).over(problem.staircases);
    flat::without_hubs(problem, &mut direct, &mut memory.rows);
    flat::solve(&direct, meter, &mut *flat, solution);
    flat::translate(&memory.rows, solution);
    memory.direct = direct.over(&[]);
    if flat::least_with_a_merge(problem) >= solution.cost {
        solution.bound = solution.bound.max(known.unwrap_or(i64::MIN)).min(solution.cost);
        return;
    }
    let without = solution.bound;
    if known.is_some() {
        if walked.cost < solution.cost {
            *solution = walked;
        }
    } else {
        known = walk(problem, parts, meter, memory, solution);
    }
    if let Some(known) = known {
        solution.bound = without;
        wide::solve(problem, known, meter, flat, solution);
    }
}

/// Solves a problem as if pools, caps, necks and single origins did not matter, if it is small enough: its bound is one on
/// the problem as it is. By hub what the cheapest such plan with a merge there costs, if less than the plan known. `parts`
/// says that units of one line may part even where that never pays.
pub fn relax(
    problem: &Problem<'_>,
    parts: bool,
    memory: &mut Trees,
    solution: &mut Solution,
    through: &mut Vec<i64>,
) -> bool {
    let parts = parts_pay(problem) || (parts && problem.lines.iter().any(|line| line.qty > 1));
    let (limits, origins) = (Vec::new(), vec![None; problem.lines.len()]);
    let Trees { grid, choices, walk, .. } = &mut *memory;
    if !grid.lay_out(problem, parts, &limits) {
        return false;
    }
    choices.write(problem, grid, &limits, &origins);
    let Some(found) = walk.solve(problem, grid, &limits, choices) else { return false };
    *through = through::through(walk, problem, grid);
    *solution = Solution::default();
    Search { problem, parts, limits, origins, best: Solution::default(), memory }.write(found, solution);
    true
}

/// States that are walked before anything else is tried.
const QUICK: u64 = 256;

/// The plan that delivers nothing.
fn send_nothing(problem: &Problem<'_>, solution: &mut Solution) {
    solution.parcels.clear();
    solution.merges.clear();
    solution.skipped.clear();
    solution.skipped.extend(problem.lines.iter().map(|line| line.qty));
    solution.cost = problem.lines.iter().map(|line| line.skip * i64::from(line.qty)).sum();
    solution.bound = i64::MIN;
}

/// Walks the states, beginning with a plan known. Nothing when the answer is proven, else a bound.
fn walk(
    problem: &Problem<'_>,
    parts: bool,
    meter: &mut Meter<'_>,
    memory: &mut Trees,
    solution: &mut Solution,
) -> Option<i64> {
    let (limits, origins) = (Vec::new(), vec![None; problem.lines.len()]);
    let best = std::mem::take(solution);
    let mut search = Search { problem, parts, limits, origins, best, memory };
    let walked = search.settle(meter, i64::MIN);
    *solution = search.best;
    match walked {
        Walked::Proven(bound) => {
            solution.bound = bound.min(solution.cost);
            None
        }
        Walked::Open(bound) => Some(bound),
    }
}

/// What a walk came to.
enum Walked {
    /// Nothing the walk leaves out costs less than this.
    Proven(i64),
    /// The walk was too long; nothing costs less than this all the same.
    Open(i64),
}

struct Search<'s, 'p> {
    problem: &'s Problem<'p>,
    /// Whether units of one line may part.
    parts: bool,
    limits: Vec<Limit>,
    /// By line the only origin it may come from, where that was decided.
    origins: Vec<Option<u32>>,
    best: Solution,
    memory: &'s mut Trees,
}

impl Search<'_, '_> {
    /// Walks, adds what the answer broke, and walks again until an answer stands; `known` is a bound.
    fn settle(&mut self, meter: &mut Meter<'_>, mut known: i64) -> Walked {
        loop {
            let Trees { grid, choices, walk, .. } = &mut *self.memory;
            if self.limits.len() > LIMITS
                || !meter.step()
                || !grid.lay_out(self.problem, self.parts, &self.limits)
            {
                return Walked::Open(known);
            }
            choices.write(self.problem, grid, &self.limits, &self.origins);
            let Some(found) = walk.solve(self.problem, grid, &self.limits, choices) else {
                return Walked::Open(known);
            };
            meter.add(walk.work() / STEP);
            known = known.max(found.cost);
            if found.cost > self.best.cost {
                return Walked::Proven(known);
            }
            let mut answer = Solution::default();
            self.write(found, &mut answer);
            let takes = takes_of(&answer);
            let limit = broken(self.problem, &takes)
                .or_else(|| necks::passed(self.problem, &answer).map(Limit::of_parcels));
            let line = second_origin(self.problem, &takes);
            if (limit.is_some() || line.is_some()) && known >= self.best.cost {
                return Walked::Proven(known);
            }
            if let Some(limit) = limit {
                // Short pools may ask a line to part that otherwise would not; what parcels pass does not.
                let short = limit.neck.is_none();
                let parts = self.parts || short && self.problem.lines.iter().any(|line| line.qty > 1);
                if parts != self.parts {
                    self.parts = parts;
                } else if self.limits.contains(&limit) {
                    return Walked::Open(known);
                }
                if !self.limits.contains(&limit) {
                    self.limits.push(limit);
                }
                continue;
            }
            let Some(line) = line else {
                self.best = answer;
                return Walked::Proven(known);
            };
            return self.branch_on_origin(meter, line, known);
        }
    }

    /// A line came from two origins and may not: each of its origins alone is tried.
    fn branch_on_origin(&mut self, meter: &mut Meter<'_>, line: u16, known: i64) -> Walked {
        let offers = self.problem.offers_of(line);
        let mut origins: Vec<u32> =
            offers.map(|(_, offer)| self.problem.ways[usize::from(offer.way)].origin).collect();
        origins.sort_unstable();
        origins.dedup();
        let (mut least, mut open) = (NEVER, false);
        for origin in origins {
            self.origins[usize::from(line)] = Some(origin);
            let limits = self.limits.len();
            match self.settle(meter, known) {
                Walked::Proven(bound) => least = least.min(bound),
                Walked::Open(bound) => (least, open) = (least.min(bound), true),
            }
            self.limits.truncate(limits);
        }
        self.origins[usize::from(line)] = None;
        if open { Walked::Open(least) } else { Walked::Proven(least) }
    }

    /// Writes what a walk found as a solution.
    fn write(&self, found: Found, answer: &mut Solution) {
        answer.cost = found.cost;
        answer.bound = found.cost;
        answer.skipped = found.skipped;
        for tree in &found.trees {
            self.write_tree(tree, answer);
        }
        arrange(answer);
    }

    /// Writes a tree; which parcel or merge it is.
    fn write_tree(&self, tree: &Tree, answer: &mut Solution) -> Member {
        match tree {
            Tree::Parcel(way, state) => {
                let Trees { grid, choices, .. } = &*self.memory;
                let takes = choices.takes(grid, usize::from(*way), *state as usize);
                answer.parcels.push(Parcel { way: *way, takes });
                Member::Parcel(answer.parcels.len() as u32 - 1)
            }
            Tree::Merged(hub, trees) => {
                let mut merge = Merge { hub: *hub, ..Merge::default() };
                for tree in trees {
                    match self.write_tree(tree, answer) {
                        Member::Parcel(row) => merge.parcels.push(row),
                        Member::Merge(row) => merge.merges.push(row),
                    }
                }
                answer.merges.push(merge);
                Member::Merge(answer.merges.len() as u32 - 1)
            }
        }
    }
}

enum Member {
    Parcel(u32),
    Merge(u32),
}

/// Work of a walk that counts as one step of the budget: about what a step of branching takes.
const STEP: u64 = 4096;

/// Puts parcels in their order, by way and contents, and merges after what is in them.
pub fn arrange(solution: &mut Solution) {
    let mut order: Vec<u32> = (0..solution.parcels.len() as u32).collect();
    order.sort_by(|&one, &other| {
        let key = |row: u32| &solution.parcels[row as usize];
        (key(one).way, &key(one).takes).cmp(&(key(other).way, &key(other).takes))
    });
    let mut place = vec![0u32; order.len()];
    for (row, &old) in order.iter().enumerate() {
        place[old as usize] = row as u32;
    }
    solution.parcels = order.iter().map(|&old| std::mem::take(&mut solution.parcels[old as usize])).collect();
    for merge in &mut solution.merges {
        merge.parcels.iter_mut().for_each(|row| *row = place[*row as usize]);
        merge.parcels.sort_unstable();
        merge.merges.sort_unstable();
    }
}

/// Units by offer of a whole solution, by offer.
pub fn takes_of(solution: &Solution) -> Vec<(u32, u32)> {
    let mut takes: Vec<(u32, u32)> =
        solution.parcels.iter().flat_map(|parcel| parcel.takes.iter().copied()).collect();
    takes.sort_unstable();
    takes
}

/// Whether units of one line may pay to part: some offer has not all of them, or weight matters somewhere.
fn parts_pay(problem: &Problem<'_>) -> bool {
    if problem.lines.iter().all(|line| line.qty == 1) {
        return false;
    }
    let total = |of: &dyn Fn(&super::Line) -> u64| {
        problem
            .lines
            .iter()
            .fold(0u64, |sum, line| sum.saturating_add(of(line).saturating_mul(u64::from(line.qty))))
    };
    let (grams, cm3) = (total(&|line| line.grams), total(&|line| line.cm3));
    let matters = |staircase: u32, max_grams: u64, max_cm3: u64| {
        let staircase = &problem.staircases[staircase as usize];
        grams > max_grams || cm3 > max_cm3 || staircase.price(grams, cm3) != staircase.price(0, 0)
    };
    problem.offers.iter().any(|offer| offer.most < problem.lines[usize::from(offer.line)].qty)
        || problem.ways.iter().any(|way| matters(way.staircase, way.max_grams, way.max_cm3))
        || problem.hubs.iter().any(|hub| matters(hub.staircase, hub.max_grams, hub.max_cm3))
}

/// The limit that takes of a solution break, as one on all offers it concerns.
fn broken(problem: &Problem<'_>, takes: &[(u32, u32)]) -> Option<Limit> {
    let short = supply::shortfall(problem, takes)?;
    if let Some(cap) = problem.caps.iter().find(|cap| cap.offers == short.offers) {
        return Some(Limit::of_offers(cap.most, cap.offers.clone()));
    }
    let row = |&offer: &u32| &problem.offers[offer as usize];
    let pool = short.offers.first().map(row)?.pool;
    let cells = short.offers.iter().map(row).fold(0, |cells, offer| cells | offer.cells);
    let inside = problem.offers.iter().enumerate();
    let offers = inside.filter(|(_, offer)| offer.pool == pool && offer.cells & !cells == 0);
    let most = problem.units_of(pool, cells).min(u64::from(u32::MAX)) as u32;
    Some(Limit::of_offers(most, offers.map(|(row, _)| row as u32).collect()))
}

/// A line that comes from two origins though it may not.
fn second_origin(problem: &Problem<'_>, takes: &[(u32, u32)]) -> Option<u16> {
    if problem.rules.several_origins {
        return None;
    }
    let origin = |offer: u32| problem.ways[usize::from(problem.offers[offer as usize].way)].origin;
    let line = |offer: u32| problem.offers[offer as usize].line;
    takes.windows(2).find_map(|pair| {
        let same = line(pair[0].0) == line(pair[1].0);
        (same && origin(pair[0].0) != origin(pair[1].0)).then(|| line(pair[0].0))
    })
}

/// Whether every way of a problem goes to the customer and has one price.
pub fn is_flat(problem: &Problem<'_>) -> bool {
    problem.hubs.is_empty()
        && !problem.ways.iter().any(|way| problem.staircases[way.staircase as usize].is_stacked())
}
