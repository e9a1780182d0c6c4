//! Why does a route not bring a cell's units? The first filter that turns them away, and at which node or lane.

use super::put_off::on_a_free_day;
use super::relays::{End, has_place, ride};
use super::rides::{Place, Rides};
use super::stages::{Selection, Stages};
use super::{Ground, ReasonCode};
use crate::load::Load;
use crate::stock::Cell;
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::{LaneIx, NodeIx, Order, Sku};
use smallvec::SmallVec;

/// Lanes from a place to the customer, one after another; none where goods are handed over where they lie.
pub(super) type Lanes = SmallVec<[LaneIx; 4]>;

/// What turned units away, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: ReasonCode,
    pub node: Option<NodeIx>,
    pub lane: Option<LaneIx>,
}

/// All routes from a node to an order's customer, by their number of lanes.
pub(super) fn routes(ground: Ground<'_>, order: &Order, from: NodeIx) -> Vec<Lanes> {
    let Ground { world, transit, terms, .. } = ground;
    let mut routes: Vec<Lanes> = Vec::new();
    if from == order.to {
        routes.push(Lanes::new());
    }
    routes.extend(transit.ways_between(from, order.to).iter().map(|way| Lanes::from_slice(&[way.lane])));
    for &tail in terms.chains.tails(order.to) {
        for head in transit.heads_between(from, world.lanes()[tail].from) {
            let head = &transit.head(head).lanes;
            if head.len() < world.max_legs() {
                routes.push(head.iter().copied().chain([tail]).collect());
            }
        }
    }
    routes.sort_by_key(SmallVec::len);
    routes
}

/// One cell asking whether a route brings its units for a line.
pub(super) struct Asking<'a> {
    pub ground: Ground<'a>,
    pub order: &'a Order,
    pub line: usize,
    pub cell: &'a Cell,
    pub lanes: &'a [LaneIx],
}

impl Asking<'_> {
    /// How many units one parcel on the first departures with room can take, or what turned them away.
    pub fn judge(&self) -> Result<u64, Refusal> {
        let Ground { world, transit, .. } = self.ground;
        let sku = &world.skus()[self.order.lines[self.line].sku];
        self.suits(sku)?;
        let (announced, here) = (self.cell.available_at > self.order.placed_at, Some(self.cell.node));
        let late = if announced { ReasonCode::InboundTooLate } else { ReasonCode::TooLate };
        let late = Refusal { code: late, node: here, lane: self.lanes.first().copied() };
        let start = self.cell.available_at.max(self.order.placed_at);
        let ready = transit.ready_at(self.cell.zone, start).ok_or(late)?;
        let (legs, hand_over) = self.unhindered(ready).ok_or(late)?;
        if world.is_unlimited() && self.lanes.len() < 2 {
            return self.lives_until(hand_over).map(|()| u64::MAX);
        }
        let day_full = Refusal { code: ReasonCode::DayFull, node: here, lane: None };
        let free = on_a_free_day(self.ground, self.order, self.cell.node, self.cell.zone, (start, ready));
        let free = free.ok_or(day_full)?;
        let legs = if free == ready { legs } else { self.unhindered(free).ok_or(day_full)?.0 };

        let docks: Vec<NodeIx> = self.docks();
        let stages = Stages::of(self.ground, self.lanes, &docks, Some(self.order.to));
        let tolerated: SmallVec<[_; 1]> = stages.tolerated_by(sku.temperature).into_iter().collect();
        let selections = stages.selections(&tolerated, self.lanes, docks.len());
        let empty = Load::default();
        if !docks.is_empty() && self.first(&selections, &empty, (0, 0), free).is_none() {
            let node = self.waits_too_long(&docks, &selections, &legs);
            return Err(Refusal { code: ReasonCode::WaitsTooLong, node, lane: None });
        }
        let size = (u64::from(sku.grams), u64::from(sku.cm3));
        match self.first(&selections, self.ground.load, size, free) {
            None => Err(self.full(&docks, &selections, &legs, size)),
            Some((room, hand_over)) => self.lives_until(hand_over).map(|()| {
                let units = |room: u64, unit: u64| room.checked_div(unit).filter(|_| room < u64::MAX);
                let by_weight = units(room.0, size.0).unwrap_or(u64::MAX);
                by_weight.min(units(room.1, size.1).unwrap_or(u64::MAX))
            }),
        }
    }

    /// Temperatures, sizes and tariffs, along the route.
    fn suits(&self, sku: &Sku) -> Result<(), Refusal> {
        let Ground { world, terms, .. } = self.ground;
        let (here, to) = (self.cell.node, self.order.to);
        let refused = |code, node, lane| Err(Refusal { code, node, lane });
        let last = self.lanes.last().copied();
        let no_way = Refusal { code: ReasonCode::NoWay, node: Some(here), lane: last };
        let point = world.nodes()[to].hands_over.as_ref().ok_or(no_way)?;
        for &lane in self.lanes {
            let road = terms.road(Some(lane), world.lanes()[lane].to).ok_or(no_way)?;
            if road.tolerated_by(sku.temperature) == 0 {
                return refused(ReasonCode::CompartmentTemperature, Some(here), Some(lane));
            }
        }
        for dock in self.docks() {
            let keeps = world.nodes()[dock].cross_docks.as_ref().map_or(&[][..], |docks| &docks.keeps);
            if !keeps.iter().any(|keep| sku.temperature.tolerates(keep.temperature)) {
                return refused(ReasonCode::CrossDockTemperature, Some(dock), None);
            }
        }
        if !point.storages.iter().any(|storage| sku.temperature.tolerates(storage.temperature)) {
            return refused(ReasonCode::StorageTemperature, Some(to), None);
        }
        let on_the_spot = self.lanes.is_empty().then_some(None);
        for lane in on_the_spot.into_iter().chain(self.lanes.iter().copied().map(Some)) {
            let road = terms.road(lane, lane.map_or(to, |lane| world.lanes()[lane].to)).ok_or(no_way)?;
            if !road.takes(sku, &terms.staircases) {
                return refused(ReasonCode::TooLarge, Some(here), lane);
            }
        }
        Ok(())
    }

    /// Cross-docks between the lanes.
    fn docks(&self) -> Vec<NodeIx> {
        let between = self.lanes.len().saturating_sub(1);
        self.lanes[..between].iter().map(|&lane| self.ground.world.lanes()[lane].to).collect()
    }

    /// The ride of a parcel for which there is room everywhere and that may wait as long as it likes, if it is in
    /// time.
    fn unhindered(&self, ready: Instant) -> Option<(Legs, Instant)> {
        let Ground { transit, .. } = self.ground;
        let legs = transit.legs(self.lanes, ready)?;
        let arrives = legs.last().map_or(ready, |leg| leg.arrives);
        let hand_over = transit.hand_over_at(self.order.to, arrives)?;
        (hand_over <= self.order.latest()).then_some((legs, hand_over))
    }

    /// The first ride beside what is claimed of capacities: its room, and when its goods are handed over.
    fn first(
        &self,
        selections: &[Selection],
        load: &Load,
        (grams, cm3): (u64, u64),
        ready: Instant,
    ) -> Option<((u64, u64), Instant)> {
        let ground = Ground { load, ..self.ground };
        let (latest, arrives_from) = (self.order.latest(), Instant::ALWAYS);
        let found = selections.iter().filter_map(|selection| {
            let (lanes, place) = (self.lanes, Place::Point(self.order.to));
            let rides =
                Rides { ground, lanes, selection, first_wait: 0, grams, cm3, latest, arrives_from, place };
            let (legs, hand_over) = ride(ground, self.order, &rides, End::Customer, ready, Instant::ALWAYS)?;
            Some((rides.room(&legs), hand_over))
        });
        found.min_by_key(|&(_, hand_over)| hand_over)
    }

    /// The first cross-dock where every wait is too long; the first of all where only waits together are.
    fn waits_too_long(&self, docks: &[NodeIx], selections: &[Selection], legs: &Legs) -> Option<NodeIx> {
        let too_long = |&at: &usize| {
            let Some(leaves) = legs.get(at + 1) else { return false };
            let waits = Seconds(leaves.departs.0.saturating_sub(legs[at].arrives.0));
            selections.iter().all(|selection| selection.longest[at].is_some_and(|longest| waits > longest))
        };
        (0..docks.len()).find(too_long).or(Some(0)).and_then(|at| docks.get(at).copied())
    }

    /// What of the capacities along the ride without them is full.
    fn full(&self, docks: &[NodeIx], selections: &[Selection], legs: &Legs, size: (u64, u64)) -> Refusal {
        let Ground { world, load, .. } = self.ground;
        let here = Some(self.cell.node);
        let takes = |at: usize| {
            let (lane, departs) = (self.lanes[at], legs[at].departs);
            selections.iter().any(|selection| {
                let room = load.room_on_departure(world, lane, departs, selection.compartments[at]);
                room.takes(crate::units::Grams(size.0), crate::units::CubicCentimetres(size.1))
            })
        };
        if let Some(at) = (0..self.lanes.len()).find(|&at| !takes(at)) {
            return Refusal { code: ReasonCode::DepartureFull, node: here, lane: Some(self.lanes[at]) };
        }
        let crowded = |&(at, dock): &(usize, NodeIx)| {
            let leaves = legs.get(at + 1).map_or(legs[at].arrives, |leg| leg.departs);
            load.room_in_buffer(world, dock, legs[at].arrives, leaves) == Some(0)
        };
        if let Some((_, dock)) = docks.iter().copied().enumerate().find(crowded) {
            return Refusal { code: ReasonCode::BufferFull, node: Some(dock), lane: None };
        }
        // Later departures, taken for the sake of shorter waits, may be the full ones.
        let limited = |lane: &&LaneIx| {
            world.lanes()[**lane].compartments.iter().any(|kept| !kept.capacity.is_unlimited())
        };
        let limited = self.lanes.iter().find(limited).copied();
        let arrives = legs.last().map(|leg| leg.arrives);
        match limited.filter(|_| arrives.is_some_and(|arrives| has_place(self.ground, self.order, arrives))) {
            Some(lane) => Refusal { code: ReasonCode::DepartureFull, node: here, lane: Some(lane) },
            None => Refusal { code: ReasonCode::HandOverFull, node: Some(self.order.to), lane: None },
        }
    }

    /// Whether the cell's units have enough life left at hand-over.
    fn lives_until(&self, hand_over: Instant) -> Result<(), Refusal> {
        let until = hand_over.after(self.order.lines[self.line].min_life).unwrap_or(Instant::NEVER);
        let lane = self.lanes.first().copied();
        match self.cell.expires < until {
            true => Err(Refusal { code: ReasonCode::TooShortLife, node: Some(self.cell.node), lane }),
            false => Ok(()),
        }
    }
}
