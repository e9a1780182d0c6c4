//! Where does a parcel stand at a moment? What was reported of it, of its order's other parcels and of its hold, and the
//! time, tell.

use super::{Order, Spot};
use crate::ledger::book::Book;
use crate::ledger::number::*;
use crate::ledger::refusal::{Code, Refusal};

/// Where a parcel stands. Which of them it is, is a function of ledger time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Written down; its units are held in their cells, or are in its parts.
    Expected,
    /// It will never be: its hold ended before it was packed, or none of its parts comes.
    Lapsed,
    /// On its way to its next stop.
    UnderWay,
    /// It stands at a node and waits: a part where it is to be merged, for other parts; a parcel of an order that is handed
    /// over together, for the others.
    Waiting,
    /// It stands at a node, and nothing is missing.
    Here,
    /// It has been kept at its hand-over point as long as it is kept: it is due to go back.
    Overdue,
    /// What was in it is in the parcel it was merged into.
    Merged,
    /// Nothing is in it any more, and something of it was handed over.
    HandedOver,
    /// Nothing is in it any more, and all of it went back.
    Returned,
}

impl Stage {
    /// The word for it in documents and tables.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Expected => "expected",
            Stage::Lapsed => "lapsed",
            Stage::UnderWay => "under_way",
            Stage::Waiting => "waiting",
            Stage::Here => "here",
            Stage::Overdue => "overdue",
            Stage::Merged => "merged",
            Stage::HandedOver => "handed_over",
            Stage::Returned => "returned",
        }
    }
}

impl Order {
    /// Where one of its parcels stands. O(parcels of the order).
    pub fn stage(&self, row: u16, is_held: bool, at: Second) -> Stage {
        let Some(parcel) = self.parcels.get(usize::from(row)) else { return Stage::Lapsed };
        match parcel.spot {
            Spot::Expected => match self.still_comes(row, is_held) {
                true => Stage::Expected,
                false => Stage::Lapsed,
            },
            Spot::UnderWay => Stage::UnderWay,
            Spot::Here if !self.missing(row, is_held).is_empty() => Stage::Waiting,
            Spot::Here if self.kept_until(row, is_held).is_some_and(|until| until <= at) => Stage::Overdue,
            Spot::Here => Stage::Here,
            Spot::Merged => Stage::Merged,
            Spot::HandedOver => Stage::HandedOver,
            Spot::Returned => Stage::Returned,
        }
    }

    /// Whether a parcel that is not where it ends may still come there.
    pub fn still_comes(&self, row: u16, is_held: bool) -> bool {
        let Some(parcel) = self.parcels.get(usize::from(row)) else { return false };
        match parcel.spot {
            Spot::Expected if parcel.parts.is_empty() => is_held,
            // Parts come before the parcel they are merged into, so this ends.
            Spot::Expected => parcel.parts.iter().any(|&part| self.still_comes(part, is_held)),
            Spot::UnderWay | Spot::Here => true,
            Spot::Merged | Spot::HandedOver | Spot::Returned => false,
        }
    }

    /// Whether a parcel stands where it ends.
    pub fn is_there(&self, row: u16) -> bool {
        let parcel = self.parcels.get(usize::from(row));
        parcel.is_some_and(|parcel| parcel.spot == Spot::Here && parcel.is_at_last_stop())
    }

    /// What a parcel that stands where it ends waits for: parts of the parcel it goes into, or other deliveries of an order
    /// that is handed over together. What never comes is not waited for at the counter; at a merge it is, until the parts
    /// are merged without it.
    pub fn missing(&self, row: u16, is_held: bool) -> Vec<u16> {
        let Some(parcel) = self.parcels.get(usize::from(row)).filter(|_| self.is_there(row)) else {
            return Vec::new();
        };
        match parcel.into.and_then(|into| self.parcels.get(usize::from(into))) {
            Some(whole) => whole.parts.iter().copied().filter(|&part| !self.is_there(part)).collect(),
            None if self.together && parcel.is_delivery() => self.deliveries_to_come(is_held),
            None => Vec::new(),
        }
    }

    fn deliveries_to_come(&self, is_held: bool) -> Vec<u16> {
        let rows = (0..self.parcels.len() as u16).filter(|&row| self.parcels[usize::from(row)].is_delivery());
        rows.filter(|&row| !self.is_there(row) && self.still_comes(row, is_held)).collect()
    }

    /// Until when a parcel that stands where it is handed over is kept, exclusive. A parcel that is handed over together
    /// with others is kept from when the last of them came; while one is missing, its time does not run.
    pub fn kept_until(&self, row: u16, is_held: bool) -> Option<Second> {
        let parcel = self.parcels.get(usize::from(row))?;
        if !self.is_there(row) || !parcel.is_delivery() || !self.missing(row, is_held).is_empty() {
            return None;
        }
        let others = (0..self.parcels.len() as u16)
            .filter(|&other| self.together && self.is_there(other))
            .map(|other| &self.parcels[usize::from(other)])
            .filter(|other| other.is_delivery())
            .map(|other| other.since);
        Some(others.fold(parcel.since, Second::max).later(self.kept))
    }
}

impl Book {
    /// Whether the units an order has not packed are still held.
    pub(super) fn is_held(&self, order: &Order, at: Second) -> bool {
        let state = self.holds.get(order.hold).and_then(|hold| hold.state(at));
        state.is_some_and(|state| state.is_live())
    }

    /// A parcel in the version the client saw.
    pub(super) fn seen(
        &self,
        id: ParcelId,
        version: Option<u32>,
    ) -> Result<(&Order, &super::Parcel), Refusal> {
        let number = u64::from(id.order.0) << 16 | u64::from(id.row);
        let found = self.orders.parcel(id).ok_or(Refusal::new(Code::UnknownParcel, number, 0u32))?;
        match version {
            Some(seen) if seen != found.1.version => {
                Err(Refusal::new(Code::VersionConflict, seen, found.1.version))
            }
            _ => Ok(found),
        }
    }

    /// That a parcel stands somewhere with something in it.
    pub(super) fn stands(&self, parcel: &super::Parcel) -> Result<(), Refusal> {
        let node = parcel.node().0;
        match parcel.spot {
            Spot::Here => Ok(()),
            Spot::Expected => Err(Refusal::new(Code::NotPacked, node, 0u32)),
            Spot::UnderWay => Err(Refusal::new(Code::NotHere, node, 0u32)),
            _ => Err(over(parcel)),
        }
    }
}

/// Why nothing more can become of a parcel that has ended.
pub(super) fn over(parcel: &super::Parcel) -> Refusal {
    let code = match parcel.spot {
        Spot::Merged => Code::MergedAlready,
        Spot::HandedOver => Code::HandedOverAlready,
        _ => Code::WentBack,
    };
    Refusal::new(code, parcel.node().0, parcel.into.unwrap_or(0))
}
