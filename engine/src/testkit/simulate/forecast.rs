//! Scenarios: orders that could come, made of orders that came.

use crate::testkit::Random;
use crate::units::{Instant, Seconds};
use crate::world::Order;

const DAY: i64 = 86_400;

/// The order as if it had been placed so much later; promise and deadline move along.
fn moved(order: &Order, by: Seconds, id: String) -> Order {
    let later = |at: Instant| Instant(at.0.saturating_add(by.0));
    let mut order = order.clone();
    order.id = id.into();
    order.placed_at = later(order.placed_at);
    order.promise = order.promise.map(later);
    order.deadline = order.deadline.map(later);
    order
}

/// Past orders as if they were placed so much later: last week's as a scenario of this week.
pub fn shifted(past: &[Order], by: Seconds) -> Vec<Order> {
    past.iter().map(|order| moved(order, by, format!("{}~", order.id))).collect()
}

/// Scenarios drawn from past orders: as many orders a second as there were, from one moment up to another, each a past
/// order drawn with replacement and moved by whole days where that keeps it in the period, so that it comes at the hour
/// at which it came.
pub fn resampled(
    past: &[Order],
    (from, until): (Instant, Instant),
    scenarios: usize,
    seed: u64,
) -> Vec<Vec<Order>> {
    let first = past.iter().map(|order| order.placed_at.0).min().unwrap_or(0);
    let last = past.iter().map(|order| order.placed_at.0).max().unwrap_or(0);
    let lasted = i128::from(last) - i128::from(first) + 1;
    let lasts = (i128::from(until.0) - i128::from(from.0)).max(0);
    let many = (past.len() as i128 * lasts).checked_div(lasted).unwrap_or(0).max(0) as usize;
    let scenario = |number: usize| {
        let mut random = Random::part(seed, &format!("scenario {number}"));
        let draw = |row: usize| {
            let order = &past[random.row(past.len())];
            let at = from.0 + random.below(lasts as u64) as i64;
            let days = (at - order.placed_at.0).div_euclid(DAY) * DAY;
            let kept = |by: &i64| (from.0..until.0).contains(&(order.placed_at.0 + by));
            let by = [days, days + DAY].into_iter().find(kept).unwrap_or(at - order.placed_at.0);
            moved(order, Seconds(by), format!("{}~{number}.{row}", order.id))
        };
        let rows = if past.is_empty() { 0..0 } else { 0..many };
        rows.map(draw).collect()
    };
    (0..scenarios).map(scenario).collect()
}
