//! What is kept of a planned hold, for those who look at it: the plan, its picture, its reasons.
//!
//! A seller sees them where all that is held and planned is the seller's own, and never the reasons: those weigh everybody's
//! goods.

use super::plans::plan_of;
use crate::serve::access::{Caller, Scope};
use crate::serve::body::Path;
use crate::serve::operation::Operation;
use crate::serve::papers::Paper;
use crate::serve::problem::Problem;
use crate::serve::service::Shared;
use crate::serve::words::Words;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use volok::ledger::HoldId;
use volok::plan::draw;
use volok::spec;
use volok::world::World;

/// The order of a hold and its plan, as they were held.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Kept {
    /// What was wanted.
    order: spec::Order,
    /// What is held for it.
    plan: spec::Plan,
    /// What it costs, as people read it.
    amounts: Amounts,
}

/// Amounts of a plan as people read them, with the currency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Amounts {
    /// In all.
    cost: String,
    /// Proven: no plan costs less.
    bound: String,
    /// What may still be saved, at most.
    gap: String,
    /// By kind, those that are not nothing.
    costs: Vec<Amount>,
}

/// A part of the cost.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Amount {
    /// The component of the plan's `costs`.
    kind: &'static str,
    /// How much of it.
    amount: String,
}

/// Why a plan is as it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Reasons {
    /// Why these parcels: a sentence each, and one for each merge made or not made.
    because: Vec<String>,
    /// Sources that are possible and were not chosen, best first.
    instead: Vec<Instead>,
}

/// A source that is possible and was not chosen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Instead {
    /// What would have come from there.
    sku: String,
    /// From where: the node's name, or its key.
    node: String,
    /// Whose.
    seller: String,
    /// What the whole order would have cost, at least.
    cost: String,
    /// By how much that is dearer.
    dearer: String,
    /// Why, in plain words.
    text: String,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let read = Some(Scope::Read);
    vec![
        Operation::new(
            ("GET", "/v1/holds/{hold}/plan"),
            ("hold", "getHoldPlan"),
            "The order of a planned hold, and the plan that is held",
            read,
            get(plan),
        )
        .gives::<Kept>(200, "Both, with amounts in words.")
        .refuses(&[409]),
        Operation::new(
            ("GET", "/v1/holds/{hold}/drawing"),
            ("hold", "drawHold"),
            "The plan of a hold as a picture: a map, and a timeline of each parcel",
            read,
            get(drawing),
        )
        .gives_text(200, "The picture.", "image/svg+xml")
        .refuses(&[409, 422]),
        Operation::new(
            ("GET", "/v1/holds/{hold}/reasons"),
            ("hold", "explainHold"),
            "Why the plan of a hold is as it is, and what else would cost as stock is now",
            read,
            get(reasons),
        )
        .gives::<Reasons>(200, "Its reasons in words.")
        .refuses(&[409, 422]),
    ]
}

/// The paper of a hold, where the caller may see all of it.
async fn paper_of(service: &Shared, caller: &Caller, hold: u64) -> Result<Paper, Problem> {
    let whole = service.look(caller, move |book, at, eyes| {
        Words { book, at, eyes }.own_hold(hold)?;
        Ok(())
    });
    whole.await?;
    let (papers, tenant) = (service.clone(), caller.tenant);
    let paper = tokio::task::spawn_blocking(move || papers.papers.of_hold(tenant, HoldId(hold)));
    let paper = paper.await.map_err(|_| Problem::internal())?;
    paper.filter(|paper| is_seen(caller, &paper.plan)).ok_or_else(|| Problem::missing("planned hold"))
}

/// Whether all that is planned is the caller's: what could not be delivered is nobody's yet.
fn is_seen(caller: &Caller, plan: &spec::Plan) -> bool {
    caller.seller.as_ref().is_none_or(|seller| {
        let picks = plan.parcels.iter().flat_map(|parcel| &parcel.picks);
        plan.unfilled.is_empty() && picks.into_iter().all(|pick| *pick.seller == **seller)
    })
}

/// An amount with the currency, where the world has one.
fn amount(world: &World, minor: i64) -> String {
    let currency = world.currency();
    format!("{} {currency}", draw::money(minor, currency)).trim_end().to_owned()
}

impl Amounts {
    fn of(world: &World, plan: &spec::Plan) -> Amounts {
        let spec::Costs {
            pick_units,
            pick_lines,
            packing,
            carriage,
            handling,
            merging,
            hand_over,
            extra_deliveries,
            lateness,
            unfilled,
            stock,
        } = plan.costs;
        let costs = [
            ("pick_units", pick_units),
            ("pick_lines", pick_lines),
            ("packing", packing),
            ("carriage", carriage),
            ("handling", handling),
            ("merging", merging),
            ("hand_over", hand_over),
            ("extra_deliveries", extra_deliveries),
            ("lateness", lateness),
            ("unfilled", unfilled),
            ("stock", stock),
        ];
        let costs = costs.into_iter().filter(|(_, minor)| *minor != 0);
        Amounts {
            cost: amount(world, plan.cost),
            bound: amount(world, plan.bound),
            gap: amount(world, plan.cost.saturating_sub(plan.bound)),
            costs: costs.map(|(kind, minor)| Amount { kind, amount: amount(world, minor) }).collect(),
        }
    }
}

async fn plan(
    State(service): State<Shared>,
    caller: Caller,
    Path(hold): Path<u64>,
) -> Result<Json<Kept>, Problem> {
    let Paper { order, plan } = paper_of(&service, &caller, hold).await?;
    let amounts = Amounts::of(service.shop(caller.tenant)?.engine().world(), &plan);
    Ok(Json(Kept { order, plan, amounts }))
}

/// A picture runs nothing and asks for nothing, also where it is opened by itself.
const PICTURE: [(header::HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "image/svg+xml"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
];

async fn drawing(
    State(service): State<Shared>,
    caller: Caller,
    Path(hold): Path<u64>,
) -> Result<impl IntoResponse, Problem> {
    let paper = paper_of(&service, &caller, hold).await?;
    let drawn = service.think(&caller, move |_, shop, desk, _, _| {
        let (order, engine) = (shop.engine().order(&paper.order)?, desk.engine());
        let plan = plan_of(engine, &order, &paper.plan)?;
        Ok(draw::svg(engine.world(), engine.stock(), &order, &plan))
    });
    Ok((PICTURE, drawn.await?))
}

async fn reasons(
    State(service): State<Shared>,
    caller: Caller,
    Path(hold): Path<u64>,
) -> Result<Json<Reasons>, Problem> {
    let paper = paper_of(&service, &caller, hold).await?;
    if caller.seller.is_some() {
        return Err(Problem::missing("planned hold"));
    }
    let explained = service.think(&caller, move |service, shop, desk, _, scratch| {
        let order = shop.engine().order(&paper.order)?;
        let plan = plan_of(desk.engine(), &order, &paper.plan)?;
        let advice = desk.explain(&service.ledger, HoldId(hold), (&order, &plan), scratch)?;
        Ok(Reasons::of(shop.engine().world(), &paper.order, advice))
    });
    explained.await.map(Json)
}

impl Reasons {
    fn of(world: &World, order: &spec::Order, advice: spec::Advice) -> Reasons {
        let place = |key: &str| {
            let label = world.node_names().find(key).and_then(|node| world.nodes()[node].label.as_deref());
            label.unwrap_or(key).to_owned()
        };
        let goods = |line: usize| order.lines.get(line.wrapping_sub(1)).map(|line| line.sku.clone());
        let instead = advice.rejected.into_iter().map(|rejected| Instead {
            sku: goods(rejected.line).unwrap_or_default(),
            node: place(&rejected.node),
            seller: rejected.seller,
            cost: amount(world, rejected.cost_at_least),
            dearer: amount(world, rejected.loses_by),
            text: rejected.text,
        });
        Reasons { because: advice.because, instead: instead.collect() }
    }
}
