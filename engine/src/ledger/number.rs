//! What a ledger counts by: its own numbers, which a change of the catalogue never moves.
//!
//! The rows of a [`crate::world::World`] stand in the order of their keys, so one more SKU moves all behind it. A log
//! outlives many catalogues. Therefore each tenant's book numbers what it hears of in the order in which it hears.

use crate::units::{Instant, index_type};

index_type!(
    /// A stock cell of a book.
    CellNo
);
index_type!(
    /// A thing that can be held, as registered in a book.
    SkuNo
);
index_type!(
    /// An owner of stock.
    SellerNo
);
index_type!(
    /// A place.
    NodeNo
);
index_type!(
    /// A temperature zone of a place.
    ZoneNo
);
index_type!(
    /// A batch.
    LotNo
);
index_type!(
    /// Where holds come from.
    ChannelNo
);
index_type!(
    /// A lane whose departures plans claim.
    LaneNo
);
index_type!(
    /// A legal entity.
    EntityNo
);
index_type!(
    /// A system that reports stock events.
    SourceNo
);
index_type!(
    /// A ring-fence of a book.
    FenceNo
);
index_type!(
    /// A held order whose parcels are written down.
    OrderNo
);
index_type!(
    /// A record of units sold out of a hold.
    SaleNo
);

/// A tenant. Tenants share a writer and a log and nothing else: each has a book of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tenant(pub u16);

/// What a client calls one request: sent again with the same key it has one effect. Clients that name requests by text
/// send a digest of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(pub u128);

/// Who holds: a number the client keeps for a customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Customer(pub u64);

/// A hold of a book. Numbers of holds forgotten long ago are used again with the next generation, so an old number
/// never opens a new hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HoldId(pub u64);

impl HoldId {
    pub(super) fn of(row: u32, generation: u32) -> HoldId {
        HoldId(u64::from(generation) << 32 | u64::from(row))
    }

    pub(super) fn row(self) -> u32 {
        self.0 as u32
    }

    pub(super) fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// A parcel: its order, and its place among the order's parcels, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ParcelId {
    /// Of which order.
    pub order: OrderNo,
    /// Which of its parcels; the letter of its code.
    pub row: u16,
}

impl ParcelId {
    pub(super) fn of(order: OrderNo, row: u16) -> ParcelId {
        ParcelId { order, row }
    }
}

/// A whole second since 1970-01-01T00:00:00Z, up to the year 2106. Holds end at whole seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Second(pub u32);

impl Second {
    /// The same moment as the other rooms write it.
    pub fn instant(self) -> Instant {
        Instant(i64::from(self.0))
    }

    /// So many seconds later, or the last moment there is.
    pub(super) fn later(self, seconds: u32) -> Second {
        Second(self.0.saturating_add(seconds))
    }
}

const PER_SECOND: i64 = 1_000_000_000;

/// Ledger time in nanoseconds since 1970-01-01T00:00:00Z: no two operations have the same. Nanoseconds, because
/// `last + 1` must not outrun the clock at millions of operations a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Stamp(pub i64);

impl Stamp {
    /// The latest stamp a clock may show: the last one whose second has a number.
    pub const LAST: Stamp = Stamp((u32::MAX as i64 - 1) * PER_SECOND);

    /// The stamp at the start of a second.
    pub fn at(second: Second) -> Stamp {
        Stamp(i64::from(second.0) * PER_SECOND)
    }

    /// The second it lies in.
    pub fn second(self) -> Second {
        Second(u32::try_from(self.0.div_euclid(PER_SECOND)).unwrap_or(if self.0 < 0 { 0 } else { u32::MAX }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_lies_in_its_second_up_to_the_last_nanosecond() {
        assert_eq!(Stamp(1_999_999_999).second(), Second(1));
        assert_eq!(Stamp::at(Second(2)).second(), Second(2));
        assert_eq!(Stamp(-1).second(), Second(0));
        assert_eq!(Stamp::LAST.second(), Second(u32::MAX - 1));
    }

    #[test]
    fn a_number_used_again_is_another_hold() {
        let (old, new) = (HoldId::of(7, 0), HoldId::of(7, 1));
        assert_ne!(old, new);
        assert_eq!((new.row(), new.generation()), (7, 1));
    }
}
