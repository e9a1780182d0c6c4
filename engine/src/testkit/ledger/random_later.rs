//! Random commands about handling units and parcels: mostly what comes next for a parcel, sometimes what does not.

use super::random::Commands;
use crate::ledger::*;
use crate::units::Instant;

impl Commands {
    /// Labels out of ranges so short that they are used up.
    pub(super) fn labels(&mut self) -> Body {
        let count = self.random.between(1, 900_000) as u32;
        Body::Labels(Labels { terms: self.label(), count })
    }

    fn label(&mut self) -> LabelTerms {
        let number = self.random.of(&[1_234_567_890, 42]);
        let digits = if number == 42 { 9 } else { 10 };
        let prefix = CompanyPrefix::new(number, digits).unwrap_or_else(|error| panic!("{error}"));
        LabelTerms { prefix, extension: self.random.below(2) as u8 }
    }

    fn some_labels(&mut self) -> Option<LabelTerms> {
        self.random.percent(50).then(|| self.label())
    }

    /// Stock, holds of it, and what comes next for their parcels.
    pub(super) fn busy(&mut self, ledger: &State, tenant: Tenant, hold: Option<&HoldView>) -> Body {
        match self.random.below(100) {
            0..12 => self.report(tenant),
            12..27 => {
                let lines = (0..self.random.between(1, 4)).map(|_| {
                    let cell = CellNo(self.random.below(6) as u32);
                    Wanted { what: Want::Cell(cell), qty: self.random.between(1, 2) as u32 }
                });
                let lines: Lines = lines.collect();
                let claims = (0..self.random.below(4)).map(|_| {
                    let from = Instant(self.random.between(0, 200));
                    let (node, until) = (NodeNo(self.random.below(2) as u32), Instant(from.0 + 5));
                    match self.random.percent(60) {
                        true => Claim::Buffer { node, from, until, most: Some(2) },
                        false => Claim::Point { node, from, until, most: Some(2) },
                    }
                });
                Body::Place(Place {
                    claims: claims.collect(),
                    channel: ChannelNo(self.random.below(2) as u32),
                    customer: Some(Customer(self.random.below(3))),
                    node: NodeNo(self.random.below(2) as u32),
                    lines,
                    life: self.random.between(30, 60) as u32,
                    priority: 0,
                    instead_of: None,
                })
            }
            27..42 => self.parcels(ledger, tenant, hold),
            42 => self.labels(),
            _ => self.parcel_step(ledger, tenant),
        }
    }

    /// Parcels for what a hold holds.
    pub(super) fn parcels(&mut self, ledger: &State, tenant: Tenant, hold: Option<&HoldView>) -> Body {
        let at = ledger.at().second();
        let book = ledger.book(tenant);
        let mut sources: Vec<ParcelTerms> = Vec::new();
        for line in hold.iter().flat_map(|hold| &hold.lines) {
            let node = book.and_then(|book| book.cell_at(line.cell, at)).map(|cell| cell.facts.node);
            let (Some(node), true) = (node, line.held > 0) else { continue };
            let qty = match self.random.below(20) {
                0 => line.held + 1,
                1..5 => self.random.between(1, i64::from(line.held)) as u32,
                _ => line.held,
            };
            let pick = CellUnits { cell: line.cell, qty };
            let same = |parcel: &&mut ParcelTerms| parcel.stops[0] == node;
            match sources.iter_mut().find(same).filter(|_| self.random.percent(25)) {
                Some(parcel) => parcel.picks.push(pick),
                None => {
                    sources.push(ParcelTerms { stops: vec![node], picks: vec![pick], ..Default::default() });
                }
            }
        }
        if sources.is_empty() || self.random.percent(3) {
            let pick = CellUnits { cell: CellNo(self.random.below(10) as u32), qty: 1 };
            sources.push(ParcelTerms { stops: vec![self.node()], picks: vec![pick], ..Default::default() });
        }
        let mut parcels = self.joined(sources, at);
        for claim in hold.and_then(|hold| book.map(|book| book.claims(hold.id, at))).unwrap_or_default() {
            let row = self.random.row(parcels.len());
            let times = if self.random.percent(5) { 2 } else { usize::from(self.random.percent(80)) };
            parcels[row].claims.extend(std::iter::repeat_n(*claim, times));
        }
        let name = self.random.below(9);
        Body::Parcels(Parcels {
            hold: hold.map_or(HoldId(self.random.below(3) | self.nobodys()), |hold| hold.id),
            version: self.random.percent(5).then_some(1),
            order: [String::new(), name.to_string(), format!("W-{name}")][self.random.row(3)].as_str().into(),
            together: self.random.percent(40),
            kept: self.random.between(1, 25) as u32,
            labels: self.some_labels(),
            parcels,
        })
    }

    fn node(&mut self) -> NodeNo {
        NodeNo(if self.random.percent(2) { 2 } else { self.random.below(2) as u32 })
    }

    /// Gives parcels their ways, merged or not.
    fn joined(&mut self, mut parcels: Vec<ParcelTerms>, at: Second) -> Vec<ParcelTerms> {
        let mut open: Vec<u16> = (0..parcels.len() as u16).collect();
        while open.len() > 1 && self.random.percent(70) {
            let node = self.node();
            let parts: Vec<u16> = open.drain(..self.random.between(2, open.len() as i64) as usize).collect();
            for &part in &parts {
                self.lead(&mut parcels[usize::from(part)].stops, node);
            }
            let wait_until = self.random.percent(70).then(|| Second(at.0 + self.random.below(15) as u32));
            open.push(parcels.len() as u16);
            parcels.push(ParcelTerms { stops: vec![node], parts, wait_until, ..Default::default() });
        }
        let end = self.node();
        for row in open {
            self.lead(&mut parcels[usize::from(row)].stops, end);
        }
        parcels
    }

    /// Leads a way to a node, sometimes through another.
    fn lead(&mut self, stops: &mut Vec<NodeNo>, node: NodeNo) {
        if self.random.percent(20) {
            let through = self.node();
            stops.push(through);
        }
        if stops.last() != Some(&node) {
            stops.push(node);
        }
    }

    /// The next step of a parcel, or another one.
    pub(super) fn parcel_step(&mut self, ledger: &State, tenant: Tenant) -> Body {
        let at = ledger.at().second();
        let book = ledger.book(tenant);
        let orders: Vec<OrderNo> = book.map(|book| book.orders().collect()).unwrap_or_default();
        // Young orders are busy, the youngest most of all: its hold still lives.
        let recent = if self.random.percent(70) { 1 } else { 3 };
        let recent = &orders[orders.len().saturating_sub(recent)..];
        let order = match recent.is_empty() {
            true => OrderNo(self.random.below(3) as u32),
            false => recent[self.random.row(recent.len())],
        };
        let all = book.map(|book| book.parcels_of(order, at)).unwrap_or_default();
        let busy = |parcel: &&ParcelView| parcel.stage < Stage::Merged && parcel.stage != Stage::Lapsed;
        let waits = |parcel: &ParcelView| match parcel.stage {
            Stage::Expected => !parcel.parts.is_empty(),
            Stage::Waiting => true,
            _ => false,
        };
        let is_patient = self.random.percent(80);
        let mut busy: Vec<&ParcelView> = all.iter().filter(busy).collect();
        if is_patient && busy.iter().any(|parcel| !waits(parcel)) {
            busy.retain(|parcel| !waits(parcel));
        }
        let parcel = match busy.is_empty() || self.random.percent(15) {
            true => all.get(self.random.row(all.len() + 1)),
            false => Some(busy[self.random.row(busy.len())]),
        };
        let Some(parcel) = parcel else {
            let parcel = ParcelId { order, row: self.random.below(9) as u16 };
            return Body::Pack(Handled { parcel, version: None });
        };
        let version = match self.random.below(10) {
            0 => Some(self.random.below(4) as u32),
            1..4 => Some(parcel.version),
            _ => None,
        };
        let (id, is_last) = (parcel.id, parcel.node == parcel.last_node);
        let step = match (parcel.stage, is_last) {
            _ if self.random.percent(20) => self.random.below(6),
            (Stage::Expected | Stage::Lapsed, _) if parcel.parts.is_empty() => 0,
            (Stage::Expected | Stage::Lapsed, _) => 3,
            (Stage::UnderWay, _) => 1,
            (Stage::Waiting, true) if parcel.into.is_some() => return self.merge(parcel.into.unwrap_or(id)),
            (_, false) => 2,
            (Stage::Here, true) if parcel.into.is_some() => return self.merge(parcel.into.unwrap_or(id)),
            _ if parcel.is_return => 5,
            _ => 4 + u64::from(self.random.percent(35)),
        };
        match step {
            0 => Body::Pack(Handled { parcel: id, version }),
            1 => {
                let node = if self.random.percent(85) { parcel.node } else { self.node() };
                Body::Arrive(Arrive { parcel: id, version, node })
            }
            2 => Body::SendOn(Handled { parcel: id, version }),
            3 => self.merge(id),
            4 => Body::HandOver(HandOver {
                parcel: id,
                version,
                by: if self.random.percent(90) { parcel.node } else { self.node() },
                taken: self.units(parcel),
                rest: match self.random.percent(40) {
                    true => Rest::Keep,
                    false => Rest::Back(self.back_to()),
                },
            }),
            _ => {
                let units = self.units(parcel);
                Body::Back(Back { parcel: id, version, units, to: self.back_to() })
            }
        }
    }

    fn merge(&mut self, parcel: ParcelId) -> Body {
        Body::Merge(Merge { parcel, version: None, without_missing: self.random.percent(50) })
    }

    fn units(&mut self, parcel: &ParcelView) -> Vec<CellUnits> {
        let mut units = Vec::new();
        for content in &parcel.contents {
            if self.random.percent(50) {
                let most = i64::from(content.inside.max(1)) + i64::from(self.random.percent(15));
                units.push(CellUnits { cell: content.cell, qty: self.random.between(1, most) as u32 });
            }
        }
        units
    }

    fn back_to(&mut self) -> BackTo {
        if self.random.percent(40) {
            return BackTo::Parcel(self.node(), self.some_labels());
        }
        // All cells from one on, or a few.
        let first = self.random.below(8) as u32;
        let count = if self.random.percent(70) { 8 } else { self.random.between(1, 3) as u32 };
        let last = if self.random.percent(3) { 9 } else { 8 };
        BackTo::Stock((0..count).map(|step| CellNo((first + step) % last)).collect())
    }
}
