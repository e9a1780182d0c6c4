//! Holds: placed on lines or on a plan, changed, ended, read.

use super::page_of;
use super::plans::{order, plan_of};
use crate::serve::access::{Caller, Eyes, Scope};
use crate::serve::body::{IfMatch, Json as Asked, Path, Query};
use crate::serve::called::{holds_called, with_orders};
use crate::serve::clock;
use crate::serve::limits::TRIES;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, Held, Hold, Page, Tagged};
use crate::serve::words::{LineAsked, Words};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use volok::ledger::{
    Adjust, Body, Book, Books, Customer, Extend, Fulfil, HoldId, HoldView, Key, NodeNo, Outcome, Place,
    Release, Remainder,
};
use volok::{HoldError, HoldTerms, Settled, spec};

/// A new hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HoldAsked {
    /// Where it comes from: what is sold out of it is credited there for ever.
    channel: String,
    /// Which node hands over.
    node: String,
    /// What is held; lines on one cell count together.
    lines: Vec<LineAsked>,
    /// Seconds it lives.
    life: u32,
    /// Who holds, a number of yours.
    customer: Option<u64>,
    /// Who goes first when there is too little for all; higher is earlier.
    #[serde(default)]
    priority: u8,
    /// A hold of the same customer that ends in the same instant: its units count as free for this one.
    instead_of: Option<u64>,
}

/// An order to be planned and held.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OrderAsked {
    /// The order.
    order: spec::Order,
    /// A plan of it that is to be held as it is; made anew when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<spec::Plan>,
    /// Seconds the hold lives.
    life: u32,
    /// Who holds, a number of yours.
    customer: Option<u64>,
    /// A hold of the same customer that ends in the same instant.
    instead_of: Option<u64>,
    /// Plans tried where others are quicker, at most.
    #[schemars(range(min = 1, max = 16))]
    tries: Option<u32>,
}

/// An order that is held.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OrderHeld {
    /// The hold.
    hold: Held,
    /// Its plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<spec::Plan>,
}

/// A change of what is held.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AdjustAsked {
    /// What is given back.
    #[serde(default)]
    drops: Vec<LineAsked>,
    /// What is held instead or besides.
    #[serde(default)]
    adds: Vec<LineAsked>,
}

/// A longer life.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExtendAsked {
    /// Seconds it lives from now on.
    life: u32,
}

/// Units handed over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FulfilAsked {
    /// Which units; none means all that is held.
    #[serde(default)]
    lines: Vec<LineAsked>,
    /// Which node hands over; that of the hold when absent.
    by: Option<String>,
    /// Whether the rest stays held; else it is given back at once.
    #[serde(default)]
    keep: bool,
}

/// Which holds, and which page of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HoldsAsked {
    /// `active`, `partial`, `fulfilled`, `released` or `expired`.
    state: Option<String>,
    /// Those of a customer.
    customer: Option<u64>,
    /// Those of an order: by its code with the channel's prefix, a parcel's code, or the shop's key of a planned order.
    order: Option<String>,
    /// Those that are handed over there.
    node: Option<String>,
    /// Those first whose time runs out first; there is no next page then.
    #[serde(default)]
    soonest: bool,
    /// `next` of the page before.
    after: Option<u64>,
    /// Rows of the page, at most.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let (hold, read) = (Some(Scope::Hold), Some(Scope::Read));
    let lines = json!([{"sku": "pen", "node": "tver", "qty": 1}]);
    vec![
        Operation::new(
            ("POST", "/v1/holds"),
            ("hold", "placeHold"),
            "Holds units of cells, or of SKUs at nodes",
            hold,
            post(place),
        )
        .takes::<HoldAsked>(json!({"channel": "site", "node": "msk-tverskaya", "lines": lines, "life": 3600}))
        .gives::<Held>(201, "They are held.")
        .with_headers(&["ETag"])
        .writes()
        .refuses(&[404]),
        Operation::new(
            ("POST", "/v1/holds/planned"),
            ("hold", "holdOrder"),
            "Plans an order and holds the plan, all of it or nothing",
            hold,
            post(planned),
        )
        .takes::<OrderAsked>(json!({"order": order(), "life": 3600}))
        .gives::<OrderHeld>(201, "The plan is held.")
        .with_headers(&["ETag"])
        .writes()
        .refuses(&[404]),
        Operation::new(("GET", "/v1/holds"), ("hold", "listHolds"), "Holds by number", read, get(list))
            .queried::<HoldsAsked>()
            .gives::<Page<Hold>>(200, "A page of them.")
            .refuses(&[409, 422]),
        Operation::new(
            ("GET", "/v1/holds/{hold}"),
            ("hold", "getHold"),
            "A hold as it is now",
            read,
            get(one),
        )
        .gives::<Hold>(200, "The hold.")
        .with_headers(&["ETag"])
        .refuses(&[409]),
        Operation::new(
            ("POST", "/v1/holds/{hold}/adjust"),
            ("hold", "adjustHold"),
            "Drops and adds lines in one instant",
            hold,
            post(adjust),
        )
        .takes::<AdjustAsked>(json!({"drops": lines, "adds": [{"sku": "pasta", "node": "tver", "qty": 1}]}))
        .gives::<Held>(200, "It holds what was asked.")
        .with_headers(&["ETag"])
        .versioned(),
        Operation::new(
            ("POST", "/v1/holds/{hold}/extend"),
            ("hold", "extendHold"),
            "Lets a hold live longer",
            hold,
            post(extend),
        )
        .takes::<ExtendAsked>(json!({"life": 7200}))
        .gives::<Held>(200, "It lives longer.")
        .with_headers(&["ETag"])
        .versioned(),
        Operation::new(
            ("POST", "/v1/holds/{hold}/fulfil"),
            ("hold", "fulfilHold"),
            "Hands units over out of their cells: they are sold",
            hold,
            post(fulfil),
        )
        .takes::<FulfilAsked>(json!({"lines": lines, "by": "tver", "keep": true}))
        .gives::<Held>(200, "They are sold; the record is told.")
        .with_headers(&["ETag"])
        .versioned(),
        Operation::new(
            ("POST", "/v1/holds/{hold}/release"),
            ("hold", "releaseHold"),
            "Ends a hold and gives back what it holds",
            hold,
            post(release),
        )
        .gives::<Held>(200, "It has ended.")
        .with_headers(&["ETag"])
        .versioned(),
    ]
}

async fn place(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<HoldAsked>,
) -> Result<Tagged<Held>, Problem> {
    let build = move |book: &Book, at, eyes| {
        let words = Words { book, at, eyes };
        let node = words.node(&asked.node, "node")?;
        Ok(Body::Place(Place {
            channel: words.channel(&asked.channel)?,
            customer: asked.customer.map(Customer),
            node,
            lines: words.lines(&asked.lines, Some(node), "lines")?,
            life: asked.life,
            priority: asked.priority,
            instead_of: asked.instead_of.map(HoldId),
            claims: Vec::new(),
        }))
    };
    let held = service.ask(&asks.caller, asks.request.key, build, told::held).await?;
    Ok(Tagged(StatusCode::CREATED, held.version, held))
}

async fn planned(
    State(service): State<Shared>,
    asks: Asks,
    Asked(asked): Asked<OrderAsked>,
) -> Result<Tagged<OrderHeld>, Problem> {
    let held = plan_and_hold(&service, &asks, asked).await?;
    Ok(Tagged(StatusCode::CREATED, held.hold.version, held))
}

/// Drafts are made at a desk, and go to the writer: nobody sits at a desk while the disk works.
async fn plan_and_hold(service: &Shared, asks: &Asks, asked: OrderAsked) -> Result<OrderHeld, Problem> {
    let (caller, key) = (&asks.caller, asks.request.key);
    let terms = HoldTerms {
        key,
        customer: asked.customer.map(Customer),
        life: asked.life,
        instead_of: asked.instead_of.map(HoldId),
        tries: asked.tries.unwrap_or(3).clamp(1, TRIES),
    };
    let asked = Arc::new(asked);
    let first = match answered(service, caller, terms, asked.clone()).await? {
        Before::Held(held) => return Ok(*held),
        Before::Tried(attempts) => attempts,
    };
    for attempt in first..terms.tries {
        let said = asked.clone();
        let drafted = service.think(caller, move |service, shop, desk, budget, scratch| {
            let order = shop.engine().order(&said.order)?;
            let draft = match &said.plan {
                Some(plan) => {
                    let plan = plan_of(desk.now(&service.ledger, &order, terms.instead_of)?, &order, plan)?;
                    desk.draft_of(&order, plan, terms, attempt)?
                }
                None => desk.draft(&service.ledger, &order, terms, attempt, budget, scratch)?,
            };
            let document = desk.engine().document(&order, &draft.plan);
            Ok((draft, document))
        });
        let (draft, plan) = drafted.await?;
        let (body, command) = (draft.command.body.clone(), draft.command.key);
        let papers = service.clone();
        let (tenant, said, kept) = (caller.tenant, asked.clone(), plan.clone());
        let told = move |book: &Book, outcome: &Outcome| {
            let held = told::held(book, outcome);
            Ok((outcome.clone(), held))
        };
        let drafting = {
            let (papers, said, plan) = (service.clone(), asked.clone(), plan.clone());
            let at = i64::from(clock::now().second().0);
            tokio::task::spawn_blocking(move || papers.papers.draft(tenant, command, &said.order, &plan, at))
        };
        drafting.await.map_err(|_| Problem::internal())??;
        let (outcome, held) = service.ask(caller, command, move |_, _, _| Ok(body), told).await?;
        match draft.settle(outcome) {
            Settled::Held(_) => {
                let held = held?;
                let hold = HoldId(held.hold);
                let keeping = move || papers.papers.keep(tenant, hold, command, &said.order, &kept);
                let _ = tokio::task::spawn_blocking(keeping).await;
                return Ok(OrderHeld { hold: held, plan: Some(plan) });
            }
            Settled::Refused(refusal) => return Err(refusal.into()),
            Settled::TakenMeanwhile(_) if asked.plan.is_some() => break,
            Settled::TakenMeanwhile(_) => {}
        }
    }
    let order = asked.order.id.as_str().into();
    Err(HoldError::StockChanged { order, tries: terms.tries, cells: Vec::new() }.into())
}

/// What became of a request before.
enum Before {
    /// It was answered.
    Held(Box<OrderHeld>),
    /// So many plans were tried in vain.
    Tried(u32),
}

/// What the request was answered before, if it was. A key stands for one order and its terms.
async fn answered(
    service: &Shared,
    caller: &Caller,
    terms: HoldTerms,
    asked: Arc<OrderAsked>,
) -> Result<Before, Problem> {
    let (service, tenant) = (service.clone(), caller.tenant);
    let known = tokio::task::spawn_blocking(move || {
        let text = serde_json::to_vec(&*asked).map_err(|_| Problem::internal())?;
        let now = i64::from(clock::now().second().0);
        let digest = blake3::hash(&text);
        service.papers.claim(tenant, terms.key.0, digest.as_bytes(), now)?;
        for attempt in 0..terms.tries {
            let key = Key(terms.key.0.wrapping_add(u128::from(attempt)));
            let told = service.ledger.look(|state| {
                let book = state.book(tenant)?;
                let outcome = book.answered(key)?;
                Some((told::held(book, &outcome), outcome.result.err()))
            })?;
            match told {
                None => return Ok(Before::Tried(attempt)),
                Some((Ok(hold), _)) => {
                    let plan = service.papers.of_made(tenant, HoldId(hold.hold), key).map(|paper| paper.plan);
                    return Ok(Before::Held(Box::new(OrderHeld { hold, plan })));
                }
                Some((Err(_), Some(refusal))) if refusal.code.may_be_a_race() => {}
                // It was done, and is no hold.
                Some((Err(_), None)) => return Err(key_reused()),
                Some((Err(problem), _)) => return Err(problem),
            }
        }
        Ok(Before::Tried(terms.tries))
    });
    known.await.map_err(|_| Problem::internal())?
}

fn key_reused() -> Problem {
    let detail = "the key was used for another request; use a new key for a new request";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", "The key was used", detail)
}

/// Where a hold sits in its book: a number that is used again, with the next generation above it, keeps its seat.
fn seat(hold: HoldId) -> u64 {
    hold.0.rotate_left(32)
}

async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(asked): Query<HoldsAsked>,
) -> Result<Json<Page<Hold>>, Problem> {
    let limit = page_of(asked.limit)?;
    let states = ["active", "partial", "fulfilled", "released", "expired"];
    if let Some(state) = asked.state.as_deref().filter(|state| !states.contains(state)) {
        return Err(Problem::at("state", "unknown", state, states.join(", ")));
    }
    if asked.soonest && asked.after.is_some() {
        return Err(Problem::at("after", "conflict", "", "`soonest` has one page: leave `after` out"));
    }
    let of_order = match &asked.order {
        None => None,
        Some(order) => Some(holds_called(&service, &caller, order).await?),
    };
    let page = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        let node = asked.node.as_deref().map(|node| words.node(node, "node")).transpose()?;
        let wanted = |view: &HoldView| {
            asked.after.is_none_or(|after| seat(view.id) > seat(HoldId(after)))
                && asked.state.as_deref().is_none_or(|state| view.state.word() == state)
                && asked.customer.is_none_or(|customer| view.customer == Some(Customer(customer)))
                && node.is_none_or(|node| view.node == node)
                && (eyes == Eyes::All || view.lines.iter().any(|line| words.sees(line.cell)))
        };
        let all: Box<dyn Iterator<Item = HoldView>> = match &of_order {
            Some(holds) => Box::new(holds.iter().filter_map(|&hold| book.hold_at(hold, at))),
            None => Box::new(book.holds_at(at)),
        };
        let all = all.filter(wanted).map(|view| match asked.soonest {
            true => (Some(view.expires), seat(view.id), view.id),
            false => (None, seat(view.id), view.id),
        });
        let mut found: Vec<_> = match &of_order {
            // They come in this order already.
            None if !asked.soonest => all.take(limit + 1).collect(),
            _ => all.collect(),
        };
        found.sort_unstable();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more && !asked.soonest).map(|(.., hold)| hold.0.to_string());
        let views = found.iter().filter_map(|&(.., hold)| book.hold_at(hold, at));
        Ok(Page { items: views.map(|view| told::hold(&words, &view)).collect(), next })
    });
    let mut page = page.await?;
    with_orders(&service, &caller, page.items.iter_mut().map(|hold| (hold.hold, &mut hold.order))).await?;
    Ok(Json(page))
}

async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(hold): Path<u64>,
) -> Result<Tagged<Hold>, Problem> {
    let hold = service.look(&caller, move |book, at, eyes| {
        let words = Words { book, at, eyes };
        Ok(told::hold(&words, &words.hold(hold)?))
    });
    let mut hold = hold.await?;
    with_orders(&service, &caller, std::iter::once((hold.hold, &mut hold.order))).await?;
    Ok(Tagged(StatusCode::OK, hold.version, hold))
}

/// Asks for a change of a hold.
async fn change(
    service: &Shared,
    asks: &Asks,
    build: impl FnOnce(&Words<'_>) -> Result<Body, Problem> + Send + 'static,
) -> Result<Tagged<Held>, Problem> {
    let build = move |book: &Book, at, eyes| build(&Words { book, at, eyes });
    let held = service.ask(&asks.caller, asks.request.key, build, told::held).await?;
    Ok(Tagged(StatusCode::OK, held.version, held))
}

/// The node that hands a hold over, if there is such a hold.
fn node_of(words: &Words<'_>, hold: HoldId) -> Option<NodeNo> {
    words.book.hold_at(hold, words.at).map(|view| view.node)
}

async fn adjust(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(hold): Path<u64>,
    Asked(asked): Asked<AdjustAsked>,
) -> Result<Tagged<Held>, Problem> {
    let hold = HoldId(hold);
    change(&service, &asks, move |words| {
        let node = node_of(words, hold);
        let drops = words.lines(&asked.drops, node, "drops")?;
        Ok(Body::Adjust(Adjust { hold, version, drops, adds: words.lines(&asked.adds, node, "adds")? }))
    })
    .await
}

async fn extend(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(hold): Path<u64>,
    Asked(asked): Asked<ExtendAsked>,
) -> Result<Tagged<Held>, Problem> {
    let extend = Extend { hold: HoldId(hold), version, life: asked.life };
    change(&service, &asks, move |_| Ok(Body::Extend(extend))).await
}

async fn fulfil(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(hold): Path<u64>,
    Asked(asked): Asked<FulfilAsked>,
) -> Result<Tagged<Held>, Problem> {
    let hold = HoldId(hold);
    change(&service, &asks, move |words| {
        let node = node_of(words, hold);
        let by = asked.by.as_deref().map(|by| words.node(by, "by")).transpose()?.or(node);
        Ok(Body::Fulfil(Fulfil {
            hold,
            version,
            lines: words.lines(&asked.lines, node, "lines")?,
            remainder: if asked.keep { Remainder::Keep } else { Remainder::Release },
            by: by.ok_or_else(|| Problem::missing("hold"))?,
        }))
    })
    .await
}

async fn release(
    State(service): State<Shared>,
    asks: Asks,
    IfMatch(version): IfMatch,
    Path(hold): Path<u64>,
) -> Result<Tagged<Held>, Problem> {
    let release = Release { hold: HoldId(hold), version };
    change(&service, &asks, move |_| Ok(Body::Release(release))).await
}
