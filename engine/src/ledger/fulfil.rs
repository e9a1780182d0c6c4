//! Handing units over: they leave the cell and the hold in one instant, and the sale is written down.

use super::book::{Book, No};
use super::command::{Fulfil, Kind, Remainder, Wanted};
use super::history::End;
use super::lift::LineList;
use super::number::*;
use super::outcome::{Done, Receipt, Sale, State};
use super::refusal::{Code, Refusal};
use crate::units::Index;

impl Book {
    /// Hands units of a hold over. O(lines).
    pub(super) fn fulfil(&mut self, fulfil: &Fulfil, stamp: Stamp) -> Result<Done, No> {
        let at = stamp.second();
        let hold = self.live(fulfil.hold, fulfil.version, at)?;
        self.known(Kind::Node, fulfil.by.0)?;
        let (channel, customer, expires) = (hold.channel, hold.customer, hold.expires);
        let (units, state) = self.take_out(fulfil.hold, &fulfil.lines, fulfil.remainder, at)?;
        self.history.changed(customer, fulfil.hold, expires, Some(End::Bought));
        let sale = self.write_sale(Sale {
            at: stamp,
            hold: fulfil.hold,
            origin: channel,
            by: fulfil.by,
            customer,
            units,
            receipt: self.receipt(channel, fulfil.by),
        })?;
        let version = self.holds.get(fulfil.hold).map_or(0, |hold| hold.version);
        Ok(Done::Sold { hold: fulfil.hold, version, state, sale })
    }

    /// Writes a sale down.
    pub(super) fn write_sale(&mut self, sale: Sale) -> Result<SaleNo, No> {
        let number = self.first_sale.checked_add(self.sales.len() as u32).ok_or("too many sales")?;
        self.sales.push_back(sale);
        Ok(SaleNo(number))
    }

    /// Takes units out of a live hold and its cells in one instant; none named means all that is held. How many, and
    /// where the hold stands then. O(lines).
    pub(super) fn take_out(
        &mut self,
        id: HoldId,
        wanted: &[Wanted],
        remainder: Remainder,
        at: Second,
    ) -> Result<(u64, State), No> {
        let hold = self.holds.get(id).ok_or("a live hold is not there")?;
        let expires = hold.expires;
        let mut lines = LineList::from_slice(self.holds.lines(hold));
        let picked = match wanted.is_empty() {
            true => lines.iter().enumerate().map(|(row, line)| (row, line.open())).collect(),
            false => self.picked(&lines, wanted)?,
        };
        let mut sold = vec![0u32; lines.len()];
        for &(line, qty) in &picked {
            sold[line] += qty;
        }
        for (row, (line, &qty)) in lines.iter().zip(&sold).enumerate().filter(|(_, (_, qty))| **qty > 0) {
            let cell = self.cells.spot(line.cell).zip(self.cells.balance(line.cell));
            let (spot, balance) = cell.ok_or("a line names no cell")?;
            if spot.is_awaited() && !planted!(SoldBeforeArrival) {
                return Err(Refusal::new(Code::NotArrived, qty, 0u32).on(row).into());
            }
            if balance.on_hand < qty {
                return Err(Refusal::new(Code::NotOnHand, qty, balance.on_hand).on(row).into());
            }
        }

        for (line, &qty) in lines.iter_mut().zip(&sold).filter(|(_, qty)| **qty > 0) {
            let cell = self.cells.settled(line.cell, at).ok_or("a line names no cell")?;
            planted!(SaleLeavesHeld => cell.hold(qty, expires).ok_or("no room")?);
            planted!(SaleLeavesOnHand => cell.on_hand += qty);
            cell.give_back(qty, expires).ok_or("a cell holds less than its lines")?;
            cell.on_hand = cell.on_hand.checked_sub(qty).ok_or("a cell has less than was seen")?;
            line.fulfilled += qty;
        }
        if !self.fences.is_empty() {
            let by_key = self.by_key(lines.iter().zip(&sold).map(|(line, &qty)| (line.cell, qty)));
            self.fences.give_back(id, expires, at, &by_key)?;
        }
        self.holds.set_lines(id, &lines);
        let left: u64 = lines.iter().map(|line| u64::from(line.open())).sum();
        let state = if left > 0 && remainder == Remainder::Keep {
            let hold = self.holds.get_mut(id).ok_or("a live hold is not there")?;
            hold.version = hold.version.checked_add(1).ok_or("a hold changed too often")?;
            hold.stored = Some(State::Partial);
            self.draw_on_fences(id, at)?;
            State::Partial
        } else {
            self.give_back(&lines, expires, at)?;
            planted!(RemainderTwice => self.give_back(&lines, expires, at)?);
            self.end(id, State::Fulfilled, at)?;
            State::Fulfilled
        };
        Ok((sold.iter().map(|&qty| u64::from(qty)).sum(), state))
    }

    /// Who gives the customer a receipt.
    pub(super) fn receipt(&self, channel: ChannelNo, by: NodeNo) -> Receipt {
        let terms = &self.channels[channel.row()];
        let Some(here) = self.entities[by.row()] else { return Receipt::NotSaid };
        match terms.prepaid {
            true if terms.entity == Some(here) || planted!(ReceiptOfAnother) => Receipt::Online(here),
            true if terms.without_receipt => Receipt::None,
            _ => Receipt::Counter(here),
        }
    }
}
