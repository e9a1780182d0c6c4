//! The bounding part by itself, for use at the nodes of another branch and bound.

use super::dual::{Dual, Scratch, WayState};
use super::primal::Primal;
use super::problem::{Facilities, FacilityError};
use super::sorted::{NEVER, Sorted};

/// What one bounding tells. Both values contain the fixed charges of the ways that the caller has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeBound {
    /// No answer that keeps to the given states costs less.
    pub bound: i64,
    /// Cost of the answer in [`Bounder::way_of`], which keeps to the states.
    pub cost: i64,
    /// Fixed charges of the ways given as open, a part of both.
    pub paid: i64,
}

/// Bounds one problem again and again under changing states of its ways.
///
/// [`prepare`](Bounder::prepare) sorts the arcs once, O(arcs log ways); each
/// [`dual_ascent`](Bounder::dual_ascent) then costs O(arcs) and, once the memory is there, takes none anew.
#[derive(Debug, Default)]
pub struct Bounder {
    sorted: Sorted,
    dual: Dual,
    scratch: Scratch,
    primal: Primal,
}

impl Bounder {
    /// Without a problem yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes on a problem.
    ///
    /// # Errors
    ///
    /// [`FacilityError`] when it is not within the documented ranges.
    pub fn prepare(&mut self, problem: &Facilities<'_>) -> Result<(), FacilityError> {
        let measure = problem.check()?;
        self.sorted.build(problem, measure, false);
        self.dual.reset(&self.sorted);
        Ok(())
    }

    /// Lower bound and a fitting answer (D. Erlenkotter, 1978), with at most `rounds` rounds of adjustment.
    ///
    /// # Errors
    ///
    /// [`FacilityError::Unservable`] when the closed ways leave some line without any;
    /// [`FacilityError::Length`] when there is not one state for each way.
    pub fn dual_ascent(&mut self, states: &[WayState], rounds: u32) -> Result<NodeBound, FacilityError> {
        let (sorted, dual) = (&self.sorted, &mut self.dual);
        if states.len() != sorted.ways {
            return Err(FacilityError::Length { what: "states", got: states.len(), expected: sorted.ways });
        }
        for line in 0..sorted.lines {
            if sorted.line(line).iter().all(|arc| states[arc.end as usize] == WayState::Closed) {
                return Err(FacilityError::Unservable { line });
            }
        }
        dual.reset(sorted);
        for (way, &state) in states.iter().enumerate() {
            match state {
                WayState::Free => {}
                WayState::Open => dual.open(sorted, way),
                WayState::Closed => dual.close(sorted, way),
            }
        }
        dual.raise(sorted, &mut self.scratch, NEVER);
        self.primal.construct(sorted, dual);
        let mut cost = self.primal.cost_with(sorted, dual);
        for _ in 0..rounds {
            if dual.bound() + sorted.grain > cost || dual.adjust(sorted, &mut self.scratch, cost) == 0 {
                break;
            }
            self.primal.construct(sorted, dual);
            cost = self.primal.cost_with(sorted, dual);
        }
        Ok(NodeBound {
            bound: dual.bound().div_euclid(sorted.scale)
                + i64::from(dual.bound().rem_euclid(sorted.scale) != 0),
            cost: cost / sorted.scale,
            paid: dual.paid / sorted.scale,
        })
    }

    /// The way of every line in the last answer.
    #[must_use]
    pub fn way_of(&self) -> &[u32] {
        &self.primal.way_of
    }

    /// Reduced cost: by how much at least the last bound grows when this free way is opened. 0 for an open way,
    /// beyond any cost for a closed one.
    ///
    /// A free way whose bound and reduced cost together exceed the cost of a known answer can be closed.
    #[must_use]
    pub fn reduced_cost(&self, way: usize) -> i64 {
        match self.dual.state[way] {
            WayState::Closed => NEVER,
            // Rounded down, and one less for what rounding the bound up has added.
            _ => (self.dual.slack[way] / self.sorted.scale - 1).max(0),
        }
    }

    /// The last bound, for answers that also open this way: sharper by rounding than bound and
    /// [`reduced_cost`](Bounder::reduced_cost) together.
    #[must_use]
    pub fn bound_if_open(&self, way: usize) -> i64 {
        match self.dual.state[way] {
            WayState::Closed => NEVER,
            _ => (self.dual.bound() + self.dual.slack[way] + self.sorted.scale - 1) / self.sorted.scale,
        }
    }
}
