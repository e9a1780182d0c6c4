//! At the counter: the customer takes what was ordered, or part of it.

use super::route::chosen;
use super::{Parcel, Spot};
use crate::ledger::book::{Book, No};
use crate::ledger::command::{HandOver, Kind, Rest};
use crate::ledger::number::*;
use crate::ledger::outcome::{Done, Sale};
use crate::ledger::refusal::{Code, Refusal};

impl Book {
    /// Units of a parcel are the customer's; the sale is written down. O(lines × parcels of the order).
    pub(in crate::ledger) fn hand_over(&mut self, hand: &HandOver, stamp: Stamp) -> Result<Done, No> {
        let at = stamp.second();
        let (order, parcel) = self.seen(hand.parcel, hand.version)?;
        self.known(Kind::Node, hand.by.0)?;
        self.stands(parcel)?;
        if parcel.node() != hand.by {
            return Err(Refusal::new(Code::NotExpectedHere, hand.by.0, parcel.node().0).into());
        }
        if !parcel.is_delivery() || !parcel.is_at_last_stop() {
            return Err(Refusal::new(Code::NotForHandOver, hand.by.0, parcel.last_node().0).into());
        }
        let is_held = self.is_held(order, at);
        let missing = order.missing(hand.parcel.row, is_held).len() as u64;
        if missing > 0 {
            return Err(Refusal::new(Code::Incomplete, missing, 0u32).into());
        }
        if let Some(until) = order.kept_until(hand.parcel.row, is_held).filter(|until| *until <= at) {
            return Err(Refusal::new(Code::NotKept, at.0, until.0).into());
        }
        let taken = chosen(parcel, &hand.taken)?;
        let (hold, channel, customer) = (order.hold, order.channel, order.customer);
        let rest = match &hand.rest {
            Rest::Keep => None,
            Rest::Back(to) => {
                let rest = left(parcel, &taken);
                let plan = (!rest.is_empty()).then(|| self.way_back(hand.parcel, &rest, to));
                plan.transpose()?
            }
        };

        let units: u64 = taken.iter().map(|taken| u64::from(taken.1)).sum();
        self.move_units(hand.parcel, &taken, at, |content, qty| content.handed += qty)?;
        let back = match rest {
            Some(plan) => self.go_back(hand.parcel, plan, at)?,
            None => None,
        };
        let sale = self.write_sale(Sale {
            at: stamp,
            hold,
            origin: channel,
            by: hand.by,
            customer,
            units,
            receipt: self.receipt(channel, hand.by),
        })?;
        let Done::Parcel { parcel, version, stage } = self.close(hand.parcel, at)? else {
            return Err(No::Broken("a parcel is told as something else"));
        };
        Ok(Done::HandedOver { parcel, version, stage, sale, back })
    }

    /// Takes units out of a parcel.
    pub(super) fn move_units(
        &mut self,
        id: ParcelId,
        units: &[(CellNo, u32)],
        at: Second,
        book: impl Fn(&mut super::Content, u32),
    ) -> Result<(), No> {
        self.orders.change(id.order, at, |order| {
            let parcel = order.parcels.get_mut(usize::from(id.row)).ok_or("a parcel is not there")?;
            for &(cell, qty) in units {
                let content = parcel.contents.iter_mut().find(|content| content.cell == cell);
                let content = content.ok_or("a parcel lost what is in it")?;
                content.inside =
                    content.inside.checked_sub(qty).ok_or("a parcel holds less than was seen")?;
                book(content, qty);
            }
            Ok(())
        })
    }

    /// Counts a change of a parcel that units left; once it is empty it has ended, and takes no room any more.
    pub(super) fn close(&mut self, id: ParcelId, at: Second) -> Result<Done, No> {
        let (_, parcel) = self.orders.parcel(id).ok_or("a parcel is not there")?;
        if parcel.inside() > 0 {
            self.orders.change(id.order, at, |order| {
                let parcel = order.parcels.get_mut(usize::from(id.row)).ok_or("a parcel is not there")?;
                parcel.count_change()
            })?;
            return self.told(id, at);
        }
        let is_sold = parcel.contents.iter().any(|content| content.handed > 0);
        self.leave_room(id, None, at)?;
        let told = self.move_parcel(id, at, |parcel| {
            parcel.spot = if is_sold { Spot::HandedOver } else { Spot::Returned };
        })?;
        self.leave_room_of_lapsed(id.order, at)?;
        Ok(told)
    }
}

/// What is in a parcel beside units.
fn left(parcel: &Parcel, taken: &[(CellNo, u32)]) -> Vec<(CellNo, u32)> {
    let taken_of = |cell| taken.iter().filter(|taken| taken.0 == cell).map(|taken| taken.1).sum::<u32>();
    let inside =
        parcel.contents.iter().map(|content| (content.cell, content.inside - taken_of(content.cell)));
    inside.filter(|units| units.1 > 0).collect()
}
