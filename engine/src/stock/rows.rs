//! Rows of stock wherever they lie: in a document, in the columns of a table, in a program's own structures.
//!
//! Keys are borrowed, so that millions of rows are read without a text being made for any of them.

use crate::spec::{self, Moment};

/// A record of stock by keys, as [`spec::Cell`] is one, but borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Owner.
    pub seller: &'a str,
    /// What.
    pub sku: &'a str,
    /// Where.
    pub node: &'a str,
    /// In which temperature zone.
    pub zone: &'a str,
    /// Batch; the nameless one when absent.
    pub lot: Option<&'a str>,
    /// When the batch expires; never when absent.
    pub expires: Option<Moment<'a>>,
    /// Units physically there, or announced.
    pub units: i64,
    /// Units claimed by holds.
    pub held: i64,
    /// Units never promised; nought for announced supply.
    pub safety: i64,
    /// What taking one unit is worth to orders still to come, minor units.
    pub price: i64,
}

/// Announced supply.
#[derive(Clone, Copy, Debug)]
pub struct Announced<'a> {
    /// What is announced.
    pub row: Row<'a>,
    /// From when it can be picked.
    pub available_at: Moment<'a>,
}

/// Rows that can be asked for by number, by several threads at once, and more than once.
pub trait Rows<R>: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// One of them, from 0. O(1).
    fn row(&self, at: usize) -> R;
}

impl<'a> Rows<Row<'a>> for &'a [spec::Cell] {
    fn count(&self) -> usize {
        self.len()
    }

    fn row(&self, at: usize) -> Row<'a> {
        let cell = &self[at];
        Row {
            seller: &cell.seller,
            sku: &cell.sku,
            node: &cell.node,
            zone: &cell.zone,
            lot: cell.lot.as_deref(),
            expires: cell.expires.as_deref().map(Moment::Text),
            units: cell.on_hand,
            held: cell.held,
            safety: cell.safety,
            price: cell.price,
        }
    }
}

impl<'a> Rows<Announced<'a>> for &'a [spec::Inbound] {
    fn count(&self) -> usize {
        self.len()
    }

    fn row(&self, at: usize) -> Announced<'a> {
        let supply = &self[at];
        let row = Row {
            seller: &supply.seller,
            sku: &supply.sku,
            node: &supply.node,
            zone: &supply.zone,
            lot: supply.lot.as_deref(),
            expires: supply.expires.as_deref().map(Moment::Text),
            units: supply.qty,
            held: supply.held,
            safety: 0,
            price: supply.price,
        };
        Announced { row, available_at: Moment::Text(&supply.available_at) }
    }
}
