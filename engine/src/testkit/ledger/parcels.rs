//! Parcels of the plain ledger: every unit is a thing of its own, with the cell it came from and the place where it lies.

use super::*;

/// An order whose parcels are written down.
#[derive(Clone, Debug)]
pub(super) struct PlainOrder {
    pub number: OrderNo,
    pub hold: HoldId,
    pub channel: ChannelNo,
    pub customer: Option<Customer>,
    pub code: String,
    together: bool,
    kept: u32,
    pub changed: Second,
    pub parcels: Vec<PlainParcel>,
    /// Every unit that was packed.
    pub units: Vec<PlainUnit>,
}

/// A unit that was packed.
#[derive(Clone, Debug)]
pub(super) struct PlainUnit {
    pub cell: CellNo,
    /// In which parcel of its order it is, or was last.
    pub parcel: u16,
    pub end: UnitEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitEnd {
    Inside,
    Sold,
    Back(CellNo),
}

#[derive(Clone, Debug)]
pub(super) struct PlainParcel {
    pub terms: ParcelTerms,
    pub label: Option<Sscc>,
    pub version: u32,
    /// Reported so far.
    life: Life,
    pub since: Second,
    stop: usize,
    pub into: Option<u16>,
    pub is_return: bool,
    /// Claims it has of its own.
    own: Option<Vec<Claim>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Expected,
    Moves,
    Stands,
    Merged,
    Over,
}

impl PlainOrder {
    pub(super) fn inside(&self, row: u16) -> impl Iterator<Item = &PlainUnit> {
        self.units.iter().filter(move |unit| unit.parcel == row && unit.end == UnitEnd::Inside)
    }

    pub(super) fn node(&self, row: u16) -> NodeNo {
        let parcel = &self.parcels[usize::from(row)];
        parcel.terms.stops[parcel.stop]
    }

    pub(super) fn last_node(&self, row: u16) -> NodeNo {
        *self.parcels[usize::from(row)].terms.stops.last().unwrap_or(&NodeNo(0))
    }

    pub(super) fn is_there(&self, row: u16) -> bool {
        let parcel = &self.parcels[usize::from(row)];
        parcel.life == Life::Stands && parcel.stop + 1 == parcel.terms.stops.len()
    }

    pub(super) fn is_delivery(&self, row: u16) -> bool {
        let parcel = &self.parcels[usize::from(row)];
        parcel.into.is_none() && !parcel.is_return
    }

    pub(super) fn comes(&self, row: u16, is_held: bool) -> bool {
        let parcel = &self.parcels[usize::from(row)];
        match parcel.life {
            Life::Expected if parcel.terms.picks.is_empty() => {
                parcel.terms.parts.iter().any(|&part| self.comes(part, is_held))
            }
            Life::Expected => is_held,
            Life::Moves | Life::Stands => true,
            Life::Merged | Life::Over => false,
        }
    }

    pub(super) fn missing(&self, row: u16, is_held: bool) -> Vec<u16> {
        if !self.is_there(row) {
            return Vec::new();
        }
        if let Some(into) = self.parcels[usize::from(row)].into {
            let parts = &self.parcels[usize::from(into)].terms.parts;
            return parts.iter().copied().filter(|&part| !self.is_there(part)).collect();
        }
        let all = 0..self.parcels.len() as u16;
        all.filter(|_| self.together && self.is_delivery(row))
            .filter(|&other| self.is_delivery(other) && !self.is_there(other) && self.comes(other, is_held))
            .collect()
    }

    pub(super) fn kept_until(&self, row: u16, is_held: bool) -> Option<Second> {
        if !self.is_there(row) || !self.is_delivery(row) || !self.missing(row, is_held).is_empty() {
            return None;
        }
        let all = 0..self.parcels.len() as u16;
        let counts = |other: &u16| {
            *other == row || (self.together && self.is_there(*other) && self.is_delivery(*other))
        };
        let since = all.filter(counts).map(|other| self.parcels[usize::from(other)].since.0).max()?;
        Some(Second(since + self.kept))
    }

    pub(super) fn stage(&self, row: u16, is_held: bool, at: Second) -> Stage {
        match self.parcels[usize::from(row)].life {
            Life::Expected if self.comes(row, is_held) => Stage::Expected,
            Life::Expected => Stage::Lapsed,
            Life::Moves => Stage::UnderWay,
            Life::Stands if !self.missing(row, is_held).is_empty() => Stage::Waiting,
            Life::Stands if self.kept_until(row, is_held).is_some_and(|until| until.0 <= at.0) => {
                Stage::Overdue
            }
            Life::Stands => Stage::Here,
            Life::Merged => Stage::Merged,
            Life::Over if self.is_sold(row) => Stage::HandedOver,
            Life::Over => Stage::Returned,
        }
    }

    fn is_sold(&self, row: u16) -> bool {
        self.units.iter().any(|unit| unit.parcel == row && unit.end == UnitEnd::Sold)
    }

    /// Whether a parcel's claims for waiting are given back; at one node, or wherever.
    pub(super) fn leave(&mut self, row: u16, node: Option<NodeNo>) {
        if let Some(own) = &mut self.parcels[usize::from(row)].own {
            own.retain(|claim| match claim {
                Claim::Buffer { node: of, .. } | Claim::Point { node: of, .. } => {
                    node.is_some_and(|node| node != *of)
                }
                _ => true,
            });
        }
    }

    /// Sends units of a parcel back in a new one; its row.
    pub(super) fn send_back(
        &mut self,
        row: u16,
        units: &[(CellNo, u32)],
        node: NodeNo,
        label: Option<Sscc>,
        at: Second,
    ) -> u16 {
        let back = self.parcels.len() as u16;
        for &(cell, qty) in units {
            let inside = |unit: &&mut PlainUnit| {
                unit.parcel == row && unit.cell == cell && unit.end == UnitEnd::Inside
            };
            self.units.iter_mut().filter(inside).take(qty as usize).for_each(|unit| unit.parcel = back);
        }
        let terms = ParcelTerms { stops: vec![self.node(row), node], ..ParcelTerms::default() };
        self.parcels.push(PlainParcel {
            terms,
            label,
            version: 1,
            life: Life::Moves,
            since: at,
            stop: 1,
            into: None,
            is_return: true,
            own: Some(Vec::new()),
        });
        back
    }

    /// Claims that are parcels' own.
    pub(super) fn claims(&self) -> impl Iterator<Item = Claim> {
        self.parcels.iter().flat_map(|parcel| parcel.own.iter().flatten().copied())
    }
}

impl Plain {
    pub(super) fn is_held(&self, order: &PlainOrder, at: Second) -> bool {
        let hold = self.holds.iter().find(|hold| hold.id == order.hold && !hold.forgotten);
        hold.is_some_and(|hold| hold.is_live(at))
    }

    pub(super) fn write_down(&mut self, parcels: &Parcels, at: Second) -> Answer {
        let row = self.live(parcels.hold, parcels.version, at)?;
        for (row, parcel) in parcels.parcels.iter().enumerate() {
            let on = |refusal: Refusal| Refusal { line: row as u16, ..refusal };
            for node in &parcel.stops {
                self.named(Kind::Node, node.0).map_err(on)?;
            }
            for pick in &parcel.picks {
                self.cell(pick.cell).map_err(on)?;
            }
        }
        let hold = self.holds[row].clone();
        let prefix = self.channels.get(&hold.place.channel).map(|terms| terms.prefix.to_string());
        let prefix = prefix.unwrap_or_default();
        let code = match &*parcels.order {
            "" if hold.id.0 >> 32 == 0 => format!("{prefix}{}", (hold.id.0 as u32) + 1),
            "" => format!("{prefix}{}.{}", (hold.id.0 as u32) + 1, hold.id.0 >> 32),
            name if name.starts_with(&prefix) => name.to_owned(),
            name => format!("{prefix}{name}"),
        };
        if let Some(known) = self.orders.iter().find(|order| order.code == code) {
            return Err(no(Code::AlreadyKnown, 0, 0u32, known.number.0));
        }
        for (row, parcel) in parcels.parcels.iter().enumerate() {
            for pick in &parcel.picks {
                let node = self.cell(pick.cell)?.facts.node;
                if node != parcel.stops[0] {
                    return Err(no(Code::Mismatch, row, pick.cell.0, node.0));
                }
            }
        }
        let mut claims: Vec<Claim> = hold.place.claims.clone();
        let mut wanted: BTreeMap<CellNo, u32> = BTreeMap::new();
        for (row, parcel) in parcels.parcels.iter().enumerate() {
            for pick in &parcel.picks {
                let before = wanted.entry(pick.cell).or_default();
                let open: u32 =
                    hold.lines.iter().filter(|line| line.cell == pick.cell).map(PlainLine::open).sum();
                if *before + pick.qty > open {
                    return Err(no(Code::NotHeld, row, pick.qty, open - *before));
                }
                *before += pick.qty;
            }
            for claim in &parcel.claims {
                let place = claims.iter().position(|other| other == claim);
                claims.remove(place.ok_or(no(Code::NotHeld, row, 1u32, 0u32))?);
            }
        }
        let count = parcels.parcels.len() as u32;
        let label = parcels.labels.map(|terms| self.give(terms, count)).transpose()?;
        let number = OrderNo(self.orders_written);
        self.orders_written += 1;
        let mut rows: Vec<PlainParcel> = Vec::new();
        for (row, terms) in parcels.parcels.iter().enumerate() {
            rows.push(PlainParcel {
                terms: terms.clone(),
                label: label.and_then(|first| first.later(row as u32)),
                version: 1,
                life: Life::Expected,
                since: at,
                stop: 0,
                into: (0..count as u16)
                    .find(|&other| parcels.parcels[usize::from(other)].parts.contains(&(row as u16))),
                is_return: false,
                own: None,
            });
        }
        self.orders.push(PlainOrder {
            number,
            hold: hold.id,
            channel: hold.place.channel,
            customer: hold.place.customer,
            code,
            together: parcels.together,
            kept: parcels.kept,
            changed: at,
            parcels: rows,
            units: Vec::new(),
        });
        Ok(Done::Written { order: number, parcels: count as u16, label })
    }

    /// The order's place in the list, if the parcel is there in the version seen.
    pub(super) fn parcel(&self, id: ParcelId, version: Option<u32>) -> Result<usize, Refusal> {
        let number = u64::from(id.order.0) * 65_536 + u64::from(id.row);
        let unknown = no(Code::UnknownParcel, 0, number, 0u32);
        let order = self.orders.iter().position(|order| order.number == id.order).ok_or(unknown)?;
        let there = self.orders[order].parcels.get(usize::from(id.row)).ok_or(unknown)?.version;
        match version {
            Some(seen) if seen != there => Err(no(Code::VersionConflict, 0, seen, there)),
            _ => Ok(order),
        }
    }

    fn ended(order: &PlainOrder, row: u16) -> Refusal {
        let parcel = &order.parcels[usize::from(row)];
        let code = match parcel.life {
            Life::Merged => Code::MergedAlready,
            _ if order.is_sold(row) => Code::HandedOverAlready,
            _ => Code::WentBack,
        };
        no(code, 0, order.node(row).0, parcel.into.unwrap_or(0))
    }

    pub(super) fn standing(order: &PlainOrder, row: u16) -> Result<(), Refusal> {
        match order.parcels[usize::from(row)].life {
            Life::Stands => Ok(()),
            Life::Expected => Err(no(Code::NotPacked, 0, order.node(row).0, 0u32)),
            Life::Moves => Err(no(Code::NotHere, 0, order.node(row).0, 0u32)),
            Life::Merged | Life::Over => Err(Plain::ended(order, row)),
        }
    }

    fn stage_told(&self, order: usize, row: u16, at: Second) -> Answer {
        let order = &self.orders[order];
        let parcel = ParcelId { order: order.number, row };
        let stage = order.stage(row, self.is_held(order, at), at);
        Ok(Done::Parcel { parcel, version: order.parcels[usize::from(row)].version, stage })
    }

    /// Counts a change that leaves a parcel where it is.
    pub(super) fn counted(&mut self, order: usize, row: u16, at: Second) -> Answer {
        self.orders[order].parcels[usize::from(row)].version += 1;
        self.orders[order].changed = at;
        self.stage_told(order, row, at)
    }

    pub(super) fn moved(&mut self, order: usize, row: u16, life: Life, at: Second) -> Answer {
        let parcel = &mut self.orders[order].parcels[usize::from(row)];
        (parcel.life, parcel.since) = (life, at);
        parcel.version += 1;
        self.orders[order].changed = at;
        self.stage_told(order, row, at)
    }

    pub(super) fn pack(&mut self, pack: &Handled, at: Second) -> Answer {
        let (row, at_order) = (pack.parcel.row, self.parcel(pack.parcel, pack.version)?);
        let order = &self.orders[at_order];
        let parcel = order.parcels[usize::from(row)].clone();
        if parcel.terms.picks.is_empty() {
            return Err(no(Code::OtherKind, 0, row, 0u32));
        }
        if parcel.life != Life::Expected {
            return Err(no(Code::PackedAlready, 0, order.node(row).0, 0u32));
        }
        let hold = self.live(order.hold, None, at)?;
        // What one cell gives is asked for at once.
        let mut wanted: Vec<(CellNo, u32)> = Vec::new();
        for pick in &parcel.terms.picks {
            match wanted.iter_mut().find(|known| known.0 == pick.cell) {
                Some(known) => known.1 += pick.qty,
                None => wanted.push((pick.cell, pick.qty)),
            }
        }
        let picks: Vec<Wanted> =
            wanted.iter().map(|&(cell, qty)| Wanted { what: Want::Cell(cell), qty }).collect();
        self.take_out(hold, &picks, Remainder::Keep, at)?;
        let mut whose = Some(row);
        while let Some(row) = whose {
            let taken = self.orders[at_order].parcels[usize::from(row)].clone();
            if taken.own.is_none() {
                let claims = &mut self.holds[hold].place.claims;
                let mut own = taken.terms.claims.clone();
                own.retain(|claim| match claims.iter().position(|other| other == claim) {
                    Some(place) => {
                        claims.remove(place);
                        true
                    }
                    None => false,
                });
                self.orders[at_order].parcels[usize::from(row)].own = Some(own);
            }
            whose = taken.into;
        }
        let order = &mut self.orders[at_order];
        for (cell, qty) in wanted {
            order.units.extend((0..qty).map(|_| PlainUnit { cell, parcel: row, end: UnitEnd::Inside }));
        }
        self.go(at_order, row, at)
    }

    fn go(&mut self, order: usize, row: u16, at: Second) -> Answer {
        let parcel = &mut self.orders[order].parcels[usize::from(row)];
        let is_last = parcel.stop + 1 == parcel.terms.stops.len();
        parcel.stop += usize::from(!is_last);
        self.moved(order, row, if is_last { Life::Stands } else { Life::Moves }, at)
    }

    pub(super) fn arrive(&mut self, arrive: &Arrive, at: Second) -> Answer {
        let (row, place) = (arrive.parcel.row, self.parcel(arrive.parcel, arrive.version)?);
        self.named(Kind::Node, arrive.node.0)?;
        let order = &self.orders[place];
        let (life, node) = (order.parcels[usize::from(row)].life, order.node(row));
        match life {
            Life::Merged | Life::Over => Err(Plain::ended(order, row)),
            Life::Expected => Err(no(Code::NotPacked, 0, node.0, 0u32)),
            _ if node != arrive.node => Err(no(Code::NotExpectedHere, 0, arrive.node.0, node.0)),
            Life::Stands => Err(no(Code::ArrivedAlready, 0, node.0, order.parcels[usize::from(row)].since.0)),
            Life::Moves => self.moved(place, row, Life::Stands, at),
        }
    }

    pub(super) fn send_on(&mut self, send: &Handled, at: Second) -> Answer {
        let (row, place) = (send.parcel.row, self.parcel(send.parcel, send.version)?);
        Plain::standing(&self.orders[place], row)?;
        let order = &mut self.orders[place];
        let node = order.node(row);
        if order.is_there(row) {
            return Err(no(Code::GoesNoFurther, 0, node.0, order.last_node(row).0));
        }
        order.leave(row, Some(node));
        self.go(place, row, at)
    }

    pub(super) fn merge(&mut self, merge: &Merge, at: Second) -> Answer {
        let (row, place) = (merge.parcel.row, self.parcel(merge.parcel, merge.version)?);
        let is_held = self.is_held(&self.orders[place], at);
        let order = &mut self.orders[place];
        let whole = order.parcels[usize::from(row)].clone();
        if !whole.terms.picks.is_empty() || whole.is_return {
            return Err(no(Code::OtherKind, 0, row, 0u32));
        }
        if whole.life != Life::Expected {
            return Err(no(Code::PackedAlready, 0, order.node(row).0, 0u32));
        }
        let there: Vec<u16> =
            whole.terms.parts.iter().copied().filter(|&part| order.is_there(part)).collect();
        let away: Vec<u16> =
            whole.terms.parts.iter().copied().filter(|&part| !order.is_there(part)).collect();
        let is_time = whole.terms.wait_until.is_some_and(|until| until.0 <= at.0);
        let never = away.iter().all(|&part| !order.comes(part, is_held));
        let may = away.is_empty() || (merge.without_missing && (is_time || never));
        if there.is_empty() || !may {
            let (all, there) = (whole.terms.parts.len() as u32, there.len() as u32);
            return Err(no(Code::Incomplete, 0, all, there));
        }
        let node = order.node(row);
        for &part in &there {
            order.leave(part, Some(node));
            let part_of = &mut order.parcels[usize::from(part)];
            (part_of.life, part_of.since) = (Life::Merged, at);
            part_of.version += 1;
            for unit in &mut order.units {
                if unit.parcel == part && unit.end == UnitEnd::Inside {
                    unit.parcel = row;
                }
            }
        }
        for &part in &away {
            let part_of = &mut order.parcels[usize::from(part)];
            part_of.terms.stops.extend(&whole.terms.stops[1..]);
            part_of.into = whole.into;
            part_of.version += 1;
            if let Some(into) = whole.into {
                order.parcels[usize::from(into)].terms.parts.push(part);
            }
        }
        order.parcels[usize::from(row)].terms.parts = there;
        self.moved(place, row, Life::Stands, at)
    }

    /// Units of a parcel that are meant, by cell.
    pub(super) fn meant(
        order: &PlainOrder,
        row: u16,
        units: &[CellUnits],
    ) -> Result<Vec<(CellNo, u32)>, Refusal> {
        let count = |cell: CellNo| order.inside(row).filter(|unit| unit.cell == cell).count() as u32;
        for (line, unit) in units.iter().enumerate() {
            if unit.qty > count(unit.cell) {
                return Err(no(Code::NotInside, line, unit.qty, count(unit.cell)));
            }
        }
        if !units.is_empty() {
            return Ok(units.iter().map(|unit| (unit.cell, unit.qty)).collect());
        }
        let mut all: Vec<(CellNo, u32)> = Vec::new();
        for unit in order.inside(row) {
            match all.iter_mut().find(|known| known.0 == unit.cell) {
                Some(known) => known.1 += 1,
                None => all.push((unit.cell, 1)),
            }
        }
        all.sort_unstable();
        Ok(all)
    }
}
