//! The parcels of a held order get their numbers and their codes.

use super::{Order, Parcel, Spot};
use crate::ledger::book::{Book, No};
use crate::ledger::command::{Claim, Kind, ParcelTerms, Parcels};
use crate::ledger::number::*;
use crate::ledger::outcome::Done;
use crate::ledger::refusal::{Code, Refusal};
use crate::ledger::sscc::Sscc;

impl Book {
    /// Writes the parcels of an order down; nothing moves. O(picks × lines of the hold).
    pub(in crate::ledger) fn write_down(&mut self, parcels: &Parcels, at: Second) -> Result<Done, No> {
        let hold = self.live(parcels.hold, parcels.version, at)?;
        let (channel, customer) = (hold.channel, hold.customer);
        for (row, parcel) in parcels.parcels.iter().enumerate() {
            self.known_parcel(parcel).map_err(|refusal| refusal.on(row))?;
        }
        let code = self.order_code(parcels.hold, channel, &parcels.order).ok_or("a live hold has no code")?;
        if let Some(known) = self.orders.by_code(&code) {
            return Err(Refusal::new(Code::AlreadyKnown, 0u32, known.0).into());
        }
        for (row, parcel) in parcels.parcels.iter().enumerate() {
            self.packed_where_it_stands(parcel).map_err(|refusal| refusal.on(row))?;
        }
        self.held_for(parcels, at)?;
        let count = parcels.parcels.len() as u16;
        let label = match parcels.labels {
            Some(terms) => Some(self.given.give(terms, u32::from(count))?),
            None => None,
        };
        let number = OrderNo(self.orders.next);
        self.orders.next = number.0.checked_add(1).ok_or("too many orders")?;
        let order = Order {
            hold: parcels.hold,
            channel,
            customer,
            code: code.into(),
            together: parcels.together,
            kept: parcels.kept,
            changed: at,
            parcels: rows(&parcels.parcels, label, at),
        };
        self.orders.add(number, order);
        Ok(Done::Written { order: number, parcels: count, label })
    }

    /// The code of an order: the name it was given, or its hold's number, behind the channel's prefix.
    fn order_code(&self, hold: HoldId, channel: ChannelNo, name: &str) -> Option<String> {
        if name.is_empty() {
            return self.code(hold);
        }
        let prefix = &*self.channels.get(channel.0 as usize)?.prefix;
        Some(if name.starts_with(prefix) { name.to_owned() } else { format!("{prefix}{name}") })
    }

    fn known_parcel(&self, parcel: &ParcelTerms) -> Result<(), Refusal> {
        parcel.stops.iter().try_for_each(|node| self.known(Kind::Node, node.0))?;
        parcel.picks.iter().try_for_each(|pick| self.known_cell(pick.cell).map(|_| ()))
    }

    fn packed_where_it_stands(&self, parcel: &ParcelTerms) -> Result<(), Refusal> {
        let origin = parcel.stops.first().copied();
        for pick in &parcel.picks {
            let node = self.known_cell(pick.cell)?.node;
            if Some(node) != origin {
                return Err(Refusal::new(Code::Mismatch, pick.cell.0, node.0));
            }
        }
        Ok(())
    }

    /// That the hold holds what all parcels are packed with, and claims what they claim.
    fn held_for(&self, parcels: &Parcels, at: Second) -> Result<(), Refusal> {
        let mut left: Vec<(CellNo, u32)> = Vec::new();
        if let Some(hold) = self.holds.get(parcels.hold) {
            left.extend(self.holds.lines(hold).iter().map(|line| (line.cell, line.open())));
        }
        let mut claims: Vec<&Claim> = self.claims(parcels.hold, at).iter().collect();
        for (row, parcel) in parcels.parcels.iter().enumerate() {
            for pick in &parcel.picks {
                let line = left.iter_mut().find(|line| line.0 == pick.cell);
                let there_is = line.as_ref().map_or(0, |line| line.1);
                match line.filter(|line| line.1 >= pick.qty) {
                    Some(line) => line.1 -= pick.qty,
                    None => return Err(Refusal::new(Code::NotHeld, pick.qty, there_is).on(row)),
                }
            }
            for claim in &parcel.claims {
                match claims.iter().position(|other| *other == claim) {
                    Some(place) => drop(claims.remove(place)),
                    None => return Err(Refusal::new(Code::NotHeld, 1u32, 0u32).on(row)),
                }
            }
        }
        Ok(())
    }
}

/// Parcels as they begin.
fn rows(terms: &[ParcelTerms], label: Option<Sscc>, at: Second) -> Vec<Parcel> {
    let mut parcels: Vec<Parcel> = Vec::with_capacity(terms.len());
    for (row, parcel) in terms.iter().enumerate() {
        for &part in &parcel.parts {
            if let Some(part) = parcels.get_mut(usize::from(part)) {
                part.into = Some(row as u16);
            }
        }
        let mut picks: Vec<(CellNo, u32)> = Vec::new();
        for pick in &parcel.picks {
            match picks.iter_mut().find(|known| known.0 == pick.cell) {
                Some(known) => known.1 += pick.qty,
                None => picks.push((pick.cell, pick.qty)),
            }
        }
        parcels.push(Parcel {
            label: label.and_then(|first| first.later(row as u32)),
            version: 1,
            spot: Spot::Expected,
            since: at,
            stops: parcel.stops.clone(),
            stop: 0,
            picks,
            parts: parcel.parts.clone(),
            into: None,
            wait_until: parcel.wait_until,
            contents: Vec::new(),
            claims: parcel.claims.clone(),
            owns_claims: false,
            is_return: false,
        });
    }
    parcels
}
