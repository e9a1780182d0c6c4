//! What happens to stock, physical or announced. Physical facts are taken as they are: where they leave a cell with less
//! than is held of it, the cell is short, and says so.

use super::book::{Book, No};
use super::command::{Kind, StockChange, StockEvent};
use super::number::*;
use super::outcome::Done;
use super::refusal::{Code, Refusal};
use crate::units::Index;

impl Book {
    /// Takes a report once, in the order of its source. O(1).
    pub(super) fn stock(&mut self, event: &StockEvent, at: Second) -> Result<Done, No> {
        self.known(Kind::Source, event.source.0)?;
        let last = match self.reports[event.source.row()] {
            last if planted!(ReportTwice) => last.min(event.sequence - 1),
            last => last,
        };
        if event.sequence <= last {
            return Ok(Done::KnownReport);
        }
        if event.sequence != last + 1 && !planted!(GapInReports) {
            return Err(Refusal::new(Code::OutOfOrder, event.sequence, last + 1).into());
        }
        let cell = match event.what {
            StockChange::Receipt(cell, qty) | StockChange::Return(cell, qty) => {
                self.on_hand(cell)?;
                self.add_units(cell, qty)?
            }
            StockChange::Sale(cell, qty) | StockChange::WriteOff(cell, qty) => {
                self.on_hand(cell)?;
                self.take_units(cell, qty)?
            }
            StockChange::Move(from, to, qty) => {
                let (one, other) = (self.known_cell(from)?, self.known_cell(to)?);
                if (one.sku, one.seller) != (other.sku, other.seller) {
                    return Err(Refusal::new(Code::Mismatch, to.0, from.0).into());
                }
                self.on_hand(from)?;
                self.on_hand(to)?;
                self.room(to, qty)?;
                self.take_units(from, qty)?;
                self.add_units(to, qty)?;
                planted!(MoveLosesUnits => self.take_units(to, qty).map(drop)?);
                from
            }
            StockChange::Count(cell, qty) => {
                self.on_hand(cell)?;
                self.set_units(cell, qty)?
            }
            StockChange::Announced(cell, qty, due) => {
                self.awaited(cell)?;
                self.cells.spot_mut(cell).ok_or("a cell without facts")?.facts.due = Some(due);
                self.set_units(cell, qty)?
            }
            StockChange::Arrived(cell, qty) => {
                self.awaited(cell)?;
                self.cells.spot_mut(cell).ok_or("a cell without facts")?.arrived = true;
                self.set_units(cell, qty)?
            }
        };
        self.reports[event.source.row()] = event.sequence;
        let balance = self.cells.settled(cell, at).ok_or("a cell without a balance")?;
        Ok(Done::Stocked { on_hand: balance.on_hand, short: balance.short(at) })
    }

    /// A cell whose units are there.
    fn on_hand(&self, cell: CellNo) -> Result<(), Refusal> {
        self.known_cell(cell)?;
        match self.cells.spot(cell).is_some_and(|spot| spot.is_awaited()) {
            true => Err(Refusal::new(Code::NotArrived, cell.0, 0u32)),
            false => Ok(()),
        }
    }

    /// A cell whose units are announced.
    fn awaited(&self, cell: CellNo) -> Result<(), Refusal> {
        self.known_cell(cell)?;
        match self.cells.spot(cell).is_some_and(|spot| spot.is_awaited()) {
            true => Ok(()),
            false => Err(Refusal::new(Code::AlreadyKnown, cell.0, cell.0)),
        }
    }

    fn room(&self, cell: CellNo, qty: u32) -> Result<(), No> {
        let on_hand = self.cells.balance(cell).ok_or("a cell without a balance")?.on_hand;
        match on_hand.checked_add(qty) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(Code::CellFull, qty, u32::MAX - on_hand).into()),
        }
    }

    fn add_units(&mut self, cell: CellNo, qty: u32) -> Result<CellNo, No> {
        self.room(cell, qty)?;
        self.cells.balance_mut(cell).ok_or("a cell without a balance")?.on_hand += qty;
        Ok(cell)
    }

    fn take_units(&mut self, cell: CellNo, qty: u32) -> Result<CellNo, No> {
        let balance = self.cells.balance_mut(cell).ok_or("a cell without a balance")?;
        let not_there = Refusal::new(Code::NotOnHand, qty, balance.on_hand);
        balance.on_hand = balance.on_hand.checked_sub(qty).ok_or(not_there)?;
        Ok(cell)
    }

    fn set_units(&mut self, cell: CellNo, qty: u32) -> Result<CellNo, No> {
        self.cells.balance_mut(cell).ok_or("a cell without a balance")?.on_hand = qty;
        Ok(cell)
    }
}
