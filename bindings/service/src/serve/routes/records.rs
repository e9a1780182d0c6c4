//! What was answered, and what was sold.

use crate::serve::access::{Caller, Eyes, Scope};
use crate::serve::body::{Path, key_of};
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::Shared;
use crate::serve::told::{self, Held, Sale, Stepped};
use axum::Json;
use axum::extract::State;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use volok::ledger::SaleNo;

/// What a request was answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Answered {
    /// What the client called it.
    key: String,
    /// Whether it was done; else it was refused.
    done: bool,
    /// Ledger time, nanoseconds since 1970.
    ledger_time: i64,
    /// What became of a hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<Held>,
    /// What became of a parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<Stepped>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let read = Some(Scope::Read);
    vec![
        Operation::new(
            ("GET", "/v1/operations/{key}"),
            ("record", "getOperation"),
            "What the request with an Idempotency-Key was answered: how one finds out after a lost answer",
            read,
            get(answered),
        )
        .gives::<Answered>(200, "What it was answered.")
        .by_writer()
        .refuses(&[409]),
        Operation::new(
            ("GET", "/v1/sales/{sale}"),
            ("record", "getSale"),
            "A record of units sold",
            read,
            get(sale),
        )
        .gives::<Sale>(200, "The record.")
        .refuses(&[409]),
    ]
}

async fn answered(
    State(service): State<Shared>,
    caller: Caller,
    Path(key): Path<String>,
) -> Result<Json<Answered>, Problem> {
    let found = service.look(&caller, move |book, _, eyes| {
        let outcome = book.answered(key_of(&key)).filter(|_| eyes == Eyes::All);
        let outcome = outcome.ok_or_else(|| Problem::missing("operation"))?;
        Ok(Answered {
            key,
            done: outcome.result.is_ok(),
            ledger_time: outcome.at.0,
            hold: outcome.result.is_ok().then(|| told::held(book, &outcome).ok()).flatten(),
            parcel: outcome.result.is_ok().then(|| told::stepped(book, &outcome).ok()).flatten(),
            problem: outcome.result.err().map(Problem::from),
        })
    });
    found.await.map(Json)
}

async fn sale(
    State(service): State<Shared>,
    caller: Caller,
    Path(number): Path<u32>,
) -> Result<Json<Sale>, Problem> {
    let found = service.look(&caller, move |book, _, eyes| {
        let sale = told::sale(book, SaleNo(number)).filter(|_| eyes == Eyes::All);
        sale.ok_or_else(|| Problem::missing("sale"))
    });
    found.await.map(Json)
}
