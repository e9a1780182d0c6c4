//! Stock and announced supply in columns: rows of borrowed values for the engine.

use crate::columns::{Found, Incoming, Moments, Need, Numbers, Reader, Texts};
use volok::stock::{Announced, Row, Rows};

/// Columns that stock and announced supply share.
struct Shared<'t> {
    table: &'t Incoming,
    seller: Texts<'t>,
    sku: Texts<'t>,
    node: Texts<'t>,
    zone: Texts<'t>,
    lot: Texts<'t>,
    expires: Moments<'t>,
    units: Numbers<'t>,
    held: Numbers<'t>,
    price: Numbers<'t>,
}

impl<'t> Shared<'t> {
    fn of(table: &'t Incoming, units: &'static str, reader: &mut Reader<'t, '_>) -> Shared<'t> {
        Shared {
            table,
            seller: reader.texts("seller", Need::Always),
            sku: reader.texts("sku", Need::Always),
            node: reader.texts("node", Need::Always),
            zone: reader.texts("zone", Need::Always),
            lot: reader.texts("lot", Need::Maybe),
            expires: reader.moments("expires", Need::Maybe),
            units: reader.numbers(units, Need::Always),
            held: reader.numbers("held", Need::Maybe),
            price: reader.numbers("price", Need::Maybe),
        }
    }

    fn row(&self, at: usize, safety: Option<&Numbers<'_>>) -> Row<'t> {
        let spot = self.table.spot(at);
        Row {
            seller: self.seller.of(spot),
            sku: self.sku.of(spot),
            node: self.node.of(spot),
            zone: self.zone.of(spot),
            lot: self.lot.at(spot),
            expires: self.expires.at(spot),
            units: self.units.of(spot),
            held: self.held.of(spot),
            safety: safety.map_or(0, |safety| safety.of(spot)),
            price: self.price.of(spot),
        }
    }
}

/// Stock on hand.
pub struct OnHand<'t> {
    shared: Shared<'t>,
    safety: Numbers<'t>,
}

impl<'t> OnHand<'t> {
    /// The columns of a table.
    pub fn of(table: &'t Incoming, found: &mut Found) -> OnHand<'t> {
        let mut reader = Reader::of(table, found);
        let shared = Shared::of(table, "on_hand", &mut reader);
        let safety = reader.numbers("safety", Need::Maybe);
        reader.finish();
        OnHand { shared, safety }
    }
}

impl<'t> Rows<Row<'t>> for OnHand<'t> {
    fn count(&self) -> usize {
        self.shared.table.rows()
    }

    #[inline]
    fn row(&self, at: usize) -> Row<'t> {
        self.shared.row(at, Some(&self.safety))
    }
}

/// Announced supply.
pub struct Inbound<'t> {
    shared: Shared<'t>,
    available_at: Moments<'t>,
}

impl<'t> Inbound<'t> {
    /// The columns of a table.
    pub fn of(table: &'t Incoming, found: &mut Found) -> Inbound<'t> {
        let mut reader = Reader::of(table, found);
        let shared = Shared::of(table, "qty", &mut reader);
        let available_at = reader.moments("available_at", Need::Always);
        reader.finish();
        Inbound { shared, available_at }
    }
}

impl<'t> Rows<Announced<'t>> for Inbound<'t> {
    fn count(&self) -> usize {
        self.shared.table.rows()
    }

    fn row(&self, at: usize) -> Announced<'t> {
        let available_at = self.available_at.of(self.shared.table.spot(at));
        Announced { row: self.shared.row(at, None), available_at }
    }
}
