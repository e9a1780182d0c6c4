//! On their way: packed, arrived, sent on, merged.

use super::stage::over;
use super::{Content, Order, Parcel, Spot};
use crate::ledger::book::{Book, No};
use crate::ledger::command::{
    Arrive, CellUnits, Claim, Handled, Kind, Lines, Merge, Remainder, Want, Wanted,
};
use crate::ledger::history::End;
use crate::ledger::number::*;
use crate::ledger::outcome::Done;
use crate::ledger::refusal::{Code, Refusal};

impl Book {
    /// Units leave their cells and the hold, and are in a parcel that leaves for its next stop. O(lines).
    pub(in crate::ledger) fn pack(&mut self, pack: &Handled, at: Second) -> Result<Done, No> {
        let (order, parcel) = self.seen(pack.parcel, pack.version)?;
        if parcel.picks.is_empty() {
            return Err(Refusal::new(Code::OtherKind, u64::from(pack.parcel.row), 0u32).into());
        }
        if parcel.spot != Spot::Expected {
            return Err(Refusal::new(Code::PackedAlready, parcel.node().0, 0u32).into());
        }
        let hold = order.hold;
        let wanted: Lines =
            parcel.picks.iter().map(|&(cell, qty)| Wanted { what: Want::Cell(cell), qty }).collect();
        let (customer, expires) = {
            let hold = self.live(hold, None, at)?;
            (hold.customer, hold.expires)
        };
        self.take_out(hold, &wanted, Remainder::Keep, at)?;
        self.history.changed(customer, hold, expires, Some(End::Bought));
        self.hand_claims_on(pack.parcel, hold, at)?;
        self.move_parcel(pack.parcel, at, |parcel| {
            parcel.contents = parcel
                .picks
                .iter()
                .map(|&(cell, qty)| Content { cell, inside: qty, handed: 0, back: 0 })
                .collect();
            parcel.contents.sort_by_key(|content| content.cell);
            leave(parcel);
        })
    }

    /// What a parcel claims, and what the parcels claim that it goes into, is no longer the hold's to give back.
    fn hand_claims_on(&mut self, id: ParcelId, hold: HoldId, at: Second) -> Result<(), No> {
        let Some(order) = self.orders.all.get(&id.order) else { return Ok(()) };
        let mut rows = vec![id.row];
        while let Some(into) = rows.last().and_then(|&row| order.parcels.get(usize::from(row))?.into) {
            rows.push(into);
        }
        let capacity = &mut self.capacity;
        self.orders.change(id.order, at, |order| {
            for row in rows {
                let Some(parcel) = order.parcels.get_mut(usize::from(row)) else { continue };
                if !std::mem::replace(&mut parcel.owns_claims, true) {
                    parcel.claims.retain(|claim| capacity.hand_on(hold, claim));
                }
            }
            Ok(())
        })
    }

    /// A parcel came to its next stop. O(parcels of the order).
    pub(in crate::ledger) fn arrive(&mut self, arrive: &Arrive, at: Second) -> Result<Done, No> {
        let (_, parcel) = self.seen(arrive.parcel, arrive.version)?;
        self.known(Kind::Node, arrive.node.0)?;
        let node = parcel.node();
        let elsewhere = Refusal::new(Code::NotExpectedHere, arrive.node.0, node.0);
        match parcel.spot {
            Spot::UnderWay if node == arrive.node => {}
            Spot::UnderWay => return Err(elsewhere.into()),
            Spot::Here if node == arrive.node => {
                return Err(Refusal::new(Code::ArrivedAlready, node.0, parcel.since.0).into());
            }
            Spot::Here => return Err(elsewhere.into()),
            Spot::Expected => return Err(Refusal::new(Code::NotPacked, node.0, 0u32).into()),
            _ => return Err(over(parcel).into()),
        }
        self.move_parcel(arrive.parcel, at, |parcel| parcel.spot = Spot::Here)
    }

    /// A parcel leaves a node for its next stop. O(parcels of the order).
    pub(in crate::ledger) fn send_on(&mut self, send: &Handled, at: Second) -> Result<Done, No> {
        let (_, parcel) = self.seen(send.parcel, send.version)?;
        self.stands(parcel)?;
        if parcel.is_at_last_stop() {
            return Err(Refusal::new(Code::GoesNoFurther, parcel.node().0, parcel.last_node().0).into());
        }
        let node = parcel.node();
        self.leave_room(send.parcel, Some(node), at)?;
        self.move_parcel(send.parcel, at, leave)
    }

    /// Parts become one parcel. O(lines of the order).
    pub(in crate::ledger) fn merge(&mut self, merge: &Merge, at: Second) -> Result<Done, No> {
        let (order, whole) = self.seen(merge.parcel, merge.version)?;
        if whole.parts.is_empty() {
            return Err(Refusal::new(Code::OtherKind, u64::from(merge.parcel.row), 0u32).into());
        }
        if whole.spot != Spot::Expected {
            return Err(Refusal::new(Code::PackedAlready, whole.node().0, 0u32).into());
        }
        let is_held = self.is_held(order, at);
        let (there, missing): (Vec<u16>, Vec<u16>) =
            whole.parts.iter().partition(|&&part| order.is_there(part));
        let waits = whole.wait_until.is_none_or(|until| at < until)
            && missing.iter().any(|&part| order.still_comes(part, is_held));
        if there.is_empty() || (!missing.is_empty() && (!merge.without_missing || waits)) {
            let (parts, there) = (whole.parts.len() as u64, there.len() as u64);
            return Err(Refusal::new(Code::Incomplete, parts, there).into());
        }
        let node = whole.node();
        for &part in &there {
            self.leave_room(ParcelId { order: merge.parcel.order, row: part }, Some(node), at)?;
        }
        self.orders.change(merge.parcel.order, at, |order| {
            let contents = take_contents(order, &there, at)?;
            part_from(order, merge.parcel.row, &missing)?;
            let whole =
                order.parcels.get_mut(usize::from(merge.parcel.row)).ok_or("a parcel is not there")?;
            (whole.contents, whole.parts) = (contents, there);
            (whole.spot, whole.since) = (Spot::Here, at);
            whole.count_change()
        })?;
        self.told(merge.parcel, at)
    }

    /// Changes a parcel, and tells how it stands.
    pub(super) fn move_parcel(
        &mut self,
        id: ParcelId,
        at: Second,
        change: impl FnOnce(&mut Parcel),
    ) -> Result<Done, No> {
        self.orders.change(id.order, at, |order| {
            let parcel = order.parcels.get_mut(usize::from(id.row)).ok_or("a parcel is not there")?;
            change(parcel);
            parcel.since = at;
            parcel.count_change()
        })?;
        self.told(id, at)
    }

    /// How a parcel stands.
    pub(super) fn told(&self, id: ParcelId, at: Second) -> Result<Done, No> {
        let (order, parcel) = self.orders.parcel(id).ok_or("a parcel is not there")?;
        let stage = order.stage(id.row, self.is_held(order, at), at);
        Ok(Done::Parcel { parcel: id, version: parcel.version, stage })
    }

    /// Gives back the room a parcel claimed for waiting at a node, or anywhere.
    pub(super) fn leave_room(&mut self, id: ParcelId, node: Option<NodeNo>, at: Second) -> Result<(), No> {
        let capacity = &mut self.capacity;
        self.orders.change(id.order, at, |order| {
            let parcel = order.parcels.get_mut(usize::from(id.row)).ok_or("a parcel is not there")?;
            if !parcel.owns_claims {
                return Ok(());
            }
            let left = |claim: &_| match *claim {
                Claim::Buffer { node: of, .. } | Claim::Point { node: of, .. } => {
                    node.is_none_or(|node| node == of)
                }
                Claim::Departure { .. } | Claim::NodeDay { .. } => false,
            };
            parcel
                .claims
                .iter()
                .filter(|claim| left(claim))
                .try_for_each(|claim| capacity.drop_one(claim))?;
            parcel.claims.retain(|claim| !left(claim));
            Ok(())
        })
    }
}

/// Goes to its next stop, if it has one.
fn leave(parcel: &mut Parcel) {
    match parcel.is_at_last_stop() {
        true => parcel.spot = Spot::Here,
        false => {
            parcel.stop += 1;
            parcel.spot = Spot::UnderWay;
        }
    }
}

/// Empties parts into one list.
fn take_contents(order: &mut Order, parts: &[u16], at: Second) -> Result<Vec<Content>, No> {
    let mut contents: Vec<Content> = Vec::new();
    for &part in parts {
        let part = order.parcels.get_mut(usize::from(part)).ok_or("a part is not there")?;
        part.contents.retain_mut(|content| {
            let moved = std::mem::take(&mut content.inside);
            match contents.iter_mut().find(|known| known.cell == content.cell) {
                Some(known) => known.inside += moved,
                None if moved > 0 => {
                    contents.push(Content { cell: content.cell, inside: moved, handed: 0, back: 0 })
                }
                None => {}
            }
            content.back > 0
        });
        (part.spot, part.since) = (Spot::Merged, at);
        part.count_change()?;
    }
    contents.sort_by_key(|content| content.cell);
    Ok(contents)
}

/// Parts that a parcel is merged without go on by themselves: its way, and into what it goes into.
fn part_from(order: &mut Order, row: u16, missing: &[u16]) -> Result<(), No> {
    let whole = order.parcels.get(usize::from(row)).ok_or("a parcel is not there")?;
    let (onward, into) = (whole.stops[1..].to_vec(), whole.into);
    for &part in missing {
        if let Some(part) = order.parcels.get_mut(usize::from(part)) {
            part.stops.extend(&onward);
            part.into = into;
            part.count_change()?;
        }
        if let Some(into) = into.and_then(|into| order.parcels.get_mut(usize::from(into))) {
            into.parts.push(part);
        }
    }
    Ok(())
}

/// Which contents, and how much of each, are meant; none means all.
pub(super) fn chosen(parcel: &Parcel, units: &[CellUnits]) -> Result<Vec<(CellNo, u32)>, Refusal> {
    if units.is_empty() {
        let inside = parcel.contents.iter().filter(|content| content.inside > 0);
        return Ok(inside.map(|content| (content.cell, content.inside)).collect());
    }
    for (row, unit) in units.iter().enumerate() {
        let inside = parcel.contents.iter().find(|content| content.cell == unit.cell);
        let there_is = inside.map_or(0, |content| content.inside);
        if unit.qty > there_is {
            return Err(Refusal::new(Code::NotInside, unit.qty, there_is).on(row));
        }
    }
    Ok(units.iter().map(|unit| (unit.cell, unit.qty)).collect())
}
