//! Which places can be left out, because another is cheaper for all that they could send?
//!
//! Let place B have goods of some items. Let place A have, in one zone, ample stock of each of them (as much as the
//! order wants of the item in all), and a way that takes them all. If whatever could be in a parcel from B costs
//! strictly less in a parcel of A's way, no cheapest plan has a parcel from B. *Proof:* take a plan with parcels from
//! B and let the same units leave A in as many parcels. What A needs of an item is no more than the order wants of it,
//! which A holds; A's way carries what B's ways carry, and lines that may not share a parcel share none that they did
//! not share before; the number of parcels is the same, no line waits for more, and each moved parcel costs less. If A
//! is left out for the sake of a third place, the argument repeats, and costs that fall each time do not return to B.
//!
//! Only strictly dearer places go: the cheapest plans are the same before and after, so ties are settled among the
//! same plans. Not asked where fences or single origins tie parcels of one place together.
//!
//! What a parcel from A costs above one from B is bounded by parts: packing and lateness (B's may be none), carriage
//! (see [`Terms::dearer_by`]), and for each item of B what picking costs more, if anything, for one unit or for all.

use super::roads::lateness;
use super::sheet::{Item, Place, Sheet, Source, Stand, Wanted, last_until};
use super::shelves::{NONE, accepts};
use super::times::Trip;
use super::{Ground, Road, Terms};
use crate::split::{Line, Problem};
use crate::units::{Index, Instant};
use crate::world::{LaneIx, Order};

/// Items an order may have here: a bit each.
const ITEMS: usize = 64;

/// Memory for leaving places out.
#[derive(Debug, Default)]
pub(super) struct Beaten {
    /// Places with a rough price, cheapest first.
    places: Vec<(i64, u16)>,
    rivals: Vec<Rival>,
    goods: Vec<Good>,
}

/// A zone of a place with one of its roads.
#[derive(Clone, Copy, Debug)]
struct Rival {
    place: u16,
    lane: Option<LaneIx>,
    /// Items it has enough of and carries together, a bit each.
    items: u64,
    /// First of its goods.
    first: u32,
    /// Packing and lateness.
    fixed: i64,
}

/// What picking an item costs a rival.
#[derive(Clone, Copy, Debug)]
struct Good {
    item: u16,
    unit_cost: i64,
    line_cost: i64,
}

/// Closes places that no cheapest plan uses; says whether there were any.
pub(super) fn leave_out(ground: Ground<'_>, order: &Order, sheet: &mut Sheet, problem: &Problem<'_>) -> bool {
    if ground.stock.has_fences() || !order.policy.quantity_split || sheet.items.len() > ITEMS {
        return false;
    }
    let mut beaten = std::mem::take(&mut sheet.beaten);
    beaten.places.clear();
    beaten.rivals.clear();
    beaten.goods.clear();
    for (number, place) in sheet.places.iter().enumerate().filter(|(_, place)| place.last != NONE) {
        let price = roughly(ground, order, place, problem);
        beaten.places.push((price, number as u16));
    }
    let mut any = false;
    if beaten.places.len() > 1 {
        beaten.places.sort_unstable();
        let grams: u64 = problem.lines.iter().map(|line| line.grams.saturating_mul(line.qty.into())).sum();
        let cm3: u64 = problem.lines.iter().map(|line| line.cm3.saturating_mul(line.qty.into())).sum();
        let whole = Whole { ground, order, grams, cm3 };
        for row in 0..beaten.places.len() {
            let number = beaten.places[row].1;
            if beaten.beats(&whole, number, sheet, problem) {
                sheet.places[usize::from(number)].open = false;
                any = true;
            } else {
                beaten.add(&whole, number, sheet, problem);
            }
        }
    }
    sheet.beaten = beaten;
    any
}

/// Roads from a place: the spot itself, then lanes.
fn roads(ground: Ground<'_>, order: &Order, place: &Place) -> impl Iterator<Item = Option<LaneIx>> {
    let lanes = &ground.transit.ways_to(order.to)[place.lane as usize..(place.lane + place.lanes) as usize];
    let before = usize::from(place.hands_over);
    (0..before + lanes.len()).map(move |road| road.checked_sub(before).map(|lane| lanes[lane].lane))
}

/// A price to try places in the order of; decides nothing.
fn roughly(ground: Ground<'_>, order: &Order, place: &Place, problem: &Problem<'_>) -> i64 {
    let price = |lane| {
        let road = ground.terms.road(lane, order.to)?;
        let carriage = &problem.staircases[road.staircase as usize];
        carriage.base.checked_add(carriage.steps.first().map_or(0, |step| step.1))
    };
    let cheapest = roads(ground, order, place).filter_map(price).min();
    place.packing.saturating_add(cheapest.unwrap_or(i64::MAX / 2))
}

/// The order, and what all of it weighs.
struct Whole<'a> {
    ground: Ground<'a>,
    order: &'a Order,
    grams: u64,
    cm3: u64,
}

impl Beaten {
    /// Whether rivals beat all roads of a place.
    fn beats(&self, whole: &Whole<'_>, number: u16, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        let place = &sheet.places[usize::from(number)];
        !self.rivals.is_empty()
            && roads(whole.ground, whole.order, place).all(|lane| {
                let Some(road) = whole.ground.terms.road(lane, whole.order.to) else { return true };
                let mut rivals = self.rivals.iter().filter(|rival| rival.place != number);
                rivals.any(|rival| self.is_cheaper(whole, rival, place, road, sheet, problem))
            })
    }

    /// Whether a rival sends whatever a place may send by a road, and always for less.
    fn is_cheaper(
        &self,
        whole: &Whole<'_>,
        rival: &Rival,
        place: &Place,
        road: &Road,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> bool {
        let terms: &Terms = whole.ground.terms;
        let Some(own) = terms.road(rival.lane, whole.order.to) else { return false };
        let Some(carriage) = terms.dearer_by(own.staircase, road.staircase) else { return false };
        if own.max_grams < road.max_grams.min(whole.grams) || own.max_cm3 < road.max_cm3.min(whole.cm3) {
            return false;
        }
        let mut dearer = i128::from(rival.fixed) - i128::from(place.packing) + i128::from(carriage);
        let mut next = place.last;
        while next != NONE {
            let stand = &sheet.stands[next as usize];
            if dearer >= 0 || rival.items >> stand.item & 1 == 0 {
                return false;
            }
            let mut goods = self.goods[rival.first as usize..].iter();
            let Some(good) = goods.find(|good| good.item == stand.item) else { return false };
            let qty = problem.lines[usize::from(sheet.items[usize::from(stand.item)].line)].qty;
            let pools = &sheet.sources[stand.pool as usize..(stand.pool + stand.pools) as usize];
            let unit_cost = pools.iter().map(|pool| pool.unit_cost).min().unwrap_or(0);
            let line_cost = pools.iter().map(|pool| pool.line_cost).min().unwrap_or(0);
            let unit = i128::from(good.unit_cost) - i128::from(unit_cost);
            let line = i128::from(good.line_cost) - i128::from(line_cost);
            dearer += (line + unit.max(unit * i128::from(qty))).max(0);
            next = stand.before;
        }
        dearer < 0
    }

    /// Notes what a place may beat others with.
    fn add(&mut self, whole: &Whole<'_>, number: u16, sheet: &mut Sheet, problem: &Problem<'_>) {
        let Whole { ground, order, .. } = *whole;
        let place = sheet.places[usize::from(number)];
        for lane in roads(ground, order, &place) {
            let Some(road) = ground.terms.road(lane, order.to) else { continue };
            // Whatever is in its pools is ready by then.
            let Some(hand_over) = hand_over(whole, lane, place.latest, sheet) else { continue };
            let late = lateness(order, hand_over).ok().and_then(|late| place.packing.checked_add(late));
            let Some(fixed) = late else { continue };
            for zone in (0..8).filter(|zone| place.used >> zone & 1 == 1) {
                let first = self.goods.len();
                let items = self.gather(whole, (&place, zone), (road, hand_over), sheet, problem);
                if items != 0 {
                    self.rivals.push(Rival { place: number, lane, items, first: first as u32, fixed });
                }
            }
        }
    }

    /// Notes what of a zone a road takes together and there is enough of; says which items.
    ///
    /// Among the ways of the road is one for these goods: they lie in one zone and share a compartment and a storage,
    /// and each set of zones that several goods tolerate has its ways.
    fn gather(
        &mut self,
        whole: &Whole<'_>,
        (place, zone): (&Place, u32),
        (road, hand_over): (&Road, Instant),
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> u64 {
        let (mut items, mut compartments, mut storages) = (0, u8::MAX, u8::MAX);
        let mut next = place.last;
        while next != NONE {
            let stand = &sheet.stands[next as usize];
            next = stand.before;
            let item = &sheet.items[usize::from(stand.item)];
            let sku = &whole.ground.world.skus()[item.sku];
            let (wanted, line) =
                (&sheet.lines[usize::from(item.line)], &problem.lines[usize::from(item.line)]);
            let Some(source) =
                ample(whole.order, sheet, (stand, item), (wanted, line), hand_over, |source| {
                    source.zone.0 - place.zone.0 == zone
                })
            else {
                continue;
            };
            let shared = (compartments & road.tolerated_by(sku.temperature), storages & item.storages);
            if shared.0 == 0 || shared.1 == 0 || !road.takes(sku, problem.staircases) {
                continue;
            }
            (compartments, storages) = shared;
            items |= 1 << stand.item;
            let (unit_cost, line_cost) = (source.unit_cost, source.line_cost);
            self.goods.push(Good { item: stand.item, unit_cost, line_cost });
        }
        items
    }
}

/// The first pool of a stand that is where it should be and serves all that the order wants of the item.
fn ample<'a>(
    order: &Order,
    sheet: &'a Sheet,
    (stand, item): (&Stand, &Item),
    (wanted, line): (&Wanted, &Line),
    hand_over: Instant,
    is_there: impl Fn(&Source) -> bool,
) -> Option<&'a Source> {
    if item.lines != 1 {
        return None;
    }
    let pools = &sheet.sources[stand.pool as usize..(stand.pool + stand.pools) as usize];
    pools.iter().find(|source| {
        is_there(source)
            && source.total >= u64::from(line.qty)
            && accepts(order, wanted.line.row(), source.seller)
            && (source.expires == Instant::NEVER || source.expires >= last_until(hand_over, wanted.min_life))
    })
}

/// When what is ready at a moment is handed over, if in time.
fn hand_over(whole: &Whole<'_>, lane: Option<LaneIx>, ready: Instant, sheet: &mut Sheet) -> Option<Instant> {
    let (transit, order) = (whole.ground.transit, whole.order);
    let at = match lane {
        Some(lane) => {
            let Trip { hand_over, .. } = sheet.times.trip(transit, lane, order.to, ready)?;
            hand_over
        }
        None => transit.hand_over_at(order.to, ready)?,
    };
    (at <= order.latest()).then_some(at)
}
