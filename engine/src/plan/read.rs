//! A plan document, own or foreign, on the world's indices: for judging it.

use super::{Costs, Fiscal, HandOver, Leg, Parcel, Pick, Plan, Unfilled};
use crate::spec;
use crate::stock::{CellIx, Stock};
use crate::units::{CubicCentimetres, Grams, Index, Instant, Money, Quantity, limits};
use crate::world::{Defects, Inspection, Line, LineIx, NodeIx, Order, Place, World, ZoneIx};
use hashbrown::HashMap;

/// Reads the plan of an order. Whether the plan is right is not asked here, only whether it speaks of this world and
/// this order and agrees with itself where it says something twice. Reasons of unfilled units are words and not read.
///
/// # Errors
/// Every defect of the document, in its order.
pub fn read(world: &World, stock: &Stock, order: &Order, document: &spec::Plan) -> Result<Plan, Defects> {
    let mut reader =
        Reader { world, stock, order, document, found: Inspection::default(), rows: HashMap::default() };
    let plan = reader.plan();
    reader.found.or(plan)
}

struct Reader<'a> {
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
    document: &'a spec::Plan,
    found: Inspection,
    /// Rows of the parcels read so far, by code.
    rows: HashMap<&'a str, u16, foldhash::fast::RandomState>,
}

impl<'a> Reader<'a> {
    fn plan(&mut self) -> Plan {
        let (document, root) = (self.document, Place::Document);
        if document.volok != spec::VERSION {
            let right = format!("{}, the version this build reads", spec::VERSION);
            self.found.note(&root.at("volok"), "unknown", &document.volok.to_string(), right);
        }
        if *document.order != *self.order.id {
            let right = format!("{:?}, the order it is held against", self.order.id);
            self.found.note(&root.at("order"), "conflict", &format!("{:?}", document.order), right);
        }
        let rows = document.parcels.len();
        if rows > limits::PARCELS_PER_ORDER {
            let right = format!("at most {} parcels", limits::PARCELS_PER_ORDER);
            self.found.note(&root.at("parcels"), "too_many", &format!("{rows} parcels"), right);
        }
        let place = root.at("parcels");
        let rows = document.parcels.iter().enumerate().take(limits::PARCELS_PER_ORDER);
        let parcels = rows.map(|(row, parcel)| self.parcel(&place.row(row), row, parcel)).collect();
        let place = root.at("unfilled");
        let rows = document.unfilled.iter().enumerate();
        let unfilled = rows.map(|(row, unfilled)| self.unfilled(&place.row(row), unfilled)).collect();
        let costs = costs(&document.costs);
        let sound = self.amounts(&costs);
        let plan = Plan { parcels, unfilled, costs, bound: Money(document.bound), steps: document.steps };
        if sound {
            self.said_twice(&plan);
        }
        plan
    }

    /// Whether every component is an amount one order can cost, so that their sum is one, too.
    fn amounts(&mut self, costs: &Costs) -> bool {
        let (root, most) = (Place::Document, limits::MONEY_PER_ORDER);
        let mut sound = true;
        for (name, cost) in costs.components() {
            sound &= cost.0.unsigned_abs() <= most.unsigned_abs();
            self.found.number(&root.at("costs").at(name), cost.0, -most..=most);
        }
        sound
    }

    /// Totals that a document states beside what they are totals of.
    fn said_twice(&mut self, plan: &Plan) {
        let (document, root) = (self.document, Place::Document);
        let sum = plan.cost().0;
        if document.cost != sum {
            let right = format!("{sum}, the sum of `costs`");
            self.found.note(&root.at("cost"), "conflict", &document.cost.to_string(), right);
            return;
        }
        let optimal = document.status == spec::PlanStatus::Optimal;
        if optimal != plan.is_optimal() {
            let right = format!("`optimal` when `bound` ({}) is `cost` ({sum}), else `gap`", document.bound);
            let status = if optimal { "optimal" } else { "gap" };
            self.found.note(&root.at("status"), "conflict", status, right);
        }
        let completes_at =
            document.completes_at.as_deref().map(|text| self.instant(&root.at("completes_at"), text));
        if completes_at != plan.completes_at() {
            let shown = document.completes_at.as_deref().unwrap_or("nothing");
            let right = plan.completes_at().map_or_else(
                || "nothing, because no parcel is handed over".to_owned(),
                |at| format!("{}, when the last parcel is handed over", spec::instant_text(at)),
            );
            self.found.note(&root.at("completes_at"), "conflict", shown, right);
        }
    }

    fn parcel(&mut self, place: &Place<'_>, row: usize, said: &'a spec::Parcel) -> Parcel {
        if self.rows.contains_key(said.code.as_str()) {
            let right = "a code that no other parcel of the plan has";
            self.found.note(&place.at("code"), "duplicate", &format!("{:?}", said.code), right);
        }
        let node = self.found.find(&place.at("node"), self.world.node_names(), &said.node, "node");
        let picks = said.picks.iter().enumerate();
        let picks = picks.map(|(row, pick)| self.pick(&place.at("picks").row(row), node, pick)).collect();
        let mut parts = smallvec::SmallVec::new();
        for (k, part) in said.parts.iter().enumerate() {
            match self.rows.get(part.as_str()) {
                Some(&row) => parts.push(row),
                None => {
                    let right = "the code of a parcel that stands before this one";
                    self.found.note(&place.at("parts").row(k), "unknown", &format!("{part:?}"), right);
                }
            }
        }
        self.rows.entry(&said.code).or_insert(row as u16);
        let legs = said.legs.iter().enumerate();
        let legs = legs.map(|(row, leg)| self.leg(&place.at("legs").row(row), leg)).collect();
        Parcel {
            node: node.unwrap_or(NodeIx(0)),
            picks,
            parts,
            temperature: self.found.temperature(&place.at("temperature"), said.temperature),
            grams: Grams(said.grams),
            cm3: CubicCentimetres(said.cm3),
            ready_at: self.instant(&place.at("ready_at"), &said.ready_at),
            legs,
            hand_over: self.hand_over(place, said),
        }
    }

    fn pick(&mut self, place: &Place<'_>, node: Option<NodeIx>, said: &spec::Pick) -> Pick {
        let line = self.line(&place.at("line"), said.line);
        let qty = self.qty(&place.at("qty"), said.qty);
        let Some((line, wanted)) = line else { return Pick { line: LineIx(0), cell: CellIx(0), qty } };
        self.sku(place, wanted, &said.sku);
        let seller = self.found.find(&place.at("seller"), self.world.seller_names(), &said.seller, "seller");
        let due = said.inbound_at.as_deref().map(|text| self.instant(&place.at("inbound_at"), text));
        let zone = node.and_then(|node| self.zone(&place.at("zone"), node, &said.zone));
        let (first, cells) = self.stock.of(wanted.sku);
        let mut cell = CellIx(0);
        if let (Some(node), Some(zone), Some(seller)) = (node, zone, seller) {
            let due = due.unwrap_or(Instant::ALWAYS);
            let at = cells.iter().position(|cell| {
                (cell.node, cell.zone, cell.seller, cell.available_at) == (node, zone, seller, due)
                    && self.stock.lot(cell) == said.lot.as_deref()
            });
            match at {
                Some(row) => cell = CellIx::of(first.row() + row),
                None => {
                    let lot = said.lot.as_ref().map_or_else(String::new, |lot| format!(", lot {lot:?}"));
                    let found = format!("{:?} of {:?} in {:?}{lot}", said.sku, said.seller, said.zone);
                    self.found.note(place, "unknown", &found, "a stock row, or an inbound row with its time");
                }
            }
        }
        Pick { line, cell, qty }
    }

    fn leg(&mut self, place: &Place<'_>, said: &spec::Leg) -> Leg {
        let lane = self.found.find(&place.at("lane"), self.world.lane_names(), &said.lane, "lane");
        let compartment = lane.and_then(|lane| {
            let names = self.world.lanes()[lane].compartments.iter().map(|kept| &*kept.name);
            self.named(&place.at("compartment"), names, &said.compartment, "compartment of this lane")
        });
        Leg {
            lane: lane.unwrap_or(crate::world::LaneIx(0)),
            compartment: compartment.unwrap_or(0),
            departs_at: self.instant(&place.at("departs_at"), &said.departs_at),
            arrives_at: self.instant(&place.at("arrives_at"), &said.arrives_at),
            cost: Money(said.cost),
        }
    }

    fn hand_over(&mut self, place: &Place<'_>, said: &spec::Parcel) -> Option<HandOver> {
        let at = said.hand_over_at.as_deref().map(|text| self.instant(&place.at("hand_over_at"), text));
        let Some(at) = at else {
            for (field, stated) in [("storage", said.storage.is_some()), ("fiscal", said.fiscal.is_some())] {
                if stated {
                    let right = "nothing: a parcel without `hand_over_at` does not reach the customer";
                    self.found.note(&place.at(field), "conflict", "a value", right);
                }
            }
            return None;
        };
        let storages =
            self.world.nodes()[self.order.to].hands_over.as_ref().map_or(&[][..], |point| &point.storages);
        let storage = match &said.storage {
            Some(name) => {
                let names = storages.iter().map(|kept| &*kept.name);
                self.named(&place.at("storage"), names, name, "storage of the hand-over node").unwrap_or(0)
            }
            None => {
                self.found.note(
                    &place.at("storage"),
                    "missing",
                    "nothing",
                    "where in the hand-over node it waits",
                );
                0
            }
        };
        let place = place.at("fiscal");
        let fiscal = match &said.fiscal {
            Some(spec::FiscalMode::Online(entity)) => {
                self.found.find(&place, self.world.entity_names(), entity, "legal entity").map(Fiscal::Online)
            }
            Some(spec::FiscalMode::Counter(entity)) => self
                .found
                .find(&place, self.world.entity_names(), entity, "legal entity")
                .map(Fiscal::Counter),
            Some(spec::FiscalMode::None) => Some(Fiscal::None),
            None => {
                let right = "the receipt of a parcel handed over: `online`, `counter` or `none`";
                self.found.note(&place, "missing", "nothing", right);
                None
            }
        };
        Some(HandOver { at, storage, fiscal: fiscal.unwrap_or(Fiscal::None) })
    }

    fn unfilled(&mut self, place: &Place<'_>, said: &spec::Unfilled) -> Unfilled {
        let line = self.line(&place.at("line"), said.line);
        if let Some((_, wanted)) = line {
            self.sku(place, wanted, &said.sku);
        }
        let qty = self.qty(&place.at("qty"), said.qty);
        Unfilled { line: line.map_or(LineIx(0), |(line, _)| line), qty, reasons: Vec::new() }
    }

    fn line(&mut self, place: &Place<'_>, said: usize) -> Option<(LineIx, &'a Line)> {
        let lines: &'a [Line] = &self.order.lines;
        let line = said.checked_sub(1).and_then(|row| Some((LineIx::of(row), lines.get(row)?)));
        if line.is_none() {
            let right = format!("a line of the order, from 1 to {}", lines.len());
            self.found.note(place, "out_of_range", &said.to_string(), right);
        }
        line
    }

    fn sku(&mut self, place: &Place<'_>, wanted: &Line, said: &str) {
        let key = self.world.sku_names().of(wanted.sku);
        if key != said {
            self.found.note(
                &place.at("sku"),
                "conflict",
                &format!("{said:?}"),
                format!("{key:?}, as the line says"),
            );
        }
    }

    fn zone(&mut self, place: &Place<'_>, node: NodeIx, name: &str) -> Option<ZoneIx> {
        let stores = self.world.nodes()[node].stores.as_ref();
        let zone =
            stores.and_then(|stores| stores.zones().find(|&zone| *self.world.zones()[zone].name == *name));
        if zone.is_none() {
            self.found.note(place, "unknown", &format!("{name:?}"), "a zone of the parcel's node");
        }
        zone
    }

    fn named<'n>(
        &mut self,
        place: &Place<'_>,
        mut names: impl Iterator<Item = &'n str>,
        name: &str,
        kind: &'static str,
    ) -> Option<u8> {
        let row = names.position(|known| known == name).and_then(|row| u8::try_from(row).ok());
        if row.is_none() {
            self.found.note(place, "unknown", &format!("{name:?}"), format!("a {kind}"));
        }
        row
    }

    fn qty(&mut self, place: &Place<'_>, said: i64) -> Quantity {
        Quantity(self.found.number(place, said, 1..=limits::QUANTITY) as u32)
    }

    fn instant(&mut self, place: &Place<'_>, said: &str) -> Instant {
        self.found.instant(place, said)
    }
}

fn costs(said: &spec::Costs) -> Costs {
    Costs {
        pick_units: Money(said.pick_units),
        pick_lines: Money(said.pick_lines),
        packing: Money(said.packing),
        carriage: Money(said.carriage),
        handling: Money(said.handling),
        merging: Money(said.merging),
        hand_over: Money(said.hand_over),
        extra_deliveries: Money(said.extra_deliveries),
        lateness: Money(said.lateness),
        unfilled: Money(said.unfilled),
        stock: Money(said.stock),
    }
}
