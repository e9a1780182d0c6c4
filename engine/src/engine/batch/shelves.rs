//! Which stock orders may want, numbered: things are cells, and those of one (seller, node, zone) have one price.

use super::prices::Prices;
use crate::batch::Goods;
use crate::stock::{CellIx, Stock};
use crate::units::Index;
use crate::world::{Order, SkuIx};

/// Stock that orders may want.
#[derive(Debug)]
pub(super) struct Shelves {
    /// Things and their rows of prices.
    pub goods: Goods,
    /// By thing, which cell.
    pub cells: Vec<CellIx>,
    /// By row of the stock, which thing, or `u32::MAX`.
    pub thing_of: Vec<u32>,
    /// How many kinds of goods there are: SKUs.
    pub kinds: u32,
}

impl Shelves {
    /// All cells of the SKUs that orders want, those of the first order first.
    pub fn of<'o>(stock: &Stock, orders: impl IntoIterator<Item = &'o Order>) -> Shelves {
        let thing_of = vec![u32::MAX; stock.len()];
        let mut shelves = Shelves { goods: Goods::default(), cells: Vec::new(), thing_of, kinds: 0 };
        for order in orders {
            for line in &order.lines {
                shelves.number(stock, line.sku);
            }
        }
        shelves
    }

    fn number(&mut self, stock: &Stock, sku: SkuIx) {
        let (first, cells) = stock.of(sku);
        if cells.is_empty() || self.thing_of[first.row()] != u32::MAX {
            return;
        }
        let shelf = |row: usize| (cells[row].node, cells[row].zone, cells[row].seller);
        let (mut price, kind) = (0, self.kinds);
        self.kinds += 1;
        for (row, cell) in cells.iter().enumerate() {
            if row == 0 || shelf(row) != shelf(row - 1) {
                price = self.goods.add_row(1, kind);
            }
            let ix = CellIx::of(first.row() + row);
            self.thing_of[ix.row()] = self.goods.add(u64::from(cell.free()), price);
            self.cells.push(ix);
        }
    }

    /// The row of prices of a cell; nothing for a cell that nobody may want.
    pub fn row(&self, cell: CellIx) -> Option<usize> {
        let thing = *self.thing_of.get(cell.row())?;
        self.goods.row.get(thing as usize).map(|&row| row as usize)
    }

    /// By row of prices, those of a table.
    pub fn rows(&self, prices: &Prices) -> Vec<i64> {
        let mut rows = vec![0i64; self.goods.rows()];
        for price in &prices.cells {
            if let Some(row) = self.row(price.cell) {
                rows[row] = price.price.0.max(0);
            }
        }
        rows
    }

    /// The first cell of each row of prices.
    pub fn firsts(&self) -> Vec<CellIx> {
        let mut firsts = Vec::with_capacity(self.goods.rows());
        for (&row, &cell) in self.goods.row.iter().zip(&self.cells) {
            if row as usize == firsts.len() {
                firsts.push(cell);
            }
        }
        firsts
    }
}
