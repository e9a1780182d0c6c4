//! Changes of a hold: adjust, extend, release.

use super::book::{Book, No};
use super::command::{Adjust, Extend, Mode, Release, Want, Wanted};
use super::history::End;
use super::holds::Line;
use super::lift::LineList;
use super::limits;
use super::number::*;
use super::outcome::{Done, State};
use super::refusal::{Code, Refusal};
use crate::units::Index;

impl Book {
    /// Gives some lines back and holds others, in one instant. O(lines).
    pub(super) fn adjust(&mut self, adjust: &Adjust, at: Second) -> Result<Done, No> {
        let hold = self.live(adjust.hold, adjust.version, at)?;
        let (channel, customer, expires) = (hold.channel, hold.customer, hold.expires);
        if self.channels[channel.row()].mode == Mode::Simple && !planted!(SimpleAdjusted) {
            return Err(Refusal::new(Code::SimpleOnly, 0u32, 0u32).into());
        }
        let mut lines = LineList::from_slice(self.holds.lines(hold));
        let asked = self.asked(&adjust.adds)?;
        let dropped = self.picked(&lines, &adjust.drops)?;
        for &(line, qty) in &dropped {
            lines[line].released += qty;
        }
        let kept: u64 = lines.iter().map(|line| u64::from(line.open())).sum();
        if kept == 0 && adjust.adds.is_empty() {
            return Err(Refusal::new(Code::NothingLeft, 0u32, 1u32).into());
        }
        if !self.settings.rules.is_empty() {
            // What is swapped within one SKU is not more of it.
            let mut more = asked.clone();
            for &(line, qty) in &dropped {
                let sku = self.known_cell(lines[line].cell)?.sku;
                if let Some(units) = more.iter_mut().find(|units| units.0 == sku) {
                    units.1 = units.1.saturating_sub(qty);
                }
            }
            more.retain(|units| units.1 > 0);
            self.history.allows_more(&self.settings.rules, customer, &more, at)?;
            self.swap(adjust, lines, expires, at)?;
            self.history.added(&self.settings.rules, customer, adjust.hold, &more, at);
        } else {
            self.swap(adjust, lines, expires, at)?;
        }
        self.changed(adjust.hold)
    }

    /// Lifts the hold, holds what is kept of it and what is added; on a refusal it is as it was.
    fn swap(&mut self, adjust: &Adjust, kept: LineList, expires: Second, at: Second) -> Result<(), No> {
        let channel = self.holds.get(adjust.hold).ok_or("a live hold is not there")?.channel;
        planted!(OwnUnitsBlock => self.resolve(channel, &adjust.adds, at).map(drop)?);
        let lifted = self.lift(adjust.hold, false, at)?;
        self.hold(kept.iter().map(|line| (line.cell, line.open())), expires, at)?;
        let mut lines = kept.clone();
        let found = self.resolve(channel, &adjust.adds, at).and_then(|draws| {
            for draw in &draws {
                match lines.iter_mut().find(|line| line.cell == draw.cell) {
                    Some(line) => {
                        let full = Refusal::new(Code::OutOfRange, draw.qty, limits::UNITS);
                        line.requested = line.requested.checked_add(draw.qty).ok_or(full)?;
                    }
                    None => {
                        lines.push(Line { cell: draw.cell, requested: draw.qty, fulfilled: 0, released: 0 })
                    }
                }
            }
            match lines.len() > limits::LINES {
                true => Err(Refusal::new(Code::Crowded, lines.len() as u64, limits::LINES as u64)),
                false => Ok(draws),
            }
        });
        match found {
            Ok(draws) => {
                for draw in &draws {
                    let units = (draw.cell, draw.qty);
                    match self.holds.units_on(adjust.hold.row(), draw.cell, at) {
                        Some(_) => self.hold(std::iter::once(units), expires, at)?,
                        None => self.hold_for(adjust.hold, units, expires, at)?,
                    }
                }
                self.holds.set_lines(adjust.hold, &lines);
                self.draw_on_fences(adjust.hold, at)
            }
            Err(refusal) => {
                planted!(AdjustByHalves => { self.holds.set_lines(adjust.hold, &kept); return Err(refusal.into()) });
                self.give_back(&kept, expires, at)?;
                self.put_back(lifted, at)?;
                Err(refusal.into())
            }
        }
    }

    /// Which lines of a hold, and how much of each, are meant.
    pub(super) fn picked(&self, lines: &[Line], picks: &[Wanted]) -> Result<Vec<(usize, u32)>, Refusal> {
        let mut picked: Vec<(usize, u32)> = Vec::new();
        for (row, pick) in picks.iter().enumerate() {
            let mut left = pick.qty;
            for (at, line) in lines.iter().enumerate() {
                let is_meant = match pick.what {
                    Want::Cell(cell) => line.cell == cell,
                    Want::Sku(sku, node) => {
                        let facts = self.known_cell(line.cell)?;
                        (facts.sku, facts.node) == (sku, node)
                    }
                };
                let before: u32 = picked.iter().filter(|known| known.0 == at).map(|known| known.1).sum();
                let taken = left.min(line.open().saturating_sub(before));
                if is_meant && taken > 0 {
                    picked.push((at, taken));
                    left -= taken;
                }
            }
            if left > 0 {
                return Err(Refusal::new(Code::NotHeld, pick.qty, pick.qty - left).on(row));
            }
        }
        Ok(picked)
    }

    /// Lets a hold live longer. O(lines).
    pub(super) fn extend(&mut self, extend: &Extend, at: Second) -> Result<Done, No> {
        let hold = self.live(extend.hold, extend.version, at)?;
        let (customer, claims) = (hold.customer, hold.claims);
        let until = at.later(extend.life);
        if until <= hold.expires && !planted!(ExtendShortens) {
            return Err(Refusal::new(Code::WouldShorten, until.0, hold.expires.0).into());
        }
        if until > hold.latest && !planted!(ExtensionsUncapped) {
            return Err(Refusal::new(Code::LifeCapped, until.0, hold.latest.0).into());
        }
        let lifted = self.lift(extend.hold, false, at)?;
        self.hold(lifted.lines.iter().map(|line| (line.cell, line.open())), until, at)?;
        self.holds.get_mut(extend.hold).ok_or("a live hold is not there")?.expires = until;
        self.draw_on_fences(extend.hold, at)?;
        if claims {
            self.capacity.extend(extend.hold, until);
        }
        self.history.changed(customer, extend.hold, until, None);
        self.changed(extend.hold)
    }

    /// Ends a hold and gives back what it holds. O(lines).
    pub(super) fn release(&mut self, release: &Release, at: Second) -> Result<Done, No> {
        let hold = self.live(release.hold, release.version, at)?;
        let (customer, expires) = (hold.customer, hold.expires);
        planted!(DoubleRelease => self.lift(release.hold, false, at).map(drop)?);
        self.lift(release.hold, !planted!(ClaimsStay), at)?;
        let version = self.end(release.hold, State::Released, at)?;
        self.history.changed(customer, release.hold, expires, Some(End::Unbought(at)));
        Ok(Done::Held { hold: release.hold, version, expires, state: State::Released })
    }

    /// Counts a change of a hold and tells how it stands.
    fn changed(&mut self, id: HoldId) -> Result<Done, No> {
        let hold = self.holds.get_mut(id).ok_or("a live hold is not there")?;
        hold.version = hold.version.checked_add(1).ok_or("a hold changed too often")?;
        planted!(VersionStays => hold.version -= 1);
        let state = hold.stored.ok_or("a live hold has no state")?;
        Ok(Done::Held { hold: id, version: hold.version, expires: hold.expires, state })
    }
}
