//! One order against a stock and a load: source, split, merge, assemble; again where its own parcels are in one another's
//! way.

use super::merging::Meeting;
use super::{PlanError, Scratch};
use crate::load::Load;
use crate::plan::{self, Plan, Unfit};
use crate::sourcing::{self, Breadth, Eased, Fences, Ground, Sheet, Terms, TooBig};
use crate::split::{self, Budget, Problem, Solution};
use crate::stock::Stock;
use crate::transit::Transit;
use crate::units::{Instant, Money};
use crate::world::{NodeIx, Order, World};

/// What plans are made of and beside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planner<'e> {
    /// The network and catalogue.
    pub world: &'e World,
    /// Its times.
    pub transit: &'e Transit,
    /// Its limits and prices.
    pub terms: &'e Terms,
    /// What can be promised.
    pub stock: &'e Stock,
    /// What is taken of departures, days, buffers and hand-over points.
    pub load: &'e Load,
}

impl<'e> Planner<'e> {
    /// What stands still while an order is sourced.
    pub fn ground(&self) -> Ground<'e> {
        let Planner { world, transit, terms, stock, load } = *self;
        Ground { world, transit, terms, stock, load, strict: &[], apart: false }
    }

    /// The cheapest plan of one order against the stock as it is; nothing is taken.
    ///
    /// # Errors
    /// See [`PlanError`].
    pub fn plan(self, order: &Order, budget: Budget<'_>, scratch: &mut Scratch) -> Result<Plan, PlanError> {
        // Counting on less of what is fenced is always possible; the bound stays the one of counting on all of it.
        let mut bound: Option<Money> = None;
        for fences in [Fences::ByTime, Fences::AtOnce, Fences::Untouched] {
            match self.solve(order, budget, fences, scratch) {
                Ok(mut plan) => {
                    if let Some(bound) = bound {
                        plan.bound = bound.min(plan.cost());
                    }
                    return Ok(plan);
                }
                Err(Refusal::TooBig(too_big)) => return Err(too_big.of(order)),
                Err(Refusal::Unfit(Unfit::Full | Unfit::Waits(..))) => {
                    return Err(PlanError::Full { order: order.id.clone() });
                }
                Err(Refusal::Unfit(Unfit::Cost(what))) => return Err(TooBig::Cost(what).of(order)),
                Err(Refusal::Unfit(Unfit::Fences)) => {
                    bound = bound.or(Some(Money(scratch.solution.bound)));
                }
            }
        }
        Err(PlanError::Fences { order: order.id.clone() })
    }

    /// Source, split, assemble; again where parcels of the plan together pass a capacity that each alone keeps.
    fn solve(
        &self,
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Plan, Refusal> {
        let mut strict: Vec<(NodeIx, Instant)> = Vec::new();
        let mut bound: Option<Money> = None;
        let beside = (self.load, &mut strict, &mut bound);
        let mut plan = match self.solve_strictly(beside, order, budget, fences, scratch) {
            Err(Refusal::Unfit(Unfit::Waits(..))) => self.solve_alone(order, budget, fences, scratch)?,
            plan => plan?,
        };
        // What is stricter than need be proves nothing.
        let bound = bound.unwrap_or(plan.bound);
        plan.bound = bound.min(plan.cost());
        if self.world.is_unlimited() {
            return Ok(plan);
        }
        let claims = plan::claims(self.world, order, &plan);
        if self.load.too_much(self.world, &claims).is_empty() {
            plan.bound = bound.min(plan.cost());
            return Ok(plan);
        }
        self.solve_apart(plan, bound, &strict, order, budget, fences, scratch)
    }

    /// Source, split, assemble beside what is claimed; again, stricter, while something would wait too long at a merge
    /// that can still be told so. `bound` becomes that of the first try, if there was another.
    pub fn solve_strictly(
        &self,
        (load, strict, bound): (&Load, &mut Vec<(NodeIx, Instant)>, &mut Option<Money>),
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Plan, Refusal> {
        loop {
            match self.solve_beside((load, strict), order, budget, fences, scratch) {
                Err(Refusal::Unfit(Unfit::Waits(node, departs))) if !strict.contains(&(node, departs)) => {
                    *bound = bound.or(Some(Money(scratch.solution.bound)));
                    strict.push((node, departs));
                }
                plan => return plan,
            }
        }
    }

    /// Source, split, assemble beside what is claimed.
    fn solve_beside(
        &self,
        (load, strict): (&Load, &[(NodeIx, Instant)]),
        order: &Order,
        budget: Budget<'_>,
        fences: Fences,
        scratch: &mut Scratch,
    ) -> Result<Plan, Refusal> {
        let ground = Ground { load, strict, ..self.ground() };
        let Scratch { sheet, problem: memory, timeless, search, solution, guide, draws } = scratch;
        let mut problem = sourcing::over(std::mem::take(memory), &self.terms.staircases);
        let source = |breadth, sheet: &mut Sheet, problem: &mut Problem<'_>| {
            sourcing::source(ground, order, fences, breadth, sheet, problem).map_err(Refusal::TooBig)
        };
        source(Breadth::Useful, sheet, &mut problem)?;
        split::solve(&problem, budget, search, solution).map_err(|_| Refusal::of_costs())?;
        let mut meeting = Meeting { ground, order, budget, fences, search, guide };
        meeting.solve((sheet, &mut problem), timeless, solution)?;
        let mut plan = plan::assemble(ground, order, sheet, &problem, solution, draws);
        if let Ok(plan) = &mut plan
            && !plan.unfilled.is_empty()
        {
            // What is told of the ways there are is told of all of them.
            if sheet.left_out {
                source(Breadth::All, sheet, &mut problem)?;
            }
            tell_why(ground, order, budget, plan, sheet, &problem, search, solution);
        }
        *memory = sourcing::over(problem, &[]);
        plan.map_err(Refusal::Unfit)
    }
}

/// Fills in why units stay behind: what turns stock away, and which of the order's rules, once lifted, would not.
#[allow(clippy::too_many_arguments)]
pub(super) fn tell_why(
    ground: Ground<'_>,
    order: &Order,
    budget: Budget<'_>,
    plan: &mut Plan,
    sheet: &Sheet,
    problem: &Problem<'_>,
    search: &mut split::Scratch,
    solution: &Solution,
) {
    let eased = |lift: &dyn Fn(&mut Problem<'_>), search: &mut split::Scratch| {
        let (mut eased, mut found) = (problem.clone(), Solution::default());
        lift(&mut eased);
        split::solve(&eased, budget, search, &mut found).ok().map(|()| found.skipped)
    };
    let policy = &order.policy;
    let mut lifted = Eased::default();
    if !policy.partial {
        lifted.partial = eased(&|problem| problem.rules.partial = true, search);
    }
    if !policy.together.is_empty() {
        let part = |problem: &mut Problem<'_>| {
            problem.lines.iter_mut().for_each(|line| line.group = split::NO_GROUP);
        };
        lifted.together = eased(&part, search);
    }
    if policy.max_deliveries.is_some() {
        lifted.deliveries = eased(&|problem| problem.rules.max_parcels = u32::MAX, search);
    }
    for unfilled in &mut plan.unfilled {
        let line = sheet.lines.iter().position(|wanted| wanted.line == unfilled.line);
        let reasons = line
            .map(|line| sourcing::reasons(ground, order, sheet, problem, &solution.skipped, line, &lifted));
        unfilled.reasons = reasons.unwrap_or_default();
    }
}

/// Why one attempt gave no plan.
pub(super) enum Refusal {
    TooBig(TooBig),
    Unfit(Unfit),
}

impl Refusal {
    pub fn of_costs() -> Refusal {
        Refusal::TooBig(TooBig::Cost("the cost of the plan"))
    }
}

impl TooBig {
    fn of(self, order: &Order) -> PlanError {
        let order = order.id.clone();
        match self {
            TooBig::Cost(what) => PlanError::Overflow { order, what },
            TooBig::Rows(what) => PlanError::TooBig { order, what },
        }
    }
}
