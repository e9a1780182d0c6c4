//! Which cells the units of a solution come from, and by which departure each parcel goes.
//!
//! Every parcel starts with the departure its way was priced with. Then parcels move to earlier departures as long
//! as all pools can still give what is taken of them; moving earlier never costs more. When none can move, the draws
//! of each pool are the first-expiry-first ones over all parcels that draw from it.

use super::assemble::Unfit;
use crate::sourcing::Sheet;
use crate::split::{Problem, Solution};
use crate::stock::{self, Claim};
use crate::units::Instant;
use crate::world::Order;

/// Units of one offer in one parcel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take {
    /// Which offer of the problem.
    pub offer: u32,
    /// How many units.
    pub qty: u32,
    parcel: u16,
    pool: u32,
    draw: u32,
    draws: u32,
}

/// Units of one take from one cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    /// Which row of the sheet's supplies.
    pub supply: u32,
    /// How many units.
    pub qty: u32,
}

/// Memory for drawing, and what was drawn.
#[derive(Debug, Default)]
pub struct Draws {
    /// By parcel, then by offer.
    takes: Vec<Take>,
    /// Way and present class of each parcel, with its run of takes.
    parcels: Vec<Drawn>,
    /// Rows of takes by pool.
    by_pool: Vec<u32>,
    drawn: Vec<Draw>,
    claims: Vec<Claim>,
    assigned: Vec<stock::Draw>,
}

#[derive(Clone, Copy, Debug)]
struct Drawn {
    way: u16,
    class: u32,
    first_class: u32,
    take: u32,
    takes: u32,
}

/// Which of lots that expire together go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alike {
    DueFirst,
    DueLast,
}

impl Draws {
    /// Which way a parcel goes.
    pub(super) fn way(&self, parcel: usize) -> u16 {
        self.parcels[parcel].way
    }

    /// What a parcel takes.
    pub(super) fn takes_of(&self, parcel: usize) -> &[Take] {
        let parcel = &self.parcels[parcel];
        &self.takes[parcel.take as usize..(parcel.take + parcel.takes) as usize]
    }

    /// From which cells, in the order of the pool.
    pub(super) fn of(&self, take: &Take) -> &[Draw] {
        &self.drawn[take.draw as usize..(take.draw + take.draws) as usize]
    }

    /// Settles departures and draws of a solution.
    pub(super) fn settle(
        &mut self,
        order: &Order,
        sheet: &Sheet,
        problem: &Problem<'_>,
        solution: &Solution,
    ) -> Result<(), Unfit> {
        self.lay_out(sheet, problem, solution);
        let mut alike = self.draw_all(order, sheet, problem).ok_or(Unfit::Fences)?;
        if self.parcels.iter().all(|parcel| parcel.class == parcel.first_class) {
            return Ok(());
        }
        // Moving one parcel may free cells for another, so those that stayed are asked again.
        let mut moved = true;
        while moved {
            moved = false;
            for parcel in 0..self.parcels.len() {
                let Drawn { class, first_class, .. } = self.parcels[parcel];
                for earlier in first_class..class {
                    self.parcels[parcel].class = earlier;
                    if let Some(found) = self.draw_all(order, sheet, problem) {
                        alike = found;
                        moved = true;
                        break;
                    }
                    self.parcels[parcel].class = class;
                }
            }
        }
        // The last attempt may have failed half-way.
        self.draw_with(alike, sheet, problem);
        Ok(())
    }

    fn lay_out(&mut self, sheet: &Sheet, problem: &Problem<'_>, solution: &Solution) {
        self.takes.clear();
        self.parcels.clear();
        self.by_pool.clear();
        for (number, parcel) in solution.parcels.iter().enumerate() {
            let (row, route, _) = sheet.way(parcel.way);
            let take = self.takes.len() as u32;
            let takes = parcel.takes.len() as u32;
            let (way, class, first_class) = (parcel.way, row.class, route.class);
            self.parcels.push(Drawn { way, class, first_class, take, takes });
            for &(offer, qty) in &parcel.takes {
                let (parcel, pool) = (number as u16, problem.offers[offer as usize].pool);
                self.takes.push(Take { offer, qty, parcel, pool, draw: 0, draws: 0 });
            }
        }
        self.by_pool.extend(0..self.takes.len() as u32);
        let takes = &self.takes;
        self.by_pool.sort_unstable_by_key(|&take| (takes[take as usize].pool, take));
    }

    /// Draws from all pools; nothing when one has too little for the present departures, or a fence stands against
    /// it whichever of lots alike go first.
    fn draw_all(&mut self, order: &Order, sheet: &Sheet, problem: &Problem<'_>) -> Option<Alike> {
        if !self.draw_with(Alike::DueFirst, sheet, problem) {
            return None;
        }
        if sheet.fenced.is_empty() || self.within_fences(order, sheet) {
            return Some(Alike::DueFirst);
        }
        let drawn = self.draw_with(Alike::DueLast, sheet, problem) && self.within_fences(order, sheet);
        drawn.then_some(Alike::DueLast)
    }

    fn draw_with(&mut self, alike: Alike, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        self.drawn.clear();
        let mut first = 0;
        while first < self.by_pool.len() {
            let pool = self.takes[self.by_pool[first] as usize].pool;
            let same =
                self.by_pool[first..].iter().take_while(|&&take| self.takes[take as usize].pool == pool);
            let count = same.count();
            let drawn = match count {
                1 if alike == Alike::DueFirst => self.draw_alone(first, sheet, problem),
                _ => self.draw_together(first, count, alike, sheet, problem),
            };
            if !drawn {
                return false;
            }
            first += count;
        }
        true
    }

    fn mask(&self, take: &Take, sheet: &Sheet, problem: &Problem<'_>) -> u64 {
        let parcel = &self.parcels[usize::from(take.parcel)];
        let offer = &problem.offers[take.offer as usize];
        match parcel.class == sheet.ways[usize::from(parcel.way)].class {
            true => offer.cells,
            false => {
                let class = &sheet.classes[parcel.class as usize];
                sheet.mask(offer.pool as usize, usize::from(offer.line), class)
            }
        }
    }

    /// One take has the pool for itself: cells in their order.
    fn draw_alone(&mut self, at: usize, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        let row = self.by_pool[at] as usize;
        let take = self.takes[row];
        let mask = self.mask(&take, sheet, problem);
        let source = &sheet.sources[take.pool as usize];
        let first = self.drawn.len();
        let mut left = take.qty;
        for (bit, supply) in sheet.supplies_of(take.pool as usize).iter().enumerate() {
            if left == 0 {
                break;
            }
            if mask >> bit & 1 == 1 {
                let qty = supply.free.min(left);
                left -= qty;
                self.drawn.push(Draw { supply: source.first + bit as u32, qty });
            }
        }
        self.takes[row].draw = first as u32;
        self.takes[row].draws = (self.drawn.len() - first) as u32;
        left == 0
    }

    /// Several takes share the pool.
    fn draw_together(
        &mut self,
        at: usize,
        count: usize,
        alike: Alike,
        sheet: &Sheet,
        problem: &Problem<'_>,
    ) -> bool {
        let pool = self.takes[self.by_pool[at] as usize].pool as usize;
        let supplies = sheet.supplies_of(pool);
        let mut cells: Vec<usize> = (0..supplies.len()).collect();
        if alike == Alike::DueLast {
            cells.sort_by_key(|&cell| (supplies[cell].expires, std::cmp::Reverse(supplies[cell].start)));
        }
        let free: Vec<u32> = cells.iter().map(|&cell| supplies[cell].free).collect();
        self.claims.clear();
        for at in at..at + count {
            let take = self.takes[self.by_pool[at] as usize];
            let mask = self.mask(&take, sheet, problem);
            let bits = cells.iter().enumerate();
            let mask = bits.fold(0, |moved, (to, &from)| moved | (mask >> from & 1) << to);
            self.claims.push(Claim { cells: mask, qty: take.qty });
        }
        if stock::assign(&free, &self.claims, &mut self.assigned).is_none() {
            return false;
        }
        let first_supply = sheet.sources[pool].first;
        let mut next = 0;
        for claim in 0..count {
            let first = self.drawn.len() as u32;
            while let Some(draw) = self.assigned.get(next).filter(|draw| draw.claim == claim as u32) {
                let supply = first_supply + cells[draw.cell as usize] as u32;
                self.drawn.push(Draw { supply, qty: draw.qty });
                next += 1;
            }
            let take = &mut self.takes[self.by_pool[at + claim] as usize];
            take.draw = first;
            take.draws = self.drawn.len() as u32 - first;
        }
        true
    }

    /// Whether all picks leave what is fenced for others: by each moment, what parcels whose latest pick of the
    /// fenced goods has started by then take together.
    fn within_fences(&self, order: &Order, sheet: &Sheet) -> bool {
        sheet.fenced.iter().all(|fenced| {
            let mut by_parcel: Vec<(Instant, u64)> = Vec::new();
            for parcel in 0..self.parcels.len() {
                let under = self.takes_of(parcel).iter().filter(|take| {
                    let source = &sheet.sources[take.pool as usize];
                    source.stand == fenced.stand && source.seller == fenced.seller
                });
                let (mut start, mut units) = (order.placed_at, 0);
                for take in under {
                    units += u64::from(take.qty);
                    let starts = self.of(take).iter().map(|draw| sheet.supplies[draw.supply as usize].start);
                    start = starts.fold(start, Instant::max);
                }
                by_parcel.push((start, units));
            }
            fenced.by.iter().all(|&(by, most)| {
                let taken: u64 =
                    by_parcel.iter().filter(|(start, _)| *start <= by).map(|(_, units)| units).sum();
                taken <= most
            })
        })
    }
}
