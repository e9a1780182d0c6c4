//! Why is a parcel merged? What the order would cost if nothing were merged where it is.

use super::{Words, differences};
use crate::plan::{Draws, Plan, assemble};
use crate::sourcing::{Ground, Sheet};
use crate::spec::Merged;
use crate::split::{self, Budget, Problem, Solution};
use crate::units::Money;
use crate::world::Order;

/// Search steps for each merged parcel.
const STEPS: u64 = 50_000;

/// More than any plan that does without a merge costs.
const UNAFFORDABLE: i64 = 1_000_000_000_000_000;

/// What a merged parcel of the plan saves; nothing when the order cannot be solved without it.
#[allow(clippy::too_many_arguments)]
pub(super) fn merged(
    ground: Ground<'_>,
    words: &Words<'_>,
    order: &Order,
    plan: &Plan,
    row: usize,
    (sheet, problem): (&Sheet, &Problem<'_>),
    search: &mut split::Scratch,
    draws: &mut Draws,
) -> Option<Merged> {
    let node = plan.parcels[row].node;
    let mut apart = problem.clone();
    let here = apart.hubs.iter_mut().zip(&sheet.hubs).filter(|(_, row)| row.node == node);
    here.for_each(|(hub, _)| hub.fixed = hub.fixed.saturating_add(UNAFFORDABLE));
    let mut found = Solution::default();
    split::solve(&apart, Budget { steps: STEPS, ..Budget::default() }, search, &mut found).ok()?;
    let other = assemble(ground, order, sheet, problem, &found, draws).ok()?;
    let still = other.parcels.iter().any(|parcel| !parcel.parts.is_empty() && parcel.node == node);
    if still {
        return None;
    }
    let saves = Money(other.cost().0.saturating_sub(plan.cost().0));
    let elsewhere = other.parcels.iter().any(|parcel| !parcel.parts.is_empty());
    let how = if elsewhere { "merged elsewhere" } else { "apart" };
    let mut text =
        format!("{} is merged at {}: {how}, the order would cost ", words.code(row), words.place(node));
    text += &match saves.0 {
        1.. => format!("{} more", words.amount(saves)),
        0 => "as much".to_owned(),
        _ => format!("{} less", words.amount(Money(-saves.0))),
    };
    text += &differences(words, &plan.costs, &other.costs);
    text.push('.');
    Some(Merged {
        parcel: words.code(row),
        node: ground.world.node_names().of(node).to_owned(),
        saves: saves.0,
        text,
    })
}
