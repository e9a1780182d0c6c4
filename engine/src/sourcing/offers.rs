//! Which way brings which line from which pool, and what fences allow of it.

use super::sheet::{Fenced, Sheet, Source};
use super::{Fences, Ground, TooBig};
use crate::split::{Cap, Offer, Problem};
use crate::units::Instant;
use crate::world::Order;

pub(super) fn write(
    ground: Ground<'_>,
    order: &Order,
    fences: Fences,
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Result<(), TooBig> {
    if ground.stock.has_fences() {
        read_fences(ground, order, sheet);
    }
    for item in &sheet.items {
        for line in item.line..item.line + item.lines {
            let qty = problem.lines[usize::from(line)].qty;
            for row in item.stand..item.stand + item.stands {
                let stand = &sheet.stands[row as usize];
                let place = &sheet.places[usize::from(stand.place)];
                for way in place.way..place.way + place.ways {
                    let masks = sheet.ways[way as usize].masks + stand.slot + u32::from(line - item.line);
                    for pool in 0..stand.pools {
                        let cells = sheet.masks[(masks + pool * u32::from(item.lines)) as usize];
                        if cells == 0 {
                            continue;
                        }
                        let pool = stand.pool + pool;
                        let most = most(qty, cells, pool, fences, sheet, problem);
                        if most > 0 {
                            let source = &sheet.sources[pool as usize];
                            let (unit_cost, line_cost) = (source.unit_cost, source.line_cost);
                            let way = way as u16;
                            problem.offers.push(Offer { line, way, pool, cells, most, unit_cost, line_cost });
                        }
                    }
                }
            }
        }
    }
    for fenced in &sheet.fenced {
        write_caps(fenced, fences, sheet, problem);
    }
    Ok(())
}

/// Most units of one offer: what its cells hold, what fences leave of it, and no more than the line wants.
fn most(qty: u32, cells: u64, pool: u32, fences: Fences, sheet: &Sheet, problem: &Problem<'_>) -> u32 {
    let source = &sheet.sources[pool as usize];
    let free = &problem.free[source.first as usize..(source.first + source.cells) as usize];
    let all = cells == u64::MAX >> (64 - source.cells);
    let units = match all {
        true => source.total,
        false => {
            let admitted = free.iter().enumerate().filter(|(bit, _)| cells >> bit & 1 == 1);
            admitted.map(|(_, &free)| u64::from(free)).sum()
        }
    };
    let mut most = units.min(u64::from(qty));
    if !sheet.fenced.is_empty() {
        let by = latest_start(cells, pool, fences, sheet);
        let fenced = sheet.fenced.iter();
        for fenced in fenced.filter(|fenced| fenced.keeps(source)) {
            most = if fences == Fences::Untouched { 0 } else { most.min(fenced.allowed(by)) };
        }
    }
    most as u32
}

/// The latest start of a pick an offer can wait for.
fn latest_start(cells: u64, pool: u32, fences: Fences, sheet: &Sheet) -> Instant {
    if fences != Fences::ByTime {
        return Instant::ALWAYS;
    }
    let supplies = sheet.supplies_of(pool as usize).iter().enumerate();
    let admitted = supplies.filter(|(bit, _)| cells >> bit & 1 == 1);
    admitted.map(|(_, supply)| supply.start).max().unwrap_or(Instant::ALWAYS)
}

/// Notes where units are fenced for other channels, and what that leaves by when.
fn read_fences(ground: Ground<'_>, order: &Order, sheet: &mut Sheet) {
    for (row, stand) in sheet.stands.iter().enumerate() {
        let sku = sheet.items[usize::from(stand.item)].sku;
        let node = sheet.places[usize::from(stand.place)].node;
        let sources = &sheet.sources[stand.pool as usize..(stand.pool + stand.pools) as usize];
        for (at, source) in sources.iter().enumerate() {
            let seller = source.seller;
            let met = sources[..at].iter().any(|before| before.seller == seller);
            if met || ground.stock.fenced_for_others(sku, seller, node, order.channel) == 0 {
                continue;
            }
            let of_seller = sources.iter().filter(|source| source.seller == seller);
            let mut starts: Vec<Instant> = of_seller
                .flat_map(|source| {
                    &sheet.supplies[source.first as usize..(source.first + source.cells) as usize]
                })
                .map(|supply| supply.start)
                .chain([order.placed_at])
                .collect();
            starts.sort_unstable();
            starts.dedup();
            let promised = |at| ground.stock.available(seller, sku, node, order.channel, at);
            let by = starts.into_iter().map(|start| (start, promised(start))).collect();
            sheet.fenced.push(Fenced { stand: row as u32, seller, by });
        }
    }
}

impl Fenced {
    /// Whether it is of these goods that some are fenced.
    pub fn keeps(&self, source: &Source) -> bool {
        source.stand == self.stand && source.seller == self.seller
    }

    /// Most units in picks that start by a moment.
    pub fn allowed(&self, start: Instant) -> u64 {
        let after = self.by.partition_point(|&(by, _)| by <= start);
        self.by.get(after.saturating_sub(1)).map_or(0, |&(_, most)| most)
    }
}

/// Writes what the offers of one fence may take together, for each moment by which their picks have started.
fn write_caps(fenced: &Fenced, fences: Fences, sheet: &Sheet, problem: &mut Problem<'_>) {
    let stand = &sheet.stands[fenced.stand as usize];
    let under: Vec<(u32, Instant)> = problem
        .offers
        .iter()
        .enumerate()
        .filter(|(_, offer)| {
            (stand.pool..stand.pool + stand.pools).contains(&offer.pool)
                && sheet.sources[offer.pool as usize].seller == fenced.seller
        })
        .map(|(row, offer)| (row as u32, latest_start(offer.cells, offer.pool, fences, sheet)))
        .collect();
    let moments = if fences == Fences::ByTime { fenced.by.len() } else { 1 };
    for &(by, most) in &fenced.by[..moments] {
        let offers: Vec<u32> = under.iter().filter(|(_, start)| *start <= by).map(|&(row, _)| row).collect();
        // Told even when `most` of a single offer says the same: that is a hint, this is a rule.
        let units = |&row: &u32| {
            let offer = &problem.offers[row as usize];
            let wanted = u64::from(problem.lines[usize::from(offer.line)].qty);
            problem.units_of(offer.pool, offer.cells).min(wanted)
        };
        let units: u64 = offers.iter().map(units).sum();
        if units > most {
            problem.caps.push(Cap { most: most as u32, offers });
        }
    }
}
