//! From each place the ways to the customer: a road, a departure and a set of goods that can share a parcel.

use super::relays;
use super::sheet::{Class, NO_RIDE, NO_STOPS, Route, Sheet, WayRow, last_until};
use super::shelves::{NONE, accepts};
use super::times::Trip;
use super::variants::{Goods, Variant};
use super::{Ground, Road, TooBig};
use crate::split::{Problem, Way};
use crate::units::{Index, Instant};
use crate::world::{LaneIx, Order, ZoneIx};

pub(super) fn find(
    ground: Ground<'_>,
    order: &Order,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let serves = |number: &u16| {
        let place = &sheet.places[usize::from(*number)];
        place.open && place.last != NONE
    };
    sheet.serving.extend((0..sheet.places.len() as u16).filter(serves));
    sheet.serving.sort_unstable_by_key(|&place| sheet.places[usize::from(place)].node);
    for row in 0..sheet.serving.len() {
        let number = sheet.serving[row];
        let place = sheet.places[usize::from(number)];
        let first = problem.ways.len();
        when_ready(number, sheet);
        what_tolerates(ground, number, sheet);
        if place.hands_over {
            match ground.takes_any_number(order.to) {
                true => follow(ground, order, number, None, sheet, problem)?,
                false => relays::on_the_spot(ground, order, number, sheet, problem)?,
            }
        }
        let lanes = ground.transit.ways_to(order.to);
        for way in &lanes[place.lane as usize..(place.lane + place.lanes) as usize] {
            match ground.has_room_for_all(way.lane, order.to) {
                true => follow(ground, order, number, Some(way.lane), sheet, problem)?,
                false => relays::direct(ground, order, number, way.lane, sheet, problem)?,
            }
        }
        relays::find(ground, order, number, sheet, problem)?;
        if ground.world.is_unlimited() && problem.ways.len() > first + 1 {
            drop_dearer(ground, first, sheet.places[usize::from(number)].slots as usize, sheet, problem);
        }
        let ways = problem.ways.len();
        if ways > usize::from(u16::MAX) {
            return Err(TooBig::Rows("ways"));
        }
        let place = &mut sheet.places[usize::from(number)];
        place.way = first as u32;
        place.ways = (ways - first) as u32;
    }
    Ok(())
}

/// Notes the moments at which goods of a place are ready, rising.
pub(super) fn when_ready(number: u16, sheet: &mut Sheet) {
    let place = &sheet.places[usize::from(number)];
    sheet.readies.clear();
    sheet.readies.push(place.earliest);
    if place.earliest == place.latest {
        return;
    }
    let mut next = place.last;
    while next != NONE {
        let stand = &sheet.stands[next as usize];
        for pool in stand.pool..stand.pool + stand.pools {
            let source = &sheet.sources[pool as usize];
            let supplies = &sheet.supplies[source.first as usize..(source.first + source.cells) as usize];
            sheet.readies.extend(supplies.iter().map(|supply| supply.ready));
        }
        next = stand.before;
    }
    sheet.readies.sort_unstable();
    sheet.readies.dedup();
}

/// Notes which of the zones used of a place the goods in others tolerate; goods tolerate the zones they lie in.
pub(super) fn what_tolerates(ground: Ground<'_>, number: u16, sheet: &mut Sheet) {
    let place = &sheet.places[usize::from(number)];
    if place.used.is_power_of_two() {
        return;
    }
    let mut next = place.last;
    while next != NONE {
        let stand = &mut sheet.stands[next as usize];
        let goods = ground.world.skus()[sheet.items[usize::from(stand.item)].sku].temperature;
        for bit in (0..8u32).filter(|bit| place.used >> bit & 1 == 1) {
            let kept = ground.world.zones()[ZoneIx(place.zone.0 + bit)].temperature;
            stand.tolerates |= u8::from(goods.tolerates(kept)) << bit;
        }
        next = stand.before;
    }
}

/// Writes the ways of one road from a place.
fn follow(
    ground: Ground<'_>,
    order: &Order,
    number: u16,
    lane: Option<LaneIx>,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    let place = sheet.places[usize::from(number)];
    let Some(road) = ground.terms.road(lane, order.to) else { return Ok(()) };
    gather(ground, number, road, sheet, problem);
    sheet.variants.find();
    if sheet.variants.found.is_empty() {
        return Ok(());
    }
    let first_class = sheet.classes.len();
    departures(ground, order, lane, sheet)?;
    let route = sheet.routes.len() as u32;
    let classes = (sheet.classes.len() - first_class) as u32;
    sheet.routes.push(Route { place: number, lane, class: first_class as u32, classes });

    let handing =
        ground.world.nodes()[order.to].hands_over.as_ref().map_or(0, |point| point.cost_per_parcel.0);
    let first_way = problem.ways.len();
    let goods = std::mem::take(&mut sheet.variants.goods);
    for variant in 0..sheet.variants.found.len() {
        let variant = sheet.variants.found[variant];
        for class in first_class..sheet.classes.len() {
            let masks = sheet.masks.len();
            if !write_masks(order, variant, &goods, class, place.slots, sheet) {
                sheet.masks.truncate(masks);
                continue;
            }
            let Class { hand_over, lateness, .. } = sheet.classes[class];
            let fixed = place.packing.checked_add(handing).and_then(|fixed| fixed.checked_add(lateness));
            problem.ways.push(Way {
                fixed: fixed.ok_or(TooBig::Cost("the cost of a parcel"))?,
                staircase: road.staircase,
                max_grams: road.max_grams,
                max_cm3: road.max_cm3,
                origin: place.node.0,
                arrives: hand_over.0,
            });
            let Variant { zones, compartment, storage } = variant;
            let (class, masks) = (class as u32, masks as u32);
            sheet.ways.push(WayRow { route, class, masks, zones, compartment, storage, stops: NO_STOPS });
        }
    }
    sheet.variants.goods = goods;
    if problem.ways.len() > first_way + 1 {
        drop_dominated(first_way, place.slots as usize, sheet, problem);
    }
    Ok(())
}

/// Notes what a road takes of the place's goods.
fn gather(ground: Ground<'_>, number: u16, road: &Road, sheet: &mut Sheet, problem: &Problem<'_>) {
    sheet.variants.goods.clear();
    let mut next = sheet.places[usize::from(number)].last;
    while next != NONE {
        let stand = sheet.stands[next as usize];
        let item = &sheet.items[usize::from(stand.item)];
        let sku = &ground.world.skus()[item.sku];
        let compartments = road.tolerated_by(sku.temperature);
        if compartments != 0 && item.storages != 0 && road.takes(sku, problem.staircases) {
            sheet.variants.goods.push(Goods {
                stand: next,
                has: stand.has,
                tolerates: stand.tolerates,
                compartments,
                storages: item.storages,
            });
        }
        next = stand.before;
    }
}

/// Writes the departures that serve the moments at which goods are ready, one for each hand-over.
fn departures(
    ground: Ground<'_>,
    order: &Order,
    lane: Option<LaneIx>,
    sheet: &mut Sheet,
) -> Result<(), TooBig> {
    let first = sheet.classes.len();
    let latest = order.latest();
    for &ready in &sheet.readies {
        let trip = match lane {
            Some(lane) => sheet.times.trip(ground.transit, lane, order.to, ready),
            None => ground.transit.hand_over_at(order.to, ready).map(|hand_over| Trip {
                departs: ready,
                arrives: ready,
                hand_over,
            }),
        };
        let Some(Trip { departs, arrives, hand_over }) = trip else { break };
        if hand_over > latest {
            break;
        }
        match sheet.classes[first..].last_mut() {
            Some(class) if class.hand_over == hand_over => {
                // A later departure that is handed over no later: what is ready for the first still takes the first.
                class.ready_by = ready;
                if class.departs == departs {
                    class.departs_if = ready;
                }
            }
            _ => sheet.classes.push(Class {
                ready_by: ready,
                ready_from: Instant::ALWAYS,
                departs_if: ready,
                departs,
                arrives,
                hand_over,
                lateness: lateness(order, hand_over)?,
                ride: NO_RIDE,
            }),
        }
    }
    Ok(())
}

/// What a hand-over after the promise costs.
pub(crate) fn lateness(order: &Order, hand_over: Instant) -> Result<i64, TooBig> {
    let Some(promise) = order.promise else { return Ok(0) };
    if hand_over <= promise || order.late_per_hour.0 == 0 {
        return Ok(0);
    }
    let too_late = TooBig::Cost("the cost of lateness");
    let late = hand_over.0.checked_sub(promise.0).ok_or(too_late)?;
    let started = late / 3600 + i64::from(late % 3600 != 0);
    order.late_per_hour.0.checked_mul(started).ok_or(too_late)
}

/// Writes which cells a variant may draw from with a class, for each slot of the place; says whether from any.
pub(super) fn write_masks(
    order: &Order,
    variant: Variant,
    goods: &[Goods],
    class: usize,
    slots: u32,
    sheet: &mut Sheet,
) -> bool {
    let class = sheet.classes[class];
    let base = sheet.masks.len();
    sheet.masks.resize(base + slots as usize, 0);
    let first_zone = |sheet: &Sheet, stand: &super::Stand| sheet.places[usize::from(stand.place)].zone;
    let mut any = false;
    for goods in goods {
        if !variant.takes(goods) {
            continue;
        }
        let stand = sheet.stands[goods.stand as usize];
        let item = sheet.items[usize::from(stand.item)];
        let zones = first_zone(sheet, &stand);
        let mut slot = base + stand.slot as usize;
        for pool in stand.pool..stand.pool + stand.pools {
            let source = sheet.sources[pool as usize];
            let open = variant.zones >> (source.zone.0 - zones.0) & 1 == 1;
            for line in item.line..item.line + item.lines {
                let wanted = sheet.lines[usize::from(line)];
                if open && accepts(order, wanted.line.row(), source.seller) {
                    let lasts = source.expires >= last_until(class.hand_over, wanted.min_life);
                    let mask = match source.ready <= class.ready_by
                        && class.ready_from == Instant::ALWAYS
                        && lasts
                    {
                        true => u64::MAX >> (64 - source.cells),
                        false => sheet.mask(pool as usize, usize::from(line), &class),
                    };
                    sheet.masks[slot] = mask;
                    any |= mask != 0;
                }
                slot += 1;
            }
        }
    }
    any
}

/// Drops ways of a place for which another, by whatever road, takes all the same goods at no higher cost whatever they
/// weigh. Of ways that cost the same the one that arrives first stays.
fn drop_dearer(ground: Ground<'_>, first: usize, slots: usize, sheet: &mut Sheet, problem: &mut Problem<'_>) {
    let beats = |by: usize, row: usize, sheet: &Sheet, problem: &Problem<'_>| {
        let (one, other) = (&problem.ways[by], &problem.ways[row]);
        let Some(gap) = ground.terms.dearer_by(one.staircase, other.staircase) else { return false };
        let Some(dearer) = gap.checked_add(one.fixed).and_then(|cost| cost.checked_sub(other.fixed)) else {
            return false;
        };
        let first = (one.arrives, by) < (other.arrives, row);
        let masks = |way: usize| &sheet.masks[sheet.ways[way].masks as usize..][..slots];
        (dearer < 0 || (dearer == 0 && first))
            && one.max_grams >= other.max_grams
            && one.max_cm3 >= other.max_cm3
            && masks(by).iter().zip(masks(row)).all(|(one, other)| one & other == *other)
    };
    let mut kept = first;
    for row in first..problem.ways.len() {
        // Those before `row` have been judged: what was dropped is gone, and what dropped it still stands.
        let mut others = (first..kept).chain(row + 1..problem.ways.len());
        if !others.any(|by| beats(by, row, sheet, problem)) {
            problem.ways[kept] = problem.ways[row];
            sheet.ways[kept] = sheet.ways[row];
            kept += 1;
        }
    }
    problem.ways.truncate(kept);
    sheet.ways.truncate(kept);
}

/// Drops ways of one road for which another takes all the same goods at no higher cost.
pub(super) fn drop_dominated(first: usize, slots: usize, sheet: &mut Sheet, problem: &mut Problem<'_>) {
    let mut kept = first;
    for row in first..problem.ways.len() {
        let beaten = (first..problem.ways.len()).any(|by| {
            // Those before `row` have been judged: what was dropped is gone, and what dropped it still stands.
            by != row && (by < kept || by > row) && {
                let (cost, by_cost) = (problem.ways[row].fixed, problem.ways[by].fixed);
                let masks = |way: usize| &sheet.masks[sheet.ways[way].masks as usize..][..slots];
                let covers = |one: usize, other: usize| {
                    masks(one).iter().zip(masks(other)).all(|(one, other)| one & other == *other)
                };
                // Of ways that are alike the first stays.
                by_cost <= cost && covers(by, row) && (by < row || by_cost < cost || !covers(row, by))
            }
        });
        if !beaten {
            problem.ways[kept] = problem.ways[row];
            sheet.ways[kept] = sheet.ways[row];
            kept += 1;
        }
    }
    problem.ways.truncate(kept);
    sheet.ways.truncate(kept);
}
