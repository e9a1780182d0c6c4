//! One parcel of a rival rule: the cheapest way it may take, and what it comes to.

use crate::plan::{Fiscal, HandOver, Leg};
use crate::spec::Payment;
use crate::stock::{Cell, CellIx, Stock};
use crate::transit::{Transit, price};
use crate::units::{CubicCentimetres, Grams, Instant, Money, Seconds, Temperatures};
use crate::world::{NodeIx, Order, ParcelLimit, SellerIx, SkuIx, World};

/// What everything about one order is asked of.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) world: &'a World,
    pub(super) transit: &'a Transit,
    pub(super) stock: &'a Stock,
    pub(super) order: &'a Order,
}

/// Units of a line from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pick {
    pub(super) line: usize,
    pub(super) cell: CellIx,
    pub(super) qty: u32,
}

/// A parcel's way.
#[derive(Clone, Debug)]
pub(super) struct Routed {
    pub(super) temperature: Temperatures,
    pub(super) grams: Grams,
    pub(super) cm3: CubicCentimetres,
    pub(super) ready: Instant,
    pub(super) leg: Option<Leg>,
    pub(super) hand_over: HandOver,
    pub(super) lateness: Money,
}

impl Routed {
    /// What the choice of a way decides: carriage and lateness.
    pub(super) fn cost(&self) -> i64 {
        self.leg.map_or(0, |leg| leg.cost.0).saturating_add(self.lateness.0)
    }
}

impl<'a> Context<'a> {
    pub(super) fn cell(&self, cell: CellIx) -> &'a Cell {
        self.stock.cell(cell)
    }

    fn sku_of(&self, pick: &Pick) -> SkuIx {
        self.order.lines[pick.line].sku
    }

    /// Whether a line may use a cell at all. Of fenced goods only what is there when the order is placed: later
    /// supply would have to be weighed against the fences at each time, which no rival rule does.
    pub(super) fn may_use(&self, line: usize, cell: CellIx) -> bool {
        let row = self.cell(cell);
        let accepted =
            self.order.lines[line].sellers.as_ref().is_none_or(|sellers| sellers.contains(&row.seller));
        let sku = self.order.lines[line].sku;
        let fenced = self.stock.fenced_for_others(sku, row.seller, row.node, self.order.channel) > 0;
        row.free() > 0
            && accepted
            && self.world.channels()[self.order.channel].may_be_served_by(row.node)
            && (!fenced || row.available_at <= self.order.placed_at)
    }

    /// Units of a (sku, seller, node) that may be taken in all.
    pub(super) fn promised(&self, sku: SkuIx, seller: SellerIx, node: NodeIx) -> u64 {
        match self.stock.fenced_for_others(sku, seller, node, self.order.channel) {
            0 => u64::MAX,
            _ => self.stock.available(seller, sku, node, self.order.channel, self.order.placed_at),
        }
    }

    /// The cheapest way of a parcel that is handed over not before some time; nothing when there is none.
    pub(super) fn route(&self, node: NodeIx, picks: &[Pick], not_before: Option<Instant>) -> Option<Routed> {
        let Context { world, transit, order, .. } = *self;
        let temperature = self.temperature(picks)?;
        if !self.may_share(picks) {
            return None;
        }
        let (mut grams, mut cm3, mut ready) = (0u64, 0u64, Instant::ALWAYS);
        for pick in picks {
            let thing = &world.skus()[self.sku_of(pick)];
            grams = grams.checked_add(u64::from(thing.grams) * u64::from(pick.qty))?;
            cm3 = cm3.checked_add(u64::from(thing.cm3) * u64::from(pick.qty))?;
            let row = self.cell(pick.cell);
            ready = ready.max(transit.ready_at(row.zone, row.available_at.max(order.placed_at))?);
        }
        let (grams, cm3) = (Grams(grams), CubicCentimetres(cm3));
        let desk = world.nodes()[order.to].hands_over.as_ref()?;
        let storage = desk.storages.iter().position(|place| temperature.tolerates(place.temperature))?;
        if !self.fits(&desk.largest, picks, grams, cm3) {
            return None;
        }
        let end = |arrival: Instant, leg: Option<Leg>| {
            let at = transit.hand_over_at(order.to, arrival)?;
            let in_time = at <= order.latest() && not_before.is_none_or(|least| at >= least);
            let alive = picks.iter().all(|pick| self.lives(pick, self.cell(pick.cell), at));
            let hand_over = HandOver { at, storage: storage as u8, fiscal: self.fiscal() };
            let lateness = self.lateness(at)?;
            (in_time && alive).then_some(Routed { temperature, grams, cm3, ready, leg, hand_over, lateness })
        };
        if node == order.to {
            return end(ready, None);
        }
        let legs = transit.ways_between(node, order.to).iter().filter_map(|way| {
            let lane = &world.lanes()[way.lane];
            let rides = |place: &crate::world::Compartment| temperature.tolerates(place.temperature);
            let compartment = lane.compartments.iter().position(rides)?;
            let carried = self.fits(&lane.largest, picks, grams, cm3);
            let cost = match lane.tariff {
                None => Money::ZERO,
                Some(tariff) => price(&world.tariffs()[tariff], grams, cm3)?,
            };
            let departure = transit.next_departure(way.lane, ready).filter(|_| carried)?;
            Some(Leg {
                lane: way.lane,
                compartment: compartment as u8,
                departs_at: departure.departs,
                arrives_at: departure.arrives,
                cost,
            })
        });
        legs.filter_map(|leg| end(leg.arrives_at, Some(leg)))
            .min_by_key(|routed| (routed.cost(), routed.hand_over.at))
    }

    fn temperature(&self, picks: &[Pick]) -> Option<Temperatures> {
        let skus = self.world.skus();
        let kept = picks
            .iter()
            .try_fold(Temperatures::ANY, |kept, pick| kept.intersect(skus[self.sku_of(pick)].temperature))?;
        let zones = self.world.zones();
        let stands = |pick: &Pick| kept.tolerates(zones[self.cell(pick.cell).zone].temperature);
        picks.iter().all(stands).then_some(kept)
    }

    fn may_share(&self, picks: &[Pick]) -> bool {
        let Some((last, rest)) = picks.split_last() else { return false };
        // All but the last were together before.
        let one = &self.world.skus()[self.sku_of(last)];
        rest.iter().filter(|pick| self.sku_of(pick) != self.sku_of(last)).all(|pick| {
            let other = &self.world.skus()[self.sku_of(pick)];
            let apart = one.class.zip(other.class).is_some_and(|(a, b)| self.world.segregated(a, b));
            !one.ships_alone && !other.ships_alone && !apart
        })
    }

    fn fits(&self, limit: &ParcelLimit, picks: &[Pick], grams: Grams, cm3: CubicCentimetres) -> bool {
        limit.grams.is_none_or(|most| grams <= most)
            && limit.cm3.is_none_or(|most| cm3 <= most)
            && picks.iter().all(|pick| limit.takes(self.world.skus()[self.sku_of(pick)].size_mm))
    }

    /// Whether a cell's goods have enough life for a pick's line at a hand-over.
    pub(super) fn lives(&self, pick: &Pick, cell: &Cell, at: Instant) -> bool {
        let life = self.order.lines[pick.line].min_life;
        cell.expires == Instant::NEVER || at.after(life).is_some_and(|least| least <= cell.expires)
    }

    fn lateness(&self, at: Instant) -> Option<Money> {
        let Some(promise) = self.order.promise.filter(|&promise| at > promise) else {
            return Some(Money::ZERO);
        };
        let Seconds(late) = Seconds(at.0.checked_sub(promise.0)?);
        self.order.late_per_hour.checked_times((late + 3_599) / 3_600)
    }

    fn fiscal(&self) -> Fiscal {
        let channel = &self.world.channels()[self.order.channel];
        let counter = self.world.nodes()[self.order.to].entity;
        match channel.payment {
            Payment::Prepaid if counter == channel.entity => Fiscal::Online(channel.entity),
            Payment::Prepaid if channel.hands_over_without_receipt => Fiscal::None,
            _ => Fiscal::Counter(counter),
        }
    }
}
