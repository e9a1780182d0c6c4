//! Which cells do wanted units come from, and are they free?

use super::book::Book;
use super::cells::Spot;
use super::command::{CellFacts, Kind, Want, Wanted};
use super::fences::FenceKey;
use super::history::{Asked, note};
use super::limits;
use super::number::*;
use super::refusal::{Code, Refusal};
use crate::units::Index;
use smallvec::SmallVec;

/// Units of one cell, for a hold that wants them. One draw a cell: lines on one cell are asked for as their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Draw {
    pub cell: CellNo,
    pub qty: u32,
}

pub(super) type Draws = SmallVec<[Draw; 8]>;

impl Book {
    /// That the book knows what lines ask for; and the units wanted of each SKU, where rules count them.
    pub(super) fn asked(&self, lines: &[Wanted]) -> Result<Asked, Refusal> {
        let mut asked = Asked::new();
        let counts = !self.settings.rules.is_empty();
        for (row, line) in lines.iter().enumerate() {
            let sku = match line.what {
                // What a cell is lies elsewhere than what it holds: it is not read where nobody asks.
                Want::Cell(cell) if !counts && cell.row() < self.cells.len() => continue,
                Want::Cell(cell) => self.known_cell(cell).map_err(|refusal| refusal.on(row))?.sku,
                Want::Sku(sku, node) => {
                    self.known(Kind::Sku, sku.0).map_err(|refusal| refusal.on(row))?;
                    self.known(Kind::Node, node.0).map_err(|refusal| refusal.on(row))?;
                    sku
                }
            };
            if counts {
                note(&mut asked, sku, line.qty);
            }
        }
        Ok(asked)
    }

    /// Finds free units for each line, after those of the lines before it. Nothing changes. O(lines × cells of an
    /// SKU at a node).
    pub(super) fn resolve(&self, channel: ChannelNo, lines: &[Wanted], at: Second) -> Result<Draws, Refusal> {
        let mut draws = Draws::new();
        for (row, line) in lines.iter().enumerate() {
            let found = match line.what {
                Want::Cell(cell) => self.of_cell(channel, cell, line.qty, at, &mut draws),
                Want::Sku(sku, node) => self.of_sku(channel, (sku, node), line.qty, at, &mut draws),
            };
            found.map_err(|refusal| refusal.on(row))?;
        }
        match draws.len() > limits::LINES {
            true => Err(Refusal::new(Code::Crowded, draws.len() as u64, limits::LINES as u64)),
            false => Ok(draws),
        }
    }

    fn of_cell(
        &self,
        channel: ChannelNo,
        cell: CellNo,
        qty: u32,
        at: Second,
        draws: &mut Draws,
    ) -> Result<(), Refusal> {
        let unknown = Refusal::new(Code::Unknown, cell.0, self.cells.len() as u64);
        let balance = self.cells.balance(cell).ok_or(unknown)?;
        planted!(HoldsOnShortCell => if balance.short(at) > 0 { draw(draws, cell, qty); return Ok(()) });
        if balance.short(at) > 0 {
            return Err(Refusal::new(Code::CellShort, qty, 0u32));
        }
        let free = balance.free(at).saturating_sub(drawn(draws, cell));
        if qty > free {
            return Err(Refusal::new(Code::NotEnough, qty, free));
        }
        if !self.fences.is_empty()
            && let Some(spot) = self.cells.spot(cell)
            && let Some(room) = self.beside_fences(channel, spot, at, draws)
            && u64::from(qty) > room
        {
            return Err(Refusal::new(Code::Fenced, qty, room));
        }
        draw(draws, cell, qty);
        Ok(())
    }

    fn of_sku(
        &self,
        channel: ChannelNo,
        (sku, node): (SkuNo, NodeNo),
        qty: u32,
        at: Second,
        draws: &mut Draws,
    ) -> Result<(), Refusal> {
        let (mut left, mut fenced) = (qty, false);
        let before = draws.clone();
        for (cell, spot) in self.cells.of(sku, node) {
            let expired = spot.facts.expires <= at.instant() && !planted!(ExpiredLotGiven);
            if spot.is_awaited() || expired {
                continue;
            }
            let free = self.cells.balance(cell).map_or(0, |balance| balance.free(at));
            let free = free.saturating_sub(drawn(draws, cell));
            let room = self.beside_fences(channel, spot, at, draws).unwrap_or(u64::MAX);
            fenced |= room < u64::from(free);
            let taken = left.min(u32::try_from(room).unwrap_or(u32::MAX)).min(free);
            if taken > 0 {
                draw(draws, cell, taken);
                left -= taken;
            }
            if left == 0 {
                return Ok(());
            }
        }
        *draws = before;
        let code = if fenced { Code::Fenced } else { Code::NotEnough };
        Err(Refusal::new(code, qty, qty - left))
    }

    /// Units of a cell's (sku, seller, node) that fences leave to a channel; nothing where there is no fence. Units that
    /// are on hand are counted beside those on hand, announced ones beside all.
    fn beside_fences(&self, channel: ChannelNo, spot: &Spot, at: Second, draws: &Draws) -> Option<u64> {
        planted!(FenceIgnored => return None);
        let key = Book::fence_key(&spot.facts);
        if self.fences.is_empty() || self.fences.of(key).is_empty() {
            return None;
        }
        let mut free = 0;
        for (cell, other) in self.cells.of(key.0, key.2) {
            let counts = other.facts.seller == key.1 && (spot.is_awaited() || !other.is_awaited());
            if counts && let Some(balance) = self.cells.balance(cell) {
                free += u64::from(balance.free(at).saturating_sub(drawn(draws, cell)));
            }
        }
        Some(free.saturating_sub(self.fences.for_others(key, channel, at)))
    }

    /// Units by what a fence would be on.
    pub(super) fn by_key(
        &self,
        units: impl Iterator<Item = (CellNo, u32)>,
    ) -> SmallVec<[(FenceKey, u32); 4]> {
        let mut by_key = SmallVec::<[(FenceKey, u32); 4]>::new();
        for (cell, qty) in units.filter(|units| units.1 > 0) {
            let Some(key) = self.cells.spot(cell).map(|spot| key_of(&spot.facts)) else { continue };
            match by_key.iter_mut().find(|known| known.0 == key) {
                Some(known) => known.1 = known.1.saturating_add(qty),
                None => by_key.push((key, qty)),
            }
        }
        by_key
    }
}

fn key_of(facts: &CellFacts) -> FenceKey {
    Book::fence_key(facts)
}

fn drawn(draws: &Draws, cell: CellNo) -> u32 {
    planted!(SkipSum => return 0);
    draws.iter().find(|draw| draw.cell == cell).map_or(0, |draw| draw.qty)
}

fn draw(draws: &mut Draws, cell: CellNo, qty: u32) {
    match draws.iter_mut().find(|draw| draw.cell == cell) {
        // Both were free together, so the sum fits.
        Some(draw) => draw.qty += qty,
        None => draws.push(Draw { cell, qty }),
    }
}
