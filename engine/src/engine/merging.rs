//! Parcels of one order that could become one on the way: looked for until the answer is proven or nothing is left.
//!
//! First the order is solved as if time did not matter: no plan costs less than that. If what its merges would be can be
//! had in time at that price, nothing else need be looked at. Else merges are looked for in rounds, from the likely to
//! the unlikely, and each round knows what the one before has found.

use super::planner::Refusal;
use crate::sourcing::{self, Breadth, Fences, Ground, Merging, Round, Sheet};
use crate::split::{self, Budget, Problem, Solution};
use crate::world::Order;

/// One order of which what goes to the customer alone is solved.
pub(super) struct Meeting<'m, 's, 'b> {
    pub ground: Ground<'m>,
    pub order: &'m Order,
    pub budget: Budget<'b>,
    pub fences: Fences,
    pub search: &'s mut split::Scratch,
    /// The answer where time does not matter.
    pub guide: &'s mut Solution,
}

impl<'m> Meeting<'m, '_, '_> {
    /// Improves a solution of a problem without merges; the problem becomes the one it is a solution of.
    pub fn solve(
        &mut self,
        (sheet, problem): (&mut Sheet, &mut Problem<'m>),
        memory: &mut Problem<'static>,
        solution: &mut Solution,
    ) -> Result<(), Refusal> {
        let least = sourcing::least_with_a_merge(self.ground, self.order, sheet, problem);
        if least.is_none_or(|least| least >= solution.cost) {
            return Ok(());
        }
        let left_out = sheet.left_out;
        if left_out {
            self.source(Breadth::All, sheet, problem)?;
        }
        let mut merging = Merging::new(self.ground, self.order, sheet, problem);
        let mut timeless = sourcing::over(std::mem::take(memory), problem.staircases);
        let answer = self.search(&mut merging, (sheet, problem), &mut timeless, solution);
        *memory = sourcing::over(timeless, &[]);
        if answer? {
            sourcing::sooner(self.ground, self.order, sheet, problem, solution);
        } else if left_out {
            // The answer stands, and speaks of the rows it was found on.
            self.source(Breadth::Useful, sheet, problem)?;
        }
        Ok(())
    }

    /// Says whether the solution is one of the problem as it has become.
    fn search(
        &mut self,
        merging: &mut Merging<'m>,
        (sheet, problem): (&mut Sheet, &mut Problem<'_>),
        timeless: &mut Problem<'_>,
        solution: &mut Solution,
    ) -> Result<bool, Refusal> {
        let Ok(any) = merging.timeless(solution.cost, sheet, problem, timeless) else {
            // Too large even without time: only the coarse count is left.
            return self.look(&[Round::Near, Round::Far], i64::MIN, merging, (sheet, problem), solution);
        };
        if !any {
            return Ok(false);
        }
        timeless.known = solution.cost;
        let mut through = Vec::new();
        let parts = merging.may_part(sheet, problem);
        let mut guide = std::mem::take(self.guide);
        let relaxed = split::relax(timeless, parts, self.search, &mut guide, &mut through);
        let found = match relaxed.map_err(|_| Refusal::of_costs())? {
            true => {
                // It is known what merges elsewhere could cost: they need no round of their own.
                merging.price(&through);
                let rounds = [Round::Along(&guide), Round::Far];
                self.look(&rounds, guide.bound, merging, (sheet, problem), solution)
            }
            false => {
                let solved = split::solve(timeless, self.budget, self.search, &mut guide);
                solved.map_err(|_| Refusal::of_costs())?;
                let rounds = [Round::Along(&guide), Round::Near, Round::Far];
                self.look(&rounds, guide.bound, merging, (sheet, problem), solution)
            }
        };
        *self.guide = guide;
        found
    }

    /// Goes through rounds until the solution costs what is proven, or there is none left.
    fn look(
        &mut self,
        rounds: &[Round<'_>],
        proven: i64,
        merging: &mut Merging<'m>,
        (sheet, problem): (&mut Sheet, &mut Problem<'_>),
        solution: &mut Solution,
    ) -> Result<bool, Refusal> {
        let mut found = false;
        for &round in rounds {
            if solution.cost <= proven {
                solution.bound = solution.bound.max(proven).min(solution.cost);
                return Ok(found);
            }
            found |= self.round(round, merging, (sheet, problem), solution)?;
        }
        solution.bound = solution.bound.min(merging.unseen()).max(proven).min(solution.cost);
        Ok(found)
    }

    /// Looks for merges, and solves again with those there are; says whether there are any.
    fn round(
        &mut self,
        round: Round<'_>,
        merging: &mut Merging<'m>,
        (sheet, problem): (&mut Sheet, &mut Problem<'_>),
        solution: &mut Solution,
    ) -> Result<bool, Refusal> {
        let (known, bound) = (solution.cost, solution.bound);
        let found = merging.look(round, known, self.fences, sheet, problem);
        if !found.map_err(Refusal::TooBig)? {
            return Ok(false);
        }
        problem.known = known;
        split::solve(problem, self.budget, self.search, solution).map_err(|_| Refusal::of_costs())?;
        if solution.cost <= known {
            merging.stand();
            return Ok(true);
        }
        // Too wide to find even what was known: back to that.
        let proven = solution.bound.min(bound);
        merging.back(self.fences, sheet, problem).map_err(Refusal::TooBig)?;
        split::solve(problem, self.budget, self.search, solution).map_err(|_| Refusal::of_costs())?;
        solution.bound = solution.bound.min(proven);
        Ok(true)
    }

    fn source(&self, breadth: Breadth, sheet: &mut Sheet, problem: &mut Problem<'_>) -> Result<(), Refusal> {
        sourcing::source(self.ground, self.order, self.fences, breadth, sheet, problem)
            .map_err(Refusal::TooBig)
    }
}
