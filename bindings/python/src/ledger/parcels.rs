//! What a book shows of parcels and sales, as tables.

use super::told;
use crate::table::Table;
use crate::writer::{Column, Kind as In};
use volok::ledger::{Book, Kind, ParcelView, Second};

const PARCELS: &[Column] = &[
    Column::of("parcel", In::Text, "code of the parcel: the order's, and a letter"),
    Column::maybe("label", In::Text, "code on its label (SSCC)"),
    Column::of("hold", In::Large, "number of the hold its units came out of"),
    Column::of(
        "stage",
        In::Text,
        "where it stands, as of now: `expected`, `lapsed`, `under_way`, `waiting`, `here`, `overdue`, `merged`, `handed_over`, `returned`",
    ),
    Column::of("version", In::Count, "changes so far, writing down included"),
    Column::maybe("node", In::Text, "where it stands, or goes to next"),
    Column::maybe("last_node", In::Text, "where it ends"),
    Column::of("since", In::Moment, "since when it is under way, or stands there, or has ended, UTC"),
    Column::maybe("until", In::Moment, "until when it waits, or is kept, at most, UTC; null: no limit"),
    Column::maybe("into", In::Text, "code of the parcel it is merged into where it ends"),
    Column::maybe("waits_for", In::Texts, "codes of what it waits for; null for nothing"),
    Column::of("is_return", In::Flag, "whether it goes back"),
    Column::of("inside", In::Large, "units in it now"),
];

const CONTENTS: &[Column] = &[
    Column::of("parcel", In::Text, "code of the parcel"),
    Column::of("cell", In::Count, "number of the cell the units were packed from"),
    Column::maybe("sku", In::Text, "key of the SKU"),
    Column::of("inside", In::Count, "units in it now"),
    Column::of("handed_over", In::Count, "units handed over out of it"),
    Column::of("gone_back", In::Count, "units that went back into a cell"),
];

const SALES: &[Column] = &[
    Column::of("sale", In::Count, "number of the record"),
    Column::of("at", In::Moment, "when, UTC"),
    Column::of("hold", In::Large, "number of the hold it came out of"),
    Column::maybe("origin_channel", In::Text, "the channel the hold came from: it is credited"),
    Column::maybe("by", In::Text, "the node that handed over: it is credited too"),
    Column::maybe("customer", In::Large, "who held"),
    Column::of("units", In::Large, "units of all lines together"),
    Column::maybe(
        "receipt",
        In::Text,
        "the receipt that is due: `online`, `counter` or `none`; null where nobody said",
    ),
    Column::maybe("entity", In::Text, "the legal entity that issues it"),
];

fn each(book: &Book, at: Second, mut to: impl FnMut(&ParcelView)) {
    for order in book.orders() {
        book.parcels_of(order, at).iter().for_each(&mut to);
    }
}

/// All parcels, by order.
pub fn parcels(book: &Book, at: Second) -> Table {
    Table::of(PARCELS, 0, |row| {
        each(book, at, |view| {
            let code = |parcel| book.parcel_at(parcel, at).map(|view| view.code);
            let waits_for: Vec<String> = view.waits_for.iter().filter_map(|&parcel| code(parcel)).collect();
            row.text(&view.code);
            row.maybe_text(view.label.map(|label| label.to_string()).as_deref());
            row.large(view.hold.0);
            row.text(view.stage.word());
            row.count(view.version);
            row.maybe_text(book.name(Kind::Node, view.node.0));
            row.maybe_text(book.name(Kind::Node, view.last_node.0));
            row.moment(Some(view.since.instant()));
            row.moment(view.until.map(Second::instant));
            row.maybe_text(view.into.and_then(code).as_deref());
            row.maybe_texts(Some(&waits_for[..]).filter(|codes| !codes.is_empty()));
            row.flag(view.is_return);
            row.large(view.contents.iter().map(|content| u64::from(content.inside)).sum());
        });
    })
}

/// What came into parcels.
pub fn contents(book: &Book, at: Second) -> Table {
    Table::of(CONTENTS, 0, |row| {
        each(book, at, |view| {
            for content in &view.contents {
                let sku = book.cell_at(content.cell, at).map(|cell| cell.facts.sku);
                row.text(&view.code);
                row.count(content.cell.0);
                row.maybe_text(sku.and_then(|sku| book.name(Kind::Sku, sku.0)));
                [content.inside, content.handed_over, content.gone_back]
                    .into_iter()
                    .for_each(|units| row.count(units));
            }
        });
    })
}

/// Units sold.
pub fn sales(book: &Book) -> Table {
    Table::of(SALES, 0, |row| {
        for (number, sale) in book.sales() {
            let (receipt, entity) = told::receipt(book, sale);
            row.count(number.0);
            row.moment(Some(sale.at.second().instant()));
            row.large(sale.hold.0);
            row.maybe_text(book.name(Kind::Channel, sale.origin.0));
            row.maybe_text(book.name(Kind::Node, sale.by.0));
            row.maybe_large(sale.customer.map(|customer| customer.0));
            row.large(sale.units);
            row.maybe_text(receipt);
            row.maybe_text(entity);
        }
    })
}
