//! From a plan's document to a plan, for judging plans of any origin.
//!
//! Names are resolved and shapes are checked; costs, times and weights are carried as they are stated, right or wrong,
//! because judging them is the business of `check`.

use super::totals::{costs, head, money, summary};
use crate::plan::{Fiscal, HandOver, Leg, Parcel, Pick, Plan, Reason, ReasonCode, Unfilled};
use crate::spec;
use crate::stock::Stock;
use crate::units::{CubicCentimetres, Grams, Index, Instant, Quantity, limits};
use crate::world::{Defects, EntityIx, Inspection, LaneIx, LineIx, NodeIx, Order, Place, World};
use smallvec::SmallVec;

/// The heaviest and bulkiest order there can be.
const CONTENTS: i64 = limits::LINES_PER_ORDER as i64 * limits::QUANTITY * limits::GRAMS_PER_UNIT;

/// Resolves a plan document against the world, the stock and the order it speaks of.
///
/// # Errors
/// Every name that is not known and every statement that contradicts another of the same document, in its order.
pub fn from_document(
    world: &World,
    stock: &Stock,
    order: &Order,
    document: &spec::Plan,
) -> Result<Plan, Defects> {
    let (mut found, root) = (Inspection::default(), Place::Document);
    head(order, document, &mut found);
    let costs = costs(&root.at("costs"), document, &mut found);
    let mut reader = Reader { world, stock, order, found };
    let at_parcels = root.at("parcels");
    let mut parcels = SmallVec::new();
    let codes = reader.codes(&at_parcels, &document.parcels);
    for (row, parcel) in document.parcels.iter().enumerate().take(limits::PARCELS_PER_ORDER) {
        parcels.push(reader.parcel(&at_parcels.row(row), row, parcel, &codes));
    }
    let unfilled = reader.all_unfilled(&root.at("unfilled"), &document.unfilled);
    let bound = money(&root.at("bound"), document.bound, &mut reader.found);
    let plan = Plan { parcels, unfilled, costs, bound, steps: document.steps };
    summary(document, &plan, &mut reader.found);
    reader.found.or(plan)
}

struct Reader<'a> {
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
    found: Inspection,
}

/// Codes of the parcels, rising, with their rows.
type Codes<'a> = Vec<(&'a str, usize)>;

impl Reader<'_> {
    fn codes<'d>(&mut self, place: &Place<'_>, parcels: &'d [spec::Parcel]) -> Codes<'d> {
        if parcels.len() > limits::PARCELS_PER_ORDER {
            let right = format!("at most {} parcels", limits::PARCELS_PER_ORDER);
            self.found.note(place, "too_many", &parcels.len().to_string(), right);
        }
        let mut codes: Codes<'d> = parcels.iter().map(|parcel| &*parcel.code).zip(0..).collect();
        codes.sort_unstable();
        for same in codes.chunk_by(|one, other| one.0 == other.0) {
            for &(code, row) in &same[1..] {
                let shown = format!("{code:?}");
                self.found.note(&place.row(row).at("code"), "duplicate", &shown, "a code of its own");
            }
        }
        codes
    }

    fn parcel(&mut self, place: &Place<'_>, row: usize, parcel: &spec::Parcel, codes: &Codes<'_>) -> Parcel {
        self.found.key(&place.at("code"), &parcel.code);
        if parcel.picks.is_empty() == parcel.parts.is_empty() {
            let (code, right) = if parcel.picks.is_empty() {
                ("empty", "`picks` for a packed parcel, or `parts` for a merged one")
            } else {
                ("conflict", "either `picks` or `parts`: a merged parcel is made of parcels")
            };
            self.found.note(place, code, &format!("{:?}", parcel.code), right);
        }
        let node = self.found.find(&place.at("node"), self.world.node_names(), &parcel.node, "node");
        Parcel {
            node: node.unwrap_or(NodeIx(0)),
            picks: self.picks(&place.at("picks"), node, &parcel.picks),
            parts: self.parts(&place.at("parts"), row, &parcel.parts, codes),
            temperature: self.found.temperature(&place.at("temperature"), parcel.temperature),
            grams: Grams(self.contents(&place.at("grams"), parcel.grams)),
            cm3: CubicCentimetres(self.contents(&place.at("cm3"), parcel.cm3)),
            ready_at: self.found.instant(&place.at("ready_at"), &parcel.ready_at),
            legs: self.legs(&place.at("legs"), &parcel.legs),
            hand_over: self.hand_over(place, parcel),
        }
    }

    fn contents(&mut self, place: &Place<'_>, amount: u64) -> u64 {
        self.found.number(place, i64::try_from(amount).unwrap_or(i64::MAX), 0..=CONTENTS) as u64
    }

    fn picks(
        &mut self,
        place: &Place<'_>,
        node: Option<NodeIx>,
        picks: &[spec::Pick],
    ) -> SmallVec<[Pick; 4]> {
        let mut built: Vec<(Pick, usize)> = Vec::with_capacity(picks.len());
        for (row, pick) in picks.iter().enumerate() {
            built.extend(self.pick(&place.row(row), node, pick).map(|pick| (pick, row)));
        }
        built.sort_unstable_by_key(|&(pick, row)| (pick.line, pick.cell, row));
        for same in built.chunk_by(|one, other| (one.0.line, one.0.cell) == (other.0.line, other.0.cell)) {
            for &(_, row) in &same[1..] {
                let right = format!("one pick per line and cell; {} is the same", place.row(same[0].1));
                self.found.note(&place.row(row), "duplicate", "the same line and cell again", right);
            }
        }
        built.into_iter().map(|(pick, _)| pick).collect()
    }

    fn pick(&mut self, place: &Place<'_>, node: Option<NodeIx>, pick: &spec::Pick) -> Option<Pick> {
        let line = self.line(&place.at("line"), pick.line);
        self.same_sku(&place.at("sku"), line, &pick.sku);
        let seller = self.found.find(&place.at("seller"), self.world.seller_names(), &pick.seller, "seller");
        let due = match &pick.inbound_at {
            Some(text) => self.found.instant(&place.at("inbound_at"), text),
            None => Instant::ALWAYS,
        };
        let qty = self.found.number(&place.at("qty"), pick.qty, 1..=limits::QUANTITY);
        let node = node?;
        let Some(zone) = self.world.zone(node, &pick.zone) else {
            let right = format!("a temperature zone of {:?}", self.world.node_names().of(node));
            self.found.note(&place.at("zone"), "unknown", &format!("{:?}", pick.zone), right);
            return None;
        };
        let (line, seller) = (line?, seller?);
        let sku = self.order.lines[line.row()].sku;
        let Some(cell) = self.stock.find(sku, (node, zone, seller), pick.lot.as_deref(), due) else {
            let lot = pick.lot.as_deref().map_or_else(|| "no lot".to_owned(), |lot| format!("lot {lot:?}"));
            let right =
                "a cell of the stock: seller, SKU, node, zone, lot and `inbound_at` all agree with one row";
            self.found.note(place, "unknown", &format!("{lot} of {:?}", pick.seller), right);
            return None;
        };
        Some(Pick { line, cell, qty: Quantity(qty as u32) })
    }

    fn line(&mut self, place: &Place<'_>, line: usize) -> Option<LineIx> {
        let lines = self.order.lines.len();
        let known = line.checked_sub(1).filter(|&row| row < lines);
        if known.is_none() {
            let right = format!("the number of a line, from 1 to {lines}");
            self.found.note(place, "out_of_range", &line.to_string(), right);
        }
        known.map(LineIx::of)
    }

    fn same_sku(&mut self, place: &Place<'_>, line: Option<LineIx>, sku: &str) {
        let Some(line) = line else { return };
        let wanted = self.world.sku_names().of(self.order.lines[line.row()].sku);
        if sku != wanted {
            let right = format!("{wanted:?}, the SKU of line {}", line.row() + 1);
            self.found.note(place, "conflict", &format!("{sku:?}"), right);
        }
    }

    fn parts(
        &mut self,
        place: &Place<'_>,
        row: usize,
        parts: &[String],
        codes: &Codes<'_>,
    ) -> SmallVec<[u16; 2]> {
        let mut rows: SmallVec<[u16; 2]> = SmallVec::new();
        for (k, part) in parts.iter().enumerate() {
            let shown = format!("{part:?}");
            let at = codes.binary_search_by(|&(code, _)| code.cmp(part)).map(|at| codes[at].1);
            match at {
                Err(_) => {
                    self.found.note(&place.row(k), "unknown", &shown, "the code of a parcel of this plan")
                }
                Ok(other) if other >= row => {
                    let right = "a parcel that stands before this one: a merged parcel comes after its parts";
                    self.found.note(&place.row(k), "conflict", &shown, right);
                }
                Ok(other) if rows.contains(&(other as u16)) => {
                    self.found.note(&place.row(k), "duplicate", &shown, "each part once");
                }
                Ok(other) => rows.push(other as u16),
            }
        }
        rows
    }

    fn legs(&mut self, place: &Place<'_>, legs: &[spec::Leg]) -> SmallVec<[Leg; 1]> {
        if legs.len() > limits::LEGS_PER_ROUTE {
            let right = format!("at most {} legs", limits::LEGS_PER_ROUTE);
            self.found.note(place, "too_many", &legs.len().to_string(), right);
        }
        let read = |(row, leg): (usize, &spec::Leg)| self.leg(&place.row(row), leg);
        legs.iter().enumerate().take(limits::LEGS_PER_ROUTE).map(read).collect()
    }

    fn leg(&mut self, place: &Place<'_>, leg: &spec::Leg) -> Leg {
        let lane = self.found.find(&place.at("lane"), self.world.lane_names(), &leg.lane, "lane");
        let compartment = lane.and_then(|lane| {
            let compartments = &self.world.lanes()[lane].compartments;
            let names: Vec<&str> = compartments.iter().map(|row| &*row.name).collect();
            self.one_of(&place.at("compartment"), &names, &leg.compartment)
        });
        Leg {
            lane: lane.unwrap_or(LaneIx(0)),
            compartment: compartment.unwrap_or(0),
            departs_at: self.found.instant(&place.at("departs_at"), &leg.departs_at),
            arrives_at: self.found.instant(&place.at("arrives_at"), &leg.arrives_at),
            cost: money(&place.at("cost"), leg.cost, &mut self.found),
        }
    }

    fn one_of(&mut self, place: &Place<'_>, names: &[&str], key: &str) -> Option<u8> {
        let row = names.iter().position(|name| *name == key);
        if row.is_none() {
            let right = format!("one of {}", names.join(", "));
            self.found.note(place, "unknown", &format!("{key:?}"), right);
        }
        row.map(|row| row as u8)
    }

    fn hand_over(&mut self, place: &Place<'_>, parcel: &spec::Parcel) -> Option<HandOver> {
        let stated = (&parcel.hand_over_at, &parcel.storage, &parcel.fiscal);
        let (Some(at), Some(storage), Some(fiscal)) = stated else {
            if stated != (&None, &None, &None) {
                let right =
                    "all of `hand_over_at`, `storage` and `fiscal`, or none for a parcel that is merged";
                self.found.note(place, "missing", &format!("{:?}", parcel.code), right);
            }
            return None;
        };
        let at = self.found.instant(&place.at("hand_over_at"), at);
        let hands_over = self.world.nodes()[self.order.to].hands_over.as_ref();
        let names: Vec<&str> =
            hands_over.iter().flat_map(|node| &node.storages).map(|storage| &*storage.name).collect();
        let storage = self.one_of(&place.at("storage"), &names, storage);
        let fiscal = match fiscal {
            spec::FiscalMode::Online(by) => Fiscal::Online(self.entity(&place.at("fiscal").at("online"), by)),
            spec::FiscalMode::Counter(by) => {
                Fiscal::Counter(self.entity(&place.at("fiscal").at("counter"), by))
            }
            spec::FiscalMode::None => Fiscal::None,
        };
        Some(HandOver { at, storage: storage.unwrap_or(0), fiscal })
    }

    fn entity(&mut self, place: &Place<'_>, key: &str) -> EntityIx {
        let entity = self.found.find(place, self.world.entity_names(), key, "legal entity");
        entity.unwrap_or(EntityIx(0))
    }

    fn all_unfilled(&mut self, place: &Place<'_>, rows: &[spec::Unfilled]) -> Vec<Unfilled> {
        let mut unfilled: Vec<Unfilled> = Vec::new();
        for (row, stated) in rows.iter().enumerate() {
            let place = place.row(row);
            let line = self.line(&place.at("line"), stated.line);
            self.same_sku(&place.at("sku"), line, &stated.sku);
            let qty = self.found.number(&place.at("qty"), stated.qty, 1..=limits::QUANTITY);
            let at_reasons = place.at("reasons");
            let reasons = stated.reasons.iter().enumerate();
            let reasons = reasons.filter_map(|(k, reason)| self.reason(&at_reasons.row(k), reason)).collect();
            let Some(line) = line else { continue };
            if unfilled.iter().any(|other| other.line == line) {
                let shown = stated.line.to_string();
                self.found.note(&place.at("line"), "duplicate", &shown, "each line once");
                continue;
            }
            unfilled.push(Unfilled { line, qty: Quantity(qty as u32), reasons });
        }
        unfilled.sort_by_key(|unfilled| unfilled.line);
        unfilled
    }

    fn reason(&mut self, place: &Place<'_>, reason: &spec::UnfilledReason) -> Option<Reason> {
        let code = ReasonCode::of_code(&reason.code);
        if code.is_none() {
            let known: Vec<&str> = ReasonCode::all().map(ReasonCode::code).collect();
            let right = format!("one of {}", known.join(", "));
            self.found.note(&place.at("code"), "unknown", &format!("{:?}", reason.code), right);
        }
        let node = reason.node.as_deref();
        let node =
            node.and_then(|key| self.found.find(&place.at("node"), self.world.node_names(), key, "node"));
        let lane = reason.lane.as_deref();
        let lane =
            lane.and_then(|key| self.found.find(&place.at("lane"), self.world.lane_names(), key, "lane"));
        let qty = self.found.number(&place.at("qty"), reason.qty, 0..=i64::MAX) as u64;
        Some(Reason { code: code?, node, lane, qty })
    }
}
