//! Which cells the units of a solution come from, and by which departure each parcel goes.
//!
//! Every parcel starts with the departure its way was priced with. Then parcels move to earlier departures as long
//! as all pools can still give what is taken of them; moving earlier never costs more. When none can move, the draws
//! of each pool are the first-expiry-first ones over all parcels that draw from it, as far as fences leave it to them.

use super::assemble::Unfit;
use crate::sourcing::{Fenced, Sheet, Supply};
use crate::split::{Problem, Solution};
use crate::stock::{self, CellIx, Claim, Stock, Stored};
use crate::units::Index;

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

/// Units taken so far of supplies that stand for several cells; nearly always none.
#[derive(Debug, Default)]
pub(super) struct Spent(Vec<(u32, u32)>);

impl Spent {
    /// Takes a draw from the cells of its supply, in their order, after what was taken of them before.
    pub fn take(&mut self, stock: &Stock, draw: &Draw, supply: &Supply, mut pick: impl FnMut(CellIx, u32)) {
        if supply.cells == 1 {
            return pick(supply.cell, draw.qty);
        }
        let known = self.0.iter().position(|spent| spent.0 == draw.supply).unwrap_or(self.0.len());
        if known == self.0.len() {
            self.0.push((draw.supply, 0));
        }
        let (mut gone, mut left) = (self.0[known].1, draw.qty);
        self.0[known].1 += draw.qty;
        for row in supply.cell.row()..supply.cell.row() + supply.cells as usize {
            let free = stock.cell(CellIx::of(row)).free();
            let qty = free.saturating_sub(gone).min(left);
            gone = gone.saturating_sub(free);
            left -= qty;
            if qty > 0 {
                pick(CellIx::of(row), qty);
            }
        }
    }
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

/// By which rule lots go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// What expires first.
    FirstExpiry,
    /// The same, but of what is there by each moment what is fenced for others stays.
    WithinFences,
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
        sheet: &Sheet,
        problem: &Problem<'_>,
        solution: &Solution,
    ) -> Result<(), Unfit> {
        self.lay_out(sheet, problem, solution);
        let mut rule = self.draw_all(sheet, problem).ok_or(Unfit::Fences)?;
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
                    if let Some(found) = self.draw_all(sheet, problem) {
                        rule = found;
                        moved = true;
                        break;
                    }
                    self.parcels[parcel].class = class;
                }
            }
        }
        // The last attempt may have failed half-way.
        self.draw_with(rule, sheet, problem);
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
    /// it by either rule.
    fn draw_all(&mut self, sheet: &Sheet, problem: &Problem<'_>) -> Option<Rule> {
        if !self.draw_with(Rule::FirstExpiry, sheet, problem) {
            return None;
        }
        if sheet.fenced.is_empty() || self.within_fences(sheet) {
            return Some(Rule::FirstExpiry);
        }
        let drawn = self.draw_with(Rule::WithinFences, sheet, problem);
        drawn.then_some(Rule::WithinFences)
    }

    fn draw_with(&mut self, rule: Rule, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        self.drawn.clear();
        let mut first = 0;
        while first < self.by_pool.len() {
            let pool = self.takes[self.by_pool[first] as usize].pool;
            let same =
                self.by_pool[first..].iter().take_while(|&&take| self.takes[take as usize].pool == pool);
            let count = same.count();
            let source = &sheet.sources[pool as usize];
            let later = rule == Rule::WithinFences && sheet.fenced.iter().any(|fenced| fenced.keeps(source));
            let drawn = match count {
                _ if later => true,
                1 => self.draw_alone(first, sheet, problem),
                _ => self.draw_together(first, count, sheet, problem),
            };
            if !drawn {
                return false;
            }
            first += count;
        }
        rule == Rule::FirstExpiry
            || sheet.fenced.iter().all(|fenced| self.draw_fenced(fenced, sheet, problem))
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
    fn draw_together(&mut self, at: usize, count: usize, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        let pool = self.takes[self.by_pool[at] as usize].pool as usize;
        let free: Vec<u32> = sheet.supplies_of(pool).iter().map(|supply| supply.free).collect();
        self.claims.clear();
        for at in at..at + count {
            let take = self.takes[self.by_pool[at] as usize];
            self.claims.push(Claim { cells: self.mask(&take, sheet, problem), qty: take.qty });
        }
        if stock::assign(&free, &self.claims, &mut self.assigned).is_none() {
            return false;
        }
        let first_supply = sheet.sources[pool].first;
        let mut next = 0;
        for claim in 0..count {
            let first = self.drawn.len() as u32;
            while let Some(draw) = self.assigned.get(next).filter(|draw| draw.claim == claim as u32) {
                self.drawn.push(Draw { supply: first_supply + draw.cell, qty: draw.qty });
                next += 1;
            }
            let take = &mut self.takes[self.by_pool[at + claim] as usize];
            take.draw = first;
            take.draws = self.drawn.len() as u32 - first;
        }
        true
    }

    /// All takes of goods of which some are fenced for others, from whichever pools.
    fn draw_fenced(&mut self, fenced: &Fenced, sheet: &Sheet, problem: &Problem<'_>) -> bool {
        let stand = &sheet.stands[fenced.stand as usize];
        let pools = stand.pool..stand.pool + stand.pools;
        let kept = pools.filter(|&pool| fenced.keeps(&sheet.sources[pool as usize]));
        let mut supplies: Vec<u32> = kept
            .flat_map(|pool| {
                let source = &sheet.sources[pool as usize];
                source.first..source.first + source.cells
            })
            .collect();
        let key = |row: u32| {
            let supply = &sheet.supplies[row as usize];
            (supply.expires, supply.start, row)
        };
        supplies.sort_unstable_by_key(|&row| key(row));
        let cells: Vec<Stored> = supplies
            .iter()
            .map(|&row| {
                let supply = &sheet.supplies[row as usize];
                let moment = fenced.by.partition_point(|&(by, _)| by < supply.start);
                Stored { moment, free: supply.free }
            })
            .collect();
        let most: Vec<u64> = fenced.by.iter().map(|&(_, most)| most).collect();
        let takes: Vec<usize> = (0..self.takes.len())
            .filter(|&take| fenced.keeps(&sheet.sources[self.takes[take].pool as usize]))
            .collect();
        let wanted: Vec<u32> = takes.iter().map(|&take| self.takes[take].qty).collect();
        let mut admits = Vec::new();
        for (claim, &take) in takes.iter().enumerate() {
            let mask = self.mask(&self.takes[take], sheet, problem);
            let source = &sheet.sources[self.takes[take].pool as usize];
            for (cell, &supply) in supplies.iter().enumerate() {
                let inside = (source.first..source.first + source.cells).contains(&supply);
                if inside && mask >> (supply - source.first) & 1 == 1 {
                    admits.push((claim as u32, cell as u32));
                }
            }
        }
        let Some(draws) = stock::assign_within(&most, &cells, &wanted, &admits) else { return false };
        for (claim, &take) in takes.iter().enumerate() {
            let first = self.drawn.len();
            let of_claim = draws.iter().filter(|draw| draw.claim == claim as u32);
            let drawn = of_claim.map(|draw| Draw { supply: supplies[draw.cell as usize], qty: draw.qty });
            self.drawn.extend(drawn);
            self.takes[take].draw = first as u32;
            self.takes[take].draws = (self.drawn.len() - first) as u32;
        }
        true
    }

    /// Whether all picks leave what is fenced for others: by each moment, what picks that have started by then take
    /// together.
    fn within_fences(&self, sheet: &Sheet) -> bool {
        sheet.fenced.iter().all(|fenced| {
            let under = || self.takes.iter().filter(|take| fenced.keeps(&sheet.sources[take.pool as usize]));
            fenced.by.iter().all(|&(by, most)| {
                let draws = under().flat_map(|take| self.of(take));
                let started = draws.filter(|draw| sheet.supplies[draw.supply as usize].start <= by);
                started.map(|draw| u64::from(draw.qty)).sum::<u64>() <= most
            })
        })
    }
}
