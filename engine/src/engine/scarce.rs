//! An order whose own parcels are in one another's way.
//!
//! First a plan is sought that does without whatever its parcels would fill: seldom the cheapest, but one that can be
//! taken. Then what is scarce becomes a limit of the problem, one thing after another as answers pass it, until an
//! answer passes nothing: that is the cheapest. Where this does not end, the plan known stands with the best bound.

use super::Scratch;
use super::planner::{Planner, Refusal, tell_why};
use crate::load::Scarce;
use crate::plan::{self, Plan, Unfit};
use crate::sourcing::{self, Breadth, Fences, Ground};
use crate::split::{self, Budget};
use crate::units::{Index, Instant, Money};
use crate::world::{NodeIx, Order};

/// Plans tried that do without what is full.
const TRIES: usize = 64;

/// Merges of one departure told to wait for later parts, at most.
const STRICT: usize = 16;

/// Things that are scarce to one order, at most: each is one more limit of its problem.
const MOST: usize = 12;

impl Planner<'_> {
    /// A plan whose parcels leave one another room, in place of one whose parcels do not.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn solve_apart(
        &self,
        crowded: Plan,
        bound: Money,
        strict: &[(NodeIx, Instant)],
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Plan, Refusal> {
        let first = self.short_of(order, &crowded);
        let without = self.solve_without(crowded, strict, order, budget, fences, scratch);
        if matches!(&without, Ok(plan) if plan.cost() <= bound) {
            return without.map(|plan| Plan { bound: bound.min(plan.cost()), ..plan });
        }
        let nothing = order.cost_of_nothing().0;
        let most = without
            .as_ref()
            .map_or(nothing.saturating_add(1), |plan| plan.cost().0.min(nothing.saturating_add(1)));
        let (found, proven) = self.solve_with(first, most, order, budget, fences, scratch)?;
        let bound = bound.max(proven);
        let best = match (without, found) {
            (Ok(without), Some(found)) if found.cost() < without.cost() => found,
            (Ok(without), _) => without,
            (Err(_), Some(found)) => found,
            (Err(Refusal::Unfit(Unfit::Full | Unfit::Waits(..))), None) => {
                self.solve_alone(order, budget, fences, scratch)?
            }
            (Err(refusal), None) => return Err(refusal),
        };
        Ok(Plan { bound: bound.min(best.cost()), ..best })
    }

    /// What parcels of a plan take too much of together.
    fn short_of(&self, order: &Order, plan: &Plan) -> Vec<Scarce> {
        self.load.short_of(self.world, &plan::claims(self.world, order, plan))
    }

    /// Plans again and again as if all were full that the parcels of the plan before would fill.
    fn solve_without(
        &self,
        crowded: Plan,
        strict: &[(NodeIx, Instant)],
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Plan, Refusal> {
        let (mut plan, mut load, mut strict) = (crowded, self.load.clone(), strict.to_vec());
        for _ in 0..TRIES {
            let claims = plan::claims(self.world, order, &plan);
            let beyond = self.load.too_much(self.world, &claims);
            if beyond.is_empty() {
                return Ok(plan);
            }
            for claim in beyond {
                // Once claimed by someone else, the same is not offered again.
                load.fill(self.world, claim);
            }
            let beside = (&load, &mut strict, &mut None);
            plan = self.solve_strictly(beside, order, budget, fences, scratch)?;
        }
        Err(Refusal::Unfit(Unfit::Full))
    }

    /// A plan of one source parcel, which is in nobody's way; else one that delivers nothing, which can always be taken.
    /// Its bound is no one's: the caller knows better.
    pub(super) fn solve_alone(
        &self,
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Plan, Refusal> {
        let mut last = Err(Refusal::Unfit(Unfit::Full));
        // No pick counts on others.
        let nodes = (0..self.world.nodes().len()).map(NodeIx::of);
        let strict: Vec<(NodeIx, Instant)> = nodes.map(|node| (node, Instant::ALWAYS)).collect();
        for most in [1, 0] {
            let ground = Ground { strict: &strict, ..self.ground() };
            let Scratch { sheet, problem: memory, search, solution, draws, .. } = scratch;
            let mut problem = sourcing::over(std::mem::take(memory), &self.terms.staircases);
            sourcing::source(ground, order, fences, Breadth::All, sheet, &mut problem)
                .map_err(Refusal::TooBig)?;
            let rules = problem.rules;
            problem.rules.max_parcels = rules.max_parcels.min(most);
            split::solve(&problem, budget, search, solution).map_err(|_| Refusal::of_costs())?;
            problem.rules = rules;
            let mut plan = plan::assemble(ground, order, sheet, &problem, solution, draws);
            if let Ok(plan) = &mut plan {
                plan.bound = Money(i64::MIN);
                if !plan.unfilled.is_empty() {
                    tell_why(ground, order, budget, plan, sheet, &problem, search, solution);
                }
            }
            *memory = sourcing::over(problem, &[]);
            last = plan.map_err(Refusal::Unfit);
            let fits = |plan: &Plan| {
                self.load.too_much(self.world, &plan::claims(self.world, order, plan)).is_empty()
            };
            if last.as_ref().is_ok_and(fits) {
                break;
            }
        }
        last
    }

    /// The cheapest plan that keeps to what there is of scarce things, if it is found, and what no plan costs less
    /// than. Plans that cost `most` or more need not be found.
    fn solve_with(
        &self,
        first: Vec<Scarce>,
        most: i64,
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<(Option<Plan>, Money), Refusal> {
        let (mut scarce, mut bound) = (first, Money(i64::MIN));
        let mut strict = Vec::new();
        while scarce.len() <= MOST && strict.len() < STRICT {
            let found = self.solve_once_with(&scarce, most, &strict, order, budget, fences, scratch);
            if strict.is_empty() && !matches!(found, Ok(None) | Err(Refusal::TooBig(_))) {
                // What is stricter than need be proves nothing.
                bound = bound.max(Money(scratch.solution.bound)).min(Money(most));
            }
            match found {
                Ok(None) => break,
                Ok(Some(plan)) => {
                    let more = self.short_of(order, &plan);
                    if more.is_empty() {
                        return Ok((Some(plan), bound));
                    }
                    let known = scarce.len();
                    scarce.extend(
                        more.into_iter().filter(|thing| !scarce[..known].contains(thing)).collect::<Vec<_>>(),
                    );
                    if scarce.len() == known {
                        break;
                    }
                }
                Err(Refusal::Unfit(Unfit::Waits(node, departs))) if !strict.contains(&(node, departs)) => {
                    strict.push((node, departs));
                }
                Err(Refusal::Unfit(_)) => break,
                Err(refusal) => return Err(refusal),
            }
        }
        Ok((None, bound))
    }

    #[allow(clippy::too_many_arguments)]
    fn solve_once_with(
        &self,
        scarce: &[Scarce],
        most: i64,
        strict: &[(NodeIx, Instant)],
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Option<Plan>, Refusal> {
        let ground = Ground { strict, apart: true, ..self.ground() };
        let Scratch { sheet, problem: memory, search, solution, draws, .. } = scratch;
        let mut problem = sourcing::over(std::mem::take(memory), &self.terms.staircases);
        let breadth = Breadth::Merging(most);
        let joined = sourcing::join(ground, order, fences, breadth, scarce, sheet, &mut problem);
        if joined.map_err(Refusal::TooBig)?.is_none() {
            return Ok(None);
        }
        split::solve(&problem, budget, search, solution).map_err(|_| Refusal::of_costs())?;
        solution.bound = solution.bound.min(sheet.unseen);
        let mut plan = plan::assemble(ground, order, sheet, &problem, solution, draws);
        if let Ok(plan) = &mut plan
            && !plan.unfilled.is_empty()
        {
            // What the order's own parcels take counts as taken.
            let mut load = self.load.clone();
            scarce.iter().for_each(|thing| thing.used_up(self.world, &mut load));
            let ground = Ground { load: &load, apart: false, ..ground };
            sourcing::source(ground, order, fences, Breadth::All, sheet, &mut problem)
                .map_err(Refusal::TooBig)?;
            tell_why(ground, order, budget, plan, sheet, &problem, search, solution);
        }
        *memory = sourcing::over(problem, &[]);
        plan.map(Some).map_err(Refusal::Unfit)
    }
}
