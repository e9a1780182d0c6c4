//! What commands that wait together will read is read before the first of them is done.
//!
//! On millions of cells almost every key, hold and cell lies in memory that no cache has. One command after the other
//! waits for each of them in turn; the reads of many commands, which do not depend on one another, wait together. Nothing is
//! changed and nothing decided here: what was read is dropped.

use super::book::Book;
use super::command::{Body, Command, Want, Wanted};
use super::number::*;
use super::state::State;
use crate::units::Index;

impl State {
    /// Reads what so many commands will read, so that they wait for memory once and not in turn. Nothing changes. Worth it
    /// for [`AHEAD`](super::limits::AHEAD) commands at a time.
    pub fn look_ahead<'a>(&self, commands: impl Iterator<Item = &'a Command> + Clone) {
        let mut read = 0;
        let mut holds = 0;
        for command in commands.clone() {
            let Some(book) = self.book(command.tenant) else { continue };
            read ^= book.keys.place_of(command.key);
            each(&command.body, &mut |body| match hold_of(body) {
                Some(hold) => {
                    holds += 1;
                    read ^= book.holds.get(hold).map_or(0, |hold| u64::from(hold.version));
                }
                None => read ^= book.read_cells(body),
            });
        }
        // Where the lines of a hold are, and of which cells they are, is known only once the hold, and they, are read.
        for pass in [Book::read_lines, Book::read_cells_of] {
            for command in commands.clone().filter(|_| holds > 0) {
                let Some(book) = self.book(command.tenant) else { continue };
                each(&command.body, &mut |body| read ^= hold_of(body).map_or(0, |hold| pass(book, hold)));
            }
        }
        std::hint::black_box(read);
    }
}

/// The body, or those of a group.
fn each(body: &Body, look: &mut dyn FnMut(&Body)) {
    match body {
        Body::Group(bodies) => bodies.iter().for_each(look),
        body => look(body),
    }
}

/// The hold a command changes.
fn hold_of(body: &Body) -> Option<HoldId> {
    match body {
        Body::Adjust(adjust) => Some(adjust.hold),
        Body::Extend(extend) => Some(extend.hold),
        Body::Fulfil(fulfil) => Some(fulfil.hold),
        Body::Release(release) => Some(release.hold),
        _ => None,
    }
}

impl Book {
    fn read_cells(&self, body: &Body) -> u64 {
        match body {
            Body::Place(place) => place.lines.iter().fold(0, |read, line| read ^ self.read_wanted(line)),
            Body::Stock(event) => self.read_cell(event.what.cell()),
            _ => 0,
        }
    }

    fn read_wanted(&self, line: &Wanted) -> u64 {
        match line.what {
            Want::Cell(cell) => self.read_cell(cell),
            Want::Sku(sku, node) => {
                self.cells.of(sku, node).next().map_or(0, |(cell, _)| self.read_cell(cell))
            }
        }
    }

    fn read_cell(&self, cell: CellNo) -> u64 {
        self.cells.rows.get(cell.row()).map_or(0, |row| u64::from(row.balance.some_end()))
    }

    fn read_lines(&self, hold: HoldId) -> u64 {
        let lines = self.holds.get(hold).map(|hold| self.holds.lines(hold));
        lines.and_then(<[_]>::first).map_or(0, |line| u64::from(line.requested))
    }

    fn read_cells_of(&self, hold: HoldId) -> u64 {
        let lines = self.holds.get(hold).map_or(&[][..], |hold| self.holds.lines(hold));
        lines.iter().fold(0, |read, line| read ^ self.read_cell(line.cell))
    }
}
