//! The cheapest plan of one small order by looking at all of them.
//!
//! Derived from `docs/model.md` alone and kept plain, because its only worth is that it cannot make the mistakes of
//! the search it judges: it shares no code with sourcing and split, has a clock of its own, and never leaves anything
//! out because it looks expensive. The only things it uses to look at less are that
//! - parcels of different nodes have nothing to do with each other except how many they are and what is still wanted,
//!   so nodes are taken one after another with a table of the cheapest way to each remainder;
//! - a parcel never gains by a later departure: lateness, deadline and life only get worse, and a plan names the
//!   earliest departure anyway.
//!
//! Within a node every number of units of every line from every cell is tried, and every way to put them into
//! parcels, on every lane.

mod clock;
mod forest;
mod node;
mod parcel;
#[cfg(test)]
mod tests;

use crate::stock::Stock;
use crate::units::{Instant, Money};
use crate::world::{Order, World};
pub use forest::{cheapest_forest, cheapest_in_crowd};
use node::Node;

/// What the best plan of an order comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cheapest {
    /// Its cost: no plan costs less.
    pub cost: Money,
    /// When it completes, the earliest among those that cost the same; nothing when nothing is delivered.
    pub completes_at: Option<Instant>,
    /// Parcels handed over, the fewest among those that cost and complete the same.
    pub deliveries: usize,
}

/// The order has too many plans to look at all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many plans to look at all of them")]
pub struct TooBig;

/// Steps after which an order is [`TooBig`]: some seconds.
const STEPS: u64 = 30_000_000;

/// Lines an order may have here.
const LINES: usize = 8;

/// A table whose order is never looked at.
type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::FixedState>;

/// Units per line, by line: delivered by one node, or still wanted.
type Units = Vec<u8>;

/// Cost and completion; `i64::MIN` completes nothing. Smaller is better.
type Best = (i128, i64);

/// The best for each number of parcels, from none on.
type ByParcels = Vec<Option<Best>>;

/// The cheapest plan of an order on the stock as it is.
///
/// # Errors
/// When the order is too big to enumerate.
pub fn cheapest(world: &World, stock: &Stock, order: &Order) -> Result<Cheapest, TooBig> {
    cheapest_beside(world, stock, order, 0)
}

/// The cheapest plan of an order of which so many parcels are on their way already: what it asks for is still wanted beside
/// them, and each parcel more costs the order's delivery penalty.
///
/// # Errors
/// When the order is too big to enumerate.
pub fn cheapest_beside(
    world: &World,
    stock: &Stock,
    order: &Order,
    already: usize,
) -> Result<Cheapest, TooBig> {
    let wanted: Units =
        order.lines.iter().map(|line| u8::try_from(line.qty.0)).collect::<Result<_, _>>().or(Err(TooBig))?;
    if wanted.len() > LINES {
        return Err(TooBig);
    }
    let units: usize = wanted.iter().map(|&units| usize::from(units)).sum();
    let most = order.policy.max_deliveries.map_or(units, |most| units.min(most as usize));
    let clock = clock::Clock::around(world, order);
    let mut steps = STEPS;

    let mut table: Map<Units, ByParcels> = Map::default();
    let mut nothing_yet: ByParcels = vec![None; most + 1];
    nothing_yet[0] = Some((0, i64::MIN));
    table.insert(wanted.clone(), nothing_yet);
    for at in world.nodes().indices() {
        let offers = Node::new(world, stock, order, &clock, at).offers(most, &mut steps)?;
        let mut next = table.clone();
        for (still, so_far) in &table {
            for (gives, parcels) in &offers {
                steps = steps.checked_sub(1).ok_or(TooBig)?;
                let Some(left) = served(order, &wanted, still, gives) else { continue };
                let row = next.entry(left).or_insert_with(|| vec![None; most + 1]);
                join(so_far, parcels, row);
            }
        }
        table = next;
    }

    let mut best: Option<(i128, i64, usize)> = None;
    for (left, by_parcels) in &table {
        let none_left = left.iter().all(|&units| units == 0);
        if !order.policy.partial && !none_left && *left != wanted {
            continue;
        }
        let missing: i128 = left
            .iter()
            .zip(&order.lines)
            .map(|(&units, line)| i128::from(units) * i128::from(line.unfilled_penalty.0))
            .sum();
        for (parcels, entry) in by_parcels.iter().enumerate() {
            let Some((cost, completes)) = *entry else { continue };
            let extra =
                (parcels + already).saturating_sub(1) as i128 * i128::from(order.policy.delivery_penalty.0);
            let this = (cost + extra + missing, completes, parcels);
            best = Some(best.map_or(this, |best| best.min(this)));
        }
    }
    // The empty plan is always in the table, so there is a best one.
    let (cost, completes, deliveries) = best.ok_or(TooBig)?;
    Ok(Cheapest {
        cost: Money(i64::try_from(cost).or(Err(TooBig))?),
        completes_at: (deliveries > 0).then_some(Instant(completes)),
        deliveries,
    })
}

/// What is still wanted after one more node gave its units; nothing when it may not give them.
fn served(order: &Order, wanted: &Units, still: &Units, gives: &Units) -> Option<Units> {
    let mut left = still.clone();
    for line in 0..left.len() {
        if gives[line] > 0 && !order.policy.quantity_split && still[line] < wanted[line] {
            return None;
        }
        left[line] = still[line].checked_sub(gives[line])?;
    }
    Some(left)
}

/// Adds every pair of entries into the row of their sum of parcels, the best of each.
fn join(one: &ByParcels, other: &ByParcels, row: &mut ByParcels) {
    for (parcels, entry) in one.iter().enumerate() {
        let Some((cost, completes)) = *entry else { continue };
        for (more, entry) in other.iter().enumerate() {
            let Some((further, then)) = *entry else { continue };
            let Some(slot) = row.get_mut(parcels + more) else { continue };
            let sum = (cost + further, completes.max(then));
            *slot = Some(slot.map_or(sum, |best| best.min(sum)));
        }
    }
}
