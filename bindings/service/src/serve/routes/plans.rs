//! What would an order cost, which parcels would it be, why, and is it allowed? Nothing is taken.

use crate::serve::access::{Caller, Scope};
use crate::serve::body::Json as Asked;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::Shared;
use axum::Json;
use axum::extract::State;
use axum::routing::post;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use volok::plan::{disruption_from_document, from_document};
use volok::{Engine, Order, Plan, check, spec};

/// What an order would cost and when it would arrive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Quote {
    /// Key of the order.
    order: String,
    /// The cheapest plan.
    #[serde(flatten)]
    cheapest: Promise,
    /// What each earlier completion costs, cheapest first.
    frontier: Vec<Promise>,
}

/// One plan an order could have.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Promise {
    /// Total cost, minor units.
    cost: i64,
    /// Proven: nothing that completes by then costs less.
    bound: i64,
    /// When the last parcel would be handed over, RFC 3339 UTC; absent when none would.
    #[serde(skip_serializing_if = "Option::is_none")]
    completes_at: Option<String>,
    /// Parcels that would be handed over.
    deliveries: usize,
    /// Units that would not be delivered.
    unfilled: u64,
}

impl From<&volok::Promise> for Promise {
    fn from(promise: &volok::Promise) -> Promise {
        Promise {
            cost: promise.cost.0,
            bound: promise.bound.0,
            completes_at: promise.completes_at.map(spec::instant_text),
            deliveries: promise.deliveries,
            unfilled: promise.unfilled,
        }
    }
}

impl Quote {
    fn of(order: &Order, quote: &volok::Quote) -> Quote {
        let volok::Quote { cost, bound, completes_at, deliveries, unfilled, ref frontier } = *quote;
        let cheapest = volok::Promise { cost, bound, completes_at, deliveries, unfilled };
        Quote {
            order: order.id.to_string(),
            cheapest: Promise::from(&cheapest),
            frontier: frontier.iter().map(Promise::from).collect(),
        }
    }
}

/// An order, and a plan of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Planned {
    /// The order.
    order: spec::Order,
    /// A plan of it, of any origin; made anew when absent.
    plan: Option<spec::Plan>,
}

/// An order and a plan of it, to be judged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Judged {
    /// The order.
    order: spec::Order,
    /// A plan of it, of any origin.
    plan: spec::Plan,
}

/// An order, its plan, and what went wrong.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Disrupted {
    /// The order.
    order: spec::Order,
    /// Its plan.
    plan: spec::Plan,
    /// What went wrong.
    disruption: spec::Disruption,
}

/// A plan with its reasons.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Explained {
    /// The plan.
    plan: spec::Plan,
    /// Why it is as it is.
    advice: spec::Advice,
}

/// What the judge found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Verdict {
    /// Whether the plan keeps every rule.
    right: bool,
    /// Every rule it breaks.
    violations: Vec<Broken>,
}

/// A rule that a plan breaks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Broken {
    /// Which rule of docs/model.md, F1 to F10.
    rule: String,
    /// The parcel it is about, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<usize>,
    /// What was found, and what would be right.
    text: String,
}

/// An order of the three-item story.
pub fn order() -> Value {
    let line = |sku: &str, qty: u32| json!({"sku": sku, "qty": qty, "unfilled_penalty": 30_000});
    json!({
        "id": "1001", "channel": "site", "placed_at": "2026-03-02T10:15:00+03:00", "to": "msk-tverskaya",
        "lines": [line("pen", 1), line("pasta", 2), line("sour-cream", 1)],
        "policy": {"delivery_penalty": 2_000},
    })
}

/// A plan of it that leaves everything out: short, and right in its shape.
fn nothing() -> Value {
    let left =
        |line: usize, sku: &str, qty: u32| json!({"line": line, "sku": sku, "qty": qty, "reasons": []});
    json!({
        "volok": 1, "order": "1001", "status": "gap", "cost": 120_000, "bound": 0, "costs": {"unfilled": 120_000},
        "parcels": [], "unfilled": [left(1, "pen", 1), left(2, "pasta", 2), left(3, "sour-cream", 1)],
    })
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    let plan = Some(Scope::Plan);
    let wrong = json!({"volok": 1, "now": "2026-03-02T12:00:00Z"});
    vec![
        Operation::new(
            ("POST", "/v1/quote"),
            ("plan", "quote"),
            "What an order would cost, and when it would arrive",
            plan,
            post(quote),
        )
        .takes::<spec::Order>(order())
        .gives::<Quote>(200, "The cheapest plan, and what each earlier completion costs.")
        .refuses(&[409]),
        Operation::new(
            ("POST", "/v1/plan"),
            ("plan", "plan"),
            "The cheapest plan of an order, with proof",
            plan,
            post(make),
        )
        .takes::<spec::Order>(order())
        .gives::<spec::Plan>(200, "The plan. Nothing is held.")
        .refuses(&[409]),
        Operation::new(
            ("POST", "/v1/explain"),
            ("plan", "explain"),
            "Why a plan is as it is, and what else would have cost",
            plan,
            post(explain),
        )
        .takes::<Planned>(json!({"order": order()}))
        .gives::<Explained>(200, "The plan with its reasons.")
        .refuses(&[409]),
        Operation::new(
            ("POST", "/v1/check"),
            ("plan", "check"),
            "Judges a plan of any origin by the rules of the model",
            plan,
            post(judge),
        )
        .takes::<Judged>(json!({"order": order(), "plan": nothing()}))
        .gives::<Verdict>(200, "What the judge found.")
        .refuses(&[409]),
        Operation::new(
            ("POST", "/v1/replan"),
            ("plan", "replan"),
            "Plans an order again after something went wrong; nothing is held",
            plan,
            post(again),
        )
        .takes::<Disrupted>(json!({"order": order(), "plan": nothing(), "disruption": wrong}))
        .gives::<spec::Replanned>(200, "The new plan, and what became of each parcel.")
        .refuses(&[409]),
    ]
}

/// A plan document on the rows of an engine.
pub fn plan_of(engine: &Engine, order: &Order, plan: &spec::Plan) -> Result<Plan, Problem> {
    if plan.volok != spec::VERSION {
        let right = format!("{}, the version this service reads", spec::VERSION);
        return Err(Problem::at("plan.volok", "version", &plan.volok.to_string(), right));
    }
    Ok(from_document(engine.world(), engine.stock(), order, plan)?)
}

async fn quote(
    State(service): State<Shared>,
    caller: Caller,
    Asked(order): Asked<spec::Order>,
) -> Result<Json<Quote>, Problem> {
    let quote = service.think(&caller, move |service, shop, desk, budget, scratch| {
        let order = shop.engine().order(&order)?;
        let quote = desk.now(&service.ledger, &order, None)?.quote(&order, budget, scratch)?;
        Ok(Quote::of(&order, &quote))
    });
    quote.await.map(Json)
}

async fn make(
    State(service): State<Shared>,
    caller: Caller,
    Asked(order): Asked<spec::Order>,
) -> Result<Json<spec::Plan>, Problem> {
    let plan = service.think(&caller, move |service, shop, desk, budget, scratch| {
        let order = shop.engine().order(&order)?;
        let engine = desk.now(&service.ledger, &order, None)?;
        let plan = engine.plan(&order, budget, scratch)?;
        Ok(engine.document(&order, &plan))
    });
    plan.await.map(Json)
}

async fn explain(
    State(service): State<Shared>,
    caller: Caller,
    Asked(asked): Asked<Planned>,
) -> Result<Json<Explained>, Problem> {
    let explained = service.think(&caller, move |service, shop, desk, budget, scratch| {
        let order = shop.engine().order(&asked.order)?;
        let engine = desk.now(&service.ledger, &order, None)?;
        let plan = match &asked.plan {
            Some(plan) => plan_of(engine, &order, plan)?,
            None => engine.plan(&order, budget, scratch)?,
        };
        let advice = engine.explain(&order, &plan, scratch);
        Ok(Explained { plan: engine.document(&order, &plan), advice })
    });
    explained.await.map(Json)
}

async fn judge(
    State(service): State<Shared>,
    caller: Caller,
    Asked(asked): Asked<Judged>,
) -> Result<Json<Verdict>, Problem> {
    let verdict = service.think(&caller, move |service, shop, desk, _, _| {
        let order = shop.engine().order(&asked.order)?;
        let engine = desk.now(&service.ledger, &order, None)?;
        let plan = plan_of(engine, &order, &asked.plan)?;
        let violations = check::check(engine.world(), engine.stock(), &order, &plan);
        let broken = violations.into_iter().map(|violation| Broken {
            rule: violation.rule.to_string(),
            parcel: violation.parcel,
            text: violation.text,
        });
        let violations: Vec<Broken> = broken.collect();
        Ok(Verdict { right: violations.is_empty(), violations })
    });
    verdict.await.map(Json)
}

async fn again(
    State(service): State<Shared>,
    caller: Caller,
    Asked(asked): Asked<Disrupted>,
) -> Result<Json<spec::Replanned>, Problem> {
    let replanned = service.think(&caller, move |service, shop, desk, budget, scratch| {
        let order = shop.engine().order(&asked.order)?;
        let engine = desk.now(&service.ledger, &order, None)?;
        let plan = plan_of(engine, &order, &asked.plan)?;
        let codes: Vec<String> = asked.plan.parcels.iter().map(|parcel| parcel.code.clone()).collect();
        let disruption = disruption_from_document(
            engine.world(),
            engine.stock(),
            &order,
            (&plan, &codes),
            &asked.disruption,
        )?;
        let replanned = engine.replan(&order, &plan, &disruption, budget, scratch)?;
        Ok(engine.replanned_document(&order, (&plan, &codes), &disruption, &replanned))
    });
    replanned.await.map(Json)
}
