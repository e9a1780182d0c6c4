//! A new hold.

use super::book::{Book, No};
use super::capacity::NoRoom;
use super::command::{Kind, Mode, Place};
use super::history::{End, Past};
use super::holds::{Hold, Line};
use super::lift::LineList;
use super::number::*;
use super::outcome::{Done, State};
use super::refusal::{Code, Refusal};
use super::resolve::Draws;
use crate::units::Index;

impl Book {
    /// Places a hold, all of it or nothing. O(lines).
    pub(super) fn place(&mut self, place: &Place, at: Second) -> Result<Done, No> {
        self.known(Kind::Channel, place.channel.0)?;
        self.known(Kind::Node, place.node.0)?;
        for claim in &place.claims {
            self.known_places(claim)?;
        }
        if let Some(old) = place.instead_of {
            let old = self.live(old, None, at)?;
            let same = place.customer.is_some() && old.customer == place.customer;
            if !same && !planted!(AnyonesHoldReplaced) {
                return Err(Refusal::new(Code::OtherCustomer, 0u32, 0u32).into());
            }
        }
        let mode = self.channels[place.channel.row()].mode;
        if mode == Mode::Simple && place.lines.len() > 1 {
            return Err(Refusal::new(Code::SimpleOnly, place.lines.len() as u64, 1u32).into());
        }
        if place.life > self.settings.longest_life && !planted!(LifeUncapped) {
            return Err(Refusal::new(Code::LifeCapped, place.life, self.settings.longest_life).into());
        }
        let asked = self.asked(&place.lines)?;
        if !self.settings.rules.is_empty() {
            let rules = &self.settings.rules;
            self.history.allows(rules, place.customer, &asked, place.instead_of, at)?;
        }

        let lifted = match place.instead_of {
            Some(old) => Some(self.lift(old, true, at)?),
            None => None,
        };
        let draws = match self.resolve(place.channel, &place.lines, at).map_err(No::from).and_then(|draws| {
            self.claim(place, at)?;
            Ok(draws)
        }) {
            Ok(draws) => draws,
            Err(refused) => {
                if let Some(lifted) = lifted {
                    self.put_back(lifted, at)?;
                }
                return Err(refused);
            }
        };
        if let Some(lifted) = lifted {
            if !planted!(OldHoldStays) {
                self.end(lifted.hold, State::Released, at)?;
            }
            self.history.changed(place.customer, lifted.hold, lifted.expires, Some(End::Replaced));
        }
        let (hold, expires) = self.add(place, &draws, at)?;
        if !self.settings.rules.is_empty() {
            let past =
                Past { hold, created: at, expires, end: End::Open, units: asked.iter().copied().collect() };
            self.history.placed(&self.settings.rules, place.customer, past);
        }
        Ok(Done::Held { hold, version: 1, expires, state: State::Active })
    }

    fn known_places(&self, claim: &super::command::Claim) -> Result<(), Refusal> {
        use super::command::Claim;
        match *claim {
            Claim::Departure { lane, .. } => self.known(Kind::Lane, lane.0),
            Claim::NodeDay { node, .. } | Claim::Buffer { node, .. } | Claim::Point { node, .. } => {
                self.known(Kind::Node, node.0)
            }
        }
    }

    /// Takes the room the plan claims; what expired holds claimed is free even where nobody swept it.
    fn claim(&mut self, place: &Place, at: Second) -> Result<(), No> {
        if place.claims.is_empty() {
            return Ok(());
        }
        let mut taken = self.capacity.take(&place.claims);
        if matches!(taken, Err(NoRoom::Full(_))) {
            self.sweep(at, usize::MAX)?;
            taken = self.capacity.take(&place.claims);
        }
        taken.map_err(|no| match no {
            NoRoom::Full(refusal) => No::Refused(refusal),
            NoRoom::Broken(what) => No::Broken(what),
        })
    }

    /// Writes the hold down; everything has been found to fit.
    fn add(&mut self, place: &Place, draws: &Draws, at: Second) -> Result<(HoldId, Second), No> {
        let expires = at.later(place.life);
        let lines: LineList = draws
            .iter()
            .map(|draw| Line { cell: draw.cell, requested: draw.qty, fulfilled: 0, released: 0 })
            .collect();
        let hold = Hold {
            customer: place.customer,
            created: at,
            expires,
            latest: at.later(self.settings.longest_life),
            priority: place.priority,
            claims: !place.claims.is_empty(),
            ..Hold::new(place.channel, place.node)
        };
        let hold = self.holds.add(hold, &lines);
        for draw in draws {
            self.hold_for(hold, (draw.cell, draw.qty), expires, at)?;
        }
        if !place.claims.is_empty() {
            self.capacity.keep(hold, place.claims.clone().into_boxed_slice(), expires);
        }
        self.draw_on_fences(hold, at)?;
        Ok((hold, expires))
    }

    /// Ends a hold whose units and claims have been given back: what it held counts as released.
    pub(super) fn end(&mut self, id: HoldId, state: State, at: Second) -> Result<u32, No> {
        let hold = self.holds.get(id).ok_or("a live hold is not there")?;
        let mut lines = LineList::from_slice(self.holds.lines(hold));
        lines.iter_mut().for_each(|line| line.released += line.open());
        self.holds.set_lines(id, &lines);
        let hold = self.holds.get_mut(id).ok_or("a live hold is not there")?;
        (hold.stored, hold.ended) = (Some(state), at);
        hold.version = hold.version.checked_add(1).ok_or("a hold changed too often")?;
        if state == State::Released {
            hold.claims = false;
        }
        Ok(hold.version)
    }
}
