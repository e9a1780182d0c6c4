//! Taking what a hold holds off its cells and fences for a moment, and putting it back exactly as it was.
//!
//! A change of a hold is a release and a place in one instant. Its own units stand in nobody's way then, its own least
//! of all.

use super::book::{Book, No};
use super::command::Claim;
use super::fences;
use super::holds::Line;
use super::number::*;
use smallvec::SmallVec;

/// Lines, few of them in place.
pub(super) type LineList = SmallVec<[Line; 8]>;

/// What was lifted.
pub(super) struct Lifted {
    pub hold: HoldId,
    pub lines: LineList,
    pub expires: Second,
    fences: fences::Draws,
    claims: Option<Box<[Claim]>>,
}

impl Book {
    /// Takes all a live hold holds off cells and fences, and its claims with `claims`.
    pub(super) fn lift(&mut self, hold: HoldId, claims: bool, at: Second) -> Result<Lifted, No> {
        let row = self.holds.get(hold).ok_or("a live hold is not there")?;
        let (lines, expires, claims) =
            (LineList::from_slice(self.holds.lines(row)), row.expires, claims && row.claims);
        self.give_back(&lines, expires, at)?;
        let fences = self.fences.give_back(hold, expires, at, &[])?;
        let claims = if claims { Some(self.capacity.give_back(hold)?) } else { None };
        Ok(Lifted { hold, lines, expires, fences, claims })
    }

    /// Puts it back as it was.
    pub(super) fn put_back(&mut self, lifted: Lifted, at: Second) -> Result<(), No> {
        self.hold(lifted.lines.iter().map(|line| (line.cell, line.open())), lifted.expires, at)?;
        self.fences.restore(lifted.hold, lifted.fences, lifted.expires)?;
        if let Some(claims) = lifted.claims {
            self.capacity.put_back(lifted.hold, claims)?;
        }
        Ok(())
    }

    /// Gives back what lines hold.
    pub(super) fn give_back(&mut self, lines: &[Line], until: Second, at: Second) -> Result<(), No> {
        for line in lines.iter().filter(|line| line.open() > 0) {
            let cell = self.cells.settled(line.cell, at).ok_or("a line names no cell")?;
            cell.give_back(line.open(), until).ok_or("a cell holds less than its lines")?;
        }
        Ok(())
    }

    /// Holds units.
    pub(super) fn hold(
        &mut self,
        units: impl Iterator<Item = (CellNo, u32)>,
        until: Second,
        at: Second,
    ) -> Result<(), No> {
        for (cell, qty) in units.filter(|units| units.1 > 0) {
            let cell = self.cells.settled(cell, at).ok_or("a line names no cell")?;
            cell.hold(qty, until).ok_or("more is held of a cell than a number can say")?;
        }
        Ok(())
    }

    /// Draws on fences for what a hold holds now.
    pub(super) fn draw_on_fences(&mut self, hold: HoldId, at: Second) -> Result<(), No> {
        if self.fences.is_empty() {
            return Ok(());
        }
        let row = self.holds.get(hold).ok_or("a live hold is not there")?;
        let (channel, until) = (row.channel, row.expires);
        let held = self.by_key(self.holds.lines(row).iter().map(|line| (line.cell, line.open())));
        self.fences.draw(hold, channel, &held, until, at)?;
        Ok(())
    }
}
