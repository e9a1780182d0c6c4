//! Picks put off because a node makes no more ready on a date.
//!
//! A parcel counts on the date on which its last pick is ready. So a pick that is ready on a full date, whose node is
//! asked to start it later, may still start when it can if something else in its parcel is ready on a later date with
//! room, by itself or put off. Which picks share a parcel is not known here: a pick counts as ready at the first such moment of any other goods
//! of the order there ([`When::along`]). A plan in whose parcel there is nothing of the kind is turned down, and the
//! node sourced again without ([`Ground::strict`]).

use super::Ground;
use super::sheet::{Sheet, When};
use super::shelves::accepts;
use crate::load::{local_date, next_date};
use crate::split::Problem;
use crate::units::{Index, Instant};
use crate::world::{NodeIx, Order, ZoneIx};

/// A pick of an item at a node whose dates are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PutOff {
    node: NodeIx,
    zone: ZoneIx,
    /// When it starts at the earliest.
    start: Instant,
    item: u16,
    /// Whether several units of it are wanted, which may be in one parcel.
    several: bool,
}

/// The picks of an order that others may be in a parcel with.
pub(super) fn picks(ground: Ground<'_>, order: &Order, sheet: &Sheet, problem: &Problem<'_>) -> Vec<PutOff> {
    let mut found = Vec::new();
    let units: u64 = problem.lines.iter().map(|line| u64::from(line.qty)).sum();
    if ground.world.is_unlimited() || units < 2 {
        return found;
    }
    for (row, item) in sheet.items.iter().enumerate() {
        let rows = usize::from(item.line)..usize::from(item.line + item.lines);
        let several = problem.lines[rows.clone()].iter().map(|line| u64::from(line.qty)).sum::<u64>() > 1;
        for cell in ground.stock.of(item.sku).1 {
            let (node, zone) = (cell.node, cell.zone);
            let wanted = || sheet.lines[rows.clone()].iter();
            let tolerates = ground.world.skus()[item.sku].temperature;
            if ground.takes_any_day(node)
                || cell.free() == 0
                || ground.strict.iter().any(|strict| strict.0 == node)
                || !tolerates.tolerates(ground.world.zones()[zone].temperature)
                || !wanted().any(|line| accepts(order, line.line.row(), cell.seller))
            {
                continue;
            }
            let start = cell.available_at.max(order.placed_at);
            found.push(PutOff { node, zone, start, item: row as u16, several });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// When a pick is ready that starts at a moment: by itself, or along with others.
pub(super) fn when(
    ground: Ground<'_>,
    order: &Order,
    picks: &[PutOff],
    (item, node, zone): (u16, NodeIx, ZoneIx),
    start: Instant,
) -> Option<When> {
    let natural = ground.transit.ready_at(zone, start)?;
    let own = on_a_free_day(ground, order, node, zone, (start, natural));
    if own == Some(natural) {
        return Some(When { at: natural, along: false });
    }
    let with = |other: &&PutOff| other.node == node && (other.item != item || other.several);
    let along = picks.iter().filter(with).filter_map(|other| {
        let ready = ground.transit.ready_at(other.zone, other.start)?;
        on_a_free_day_from(ground, order, node, other.zone, (other.start, ready), natural)
    });
    let along = along.min();
    match (own, along) {
        (own, Some(at)) if own.is_none_or(|own| at < own) => Some(When { at, along: true }),
        (own, _) => own.map(|at| When { at, along: false }),
    }
}

/// Whether a pick that can start from a moment on can be ready at another, by starting then or with a later date.
pub(crate) fn can_be_ready_at(
    ground: Ground<'_>,
    node: NodeIx,
    zone: ZoneIx,
    start: Instant,
    at: Instant,
) -> bool {
    let mut start = start;
    while let Some(ready) = ground.transit.ready_at(zone, start).filter(|&ready| ready <= at) {
        if ready == at {
            return true;
        }
        start = next_date(ground.world, node, start);
    }
    false
}

/// When a pick is ready that starts at a moment and could be ready at another: then, or when it starts with the first
/// later date that makes it ready while the node still takes parcels.
pub(super) fn on_a_free_day(
    ground: Ground<'_>,
    order: &Order,
    node: NodeIx,
    zone: ZoneIx,
    (start, ready): (Instant, Instant),
) -> Option<Instant> {
    on_a_free_day_from(ground, order, node, zone, (start, ready), Instant::ALWAYS)
}

/// The same, no earlier than another moment.
fn on_a_free_day_from(
    ground: Ground<'_>,
    order: &Order,
    node: NodeIx,
    zone: ZoneIx,
    (start, ready): (Instant, Instant),
    from: Instant,
) -> Option<Instant> {
    let (mut start, mut ready) = (start, ready);
    while ready <= order.latest() {
        let room = ground.load.room_on_day(ground.world, node, local_date(ground.world, node, ready));
        if ready >= from && room.parcels != Some(0) && room.lines != Some(0) {
            return Some(ready);
        }
        start = next_date(ground.world, node, start);
        ready = ground.transit.ready_at(zone, start)?;
    }
    None
}
