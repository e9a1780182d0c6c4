//! Does everything add up? Slow and plain, from the holds alone: for tests, for `verify`, and after a recovery.

use super::book::Book;
use super::number::*;
use super::state::State;
use crate::units::Index;
use std::collections::BTreeMap;

impl State {
    /// The first invariant that does not hold, in words; nothing when all do. O(cells + lines).
    pub fn audit(&self) -> Option<String> {
        let at = self.at().second();
        self.tenants().find_map(|tenant| {
            let found = self.book(tenant)?.audit(at)?;
            Some(format!("tenant {}: {found}", tenant.0))
        })
    }
}

impl Book {
    fn audit(&self, at: Second) -> Option<String> {
        let mut held: BTreeMap<CellNo, u64> = BTreeMap::new();
        let mut drawn: BTreeMap<FenceNo, u64> = BTreeMap::new();
        for hold in self.holds_at(at) {
            let mut units = 0;
            for line in &hold.lines {
                let parts = u64::from(line.held)
                    + u64::from(line.fulfilled)
                    + u64::from(line.released)
                    + u64::from(line.expired);
                if parts != u64::from(line.requested) {
                    return Some(format!(
                        "hold {:?} asked {} of cell {}, parts make {parts}",
                        hold.id, line.requested, line.cell.0
                    ));
                }
                units += u64::from(line.held);
                *held.entry(line.cell).or_default() += u64::from(line.held);
            }
            if hold.state.is_live() != (units > 0) {
                return Some(format!("hold {:?} is {:?} and holds {units}", hold.id, hold.state));
            }
            if hold.state.is_live() {
                for &(fence, qty) in self.fences.drawn(hold.id) {
                    *drawn.entry(fence).or_default() += u64::from(qty);
                }
            }
        }
        for (row, balance) in self.cells.rows.iter().map(|row| &row.balance).enumerate() {
            let lines = held.get(&CellNo::of(row)).copied().unwrap_or(0);
            if u64::from(balance.held(at)) != lines || !balance.adds_up() {
                return Some(format!("cell {row} holds {}, its lines {lines}", balance.held(at)));
            }
        }
        if let Some(found) = self.orders.audit() {
            return Some(found);
        }
        for (row, fence) in self.fences.all.iter().enumerate() {
            let draws = drawn.get(&FenceNo::of(row)).copied().unwrap_or(0);
            if u64::from(fence.balance.held(at)) != draws || !fence.balance.adds_up() {
                return Some(format!("fence {row} holds {}, its draws {draws}", fence.balance.held(at)));
            }
        }
        None
    }
}
