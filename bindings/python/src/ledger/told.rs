//! Answers of the ledger, as documents.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use serde_json::{Value, json};
use volok::ledger::{Book, Done, Kind, Outcome, ParcelId, Receipt, Sale, SaleNo, Second, Sscc};
use volok::spec::instant_text;

/// An answer of another kind than the request: a mistake of this program.
pub fn strange() -> PyErr {
    PyRuntimeError::new_err("the ledger answered another question; this is a mistake of volok")
}

/// A second as documents say it.
pub fn moment(at: Second) -> String {
    instant_text(at.instant())
}

/// The receipt that goes with units handed over, and who issues it.
pub fn receipt<'b>(book: &'b Book, sale: &Sale) -> (Option<&'static str>, Option<&'b str>) {
    match sale.receipt {
        Receipt::Online(by) => (Some("online"), book.name(Kind::Entity, by.0)),
        Receipt::Counter(by) => (Some("counter"), book.name(Kind::Entity, by.0)),
        Receipt::None => (Some("none"), None),
        Receipt::NotSaid => (None, None),
    }
}

fn code(book: &Book, parcel: ParcelId, at: Second) -> Option<String> {
    book.parcel_at(parcel, at).map(|view| view.code)
}

/// Adds what the record of a sale says.
fn with_sale(mut told: Value, book: &Book, number: SaleNo) -> Value {
    let sale = book.sale(number);
    let (receipt, entity) = sale.map_or((None, None), |sale| receipt(book, sale));
    told["sale"] = json!(number.0);
    told["units"] = json!(sale.map(|sale| sale.units));
    told["origin_channel"] = json!(sale.and_then(|sale| book.name(Kind::Channel, sale.origin.0)));
    told["by"] = json!(sale.and_then(|sale| book.name(Kind::Node, sale.by.0)));
    told["receipt"] = json!(receipt);
    told["entity"] = json!(entity);
    told
}

fn labels(first: Option<Sscc>, count: u32) -> Vec<Option<String>> {
    (0..count).map(|row| first.and_then(|first| first.later(row)).map(|label| label.to_string())).collect()
}

/// What was done, in names.
pub fn done(book: &Book, done: &Done, at: Second) -> Value {
    match done {
        Done::Numbered { first } => json!({ "first": first }),
        Done::Set | Done::ClockConfirmed => json!({}),
        Done::Stocked { on_hand, short } => json!({ "known": false, "on_hand": on_hand, "short": short }),
        Done::KnownReport => json!({ "known": true }),
        Done::Held { hold, version, expires, state } => json!({
            "hold": hold.0,
            "version": version,
            "state": state.word(),
            "expires_at": moment(*expires),
        }),
        Done::Sold { hold, version, state, sale } => {
            let told = json!({ "hold": hold.0, "version": version, "state": state.word() });
            with_sale(told, book, *sale)
        }
        Done::Forgotten { keys, holds, sales, orders } => {
            json!({ "keys": keys, "holds": holds, "sales": sales, "orders": orders })
        }
        Done::Labelled { first, count } => json!({ "labels": labels(Some(*first), *count) }),
        Done::Written { order, parcels, label } => {
            let named = book.parcels_of(*order, at);
            let codes: Vec<&String> =
                named.iter().take(usize::from(*parcels)).map(|view| &view.code).collect();
            json!({ "parcels": codes, "labels": labels(*label, u32::from(*parcels)) })
        }
        Done::Parcel { parcel, version, stage } => json!({
            "parcel": code(book, *parcel, at),
            "version": version,
            "stage": stage.word(),
        }),
        Done::HandedOver { parcel, version, stage, sale, back } => {
            let back = back.and_then(|row| code(book, ParcelId { order: parcel.order, row }, at));
            let told = json!({
                "parcel": code(book, *parcel, at),
                "version": version,
                "stage": stage.word(),
                "back": back,
            });
            with_sale(told, book, *sale)
        }
        Done::WentBack { parcel, version, stage, into } => json!({
            "parcel": code(book, *parcel, at),
            "version": version,
            "stage": stage.word(),
            "back": into.and_then(|row| code(book, ParcelId { order: parcel.order, row }, at)),
        }),
        Done::Group(all) => {
            json!({ "answers": all.iter().map(|one| self::done(book, one, at)).collect::<Vec<_>>() })
        }
    }
}

/// What a key was answered.
pub fn outcome(book: &Book, outcome: &Outcome, at: Second) -> Value {
    let hold = match &outcome.result {
        Ok(Done::Held { hold, .. } | Done::Sold { hold, .. }) => Some(hold.0),
        _ => None,
    };
    json!({
        "at_nanoseconds": outcome.at.0,
        "done": outcome.result.is_ok(),
        "hold": hold,
        "answer": outcome.result.as_ref().ok().map(|done| self::done(book, done, at)),
        "refused": outcome.result.as_ref().err().map(|refusal| refusal.code.code()),
    })
}
