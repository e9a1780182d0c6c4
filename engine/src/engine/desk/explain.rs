//! Why is what was planned as it is, when some of it may have left its cells by now?

use super::{Desk, HoldError};
use crate::engine::Scratch;
use crate::ledger::{Books, HoldId};
use crate::plan::{self, Plan};
use crate::spec::Advice;
use crate::stock::CellIx;
use crate::units::Index;
use crate::world::Order;
use std::collections::BTreeMap;

impl Desk {
    /// Explains the plan of a hold ([`crate::Engine::explain`]) with what the ledger shows now of everything else. What the
    /// plan takes is there to be taken, whether it is held, packed, sold or counted short by now, and its own claims are in
    /// nobody's way: else a plan that was carried out would look as if it could not be made.
    ///
    /// # Errors
    /// [`HoldError::Ledger`], [`HoldError::Unbound`].
    pub fn explain(
        &mut self,
        ledger: &impl Books,
        hold: HoldId,
        (order, plan): (&Order, &Plan),
        scratch: &mut Scratch,
    ) -> Result<Advice, HoldError> {
        self.follow(ledger, order, Some(hold))?;
        let mut units: BTreeMap<CellIx, u32> = BTreeMap::new();
        for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
            *units.entry(pick.cell).or_default() += pick.qty.0;
        }
        for (cell, qty) in units {
            let cell = &mut self.engine.stock.cells[cell.row()];
            cell.on_hand = cell.on_hand.max(cell.held.saturating_add(cell.safety).saturating_add(qty));
        }
        let own = plan::claims(&self.engine.world, order, plan);
        // Where the ledger has them.
        let _ = self.engine.load.release(&own);
        // Nothing of this stays: whoever plans next at this desk follows the ledger first.
        Ok(self.engine.explain(order, plan, scratch))
    }
}
