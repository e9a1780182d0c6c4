//! From a plan to its document.

use crate::plan::words::Words;
use crate::plan::{Costs, Fiscal, HandOver, Leg, Parcel, Pick, Plan, Unfilled, reason};
use crate::spec::{self, instant_text};
use crate::stock::Stock;
use crate::units::{Index, Instant};
use crate::world::{Order, World};

/// The document of a plan.
pub fn to_document(world: &World, stock: &Stock, order: &Order, plan: &Plan) -> spec::Plan {
    let writer = Writer { world, stock, order };
    spec::Plan {
        volok: spec::VERSION,
        order: order.id.to_string(),
        status: if plan.is_optimal() { spec::PlanStatus::Optimal } else { spec::PlanStatus::Gap },
        cost: plan.cost().0,
        bound: plan.bound.0,
        completes_at: plan.completes_at().map(instant_text),
        costs: costs(&plan.costs),
        parcels: plan.parcels.iter().enumerate().map(|(row, parcel)| writer.parcel(row, parcel)).collect(),
        unfilled: plan.unfilled.iter().map(|unfilled| writer.unfilled(unfilled)).collect(),
        steps: plan.steps,
    }
}

/// Sub-order code of a parcel by its row: the channel's prefix unless the order has it already, the order, a letter;
/// after `Z` come `AA`, `AB` …
pub fn code(world: &World, order: &Order, row: usize) -> String {
    let prefix = &*world.channels()[order.channel].prefix;
    let prefix = if order.id.starts_with(prefix) { "" } else { prefix };
    format!("{prefix}{}-{}", order.id, letters(row))
}

/// Letters of a row: after `Z` come `AA`, `AB` …
pub(crate) fn letters(row: usize) -> String {
    let mut letters = Vec::new();
    let mut left = row + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    letters.iter().rev().collect()
}

fn costs(costs: &Costs) -> spec::Costs {
    spec::Costs {
        pick_units: costs.pick_units.0,
        pick_lines: costs.pick_lines.0,
        packing: costs.packing.0,
        carriage: costs.carriage.0,
        handling: costs.handling.0,
        merging: costs.merging.0,
        hand_over: costs.hand_over.0,
        extra_deliveries: costs.extra_deliveries.0,
        lateness: costs.lateness.0,
        unfilled: costs.unfilled.0,
        stock: costs.stock.0,
    }
}

struct Writer<'a> {
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
}

impl Writer<'_> {
    fn parcel(&self, row: usize, parcel: &Parcel) -> spec::Parcel {
        let end = parcel.hand_over.as_ref();
        spec::Parcel {
            code: code(self.world, self.order, row),
            node: self.world.node_names().of(parcel.node).to_owned(),
            picks: parcel.picks.iter().map(|pick| self.pick(pick)).collect(),
            parts: parcel.parts.iter().map(|&part| code(self.world, self.order, usize::from(part))).collect(),
            temperature: [parcel.temperature.lo(), parcel.temperature.hi()].map(i64::from),
            grams: parcel.grams.0,
            cm3: parcel.cm3.0,
            ready_at: instant_text(parcel.ready_at),
            legs: parcel.legs.iter().map(|leg| self.leg(leg)).collect(),
            hand_over_at: end.map(|end| instant_text(end.at)),
            storage: end.and_then(|end| self.storage(end)),
            fiscal: end.map(|end| self.fiscal(end.fiscal)),
        }
    }

    fn pick(&self, pick: &Pick) -> spec::Pick {
        let cell = self.stock.cell(pick.cell);
        let inbound = (cell.available_at != Instant::ALWAYS).then_some(cell.available_at);
        spec::Pick {
            line: pick.line.row() + 1,
            sku: self.world.sku_names().of(self.stock.sku_of(pick.cell)).to_owned(),
            seller: self.world.seller_names().of(cell.seller).to_owned(),
            zone: self.world.zones()[cell.zone].name.to_string(),
            lot: self.stock.lot(cell).map(str::to_owned),
            inbound_at: inbound.map(instant_text),
            qty: i64::from(pick.qty.0),
        }
    }

    fn leg(&self, leg: &Leg) -> spec::Leg {
        let compartments = &self.world.lanes()[leg.lane].compartments;
        spec::Leg {
            lane: self.world.lane_names().of(leg.lane).to_owned(),
            compartment: compartments[usize::from(leg.compartment)].name.to_string(),
            departs_at: instant_text(leg.departs_at),
            arrives_at: instant_text(leg.arrives_at),
            cost: leg.cost.0,
        }
    }

    fn storage(&self, end: &HandOver) -> Option<String> {
        let hands_over = self.world.nodes()[self.order.to].hands_over.as_ref()?;
        hands_over.storages.get(usize::from(end.storage)).map(|storage| storage.name.to_string())
    }

    fn fiscal(&self, fiscal: Fiscal) -> spec::FiscalMode {
        let entity = |entity| self.world.entity_names().of(entity).to_owned();
        match fiscal {
            Fiscal::Online(by) => spec::FiscalMode::Online(entity(by)),
            Fiscal::Counter(by) => spec::FiscalMode::Counter(entity(by)),
            Fiscal::None => spec::FiscalMode::None,
        }
    }

    fn unfilled(&self, unfilled: &Unfilled) -> spec::Unfilled {
        let reasons = unfilled.reasons.iter().map(|reason| {
            let (text, help) = reason::words(&Words::of(self.world, self.order), unfilled.line, reason);
            spec::UnfilledReason {
                code: reason.code.code().to_owned(),
                text,
                help,
                node: reason.node.map(|node| self.world.node_names().of(node).to_owned()),
                lane: reason.lane.map(|lane| self.world.lane_names().of(lane).to_owned()),
                qty: i64::try_from(reason.qty).unwrap_or(i64::MAX),
            }
        });
        spec::Unfilled {
            line: unfilled.line.row() + 1,
            sku: self.world.sku_names().of(self.order.lines[unfilled.line.row()].sku).to_owned(),
            qty: i64::from(unfilled.qty.0),
            reasons: reasons.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn after_z_comes_aa() {
        let named: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letters).into();
        assert_eq!(named, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
