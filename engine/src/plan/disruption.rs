//! What went wrong after a plan was made, on the rows of that plan.

use super::Plan;
use crate::spec;
use crate::stock::{CellIx, Stock};
use crate::units::{Index, Instant, Money, limits};
use crate::world::{Closing, Defects, Inspection, LineIx, Order, Place, World};

/// What went wrong, as of when, and what changing a parcel is worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Disruption {
    /// As of when is planned again: legs that depart by then have left, but for missed ones.
    pub now: Instant,
    /// Price of each parcel of the old plan that does not stay as it was.
    pub change_price: Money,
    /// Picks for which fewer units were found.
    pub short_picks: Vec<ShortPick>,
    /// Nodes that do nothing for a while.
    pub closed: Vec<Closing>,
    /// Departures that left without a parcel.
    pub missed: Vec<MissedLeg>,
    /// Cells that have less than the plan takes.
    pub shortages: Vec<Shortage>,
}

/// Fewer units of a line were found for a parcel; the cells it picks the line from have no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortPick {
    /// Row of the plan's parcels.
    pub parcel: u16,
    /// Which line.
    pub line: LineIx,
    /// Units found, of all its picks of the line together.
    pub found: u32,
}

/// A departure left without a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissedLeg {
    /// Row of the plan's parcels.
    pub parcel: u16,
    /// Row of its legs.
    pub leg: u16,
}

/// A cell has less than the parcels take that have not left; they are served in their order, and it has no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Which cell.
    pub cell: CellIx,
    /// Units of the plan that are not there.
    pub missing: u32,
}

/// Resolves a disruption's document against the plan it happened to. `codes` are those of the plan's parcels.
///
/// # Errors
/// Every name that is not known, and every statement that the plan contradicts.
pub fn disruption_from_document(
    world: &World,
    stock: &Stock,
    order: &Order,
    (plan, codes): (&Plan, &[String]),
    document: &spec::Disruption,
) -> Result<Disruption, Defects> {
    let (mut found, root) = (Inspection::default(), Place::Document);
    if document.volok != spec::VERSION {
        let right = format!("{}, the version this build reads", spec::VERSION);
        found.note(&root.at("volok"), "unknown", &document.volok.to_string(), right);
    }
    let now = found.instant(&root.at("now"), &document.now);
    let change_price = found.money(&root.at("change_price"), document.change_price);
    let mut read = Reader { world, stock, order, plan, codes, found };
    let each = |field: &'static str| root.at(field);
    let mut disruption = Disruption { now, change_price, ..Disruption::default() };
    for (row, short) in document.short_picks.iter().enumerate() {
        disruption.short_picks.extend(read.short_pick(&each("short_picks").row(row), short));
    }
    for (row, closed) in document.closed.iter().enumerate() {
        disruption.closed.extend(read.closed(&each("closed").row(row), closed, now));
    }
    for (row, missed) in document.missed.iter().enumerate() {
        disruption.missed.extend(read.missed(&each("missed").row(row), missed, now));
    }
    for (row, shortage) in document.shortages.iter().enumerate() {
        disruption.shortages.extend(read.shortage(&each("shortages").row(row), shortage));
    }
    read.found.or(disruption)
}

struct Reader<'a> {
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
    plan: &'a Plan,
    codes: &'a [String],
    found: Inspection,
}

impl Reader<'_> {
    fn parcel(&mut self, place: &Place<'_>, code: &str) -> Option<u16> {
        let row = self.codes.iter().position(|known| known == code);
        if row.is_none() {
            let right = format!("the code of a parcel of the plan: {}", self.codes.join(", "));
            self.found.note(place, "unknown", &format!("{code:?}"), right);
        }
        row.map(|row| row as u16)
    }

    fn units(&mut self, place: &Place<'_>, units: i64, least: i64) -> u32 {
        self.found.number(place, units, least..=limits::QUANTITY) as u32
    }

    fn short_pick(&mut self, place: &Place<'_>, short: &spec::ShortPick) -> Option<ShortPick> {
        let parcel = self.parcel(&place.at("parcel"), &short.parcel);
        let found = self.units(&place.at("found"), short.found, 0);
        let parcel = parcel?;
        let line = LineIx::of(short.line.wrapping_sub(1));
        let picks = &self.plan.parcels[usize::from(parcel)].picks;
        let planned: u64 =
            picks.iter().filter(|pick| pick.line == line).map(|pick| u64::from(pick.qty.0)).sum();
        if short.line == 0 || planned == 0 {
            let right = "the number of a line the parcel picks, from 1";
            self.found.note(&place.at("line"), "unknown", &short.line.to_string(), right);
        } else if u64::from(found) >= planned {
            let right = format!("fewer than the {planned} planned");
            self.found.note(&place.at("found"), "conflict", &found.to_string(), right);
        }
        Some(ShortPick { parcel, line, found })
    }

    fn closed(&mut self, place: &Place<'_>, closed: &spec::Closed, now: Instant) -> Option<Closing> {
        let node = self.found.find(&place.at("node"), self.world.node_names(), &closed.node, "node");
        let mut moment = |field: &'static str, text: &Option<String>, usual: Instant| match text {
            Some(text) => self.found.instant(&place.at(field), text),
            None => usual,
        };
        let (from, until) =
            (moment("from", &closed.from, now), moment("until", &closed.until, Instant::NEVER));
        if from >= until {
            self.found.note(&place.at("until"), "empty", &until.0.to_string(), "a moment after `from`");
        }
        Some(Closing { node: node?, from, until })
    }

    fn missed(&mut self, place: &Place<'_>, missed: &spec::MissedLeg, now: Instant) -> Option<MissedLeg> {
        let parcel = self.parcel(&place.at("parcel"), &missed.parcel)?;
        let legs = &self.plan.parcels[usize::from(parcel)].legs;
        let Some(leg) = missed.leg.checked_sub(1).and_then(|leg| legs.get(leg)) else {
            let right = format!("the number of one of its {} legs, from 1", legs.len());
            self.found.note(&place.at("leg"), "unknown", &missed.leg.to_string(), right);
            return None;
        };
        if leg.departs_at >= now {
            let right = "a leg that departed before `now`: until then nothing is missed";
            self.found.note(&place.at("leg"), "conflict", &missed.leg.to_string(), right);
        }
        Some(MissedLeg { parcel, leg: (missed.leg - 1) as u16 })
    }

    fn shortage(&mut self, place: &Place<'_>, shortage: &spec::Shortage) -> Option<Shortage> {
        let world = self.world;
        let sku = self.found.find(&place.at("sku"), world.sku_names(), &shortage.sku, "SKU");
        let seller = self.found.find(&place.at("seller"), world.seller_names(), &shortage.seller, "seller");
        let node = self.found.find(&place.at("node"), world.node_names(), &shortage.node, "node");
        let due = shortage.inbound_at.as_ref().map(|at| self.found.instant(&place.at("inbound_at"), at));
        let missing = self.units(&place.at("missing"), shortage.missing, 1);
        let (sku, seller, node) = (sku?, seller?, node?);
        let (first, cells) = self.stock.of(sku);
        let row = cells.iter().position(|cell| {
            (cell.seller, cell.node, cell.available_at) == (seller, node, due.unwrap_or(Instant::ALWAYS))
                && *world.zones()[cell.zone].name == *shortage.zone
                && self.stock.lot(cell) == shortage.lot.as_deref()
        });
        let wanted = self.order.lines.iter().any(|line| line.sku == sku);
        let Some(row) = row.filter(|_| wanted) else {
            let right = "a cell of the stock the order could be served from: seller, SKU, node, zone and lot";
            self.found.note(place, "unknown", &format!("{:?} at {:?}", shortage.sku, shortage.node), right);
            return None;
        };
        Some(Shortage { cell: CellIx::of(first.row() + row), missing })
    }
}
