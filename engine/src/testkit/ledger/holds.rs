//! Holds of the plain ledger.

use super::parcels::PlainOrder;
use super::*;

impl PlainHold {
    pub(super) fn state_at(&self, at: Second) -> HoldState {
        match self.state {
            HoldState::Active | HoldState::Partial if self.expires <= at => HoldState::Expired,
            state => state,
        }
    }

    pub(super) fn is_live(&self, at: Second) -> bool {
        matches!(self.state_at(at), HoldState::Active | HoldState::Partial)
    }

    pub(super) fn view(&self, at: Second) -> HoldView {
        let (state, live) = (self.state_at(at), self.is_live(at));
        let lines = self.lines.iter().map(|line| LineView {
            cell: line.cell,
            requested: line.requested,
            held: if live { line.open() } else { 0 },
            fulfilled: line.fulfilled,
            released: line.released,
            expired: if state == HoldState::Expired { line.open() } else { 0 },
        });
        HoldView {
            id: self.id,
            origin: self.place.channel,
            customer: self.place.customer,
            node: self.place.node,
            priority: self.place.priority,
            state,
            version: self.version,
            created: self.created,
            expires: self.expires,
            lines: lines.collect(),
        }
    }

    fn told(&self) -> Done {
        Done::Held { hold: self.id, version: self.version, expires: self.expires, state: self.state }
    }
}

impl Plain {
    /// The row of a live hold.
    pub(super) fn live(&self, id: HoldId, version: Option<u32>, at: Second) -> Result<usize, Refusal> {
        let row = self.holds.iter().position(|hold| hold.id == id && !hold.forgotten);
        let row = row.ok_or(no(Code::UnknownHold, 0, id.0, 0u32))?;
        let hold = &self.holds[row];
        let ended = match hold.state_at(at) {
            HoldState::Active | HoldState::Partial => None,
            HoldState::Expired => Some(hold.expires),
            HoldState::Fulfilled | HoldState::Released => Some(hold.ended),
        };
        if let Some(ended) = ended {
            return Err(no(Code::HoldEnded, 0, at.0, ended.0));
        }
        match version {
            Some(seen) if seen != hold.version => Err(no(Code::VersionConflict, 0, seen, hold.version)),
            _ => Ok(row),
        }
    }

    pub(super) fn give_up(&mut self, hold: usize, state: HoldState, at: Second) {
        let hold = &mut self.holds[hold];
        for line in &mut hold.lines {
            line.released += line.open();
        }
        (hold.state, hold.ended) = (state, at);
        hold.version += 1;
        hold.draws.clear();
    }

    fn mode(&self, channel: ChannelNo) -> Mode {
        self.channels.get(&channel).map(|terms| terms.mode).unwrap_or_default()
    }

    pub(super) fn place(&mut self, place: &Place, at: Second, id: HoldId) -> Answer {
        self.named(Kind::Channel, place.channel.0)?;
        self.named(Kind::Node, place.node.0)?;
        for claim in &place.claims {
            match claim {
                Claim::Departure { lane, .. } => self.named(Kind::Lane, lane.0)?,
                Claim::NodeDay { node, .. } | Claim::Buffer { node, .. } | Claim::Point { node, .. } => {
                    self.named(Kind::Node, node.0)?;
                }
            }
        }
        let old = match place.instead_of {
            Some(old) => Some(self.live(old, None, at)?),
            None => None,
        };
        if let Some(old) = old {
            let theirs = self.holds[old].place.customer;
            if theirs.is_none() || theirs != place.customer {
                return Err(no(Code::OtherCustomer, 0, 0u32, 0u32));
            }
        }
        if self.mode(place.channel) == Mode::Simple && place.lines.len() != 1 {
            return Err(no(Code::SimpleOnly, 0, place.lines.len() as u64, 1u32));
        }
        if place.life > self.settings.longest_life {
            return Err(no(Code::LifeCapped, 0, place.life, self.settings.longest_life));
        }
        let asked = self.asked(&place.lines)?;
        self.allowed(place.customer, &asked, place.instead_of, true, at)?;

        let before = self.clone();
        if let Some(old) = old {
            self.give_up(old, HoldState::Released, at);
            self.holds[old].replaced = true;
        }
        let found = match self.find(place.channel, &place.lines, at) {
            Ok(found) => found,
            Err(refusal) => {
                *self = before;
                return Err(refusal);
            }
        };
        if let Some(refusal) = self.no_room(&place.claims, at) {
            *self = before;
            return Err(refusal);
        }
        if self.holds.iter().any(|hold| hold.id == id) {
            // No number is given twice, not even that of a hold forgotten long ago.
            return Err(no(Code::AlreadyKnown, 0, id.0, id.0));
        }
        let noted = !self.settings.rules.is_empty();
        if noted {
            self.placed.extend(asked.iter().map(|&(sku, qty)| (sku, at, qty, true)));
        }
        let line =
            |&(cell, qty): &(CellNo, u32)| PlainLine { cell, requested: qty, fulfilled: 0, released: 0 };
        self.holds.push(PlainHold {
            id,
            place: place.clone(),
            state: HoldState::Active,
            version: 1,
            created: at,
            expires: Second(at.0 + place.life),
            latest: Second(at.0 + self.settings.longest_life),
            ended: at,
            lines: found.iter().map(line).collect(),
            draws: Vec::new(),
            forgotten: false,
            noted,
            replaced: false,
            bought: false,
            units: asked.into_iter().collect(),
        });
        let row = self.holds.len() - 1;
        self.draw_again(row, at);
        Ok(self.holds[row].told())
    }

    /// All that is claimed, by holds that live or were handed over, and by parcels.
    pub(super) fn taken(&self, at: Second) -> Vec<Claim> {
        let taken = self.holds.iter().filter(|hold| {
            let state = hold.state_at(at);
            !hold.forgotten && !matches!(state, HoldState::Released | HoldState::Expired)
        });
        let of_holds = taken.flat_map(|hold| hold.place.claims.iter().copied());
        of_holds.chain(self.orders.iter().flat_map(PlainOrder::claims)).collect()
    }

    /// The first claim that has no room beside those before it and those of all other holds.
    fn no_room(&self, claims: &[Claim], at: Second) -> Option<Refusal> {
        let taken = self.taken(at);
        for (row, claim) in claims.iter().enumerate() {
            let all = taken.iter().chain(&claims[..row]);
            let (used, more, most) = match *claim {
                Claim::NodeDay { node, date, parcels, most_parcels, .. } => {
                    let same = all.filter_map(|other| match *other {
                        Claim::NodeDay { node: at, date: on, parcels, .. } if (at, on) == (node, date) => {
                            Some(parcels)
                        }
                        _ => None,
                    });
                    (same.sum::<u32>(), parcels, most_parcels)
                }
                Claim::Point { node, from, until, most } => {
                    let stays = all.filter_map(|other| match *other {
                        Claim::Point { node: at, from, until, .. } if at == node => Some((from.0, until.0)),
                        _ => None,
                    });
                    (at_once(&stays.collect::<Vec<_>>(), (from.0, until.0)), 1, most)
                }
                Claim::Buffer { node, from, until, most } => {
                    let stays = all.filter_map(|other| match *other {
                        Claim::Buffer { node: at, from, until, .. } if at == node => Some((from.0, until.0)),
                        _ => None,
                    });
                    (at_once(&stays.collect::<Vec<_>>(), (from.0, until.0)), 1, most)
                }
                // The generator claims nothing else.
                Claim::Departure { .. } => (0, 0, None),
            };
            if let Some(most) = most.filter(|&most| used + more > most) {
                return Some(no(Code::Full, row, more, most.saturating_sub(used)));
            }
        }
        None
    }

    fn picked(&self, lines: &[PlainLine], picks: &[Wanted]) -> Result<Vec<u32>, Refusal> {
        let mut picked = vec![0; lines.len()];
        for (row, pick) in picks.iter().enumerate() {
            let mut left = pick.qty;
            for (at, line) in lines.iter().enumerate() {
                let facts = self.cells[line.cell.0 as usize].facts;
                let meant = match pick.what {
                    Want::Cell(cell) => cell == line.cell,
                    Want::Sku(sku, node) => (sku, node) == (facts.sku, facts.node),
                };
                if meant {
                    let taken = left.min(line.open() - picked[at]);
                    picked[at] += taken;
                    left -= taken;
                }
            }
            if left > 0 {
                return Err(no(Code::NotHeld, row, pick.qty, pick.qty - left));
            }
        }
        Ok(picked)
    }

    pub(super) fn adjust(&mut self, adjust: &Adjust, at: Second) -> Answer {
        let row = self.live(adjust.hold, adjust.version, at)?;
        let (channel, customer) = (self.holds[row].place.channel, self.holds[row].place.customer);
        if self.mode(channel) == Mode::Simple {
            return Err(no(Code::SimpleOnly, 0, 0u32, 0u32));
        }
        let asked = self.asked(&adjust.adds)?;
        let dropped = self.picked(&self.holds[row].lines, &adjust.drops)?;
        let left: u32 =
            self.holds[row].lines.iter().zip(&dropped).map(|(line, dropped)| line.open() - dropped).sum();
        if left == 0 && adjust.adds.is_empty() {
            return Err(no(Code::NothingLeft, 0, 0u32, 1u32));
        }
        let mut more = asked;
        for (line, &qty) in self.holds[row].lines.iter().zip(&dropped) {
            let sku = self.cells[line.cell.0 as usize].facts.sku;
            if let Some(units) = more.iter_mut().find(|units| units.0 == sku) {
                units.1 = units.1.saturating_sub(qty);
            }
        }
        more.retain(|units| units.1 > 0);
        self.allowed(customer, &more, None, false, at)?;

        let before = self.clone();
        for (line, qty) in self.holds[row].lines.iter_mut().zip(dropped) {
            line.released += qty;
        }
        let old_draws = std::mem::take(&mut self.holds[row].draws);
        let found = match self.find(channel, &adjust.adds, at) {
            Ok(found) => found,
            Err(refusal) => {
                *self = before;
                self.holds[row].draws = old_draws;
                return Err(refusal);
            }
        };
        let lines = &mut self.holds[row].lines;
        for (cell, qty) in found {
            match lines.iter_mut().find(|line| line.cell == cell) {
                Some(line) => line.requested += qty,
                None => lines.push(PlainLine { cell, requested: qty, fulfilled: 0, released: 0 }),
            }
        }
        self.holds[row].version += 1;
        if !self.settings.rules.is_empty() {
            for &(sku, qty) in &more {
                self.placed.push((sku, at, qty, false));
                *self.holds[row].units.entry(sku).or_default() += qty;
            }
        }
        self.draw_again(row, at);
        Ok(self.holds[row].told())
    }

    pub(super) fn extend(&mut self, extend: &Extend, at: Second) -> Answer {
        let row = self.live(extend.hold, extend.version, at)?;
        let hold = &mut self.holds[row];
        let until = Second(at.0 + extend.life);
        if until <= hold.expires {
            return Err(no(Code::WouldShorten, 0, until.0, hold.expires.0));
        }
        if until > hold.latest {
            return Err(no(Code::LifeCapped, 0, until.0, hold.latest.0));
        }
        hold.expires = until;
        hold.version += 1;
        self.draw_again(row, at);
        Ok(self.holds[row].told())
    }

    pub(super) fn fulfil(&mut self, fulfil: &Fulfil, stamp: Stamp) -> Answer {
        let at = stamp.second();
        let row = self.live(fulfil.hold, fulfil.version, at)?;
        self.named(Kind::Node, fulfil.by.0)?;
        let units = self.take_out(row, &fulfil.lines, fulfil.remainder, at)?;
        for &(cell, qty) in &units {
            *self.direct.entry(cell).or_default() += i64::from(qty);
        }
        let hold = self.holds[row].clone();
        let sale = self.sell(Sale {
            at: stamp,
            hold: hold.id,
            origin: hold.place.channel,
            by: fulfil.by,
            customer: hold.place.customer,
            units: units.iter().map(|units| u64::from(units.1)).sum(),
            receipt: self.receipt(hold.place.channel, fulfil.by),
        });
        Ok(Done::Sold { hold: hold.id, version: hold.version, state: hold.state, sale })
    }

    pub(super) fn sell(&mut self, sale: Sale) -> SaleNo {
        self.sales.push(sale);
        SaleNo(self.sales.len() as u32 - 1)
    }

    pub(super) fn receipt(&self, origin: ChannelNo, by: NodeNo) -> Receipt {
        let terms = self.channels.get(&origin).cloned().unwrap_or_default();
        match (self.entities.get(&by), terms.prepaid) {
            (None, _) => Receipt::NotSaid,
            (Some(here), true) if terms.entity == Some(*here) => Receipt::Online(*here),
            (Some(_), true) if terms.without_receipt => Receipt::None,
            (Some(here), _) => Receipt::Counter(*here),
        }
    }

    /// Takes units out of a live hold and its cells; none named means all. By cell.
    pub(super) fn take_out(
        &mut self,
        row: usize,
        wanted: &[Wanted],
        remainder: Remainder,
        at: Second,
    ) -> Result<Vec<(CellNo, u32)>, Refusal> {
        let lines = self.holds[row].lines.clone();
        let sold = match wanted.is_empty() {
            true => lines.iter().map(PlainLine::open).collect(),
            false => self.picked(&lines, wanted)?,
        };
        for (number, (line, &qty)) in lines.iter().zip(&sold).enumerate() {
            if qty > 0 && self.is_awaited(line.cell) {
                return Err(no(Code::NotArrived, number, qty, 0u32));
            }
            let there = self.cells[line.cell.0 as usize].on_hand;
            if there < qty {
                return Err(no(Code::NotOnHand, number, qty, there));
            }
        }
        let mut units = Vec::new();
        for (number, &qty) in sold.iter().enumerate() {
            let line = &mut self.holds[row].lines[number];
            line.fulfilled += qty;
            self.cells[line.cell.0 as usize].on_hand -= qty;
            units.push((line.cell, qty));
        }
        self.sold(row, &units);
        self.holds[row].bought = true;
        let left: u32 = self.holds[row].lines.iter().map(PlainLine::open).sum();
        if left > 0 && remainder == Remainder::Keep {
            self.holds[row].state = HoldState::Partial;
            self.holds[row].version += 1;
            self.draw_again(row, at);
        } else {
            self.give_up(row, HoldState::Fulfilled, at);
        }
        Ok(units)
    }
}

/// The most stays there are at once, at any moment of one more.
fn at_once(stays: &[(i64, i64)], (from, until): (i64, i64)) -> u32 {
    let at = |moment: i64| stays.iter().filter(|stay| stay.0 <= moment && moment < stay.1).count() as u32;
    (from..until).map(at).max().unwrap_or(0)
}
