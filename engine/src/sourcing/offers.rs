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
                for way in (place.way..place.way + place.ways).chain(place.part..place.part + place.parts) {
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
    for fenced in sheet.fenced.iter().filter(|fenced| fenced.keeps(source)) {
        most = most.min(match fences {
            Fences::ByTime => fenced.most(&[(pool, cells)], sheet),
            Fences::AtOnce => fenced.at_once(),
            Fences::Untouched => 0,
        });
    }
    most as u32
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

    /// Most units in picks that start at once.
    fn at_once(&self) -> u64 {
        self.by.first().map_or(0, |&(_, most)| most)
    }

    /// Most units of some cells, each given by a pool and bits of its cells, so that by every moment what is fenced
    /// stays.
    fn most(&self, cells: &[(u32, u64)], sheet: &Sheet) -> u64 {
        let mut units = 0;
        let mut before = None;
        for &(by, most) in &self.by {
            for &(pool, mask) in cells {
                let supplies = sheet.supplies_of(pool as usize).iter().enumerate();
                let new = supplies.filter(|(bit, supply)| {
                    mask >> bit & 1 == 1 && supply.start <= by && before.is_none_or(|at| supply.start > at)
                });
                units += new.map(|(_, supply)| u64::from(supply.free)).sum::<u64>();
            }
            units = units.min(most);
            before = Some(by);
        }
        units
    }
}

/// With more different runs of cells than this under one fence, not every set of them is capped: 2^8 sets are still
/// written quickly, and then an answer that cannot be drawn is asked for once more.
const SETS: usize = 8;

/// Writes what the offers of one fence may take together. A draw exists just when every set of offers takes at most
/// what may go of the cells they use, and sets that use the same cells have one limit (Hall's condition).
fn write_caps(fenced: &Fenced, fences: Fences, sheet: &Sheet, problem: &mut Problem<'_>) {
    let stand = &sheet.stands[fenced.stand as usize];
    let item = &sheet.items[usize::from(stand.item)];
    let lines = &problem.lines[usize::from(item.line)..usize::from(item.line + item.lines)];
    let wanted: u64 = lines.iter().map(|line| u64::from(line.qty)).sum();
    let under: Vec<u32> = (0..problem.offers.len() as u32)
        .filter(|&row| {
            let pool = problem.offers[row as usize].pool;
            (stand.pool..stand.pool + stand.pools).contains(&pool)
                && fenced.keeps(&sheet.sources[pool as usize])
        })
        .collect();
    if fences != Fences::ByTime {
        if wanted > fenced.at_once() {
            problem.caps.push(Cap { most: fenced.at_once() as u32, offers: under });
        }
        return;
    }
    let mut runs: Vec<(u32, u64)> = under
        .iter()
        .map(|&row| (problem.offers[row as usize].pool, problem.offers[row as usize].cells))
        .collect();
    runs.sort_unstable();
    runs.dedup();
    let all = (1usize << runs.len().min(SETS)) - 1;
    let sets = if runs.len() <= SETS { 1..=all } else { all..=all };
    for set in sets {
        let chosen = runs.iter().enumerate().filter(|(row, _)| runs.len() > SETS || set >> row & 1 == 1);
        let mut cells: Vec<(u32, u64)> = Vec::new();
        for (_, &(pool, mask)) in chosen {
            match cells.last_mut().filter(|last| last.0 == pool) {
                Some(last) => last.1 |= mask,
                None => cells.push((pool, mask)),
            }
        }
        let inside = |pool: u32, mask: u64| cells.iter().any(|&(of, all)| of == pool && mask & !all == 0);
        let closed = runs.len() > SETS
            || runs.iter().enumerate().all(|(row, run)| set >> row & 1 == 1 || !inside(run.0, run.1));
        let most = fenced.most(&cells, sheet);
        if closed && wanted > most {
            let offers = under.iter().copied().filter(|&row| {
                let offer = &problem.offers[row as usize];
                inside(offer.pool, offer.cells)
            });
            problem.caps.push(Cap { most: most as u32, offers: offers.collect() });
        }
    }
}
