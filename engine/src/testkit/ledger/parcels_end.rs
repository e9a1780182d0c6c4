//! Where units of parcels end in the plain ledger, and what it shows of parcels.

use super::parcels::{Life, PlainOrder, PlainUnit, UnitEnd};
use super::*;
use crate::plan;

/// Where units go back: into cells, one for each; or to a node, in a parcel with a code.
type Way = (Vec<CellNo>, Option<NodeNo>, Option<Sscc>);

impl Plain {
    pub(super) fn hand_over(&mut self, hand: &HandOver, stamp: Stamp) -> Answer {
        let at = stamp.second();
        let (row, place) = (hand.parcel.row, self.parcel(hand.parcel, hand.version)?);
        self.named(Kind::Node, hand.by.0)?;
        let order = &self.orders[place];
        Plain::standing(order, row)?;
        if order.node(row) != hand.by {
            return Err(no(Code::NotExpectedHere, 0, hand.by.0, order.node(row).0));
        }
        if !order.is_delivery(row) || !order.is_there(row) {
            return Err(no(Code::NotForHandOver, 0, hand.by.0, order.last_node(row).0));
        }
        let is_held = self.is_held(order, at);
        let missing = order.missing(row, is_held).len() as u32;
        if missing > 0 {
            return Err(no(Code::Incomplete, 0, missing, 0u32));
        }
        let until = order.kept_until(row, is_held).map_or(u32::MAX, |until| until.0);
        if until <= at.0 {
            return Err(no(Code::NotKept, 0, at.0, until));
        }
        let taken = Plain::meant(order, row, &hand.taken)?;
        let all = Plain::meant(order, row, &[])?;
        let mut rest = Vec::new();
        for (cell, qty) in all {
            let of: u32 = taken.iter().filter(|taken| taken.0 == cell).map(|taken| taken.1).sum();
            if qty > of {
                rest.push((cell, qty - of));
            }
        }
        let (hold, origin, customer) = (order.hold, order.channel, order.customer);
        let into = match &hand.rest {
            Rest::Back(to) if !rest.is_empty() => Some(self.way(place, row, &rest, to)?),
            _ => None,
        };
        for &(cell, qty) in &taken {
            self.orders[place].end(row, cell, qty, UnitEnd::Sold);
        }
        let back = into.and_then(|into| self.walk_back(place, row, &rest, into, at));
        let sale = self.sell(Sale {
            at: stamp,
            hold,
            origin,
            by: hand.by,
            customer,
            units: taken.iter().map(|taken| u64::from(taken.1)).sum(),
            receipt: self.receipt(origin, hand.by),
        });
        let Done::Parcel { parcel, version, stage } = self.shut(place, row, at)? else {
            return Ok(Done::Set);
        };
        Ok(Done::HandedOver { parcel, version, stage, sale, back })
    }

    pub(super) fn take_back(&mut self, back: &Back, at: Second) -> Answer {
        let (row, place) = (back.parcel.row, self.parcel(back.parcel, back.version)?);
        let order = &self.orders[place];
        Plain::standing(order, row)?;
        let units = Plain::meant(order, row, &back.units)?;
        let into = self.way(place, row, &units, &back.to)?;
        let into = self.walk_back(place, row, &units, into, at);
        let Done::Parcel { parcel, version, stage } = self.shut(place, row, at)? else {
            return Ok(Done::Set);
        };
        Ok(Done::WentBack { parcel, version, stage, into })
    }

    /// Where each of the units goes, and the code of the parcel they go in.
    fn way(&mut self, place: usize, row: u16, units: &[(CellNo, u32)], to: &BackTo) -> Result<Way, Refusal> {
        match to {
            BackTo::Parcel(node, labels) => {
                self.named(Kind::Node, node.0)?;
                let label = labels.map(|terms| self.give(terms, 1)).transpose()?;
                Ok((Vec::new(), Some(*node), label))
            }
            BackTo::Stock(cells) => {
                for (line, &cell) in cells.iter().enumerate() {
                    self.cell(cell).map_err(|refusal| Refusal { line: line as u16, ..refusal })?;
                }
                let node = self.orders[place].node(row);
                let mut found = Vec::new();
                for (line, (cell, _)) in units.iter().enumerate() {
                    let of = self.cell(*cell)?.facts;
                    let fits = |into: &CellNo| {
                        let facts = self.cells[into.0 as usize].facts;
                        let same = (facts.sku, facts.seller, facts.lot) == (of.sku, of.seller, of.lot);
                        same && facts.node == node && !self.is_awaited(*into)
                    };
                    let into = cells.iter().copied().find(fits);
                    found.push(into.ok_or(no(Code::Mismatch, line, cell.0, node.0))?);
                }
                Ok((found, None, None))
            }
        }
    }

    /// Moves units back; the row of the parcel they go in.
    fn walk_back(
        &mut self,
        place: usize,
        row: u16,
        units: &[(CellNo, u32)],
        (cells, node, label): Way,
        at: Second,
    ) -> Option<u16> {
        for (&(cell, qty), &into) in units.iter().zip(&cells) {
            self.cells[into.0 as usize].on_hand += qty;
            self.orders[place].end(row, cell, qty, UnitEnd::Back(into));
        }
        Some(self.orders[place].send_back(row, units, node?, label, at))
    }

    /// Counts a change of a parcel that units left; an empty one is over.
    fn shut(&mut self, place: usize, row: u16, at: Second) -> Answer {
        let is_empty = self.orders[place].inside(row).next().is_none();
        if !is_empty {
            return self.counted(place, row, at);
        }
        self.orders[place].leave(row, None);
        let told = self.moved(place, row, Life::Over, at);
        let is_held = self.is_held(&self.orders[place], at);
        for row in 0..self.orders[place].parcels.len() as u16 {
            if self.orders[place].stage(row, is_held, at) == Stage::Lapsed {
                self.orders[place].leave(row, None);
            }
        }
        told
    }

    /// Forgets orders that were over before a moment; how many.
    pub(super) fn forget_orders(&mut self, before: Second, at: Second) -> u32 {
        let mut kept = Vec::new();
        let all = std::mem::take(&mut self.orders);
        let count = all.len();
        for order in all {
            let hold = self.holds.iter().find(|hold| hold.id == order.hold && !hold.forgotten);
            let ended = match hold.map(|hold| (hold, hold.state_at(at))) {
                Some((hold, HoldState::Expired)) => hold.expires,
                Some((hold, HoldState::Fulfilled | HoldState::Released)) => hold.ended,
                _ => order.changed,
            };
            let is_held = self.is_held(&order, at);
            let comes = (0..order.parcels.len() as u16).any(|row| order.comes(row, is_held));
            let claims = order.claims().any(|claim| last_moment(&claim) > i64::from(at.0));
            if order.changed < before && ended < before && !comes && !claims {
                self.forgotten_units.extend(order.units);
            } else {
                kept.push(order);
            }
        }
        self.orders = kept;
        (count - self.orders.len()) as u32
    }

    /// Holds what a book shows of parcels against what it should, and every unit against the place where it lies.
    pub(super) fn compare_parcels(&self, shown: &Book, at: Second) -> Result<(), String> {
        let mut waiting: BTreeMap<NodeNo, Vec<ParcelId>> = BTreeMap::new();
        let mut due: Vec<(Option<Second>, ParcelId)> = Vec::new();
        let mut lie: BTreeMap<CellNo, u64> = BTreeMap::new();
        for order in &self.orders {
            let expected = order.views(self.is_held(order, at), at);
            let parcels = shown.parcels_of(order.number, at);
            if parcels != expected {
                return Err(format!("order {}: expected {expected:#?}, shown {parcels:#?}", order.code));
            }
            for parcel in parcels {
                match parcel.stage {
                    Stage::Waiting => waiting.entry(parcel.node).or_default().push(parcel.id),
                    Stage::Overdue => due.push((parcel.until, parcel.id)),
                    _ => {}
                }
                for content in parcel.contents {
                    *lie.entry(content.cell).or_default() +=
                        u64::from(content.inside + content.handed_over + content.gone_back);
                }
            }
        }
        due.sort();
        let found: Vec<_> = shown.due_back(at).iter().map(|parcel| (parcel.until, parcel.id)).collect();
        if found != due {
            return Err(format!("due back: expected {due:?}, shown {found:?}"));
        }
        for node in [NodeNo(0), NodeNo(1)] {
            let expected = waiting.remove(&node).unwrap_or_default();
            let found: Vec<ParcelId> = shown.waiting_at(node, at).map(|parcel| parcel.id).collect();
            if found != expected {
                return Err(format!("waiting at {node:?}: expected {expected:?}, shown {found:?}"));
            }
        }
        // What was reported of a cell, and what came back into it, is on hand, handed over at once, or was packed.
        let packed = self.orders.iter().flat_map(|order| &order.units).chain(&self.forgotten_units);
        for row in 0..self.cells.len() {
            let cell = CellNo(row as u32);
            let back = packed.clone().filter(|unit| unit.end == UnitEnd::Back(cell)).count() as i64;
            let gone = self.forgotten_units.iter().filter(|unit| unit.cell == cell).count() as i64;
            let lie = lie.get(&cell).copied().unwrap_or(0) as i64 + gone;
            let on_hand = shown.cell_at(cell, at).map_or(0, |cell| i64::from(cell.on_hand));
            let sold = self.direct.get(&cell).copied().unwrap_or(0);
            let reported = self.reported.get(&cell).copied().unwrap_or(0);
            if reported + back != on_hand + sold + lie {
                return Err(format!(
                    "cell {row}: {reported} reported and {back} back, {on_hand} on hand, {sold} sold, {lie} packed"
                ));
            }
        }
        Ok(())
    }
}

impl PlainOrder {
    /// Ends units of a parcel.
    fn end(&mut self, row: u16, cell: CellNo, qty: u32, end: UnitEnd) {
        let inside =
            |unit: &&mut PlainUnit| unit.parcel == row && unit.cell == cell && unit.end == UnitEnd::Inside;
        self.units.iter_mut().filter(inside).take(qty as usize).for_each(|unit| unit.end = end);
    }

    fn views(&self, is_held: bool, at: Second) -> Vec<ParcelView> {
        let id = |row: u16| ParcelId { order: self.number, row };
        let view = |row: u16| {
            let parcel = &self.parcels[usize::from(row)];
            let mut by_cell: BTreeMap<CellNo, ContentView> = BTreeMap::new();
            for unit in self.units.iter().filter(|unit| unit.parcel == row) {
                let none = ContentView { cell: unit.cell, inside: 0, handed_over: 0, gone_back: 0 };
                let content = by_cell.entry(unit.cell).or_insert(none);
                match unit.end {
                    UnitEnd::Inside => content.inside += 1,
                    UnitEnd::Sold => content.handed_over += 1,
                    UnitEnd::Back(_) => content.gone_back += 1,
                }
            }
            let until = match parcel.into {
                Some(into) if self.is_there(row) => self.parcels[usize::from(into)].terms.wait_until,
                _ => self.kept_until(row, is_held),
            };
            ParcelView {
                id: id(row),
                code: format!("{}-{}", self.code, plan::letters(usize::from(row))),
                label: parcel.label,
                hold: self.hold,
                stage: self.stage(row, is_held, at),
                version: parcel.version,
                node: self.node(row),
                last_node: self.last_node(row),
                since: parcel.since,
                picks: in_cells(&parcel.terms.picks),
                contents: by_cell.into_values().collect(),
                parts: parcel.terms.parts.iter().map(|&part| id(part)).collect(),
                into: parcel.into.map(id),
                waits_for: self.missing(row, is_held).into_iter().map(id).collect(),
                until,
                is_return: parcel.is_return,
            }
        };
        (0..self.parcels.len() as u16).map(view).collect()
    }
}

/// Units by cell, in the order in which the cells were named first.
fn in_cells(picks: &[CellUnits]) -> Vec<CellUnits> {
    let mut sums: Vec<CellUnits> = Vec::new();
    for pick in picks {
        match sums.iter_mut().find(|sum| sum.cell == pick.cell) {
            Some(sum) => sum.qty += pick.qty,
            None => sums.push(*pick),
        }
    }
    sums
}
