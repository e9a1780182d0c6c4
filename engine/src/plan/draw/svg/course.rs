//! What happens to each parcel, and when: the spans that the timeline shows.

use super::hours::worked;
use crate::plan::draw::whole_of;
use crate::plan::{Parcel, Plan};
use crate::units::{Instant, Temperatures};
use crate::world::{NodeIx, Order, World};

/// How cold it is where a parcel rides, in the words of the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Warm,
    Chilled,
    Frozen,
}

impl Kept {
    pub const ALL: [Kept; 3] = [Kept::Warm, Kept::Chilled, Kept::Frozen];

    /// Frozen where it never thaws, chilled up to twelve degrees.
    pub fn of(kept: Temperatures) -> Kept {
        match kept.hi() {
            ..0 => Kept::Frozen,
            0..=12 => Kept::Chilled,
            _ => Kept::Warm,
        }
    }

    /// Its name, which is also its class.
    pub fn name(self) -> &'static str {
        match self {
            Kept::Warm => "warm",
            Kept::Chilled => "chilled",
            Kept::Frozen => "frozen",
        }
    }
}

/// What a parcel is in, or what is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// From the order until it is packed: hours to wait for and supply that is still to come among it.
    Picking,
    Waiting,
    /// By its leg of this number.
    Riding(Kept, usize),
    Handling,
    Merging,
    /// For the hand-over node or a cross-dock to open.
    Opening,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub doing: Doing,
    pub from: Instant,
    pub to: Instant,
}

/// All of one parcel.
#[derive(Debug, PartialEq, Eq)]
pub struct Course {
    /// One after another; none is empty.
    pub spans: Vec<Span>,
    /// When it is merged into another, and into which.
    pub joins: Option<(Instant, usize)>,
}

impl Course {
    fn put(&mut self, doing: Doing, from: Instant, to: Instant) -> Instant {
        if from < to {
            self.spans.push(Span { doing, from, to });
        }
        from.max(to)
    }
}

/// The compartment's temperature of a leg; where the compartment is not known, what the parcel tolerates.
pub fn kept(world: &World, parcel: &Parcel, leg: usize) -> Kept {
    let leg = &parcel.legs[leg];
    let compartment = world.lanes()[leg.lane].compartments.get(usize::from(leg.compartment));
    Kept::of(compartment.map_or(parcel.temperature, |compartment| compartment.temperature))
}

/// The courses of all parcels, by row.
pub fn courses(world: &World, order: &Order, plan: &Plan) -> Vec<Course> {
    (0..plan.parcels.len()).map(|row| course(world, order, plan, row)).collect()
}

fn course(world: &World, order: &Order, plan: &Plan, row: usize) -> Course {
    let parcel = &plan.parcels[row];
    let mut course = Course { spans: Vec::new(), joins: None };
    let mut now = match parcel.parts.is_empty() {
        true => course.put(Doing::Picking, order.placed_at, parcel.ready_at),
        false => course.put(Doing::Merging, merging(world, plan, row), parcel.ready_at),
    };
    let whole = whole_of(plan, row);
    for (at, leg) in parcel.legs.iter().enumerate() {
        now = course.put(Doing::Waiting, now, leg.departs_at);
        now = course.put(Doing::Riding(kept(world, parcel, at), at), now, leg.arrives_at);
        if at + 1 < parcel.legs.len() || whole.is_some() {
            let (begins, ends) = handled(world, world.lanes()[leg.lane].to, leg.arrives_at);
            now = course.put(Doing::Opening, now, begins);
            now = course.put(Doing::Handling, now, ends);
        }
    }
    if let Some(end) = &parcel.hand_over {
        course.put(Doing::Opening, now, end.at);
    } else if let Some(whole) = whole {
        let at = merging(world, plan, whole);
        course.put(Doing::Waiting, now, at);
        course.joins = Some((at, whole));
    }
    course
}

/// When handling at a cross-dock begins and ends.
fn handled(world: &World, node: NodeIx, arrival: Instant) -> (Instant, Instant) {
    match &world.nodes()[node].cross_docks {
        Some(docks) => worked(
            docks.calendar.and_then(|calendar| world.calendars().get(calendar)),
            arrival,
            docks.handling,
        ),
        None => (arrival, arrival),
    }
}

/// When a merge begins: its last part is handled.
fn merging(world: &World, plan: &Plan, row: usize) -> Instant {
    let whole = &plan.parcels[row];
    let parts = whole.parts.iter().filter_map(|&part| plan.parcels.get(usize::from(part)));
    let there = parts.map(|part| match part.legs.last() {
        Some(leg) => handled(world, world.lanes()[leg.lane].to, leg.arrives_at).1,
        None => part.ready_at,
    });
    there.max().unwrap_or(whole.ready_at).min(whole.ready_at)
}
