//! Plans that were made apart, taken one after another.

use super::super::realise::{TIMES, passes_over};
use crate::engine::planner::Planner;
use crate::engine::taking::take;
use crate::engine::{PlanError, Scratch};
use crate::plan::Plan;
use crate::split::Budget;
use crate::world::Order;

/// Takes plans in turn. One that finds no room any more, or would pass over a lot that nobody takes, is made anew after the
/// others, of what is there then.
pub(super) fn settle(
    planner: Planner<'_>,
    orders: &[&Order],
    alone: &[Option<Plan>],
    budget: Budget<'_>,
) -> Vec<Result<Plan, PlanError>> {
    let mut put_off: Vec<bool> = alone.iter().map(Option::is_none).collect();
    let mut scratch = Scratch::default();
    let mut times = 0;
    loop {
        // At last all are planned one after another: then nothing is passed over.
        if times == TIMES {
            put_off.fill(true);
        }
        let (mut stock, mut load) = (planner.stock.clone(), planner.load.clone());
        let mut plans: Vec<Option<Result<Plan, PlanError>>> = alone.iter().map(|_| None).collect();
        for (row, order) in orders.iter().enumerate() {
            if let Some(plan) = alone[row].as_ref().filter(|_| !put_off[row]) {
                match take(planner.world, order, plan, &mut stock, &mut load) {
                    Ok(()) => plans[row] = Some(Ok(plan.clone())),
                    Err(_) => put_off[row] = true,
                }
            }
        }
        for (row, order) in orders.iter().enumerate() {
            if plans[row].is_none() {
                let plan =
                    Planner { stock: &stock, load: &load, ..planner }.plan(order, budget, &mut scratch);
                if let Ok(plan) = &plan {
                    let taken = take(planner.world, order, plan, &mut stock, &mut load);
                    debug_assert!(taken.is_ok(), "a plan picks what is free");
                }
                plans[row] = Some(plan);
            }
        }
        let over = |row: &usize| {
            !put_off[*row]
                && plans[*row]
                    .as_ref()
                    .is_some_and(|plan| plan.as_ref().is_ok_and(|plan| passes_over(&stock, plan)))
        };
        let passing: Vec<usize> = (0..orders.len()).filter(over).collect();
        if passing.is_empty() {
            return plans.into_iter().flatten().collect();
        }
        passing.into_iter().for_each(|row| put_off[row] = true);
        times += 1;
    }
}
