//! Does an answer found side by side with others still hold?

use super::PlanError;
use crate::plan::Plan;
use crate::stock::{CellIx, Stock};
use crate::units::Index;
use crate::world::{Line, Order, SkuIx};
use hashbrown::{HashMap, HashSet};

/// What was taken since orders were planned side by side.
#[derive(Debug, Default)]
pub(super) struct Touched {
    skus: HashSet<SkuIx, foldhash::fast::FixedState>,
    /// Units each cell had free before.
    cells: HashMap<CellIx, u32, foldhash::fast::FixedState>,
}

impl Touched {
    /// Forgets all of it.
    pub fn clear(&mut self) {
        self.skus.clear();
        self.cells.clear();
    }

    /// Notes what a plan is about to take.
    pub fn note(&mut self, stock: &Stock, order: &Order, plan: &Plan) {
        for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
            self.skus.insert(order.lines[pick.line.row()].sku);
            self.cells.entry(pick.cell).or_insert_with(|| stock.cell(pick.cell).free());
        }
    }

    /// Whether an order's early answer is the one it would get now.
    ///
    /// It is when nobody took of its SKUs. It is, too, when every cell of them that was touched still has what the
    /// order wants of the SKU in all, or as much as before: sourcing counts no cell for more than that, so the problem
    /// is the same to the last number, and so is its answer; drawing it from cells asks for no more either. Fences,
    /// and reasons for what stays behind, are counted on all there is: with them only the first rule holds.
    pub fn leaves(&self, stock: &Stock, order: &Order, early: &Result<Plan, PlanError>) -> bool {
        let touched = |line: &&Line| self.skus.contains(&line.sku);
        if self.skus.is_empty() || !order.lines.iter().any(|line| touched(&line)) {
            return true;
        }
        let whole = early.as_ref().is_ok_and(|plan| plan.unfilled.is_empty());
        whole
            && !stock.has_fences()
            && order.lines.iter().filter(touched).all(|line| {
                let same = order.lines.iter().filter(|other| other.sku == line.sku);
                let wanted: u64 = same.map(|line| u64::from(line.qty.0)).sum();
                let (first, cells) = stock.of(line.sku);
                cells.iter().zip(first.0..).all(|(cell, row)| {
                    u64::from(cell.free()) >= wanted
                        || self.cells.get(&CellIx(row)).is_none_or(|&before| before == cell.free())
                })
            })
    }
}
