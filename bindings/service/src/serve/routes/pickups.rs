//! At the counter: which holds and parcels are this customer's, by order number, phone, barcode or PIN.

use super::page_of;
use crate::serve::access::{Caller, Scope};
use crate::serve::body::{Json as Asked, Path, Query};
use crate::serve::called::{holds_called, with_orders};
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::proofs::{Proof, digits};
use crate::serve::service::Shared;
use crate::serve::told::{self, Hold, Page, Parcel};
use crate::serve::words::Words;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use volok::ledger::{Book, HoldId, HoldState, Kind};

/// What a customer can show for a hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProofsAsked {
    /// A phone number; what is not a digit does not count, nor does the country's prefix.
    phone: Option<String>,
    /// What the customer's screen or paper shows.
    barcode: Option<String>,
    /// A few digits that are worth something only where the hold is handed over.
    pin: Option<String>,
}

/// What the customer shows: one of these.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shown {
    /// Number of the order with its prefix, of one of its parcels, or the shop's own key of a planned order.
    order: Option<String>,
    /// A phone number.
    phone: Option<String>,
    /// A barcode; labels of parcels (SSCC) too.
    barcode: Option<String>,
    /// A PIN, with `node`.
    pin: Option<String>,
    /// Only what is handed over there.
    node: Option<String>,
    /// Rows, at most.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// What a customer may take.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Pickup {
    /// The hold.
    hold: Hold,
    /// The legal entity whose contract it is: that of the channel, which the prefix of the code tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<String>,
    /// Its parcels, where they are written down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parcels: Vec<Parcel>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            ("PUT", "/v1/holds/{hold}/proofs"),
            ("edge", "setProofs"),
            "What the customer can show for a hold; kept as digests only",
            Some(Scope::Hold),
            put(set),
        )
        .takes::<ProofsAsked>(json!({"phone": "+7 921 555-01-23", "pin": "4711"}))
        .gives_text(204, "They are known; those of before are not any more.", "")
        .by_writer()
        .refuses(&[409]),
        Operation::new(
            ("GET", "/v1/pickups"),
            ("edge", "findPickups"),
            "What a customer may take, by what they show",
            Some(Scope::Read),
            get(find),
        )
        .queried::<Shown>()
        .gives::<Page<Pickup>>(200, "Holds that live or are in parcels, the newest first.")
        .refuses(&[409, 422]),
    ]
}

async fn set(
    State(service): State<Shared>,
    caller: Caller,
    Path(hold): Path<u64>,
    Asked(asked): Asked<ProofsAsked>,
) -> Result<StatusCode, Problem> {
    let proofs = proofs(asked.phone.as_deref(), asked.barcode.as_deref(), asked.pin.as_deref())?;
    let there = move |book: &Book, at, eyes| Words { book, at, eyes }.hold(hold).map(|_| ());
    service.look(&caller, there).await?;
    let tenant = caller.tenant;
    let kept = tokio::task::spawn_blocking(move || service.papers.prove(tenant, HoldId(hold), &proofs));
    match kept.await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        _ => Err(Problem::internal()),
    }
}

fn proofs(phone: Option<&str>, barcode: Option<&str>, pin: Option<&str>) -> Result<Vec<Proof>, Problem> {
    let mut proofs = Vec::new();
    if let Some(phone) = phone {
        let digits = digits(phone);
        if !(7..=15).contains(&digits.len()) {
            return Err(Problem::at("phone", "malformed", phone, "7 to 15 digits"));
        }
        proofs.push(Proof::phone(&digits));
    }
    if let Some(barcode) = barcode {
        if barcode.trim().is_empty() || barcode.len() > 200 {
            return Err(Problem::at("barcode", "malformed", barcode, "1 to 200 bytes"));
        }
        proofs.push(Proof::barcode(barcode.trim()));
    }
    if let Some(pin) = pin {
        if !(4..=12).contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Problem::at("pin", "malformed", "", "4 to 12 digits"));
        }
        proofs.push(Proof::pin(pin));
    }
    Ok(proofs)
}

async fn find(
    State(service): State<Shared>,
    caller: Caller,
    Query(shown): Query<Shown>,
) -> Result<Json<Page<Pickup>>, Problem> {
    let limit = page_of(shown.limit)?;
    let ways = [&shown.order, &shown.phone, &shown.barcode, &shown.pin];
    if ways.into_iter().flatten().count() != 1 || (shown.pin.is_some() && shown.node.is_none()) {
        let right = "one of `order`, `phone`, `barcode`, and `pin` with `node`";
        return Err(Problem::at("query", "conflict", "", right));
    }
    let proofs = proofs(shown.phone.as_deref(), shown.barcode.as_deref(), shown.pin.as_deref())?;
    let (papers, tenant) = (service.clone(), caller.tenant);
    let proven = tokio::task::spawn_blocking(move || {
        proofs.iter().flat_map(|proof| papers.papers.proven(tenant, proof)).collect()
    });
    let mut holds: Vec<HoldId> = proven.await.map_err(|_| Problem::internal())?;
    if let Some(order) = &shown.order {
        holds.extend(holds_called(&service, &caller, order).await?);
    }
    let found = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        let node = shown.node.as_deref().map(|node| words.node(node, "node")).transpose()?;
        if let Some(label) = &shown.barcode {
            let labelled = |order| book.parcels_of(order, at).into_iter();
            let parcels = book.orders().flat_map(labelled);
            let is = |parcel: &volok::ledger::ParcelView| {
                parcel.label.is_some_and(|own| own.to_string() == *label)
            };
            holds.extend(parcels.filter(is).map(|parcel| parcel.hold));
        }
        holds.sort_unstable_by(|one, other| other.cmp(one));
        holds.dedup();
        let pickup = |hold: HoldId| {
            let view = words.hold(hold.0).ok()?;
            let parcels = book.orders_of(hold).flat_map(|order| book.parcels_of(order, at));
            let parcels: Vec<Parcel> = parcels.map(|parcel| told::parcel(&words, &parcel)).collect();
            let lives = matches!(view.state, HoldState::Active | HoldState::Partial);
            let meant = node.is_none_or(|node| view.node == node) && (lives || !parcels.is_empty());
            let entity = book.channel(view.origin).and_then(|terms| terms.entity);
            let entity = entity.and_then(|entity| book.name(Kind::Entity, entity.0)).map(str::to_owned);
            meant.then(|| Pickup { hold: told::hold(&words, &view), entity, parcels })
        };
        Ok(Page { items: holds.into_iter().filter_map(pickup).take(limit).collect(), next: None })
    });
    let mut page = found.await?;
    let holds = page.items.iter_mut().map(|pickup| (pickup.hold.hold, &mut pickup.hold.order));
    with_orders(&service, &caller, holds).await?;
    Ok(Json(page))
}
