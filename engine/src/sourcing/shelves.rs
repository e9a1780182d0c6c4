//! What the stock has of each item, in pools.
//!
//! One run of the stock's rows is read for each SKU. Cells of one (seller, node, zone) make a pool, in the order in
//! which they expire; cells that are claimed, or due too late, are left out.

use super::put_off::{self, PutOff};
use super::sheet::{Place, Sheet, Source, Stand, Supply, When};
use super::{Ground, TooBig};
use crate::split::{Pool, Problem};
use crate::stock::{Cell, CellIx};
use crate::transit::Way;
use crate::units::{Index, Instant};
use crate::world::{NodeIx, Order, SellerIx, StorageZone, ZoneIx};

/// Cells a pool of the problem can have.
pub(super) const CELLS: usize = 64;

/// No place.
pub(super) const NONE: u32 = u32::MAX;

pub(super) fn read(
    ground: Ground<'_>,
    order: &Order,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    sheet.known.forget(ground.world.nodes().len());
    let latest = order.latest();
    let picks = put_off::picks(ground, order, sheet, problem);
    for row in 0..sheet.items.len() {
        let item = sheet.items[row];
        let stands = sheet.stands.len() as u32;
        let (first, cells) = ground.stock.of(item.sku);
        let mut at = 0;
        while at < cells.len() {
            let cell = &cells[at];
            let (node, zone, seller) = (cell.node, cell.zone, cell.seller);
            let pool_at = at;
            while at < cells.len()
                && (cells[at].node, cells[at].zone, cells[at].seller) == (node, zone, seller)
            {
                at += 1;
            }
            let wanted =
                Shelf { item: row as u16, node, zone, seller, first: CellIx(first.0 + pool_at as u32) };
            wanted.read(ground, order, latest, &picks, &cells[pool_at..at], sheet, problem)?;
        }
        sheet.items[row].stand = stands;
        sheet.items[row].stands = sheet.stands.len() as u32 - stands;
    }
    Ok(())
}

/// Cells of one (sku, seller, node, zone).
struct Shelf {
    item: u16,
    node: NodeIx,
    zone: ZoneIx,
    seller: SellerIx,
    first: CellIx,
}

impl Shelf {
    #[allow(clippy::too_many_arguments)]
    fn read(
        &self,
        ground: Ground<'_>,
        order: &Order,
        latest: Instant,
        picks: &[PutOff],
        cells: &[Cell],
        sheet: &mut Sheet,
        problem: &mut Problem<'_>,
    ) -> Result<(), TooBig> {
        if cells.iter().all(|cell| cell.free() == 0) {
            return Ok(());
        }
        let item = &sheet.items[usize::from(self.item)];
        let lines = &sheet.lines[usize::from(item.line)..usize::from(item.line + item.lines)];
        if !lines.iter().any(|wanted| accepts(order, wanted.line.row(), self.seller)) {
            return Ok(());
        }
        let wanted: u64 = problem.lines[usize::from(item.line)..usize::from(item.line + item.lines)]
            .iter()
            .map(|line| u64::from(line.qty))
            .sum();
        let most = u32::try_from(wanted).unwrap_or(u32::MAX);
        let place = place(ground, order, self.node, sheet)?;
        if !sheet.places[usize::from(place)].open {
            return Ok(());
        }
        let zone = &ground.world.zones()[self.zone];
        if !ground.world.skus()[sheet.items[usize::from(self.item)].sku]
            .temperature
            .tolerates(zone.temperature)
        {
            return Ok(());
        }

        let supplies = sheet.supplies.len();
        let (mut total, mut last_ready, mut first_ready) = (0u64, Instant::ALWAYS, Instant::NEVER);
        for (row, cell) in cells.iter().enumerate() {
            // More than the order wants is nothing to know about: so what others take of plenty changes no problem.
            let free = cell.free().min(most);
            let start = cell.available_at.max(order.placed_at);
            if free == 0 || start > latest {
                continue;
            }
            let When { at: ready, along } = match ground.takes_any_day(self.node) {
                true => match ready_at(ground, order, place, zone, (self.zone, start), sheet) {
                    Some(at) => When { at, along: false },
                    None => continue,
                },
                false => {
                    match put_off::when(ground, order, picks, (self.item, self.node, self.zone), start) {
                        Some(when) => when,
                        None => continue,
                    }
                }
            };
            if ready > latest {
                continue;
            }
            total += u64::from(free);
            last_ready = last_ready.max(ready);
            first_ready = first_ready.min(ready);
            let cell_ix = CellIx(self.first.0 + row as u32);
            sheet.supplies.push(Supply {
                cell: cell_ix,
                cells: 1,
                free,
                start,
                ready,
                along,
                expires: cell.expires,
            });
            problem.free.push(free);
        }
        if sheet.supplies.len() - supplies > CELLS {
            merge_alike(supplies, most, sheet, problem);
        }
        let count = sheet.supplies.len() - supplies;
        if count == 0 {
            return Ok(());
        }
        if count > CELLS {
            return Err(TooBig::Rows("lots of one SKU in one zone"));
        }

        let row = &mut sheet.places[usize::from(place)];
        row.earliest = row.earliest.min(first_ready);
        row.latest = row.latest.max(last_ready);
        let pool = problem.pools.len() as u32;
        let same = sheet.stands.last().is_some_and(|stand| stand.item == self.item && stand.place == place);
        if !same {
            sheet.stands.push(Stand {
                item: self.item,
                place,
                pool,
                pools: 0,
                slot: row.slots,
                has: 0,
                tolerates: 0,
                before: row.last,
            });
            row.last = sheet.stands.len() as u32 - 1;
        }
        let item = &sheet.items[usize::from(self.item)];
        row.slots += u32::from(item.lines);
        let bit = 1 << (self.zone.0 - row.zone.0).min(7);
        row.used |= bit;
        let stand = sheet.stands.len() as u32 - 1;
        if let Some(stand) = sheet.stands.last_mut() {
            stand.pools += 1;
            stand.has |= bit;
            stand.tolerates |= bit;
        }
        let expires = sheet.supplies[supplies..].iter().map(|supply| supply.expires).min();
        let unit_cost = zone.cost_per_unit.checked_add(cells[0].price);
        sheet.sources.push(Source {
            seller: self.seller,
            zone: self.zone,
            stand,
            first: supplies as u32,
            cells: count as u32,
            total,
            ready: last_ready,
            expires: expires.unwrap_or(Instant::NEVER),
            unit_cost: unit_cost.ok_or(TooBig::Cost("the price of a unit"))?.0,
            line_cost: zone.cost_per_line.0,
        });
        problem.pools.push(Pool { first: supplies as u32, cells: count as u32 });
        Ok(())
    }
}

/// Makes one supply of each run of cells that expire together and whose picks start together. Cells stand by expiry,
/// then due time, so those that are alike are neighbours but for cells with nothing free.
fn merge_alike(first: usize, most: u32, sheet: &mut Sheet, problem: &mut Problem<'_>) {
    let mut kept = first;
    for row in first + 1..sheet.supplies.len() {
        let next = sheet.supplies[row];
        let last = &mut sheet.supplies[kept];
        if (last.expires, last.start) == (next.expires, next.start) {
            last.cells = next.cell.0 - last.cell.0 + 1;
            last.free = last.free.saturating_add(next.free).min(most);
        } else {
            kept += 1;
            sheet.supplies[kept] = next;
        }
    }
    sheet.supplies.truncate(kept + 1);
    problem.free.truncate(first);
    problem.free.extend(sheet.supplies[first..].iter().map(|supply| supply.free));
}

/// Whether a line of the order accepts a seller.
pub(super) fn accepts(order: &Order, line: usize, seller: SellerIx) -> bool {
    order.lines[line].sellers.as_ref().is_none_or(|sellers| sellers.binary_search(&seller).is_ok())
}

/// Where the ways from a node begin. Storing nodes are mostly neighbours with a lane each, so the first guess is their
/// distance; where it is wrong, it is searched.
fn first_from(ways: &[Way], node: NodeIx) -> usize {
    let guess = ways.first().map_or(0, |first| node.0.wrapping_sub(first.from.0)) as usize;
    let is_right =
        ways.get(guess).is_some_and(|way| way.from == node) && (guess == 0 || ways[guess - 1].from < node);
    if is_right { guess } else { ways.partition_point(|way| way.from < node) }
}

/// The place of a node, met before or new.
fn place(ground: Ground<'_>, order: &Order, node: NodeIx, sheet: &mut Sheet) -> Result<u16, TooBig> {
    if let Some(place) = sheet.known.find(node.row()) {
        return Ok(place);
    }
    let row = &ground.world.nodes()[node];
    let zones = row.stores.as_ref().map_or(0..0, |stores| stores.zones.clone());
    let ways = ground.transit.ways_to(order.to);
    let lane = first_from(ways, node);
    let lanes = ways[lane..].iter().take_while(|way| way.from == node).count();
    let hands_over = node == order.to && row.hands_over.is_some();
    let through_docks = || {
        ground.terms.chains.tails(order.to).iter().any(|&lane| {
            let dock = ground.world.lanes()[lane].from;
            !ground.transit.heads_between(node, dock).is_empty()
        })
    };
    // What lies where the customer's node merges can be part of a merged parcel.
    let merges_here = || {
        let here = ground.world.nodes()[order.to].cross_docks.is_some();
        here && !ground.transit.heads_between(node, order.to).is_empty()
    };
    let reaches = lanes > 0 || hands_over || through_docks() || merges_here();
    let number = u16::try_from(sheet.places.len()).map_err(|_| TooBig::Rows("places"))?;
    sheet.places.push(Place {
        node,
        zone: ZoneIx(zones.start),
        zones: zones.end - zones.start,
        packing: row.stores.as_ref().map_or(0, |stores| stores.cost_per_parcel.0),
        calendar: row.stores.as_ref().and_then(|stores| stores.calendar),
        lane: lane as u32,
        hands_over,
        lanes: lanes as u32,
        used: 0,
        last: NONE,
        slots: 0,
        way: 0,
        ways: 0,
        part: 0,
        parts: 0,
        earliest: Instant::NEVER,
        latest: Instant::ALWAYS,
        ready: [Instant::ALWAYS; 8],
        open: reaches && ground.world.channels()[order.channel].may_be_served_by(node),
    });
    sheet.known.note(node.row(), number);
    Ok(number)
}

/// When a pick that starts at a moment is ready. Most start when the order is placed: asked once for each zone.
fn ready_at(
    ground: Ground<'_>,
    order: &Order,
    place: u16,
    row: &StorageZone,
    (zone, start): (ZoneIx, Instant),
    sheet: &mut Sheet,
) -> Option<Instant> {
    let place = &mut sheet.places[usize::from(place)];
    let lead = (place.calendar, row.lead);
    if start != order.placed_at {
        return sheet.times.ready(ground.transit, lead, zone, start);
    }
    let slot = place.ready.get_mut((zone.0 - place.zone.0) as usize)?;
    if *slot == Instant::ALWAYS {
        *slot = sheet.times.ready(ground.transit, lead, zone, start).unwrap_or(Instant::NEVER);
    }
    (*slot != Instant::NEVER).then_some(*slot)
}
