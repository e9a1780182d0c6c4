//! Which cell do these names mean?

use super::{Cell, CellIx, Stock};
use crate::units::{Index, Instant};
use crate::world::{NodeIx, SellerIx, SkuIx, ZoneIx};

impl Stock {
    /// The cell of a batch: on hand when `due` is [`Instant::ALWAYS`], else the supply announced for that moment.
    pub fn find(
        &self,
        sku: SkuIx,
        (node, zone, seller): (NodeIx, ZoneIx, SellerIx),
        lot: Option<&str>,
        due: Instant,
    ) -> Option<CellIx> {
        let (first, cells) = self.of(sku);
        let spot = |cell: &Cell| (cell.node, cell.zone, cell.seller);
        let start = cells.partition_point(|cell| spot(cell) < (node, zone, seller));
        let same = cells[start..].iter().take_while(|cell| spot(cell) == (node, zone, seller));
        let at = same.into_iter().position(|cell| cell.available_at == due && self.lot(cell) == lot)?;
        Some(CellIx::of(first.row() + start + at))
    }
}
