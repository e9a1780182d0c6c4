//! Parcels, what is in them, how they travel, and which become one.

use super::Answer;
use crate::writer::{Column, Kind, Writer};
use volok::plan::{Fiscal, Parcel, code};
use volok::units::{Index, Instant};

pub(super) const PARCELS: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("parcel", Kind::Text, "code of the parcel"),
    Column::of("node", Kind::Text, "where it is packed or merged"),
    Column::of("merged", Kind::Flag, "whether it is made of other parcels"),
    Column::maybe(
        "merged_into",
        Kind::Text,
        "code of the parcel it becomes part of; null when it is handed over",
    ),
    Column::of("temperature_lo", Kind::Small, "coldest its contents tolerate, °C"),
    Column::of("temperature_hi", Kind::Small, "warmest its contents tolerate, °C"),
    Column::of("grams", Kind::Large, "weight, grams"),
    Column::of("cm3", Kind::Large, "volume, cubic centimetres"),
    Column::of("ready_at", Kind::Moment, "when it is ready to depart, UTC"),
    Column::maybe(
        "hand_over_at",
        Kind::Moment,
        "when it is handed over at the earliest, UTC; null when it is merged",
    ),
    Column::maybe("storage", Kind::Text, "in which storage of the hand-over node it waits"),
    Column::maybe("fiscal", Kind::Text, "the receipt that goes with it: `online`, `counter` or `none`"),
    Column::maybe("fiscal_entity", Kind::Text, "the legal entity that issues the receipt"),
];

pub(super) const LEGS: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("parcel", Kind::Text, "code of the parcel"),
    Column::of("leg", Kind::Count, "number of the leg on the parcel's route, from 1"),
    Column::of("lane", Kind::Text, "key of the lane"),
    Column::of("compartment", Kind::Text, "in which of its compartments"),
    Column::of("departs_at", Kind::Moment, "when it departs, UTC"),
    Column::of("arrives_at", Kind::Moment, "when it arrives, UTC"),
    Column::of("cost", Kind::Int, "tariff of the leg, minor units"),
];

pub(super) const PICKS: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("parcel", Kind::Text, "code of the parcel it goes into"),
    Column::of("line", Kind::Count, "number of the order's line, from 1"),
    Column::of("sku", Kind::Text, "key of the SKU"),
    Column::of("seller", Kind::Text, "whose stock"),
    Column::of("node", Kind::Text, "from which node"),
    Column::of("zone", Kind::Text, "from which of its zones"),
    Column::maybe("lot", Kind::Text, "batch; null for the nameless one"),
    Column::maybe(
        "inbound_at",
        Kind::Moment,
        "when announced supply can be picked, UTC; null for stock on hand",
    ),
    Column::of("qty", Kind::Count, "units"),
];

pub(super) const MERGES: &[Column] = &[
    Column::of("order", Kind::Text, "key of the order"),
    Column::of("parcel", Kind::Text, "code of the merged parcel"),
    Column::of("node", Kind::Text, "the cross-dock where it is merged"),
    Column::of("part", Kind::Text, "code of a parcel that becomes part of it"),
];

/// Goes through the parcels of an answer, with their rows and codes.
fn each(answer: Answer<'_>, mut to: impl FnMut(usize, &str, &Parcel)) {
    let Ok(plan) = answer.plan else { return };
    for (at, parcel) in plan.parcels.iter().enumerate() {
        to(at, &code(answer.engine.world(), answer.order, at), parcel);
    }
}

pub(super) fn parcels(answer: Answer<'_>, row: &mut Writer) {
    let (world, order) = (answer.engine.world(), answer.order);
    let Ok(plan) = answer.plan else { return };
    let whole = |part: usize| {
        let of =
            plan.parcels.iter().position(|parcel| parcel.parts.iter().any(|&row| usize::from(row) == part));
        of.map(|whole| code(world, order, whole))
    };
    each(answer, |at, code, parcel| {
        row.text(&order.id);
        row.text(code);
        row.text(world.node_names().of(parcel.node));
        row.flag(!parcel.parts.is_empty());
        row.maybe_text(if parcel.hand_over.is_none() { whole(at) } else { None }.as_deref());
        row.small(parcel.temperature.lo());
        row.small(parcel.temperature.hi());
        row.large(parcel.grams.0);
        row.large(parcel.cm3.0);
        row.moment(Some(parcel.ready_at));
        let end = parcel.hand_over.as_ref();
        row.moment(end.map(|end| end.at));
        let storages = world.nodes()[order.to].hands_over.as_ref().map(|point| &point.storages);
        let storage = end.zip(storages).and_then(|(end, storages)| storages.get(usize::from(end.storage)));
        row.maybe_text(storage.map(|storage| &*storage.name));
        let (fiscal, entity) = match end.map(|end| end.fiscal) {
            Some(Fiscal::Online(by)) => (Some("online"), Some(by)),
            Some(Fiscal::Counter(by)) => (Some("counter"), Some(by)),
            Some(Fiscal::None) => (Some("none"), None),
            None => (None, None),
        };
        row.maybe_text(fiscal);
        row.maybe_text(entity.map(|entity| world.entity_names().of(entity)));
    });
}

pub(super) fn legs(answer: Answer<'_>, row: &mut Writer) {
    let world = answer.engine.world();
    each(answer, |_, code, parcel| {
        for (number, leg) in (1..).zip(&parcel.legs) {
            row.text(&answer.order.id);
            row.text(code);
            row.count(number);
            row.text(world.lane_names().of(leg.lane));
            row.text(&world.lanes()[leg.lane].compartments[usize::from(leg.compartment)].name);
            row.moment(Some(leg.departs_at));
            row.moment(Some(leg.arrives_at));
            row.int(leg.cost.0);
        }
    });
}

pub(super) fn picks(answer: Answer<'_>, row: &mut Writer) {
    let (world, stock) = (answer.engine.world(), answer.engine.stock());
    each(answer, |_, code, parcel| {
        for pick in &parcel.picks {
            let cell = stock.cell(pick.cell);
            row.text(&answer.order.id);
            row.text(code);
            row.count(pick.line.row() as u32 + 1);
            row.text(world.sku_names().of(answer.order.lines[pick.line.row()].sku));
            row.text(world.seller_names().of(cell.seller));
            row.text(world.node_names().of(cell.node));
            row.text(&world.zones()[cell.zone].name);
            row.maybe_text(stock.lot(cell));
            row.moment(Some(cell.available_at).filter(|&at| at != Instant::ALWAYS));
            row.count(pick.qty.0);
        }
    });
}

pub(super) fn merges(answer: Answer<'_>, row: &mut Writer) {
    let world = answer.engine.world();
    each(answer, |_, whole, parcel| {
        for &part in &parcel.parts {
            row.text(&answer.order.id);
            row.text(whole);
            row.text(world.node_names().of(parcel.node));
            row.text(&code(world, answer.order, usize::from(part)));
        }
    });
}
