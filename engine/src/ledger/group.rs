//! Several commands as one: all of them, or none.
//!
//! They are done in turn, each seeing those before it, at one moment. The first that is refused undoes all.

use super::book::{Book, No};
use super::command::Body;
use super::labels::Given;
use super::number::*;
use super::outcome::Done;

/// What is small enough to be kept whole while a group runs.
struct Small {
    reports: Vec<u64>,
    sales: usize,
    given: Given,
    next_order: u32,
}

impl Book {
    /// Does all commands or none. O(commands, and the rows they touch).
    pub(super) fn group(&mut self, bodies: &[Body], at: Stamp) -> Result<Done, No> {
        // What has expired gives its claims back whatever becomes of the group.
        self.sweep(at.second(), usize::MAX)?;
        let small = self.begin_group();
        let mut each = Vec::with_capacity(bodies.len());
        for (row, body) in bodies.iter().enumerate() {
            match self.act(body, at) {
                Ok(done) => each.push(done),
                Err(No::Refused(refusal)) => {
                    planted!(GroupByHalves => { self.keep_group(); return Err(refusal.of_command(row).into()) });
                    self.undo_group(small)?;
                    return Err(refusal.of_command(row).into());
                }
                Err(broken) => return Err(broken),
            }
        }
        self.keep_group();
        Ok(Done::Group(each.into()))
    }

    fn begin_group(&mut self) -> Small {
        self.cells.begin_group();
        self.holds.begin_group();
        self.fences.begin_group();
        self.history.begin_group();
        self.capacity.begin_group();
        self.orders.begin_group();
        Small {
            reports: self.reports.clone(),
            sales: self.sales.len(),
            given: self.given.clone(),
            next_order: self.orders.next,
        }
    }

    fn keep_group(&mut self) {
        self.cells.keep_group();
        self.holds.keep_group();
        self.fences.keep_group();
        self.history.keep_group();
        self.capacity.keep_group();
        self.orders.keep_group();
    }

    fn undo_group(&mut self, small: Small) -> Result<(), No> {
        self.cells.undo_group();
        self.holds.undo_group();
        self.fences.undo_group();
        self.history.undo_group();
        self.capacity.undo_group()?;
        self.orders.undo_group();
        self.reports = small.reports;
        self.sales.truncate(small.sales);
        self.given = small.given;
        self.orders.next = small.next_order;
        Ok(())
    }
}
