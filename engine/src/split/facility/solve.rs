//! The whole search, from the checked problem to the proven answer.

use super::problem::{FORBIDDEN, Facilities, FacilityError, Measure};
use super::sorted::{NEVER, Sorted};
use super::stages::{self, Plan};
use super::subset;
use super::tree::Tree;

/// How far a search may go, and where it starts.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// Most steps: nodes of the branch and bound and passes of the price search, whichever come. The same
    /// number gives the same answer on every machine.
    pub steps: u64,
    /// An answer already known: the way of every line.
    pub start: Option<&'a [u32]>,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Limits { steps: u64::MAX, start: None }
    }
}

/// What a search found. The ways themselves are in the [`Workspace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Cost of the best answer.
    pub cost: i64,
    /// No answer costs less than this. Equal to `cost` when proven.
    pub bound: i64,
    /// Whether no better answer exists.
    pub proven: bool,
    /// Steps taken.
    pub steps: u64,
}

/// Memory of the search, kept between calls: repeated small problems take none anew.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(super) sorted: Sorted,
    pub(super) tree: Tree,
}

impl Workspace {
    /// An empty workspace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The way of every line in the best answer of the last search.
    #[must_use]
    pub fn way_of(&self) -> &[u32] {
        &self.tree.best_way_of
    }

    /// The open ways of that answer, rising, each once.
    pub fn open_ways(&self, into: &mut Vec<u32>) {
        into.clear();
        into.extend_from_slice(self.way_of());
        into.sort_unstable();
        into.dedup();
    }
}

/// Finds a cheapest answer and proves it, within limits.
///
/// `stop` is asked now and then; once it says true the search ends with what it has.
///
/// # Errors
///
/// [`FacilityError`] when the problem or the start is not within the documented ranges.
pub fn solve(
    problem: &Facilities<'_>,
    limits: &Limits<'_>,
    stop: &mut dyn FnMut() -> bool,
    workspace: &mut Workspace,
) -> Result<Answer, FacilityError> {
    let measure = problem.check()?;
    if problem.lines <= subset::MOST_LINES {
        let way_of = &mut workspace.tree.best_way_of;
        way_of.clear();
        way_of.resize(problem.lines, 0);
        let cost = subset::solve(problem, way_of);
        return Ok(Answer { cost, bound: cost, proven: true, steps: 0 });
    }
    search(problem, measure, limits, Plan::usual(limits.steps), stop, workspace)
}

/// The search itself, whatever the number of lines.
pub(super) fn search(
    problem: &Facilities<'_>,
    measure: Measure,
    limits: &Limits<'_>,
    plan: Plan,
    stop: &mut dyn FnMut() -> bool,
    workspace: &mut Workspace,
) -> Result<Answer, FacilityError> {
    let Workspace { sorted, tree } = workspace;
    tree.steps = 0;
    sorted.build(problem, measure, true);
    tree.best = NEVER / 2;
    if let Some(start) = limits.start {
        let Some(cost) = problem.cost_of(start) else {
            let arc = |line: usize| problem.row(line).get(*start.get(line)? as usize).copied();
            let served = |line: &usize| arc(*line).is_some_and(|cost| cost < FORBIDDEN);
            let line = (0..problem.lines).take_while(served).count();
            return Err(FacilityError::BadStart { line });
        };
        tree.best = cost * sorted.scale;
        tree.best_way_of.clear();
        tree.best_way_of.extend_from_slice(start);
    }
    let lower = stages::run(sorted, tree, plan, stop);
    let scale = sorted.scale;
    let cost = tree.best / scale;
    let bound = (lower + scale - 1) / scale;
    Ok(Answer { cost, bound: bound.min(cost), proven: bound >= cost, steps: tree.steps })
}
