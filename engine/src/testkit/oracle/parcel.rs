//! What one parcel costs at the least, and when it is handed over: every rule about a single parcel, one after
//! another as the model states them.

use super::Best;
use super::clock::Clock;
use crate::stock::{Cell, CellIx};
use crate::units::Temperatures;
use crate::world::{LaneIx, NodeIx, Order, ParcelLimit, SkuIx, Tariff, World};

/// Units that a line could take from a cell.
#[derive(Clone, Debug)]
pub(super) struct Item<'s> {
    /// Which line.
    pub(super) line: usize,
    /// Which cell.
    pub(super) cell: CellIx,
    pub(super) row: &'s Cell,
    /// When the pick starts.
    pub(super) start: i64,
    /// When it is ready.
    pub(super) ready: i64,
}

/// A parcel to be judged.
pub(super) struct Contents<'a, 's> {
    pub(super) world: &'a World,
    pub(super) order: &'a Order,
    pub(super) clock: &'a Clock<'a>,
    pub(super) node: NodeIx,
    /// What is in it, with how many units.
    pub(super) picks: Vec<(&'a Item<'s>, u8)>,
    /// Cells of the node of which the channel could take a unit after the whole plan, with their SKUs.
    pub(super) left: &'a [(SkuIx, CellIx, &'s Cell)],
}

impl Contents<'_, '_> {
    /// Cost and hand-over by the best way; nothing when no way is allowed.
    pub(super) fn best(&self) -> Option<Best> {
        let kept = self.interval()?;
        if !self.may_lie_together() || !self.together() {
            return None;
        }
        let ready = self.picks.iter().map(|(item, _)| item.ready).max()?;
        let fixed = self.packing()? + self.desk(kept)?;
        let mut best: Option<Best> = None;
        for (arrival, carriage) in self.ways(kept, ready) {
            let Some(at) = self.clock.hand_over(self.order.to, arrival) else { continue };
            if at > self.order.latest().0 || !self.lives_until(at) || !self.first_expired_first(at) {
                continue;
            }
            let this = (fixed + carriage + self.lateness(at), at);
            best = Some(best.map_or(this, |best| best.min(this)));
        }
        best
    }

    /// What handing it over costs, if the point takes it.
    pub(super) fn desk(&self, kept: Temperatures) -> Option<i128> {
        let desk = self.world.nodes()[self.order.to].hands_over.as_ref()?;
        let stands = desk.storages.iter().any(|storage| kept.tolerates(storage.temperature));
        (stands && self.fits(&desk.largest)).then_some(i128::from(desk.cost_per_parcel.0))
    }

    /// What everything in it tolerates, if every zone it is picked from keeps that.
    fn interval(&self) -> Option<Temperatures> {
        let kept = self.tolerated()?;
        let zones = self.world.zones();
        self.picks.iter().all(|(item, _)| kept.tolerates(zones[item.row.zone].temperature)).then_some(kept)
    }

    /// What everything in it tolerates, if there is such a temperature.
    pub(super) fn tolerated(&self) -> Option<Temperatures> {
        self.picks
            .iter()
            .try_fold(Temperatures::ANY, |kept, (item, _)| kept.intersect(self.sku(item).temperature))
    }

    /// When it is ready where all of it is packed, and what that costs; nothing when it may not be packed there.
    pub(super) fn packed(&self) -> Option<(i64, i128)> {
        self.interval()?;
        Some((self.picks.iter().map(|(item, _)| item.ready).max()?, self.packing()?))
    }

    fn sku(&self, item: &Item<'_>) -> &crate::world::Sku {
        &self.world.skus()[self.order.lines[item.line].sku]
    }

    pub(super) fn may_lie_together(&self) -> bool {
        self.picks.iter().all(|(one, _)| {
            self.picks.iter().all(|(other, _)| {
                if self.order.lines[one.line].sku == self.order.lines[other.line].sku {
                    return true;
                }
                let (one, other) = (self.sku(one), self.sku(other));
                let apart = one.class.zip(other.class).is_some_and(|(a, b)| self.world.segregated(a, b));
                !one.ships_alone && !other.ships_alone && !apart
            })
        })
    }

    /// Lines of a group are in it whole, all of them, or not at all.
    pub(super) fn together(&self) -> bool {
        let inside = |line: usize| -> u32 {
            self.picks.iter().filter(|(item, _)| item.line == line).map(|&(_, units)| u32::from(units)).sum()
        };
        self.order.policy.together.iter().all(|group| {
            let rows = || group.iter().map(|line| line.0 as usize);
            rows().all(|line| inside(line) == 0)
                || rows().all(|line| inside(line) == self.order.lines[line].qty.0)
        })
    }

    pub(super) fn grams(&self) -> u64 {
        self.picks.iter().map(|(item, units)| u64::from(self.sku(item).grams) * u64::from(*units)).sum()
    }

    pub(super) fn cm3(&self) -> u64 {
        self.picks.iter().map(|(item, units)| u64::from(self.sku(item).cm3) * u64::from(*units)).sum()
    }

    fn fits(&self, limit: &ParcelLimit) -> bool {
        let sides = |item: &Item<'_>| {
            let sides = self.sku(item).size_mm;
            limit.size_mm.is_none_or(|most| (0..3).all(|k| sides[k] <= most[k]))
        };
        limit.grams.is_none_or(|most| self.grams() <= most.0)
            && limit.cm3.is_none_or(|most| self.cm3() <= most.0)
            && self.picks.iter().all(|(item, _)| sides(item))
    }

    /// Pick, packing and stock costs.
    fn packing(&self) -> Option<i128> {
        let stores = self.world.nodes()[self.node].stores.as_ref()?;
        let mut cost = i128::from(stores.cost_per_parcel.0);
        let mut picked = Vec::new();
        for (item, units) in &self.picks {
            let zone = &self.world.zones()[item.row.zone];
            cost += i128::from(*units) * i128::from(zone.cost_per_unit.0 + item.row.price.0);
            let line = (item.line, item.row.seller, item.row.zone);
            if !picked.contains(&line) {
                picked.push(line);
                cost += i128::from(zone.cost_per_line.0);
            }
        }
        Some(cost)
    }

    /// Arrival and carriage of every way to the hand-over node.
    fn ways(&self, kept: Temperatures, ready: i64) -> Vec<(i64, i128)> {
        if self.node == self.order.to {
            return vec![(ready, 0)];
        }
        let mut ways = Vec::new();
        for (ix, lane) in self.world.lanes().enumerated() {
            if lane.from == self.node && lane.to == self.order.to {
                let way = self.leg(ix, kept).and_then(|cost| Some((self.clock.arrival(ix, ready)?, cost)));
                ways.extend(way);
            }
        }
        ways
    }

    /// What a leg by a lane costs, if the lane carries it.
    pub(super) fn leg(&self, lane: LaneIx, kept: Temperatures) -> Option<i128> {
        let lane = &self.world.lanes()[lane];
        let rides = lane.compartments.iter().any(|compartment| kept.tolerates(compartment.temperature));
        if !rides || !self.fits(&lane.largest) {
            return None;
        }
        lane.tariff.map_or(Some(0), |tariff| self.carriage(&self.world.tariffs()[tariff]))
    }

    fn carriage(&self, tariff: &Tariff) -> Option<i128> {
        let volume = match tariff.cm3_per_kg {
            None => 0,
            Some(per_kg) => (u128::from(self.cm3()) * 1_000).div_ceil(u128::from(per_kg)),
        };
        let weight = volume.max(u128::from(self.grams()));
        let base = i128::from(tariff.base.0);
        for step in &tariff.steps {
            if weight <= u128::from(step.up_to.0) {
                return Some(base + i128::from(step.price.0));
            }
        }
        let (top, price) = tariff.steps.last().map_or((0, 0), |step| (step.up_to.0, step.price.0));
        match tariff.per_kg_above {
            Some(per_kg) => {
                let over = (weight - u128::from(top)).div_ceil(1_000) as i128;
                Some(base + i128::from(price) + over * i128::from(per_kg.0))
            }
            None if tariff.steps.is_empty() => Some(base),
            None => None,
        }
    }

    fn lives(&self, item: &Item<'_>, expires: i64, at: i64) -> bool {
        expires == i64::MAX || expires - at >= self.order.lines[item.line].min_life.0
    }

    pub(super) fn lives_until(&self, at: i64) -> bool {
        self.picks.iter().all(|(item, _)| self.lives(item, item.row.expires.0, at))
    }

    /// No cell of the same seller, zone and SKU that expires earlier, is due no later and lives long enough stays.
    pub(super) fn first_expired_first(&self, at: i64) -> bool {
        self.picks.iter().all(|(item, _)| {
            self.left.iter().all(|&(sku, cell, other)| {
                let same = cell != item.cell
                    && sku == self.order.lines[item.line].sku
                    && other.seller == item.row.seller
                    && other.zone == item.row.zone;
                let passed_over = other.expires < item.row.expires
                    && other.available_at <= item.row.available_at
                    && self.lives(item, other.expires.0, at);
                !(same && passed_over)
            })
        })
    }

    pub(super) fn lateness(&self, at: i64) -> i128 {
        match self.order.promise {
            Some(promise) if at > promise.0 => {
                let hours = (at - promise.0 + 3_599) / 3_600;
                i128::from(hours) * i128::from(self.order.late_per_hour.0)
            }
            _ => 0,
        }
    }
}
