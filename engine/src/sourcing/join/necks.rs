//! Which ways and hubs pass what is scarce, and how much of it there is.

use super::hubs::Copy;
use crate::load::{Load, Scarce, local_date};
use crate::sourcing::{Ground, Sheet};
use crate::split::{Measure, NO_HUB, Neck, Problem};
use crate::transit::Departure;
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, NodeIx, Order};

/// Values of one limit of weight or volume at most: its states are counted in larger steps beyond.
const STEPS: u64 = 64;

/// How long one parcel is where, as far as that is known of its way or hub.
struct Stay {
    node: NodeIx,
    from: Instant,
    until: Instant,
}

/// What parcels of one way or hub claim.
struct Claims<'c> {
    lanes: &'c [LaneIx],
    compartments: &'c [u8],
    legs: &'c [Departure],
    /// Where it is merged at its end, when that is ready.
    end: Option<(NodeIx, Instant)>,
    /// Whether it is handed over.
    to_customer: bool,
    /// Where and on which date it is made ready.
    day: Option<(NodeIx, i32)>,
}

/// Ways and hubs of a problem that pass something scarce.
#[derive(Clone, Debug)]
pub struct Passing {
    /// What they pass.
    pub thing: Scarce,
    /// Parcels of which ways, rising.
    pub ways: Vec<u16>,
    /// Merged parcels of which hubs, rising.
    pub hubs: Vec<u16>,
}

/// Which ways and hubs of a joined problem pass each of the things that are scarce.
pub(super) fn passing(
    ground: Ground<'_>,
    order: &Order,
    scarce: &[Scarce],
    copies: &[Copy],
    sheet: &Sheet,
    problem: &Problem<'_>,
) -> Vec<Passing> {
    let copy_of = |hub: usize| &copies[copies.len() - 1 - hub];
    let end = |hub: u16| {
        let row = sheet.hubs.get(usize::from(hub))?;
        Some((row.node, copy_of(usize::from(hub)).ready?))
    };
    let of = |thing: &Scarce| {
        let ways = (0..problem.ways.len()).filter(|&way| {
            let (row, route, place) = sheet.way(way as u16);
            let class = &sheet.classes[route.class as usize];
            let selection = sheet.selections.get(row.stops as usize);
            let legs = sheet.rides.get(class.ride as usize);
            let hub = problem.yard_of(way);
            let claims = Claims {
                lanes: selection.map_or(&[], |selection| &selection.lanes),
                compartments: selection.map_or(&[], |selection| &selection.compartments),
                legs: legs.map_or(&[], |legs| legs),
                end: end(hub),
                to_customer: hub == NO_HUB,
                day: day_of(ground, sheet, problem, way, place.node),
            };
            claims.pass(ground, order, thing, class.arrives)
        });
        let ways: Vec<u16> = ways.map(|way| way as u16).collect();
        let hubs = (0..problem.hubs.len()).filter(|&hub| {
            let (row, ready) = (&sheet.hubs[hub], copy_of(hub).ready);
            let claims = Claims {
                lanes: &row.lanes,
                compartments: &row.compartments,
                legs: &row.legs,
                end: end(problem.hubs[hub].into),
                to_customer: problem.hubs[hub].into == NO_HUB,
                day: None,
            };
            let arrives = row.legs.last().map(|leg| leg.arrives).or(ready).unwrap_or(Instant::ALWAYS);
            let waits = match (thing, ready, row.legs.first()) {
                (Scarce::Buffer { node, at }, Some(ready), Some(leg)) => {
                    *node == row.node && ready <= *at && *at < leg.departs
                }
                _ => false,
            };
            waits || claims.pass(ground, order, thing, arrives)
        });
        Passing { thing: *thing, ways, hubs: hubs.map(|hub| hub as u16).collect() }
    };
    scarce.iter().map(of).collect()
}

/// Writes the limits of a joined problem.
pub(super) fn write(ground: Ground<'_>, passing: &[Passing], problem: &mut Problem<'_>) {
    for Passing { thing, ways, hubs } in passing {
        for (measure, most) in measures(ground, ground.load, thing, problem) {
            problem.necks.push(Neck { measure, most, ways: ways.clone(), hubs: hubs.clone() });
        }
    }
}

/// The date on which parcels of a way count as made ready: the last on which one of its picks is.
fn day_of(
    ground: Ground<'_>,
    sheet: &Sheet,
    problem: &Problem<'_>,
    way: usize,
    node: NodeIx,
) -> Option<(NodeIx, i32)> {
    let offers = problem.offers.iter().filter(|offer| usize::from(offer.way) == way);
    let readies = offers.flat_map(|offer| {
        let first = sheet.sources[offer.pool as usize].first;
        let bits = (0..64u32).filter(move |bit| offer.cells >> bit & 1 == 1);
        bits.map(move |bit| sheet.ready(way as u16, first + bit))
    });
    readies.max().map(|ready| (node, local_date(ground.world, node, ready)))
}

impl Claims<'_> {
    /// Whether a parcel takes some of a thing. It arrives where it is handed over at a moment.
    fn pass(&self, ground: Ground<'_>, order: &Order, thing: &Scarce, arrives: Instant) -> bool {
        match *thing {
            Scarce::Departure { lane, compartment, departs } => {
                let legs = self.lanes.iter().zip(self.compartments).zip(self.legs);
                let mut legs = legs.map(|((&lane, &inside), leg)| (lane, inside, leg.departs));
                legs.any(|leg| leg == (lane, compartment, departs))
            }
            Scarce::Day { node, date } => self.day == Some((node, date)),
            Scarce::Buffer { node, at } => {
                self.stays(ground).iter().any(|stay| stay.node == node && stay.from <= at && at < stay.until)
            }
            Scarce::Point { node, at } => {
                let stay = ground.world.nodes()[order.to].hands_over.as_ref().and_then(|point| point.stay);
                let until = arrives.after(stay.unwrap_or(Seconds::ZERO)).unwrap_or(Instant::NEVER);
                self.to_customer && node == order.to && arrives <= at && at < until
            }
        }
    }

    /// Waits between its legs and before the merge it ends in.
    fn stays(&self, ground: Ground<'_>) -> Vec<Stay> {
        let to = |leg: usize| ground.world.lanes()[self.lanes[leg]].to;
        let between = self.legs.windows(2).enumerate();
        let mut stays: Vec<Stay> = between
            .map(|(leg, pair)| Stay { node: to(leg), from: pair[0].arrives, until: pair[1].departs })
            .collect();
        if let Some(((node, ready), last)) = self.end.zip(self.legs.last()) {
            stays.push(Stay { node, from: last.arrives, until: ready });
        }
        stays
    }
}

/// What of a thing is left, as far as the order could pass it.
fn measures(ground: Ground<'_>, load: &Load, thing: &Scarce, problem: &Problem<'_>) -> Vec<(Measure, u32)> {
    let world = ground.world;
    let whole = |of: &dyn Fn(&crate::split::Line) -> u64| {
        problem
            .lines
            .iter()
            .fold(0u64, |sum, line| sum.saturating_add(of(line).saturating_mul(line.qty.into())))
    };
    let units = whole(&|_| 1);
    let counted = |room: Option<u32>, measure: Measure| {
        room.filter(|&room| u64::from(room) < units).map(|room| (measure, room))
    };
    let once = |at: Instant| at.after(Seconds(1)).unwrap_or(Instant::NEVER);
    let found: Vec<Option<(Measure, u32)>> = match *thing {
        Scarce::Departure { lane, compartment, departs } => {
            let room = load.room_on_departure(world, lane, departs, compartment);
            let weighed = |room: Option<u64>, of: &dyn Fn(&crate::split::Line) -> u64| {
                let room = room.filter(|&room| room < whole(of))?;
                let step = problem.lines.iter().map(of).fold(0, divisor).max(room.div_ceil(STEPS)).max(1);
                Some((step, (room / step) as u32))
            };
            let grams = weighed(room.grams.map(|grams| grams.0), &|line| line.grams);
            let cm3 = weighed(room.cm3.map(|cm3| cm3.0), &|line| line.cm3);
            vec![
                counted(room.parcels, Measure::Parcels),
                grams.map(|(step, most)| (Measure::Grams(step), most)),
                cm3.map(|(step, most)| (Measure::Cm3(step), most)),
            ]
        }
        Scarce::Day { node, date } => {
            let room = load.room_on_day(world, node, date);
            vec![counted(room.parcels, Measure::Parcels), counted(room.lines, Measure::Lines)]
        }
        Scarce::Buffer { node, at } => {
            vec![counted(load.room_in_buffer(world, node, at, once(at)), Measure::Parcels)]
        }
        Scarce::Point { node, at } => {
            vec![counted(load.room_at_point(world, node, at, once(at)), Measure::Parcels)]
        }
    };
    found.into_iter().flatten().collect()
}

/// The greatest common divisor.
fn divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { divisor(other, one % other) }
}
