//! Does every unit that was packed lie in exactly one place? And: forgetting orders that are over.

use super::{Order, Orders, Spot};
use crate::ledger::book::{Book, No};
use crate::ledger::number::*;
use std::collections::BTreeMap;

impl Orders {
    /// The first thing of the parcels that does not add up, in words. O(parcels).
    pub fn audit(&self) -> Option<String> {
        let mut again = Orders::default();
        for (&number, order) in &self.all {
            if let Some(found) = order.audit() {
                return Some(format!("order {}: {found}", order.code));
            }
            again.add(number, order.clone());
        }
        let same =
            again.standing == self.standing && again.kept == self.kept && again.by_code == self.by_code;
        (!same).then(|| "what finds parcels is not what they are".to_owned())
    }
}

impl Order {
    fn audit(&self) -> Option<String> {
        let mut packed: BTreeMap<CellNo, u64> = BTreeMap::new();
        let mut lie: BTreeMap<CellNo, u64> = BTreeMap::new();
        for (row, parcel) in self.parcels.iter().enumerate() {
            if parcel.spot != Spot::Expected {
                for &(cell, qty) in &parcel.picks {
                    *packed.entry(cell).or_default() += u64::from(qty);
                }
            }
            for content in &parcel.contents {
                let units = [content.inside, content.handed, content.back];
                *lie.entry(content.cell).or_default() += units.map(u64::from).iter().sum::<u64>();
            }
            let is_open = matches!(parcel.spot, Spot::UnderWay | Spot::Here);
            if is_open != (parcel.inside() > 0) {
                return Some(format!("parcel {row} is {:?} with {} units", parcel.spot, parcel.inside()));
            }
            let known = parcel.parts.iter().all(|&part| {
                let part = self.parcels.get(usize::from(part));
                part.is_some_and(|part| part.into == Some(row as u16))
            });
            if !known {
                return Some(format!("parcel {row} has parts that go elsewhere"));
            }
        }
        (packed != lie).then(|| format!("packed by cell {packed:?}, found {lie:?}"))
    }

    /// Whether nothing becomes of it any more, and its claims have passed.
    fn is_over(&self, is_held: bool, at: Second) -> bool {
        let rows = 0..self.parcels.len() as u16;
        let comes = rows.into_iter().any(|row| self.still_comes(row, is_held));
        let claims =
            self.parcels.iter().filter(|parcel| parcel.owns_claims).flat_map(|parcel| &parcel.claims);
        !comes && claims.into_iter().all(|claim| claim.last() <= at.instant())
    }
}

impl Book {
    /// Forgets orders that were over before a moment; how many. O(`most` × parcels of an order).
    pub(in crate::ledger) fn forget_orders(
        &mut self,
        before: Second,
        most: u32,
        at: Second,
    ) -> Result<u32, No> {
        let cursor = OrderNo(self.orders.cursor);
        let from_there = self.orders.all.range(cursor..).chain(self.orders.all.range(..cursor));
        let looked: Vec<OrderNo> = from_there.take(most as usize).map(|(&number, _)| number).collect();
        let mut forgotten = 0;
        for number in looked {
            self.orders.cursor = number.0.saturating_add(1);
            let Some(order) = self.orders.all.get(&number) else { continue };
            let ended = self.holds.get(order.hold).and_then(|hold| hold.end(at)).unwrap_or(order.changed);
            let is_old = order.changed < before && ended < before;
            if !is_old || !order.is_over(self.is_held(order, at), at) {
                continue;
            }
            for parcel in order.parcels.iter().filter(|parcel| parcel.owns_claims) {
                parcel.claims.iter().try_for_each(|claim| self.capacity.drop_one(claim))?;
            }
            self.orders.forget(number);
            forgotten += 1;
        }
        Ok(forgotten)
    }
}
