//! Holds that what is there cannot serve: which they are, and their orders planned again.

use super::plans::plan_of;
use crate::serve::access::{Caller, Eyes, Scope};
use crate::serve::body::{Json as Asked, Path};
use crate::serve::called::with_orders;
use crate::serve::clock;
use crate::serve::limits::TRIES;
use crate::serve::operation::Operation;
use crate::serve::problem::Problem;
use crate::serve::service::{Asks, Shared};
use crate::serve::told::{self, CellName};
use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use volok::ledger::{CellNo, HoldId};
use volok::{HeldPlan, HoldFate, Money, ReplanTerms, Replanned, spec};

/// How a held order is planned again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplanAsked {
    /// As of when, RFC 3339: legs that depart by then have left; now when absent.
    now: Option<String>,
    /// Price of each parcel that does not stay as it was, minor units.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000_000_000_i64))]
    change_price: i64,
    /// Plans tried, at most.
    #[schemars(range(min = 1, max = 16))]
    tries: Option<u32>,
}

/// What became of a held order.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Fate {
    /// Its hold.
    hold: u64,
    /// `untouched`: no cell lacks units of it. `adjusted`: it holds what the new plan takes. `same_units`: the new plan takes
    /// the very units it holds, say because what is short has left. `nothing`: the new plan takes nothing, so release it.
    /// `other_claims`: the new plan claims other departures or days, so hold it in the old one's stead. `not_as_planned`: it
    /// holds other units than its plan takes.
    fate: &'static str,
    /// The new plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<spec::Plan>,
    /// Parcels that do not stay as they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<u32>,
}

/// A cell of which more is held than is there.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Shortage {
    /// Which.
    #[serde(flatten)]
    cell: CellName,
    /// Units held beyond those there.
    short: u32,
    /// Holds it cannot serve, in the order in which they should be served elsewhere.
    holds: Vec<Hit>,
}

/// A hold that a short cell cannot serve.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Hit {
    /// Which.
    hold: u64,
    /// Its order code.
    code: Option<String>,
    /// The code of the order it was planned for.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    /// Units it holds of the cell.
    held: u32,
    /// Units of those that are not there.
    lacks: u32,
}

/// Everything that is short.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Shortages {
    /// By cell.
    items: Vec<Shortage>,
}

/// The operations.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            ("POST", "/v1/holds/{hold}/replan"),
            ("hold", "replanHold"),
            "Plans a held order again where its cells are short, and adjusts the hold in one instant",
            Some(Scope::Hold),
            post(replan),
        )
        .takes::<ReplanAsked>(json!({"change_price": 500}))
        .gives::<Fate>(200, "What became of it.")
        .writes(),
        Operation::new(
            ("GET", "/v1/shortages"),
            ("hold", "shortages"),
            "Cells of which more is held than is there, with the holds they cannot serve",
            Some(Scope::Read),
            get(shortages),
        )
        .gives::<Shortages>(200, "All of them.")
        .refuses(&[409]),
    ]
}

async fn replan(
    State(service): State<Shared>,
    asks: Asks,
    Path(hold): Path<u64>,
    Asked(asked): Asked<ReplanAsked>,
) -> Result<Json<Fate>, Problem> {
    let (tenant, key) = (asks.caller.tenant, asks.request.key);
    let fate = service.think(&asks.caller, move |service, shop, desk, budget, scratch| {
        let stamp = clock::now();
        let now = match &asked.now {
            None => stamp.second().instant(),
            Some(text) => {
                spec::instant(text).map_err(|right| Problem::at("now", "malformed", text, right))?
            }
        };
        let paper =
            service.papers.of_hold(tenant, HoldId(hold)).ok_or_else(|| Problem::missing("planned hold"))?;
        let order = shop.engine().order(&paper.order)?;
        let plan = plan_of(desk.now(&service.ledger, &order, Some(HoldId(hold)))?, &order, &paper.plan)?;
        let terms = ReplanTerms {
            now,
            change_price: Money(asked.change_price.max(0)),
            key,
            tries: asked.tries.unwrap_or(3).clamp(1, TRIES),
        };
        let held = HeldPlan { hold: HoldId(hold), order: &order, plan: &plan };
        let fates = desk.replan_and_hold(&service.ledger, &[held], terms, stamp, budget, scratch)?;
        let fate = fates.into_iter().next().ok_or_else(Problem::internal)?;
        let told = |fate, replanned: Option<Box<Replanned>>| Fate {
            hold,
            fate,
            plan: replanned.as_ref().map(|replanned| desk.engine().document(&order, &replanned.plan)),
            changed: replanned.map(|replanned| replanned.changed),
        };
        Ok(match fate {
            HoldFate::Untouched => told("untouched", None),
            HoldFate::Adjusted { replanned, .. } => {
                let fate = told("adjusted", Some(replanned));
                if let Some(plan) = &fate.plan {
                    service.papers.keep(tenant, HoldId(hold), key, &paper.order, plan);
                }
                fate
            }
            HoldFate::SameUnits(replanned) => told("same_units", Some(replanned)),
            HoldFate::Nothing(replanned) => told("nothing", Some(replanned)),
            HoldFate::OtherClaims(replanned) => told("other_claims", Some(replanned)),
            HoldFate::NotAsPlanned => told("not_as_planned", None),
            HoldFate::Failed(error) => return Err((*error).into()),
        })
    });
    fate.await.map(Json)
}

async fn shortages(State(service): State<Shared>, caller: Caller) -> Result<Json<Shortages>, Problem> {
    let found = service.look(&caller, |book, at, eyes| {
        let short = |cell: CellNo| {
            let view = book.cell_at(cell, at)?;
            (view.short() > 0 && eyes.see(&view.facts)).then_some((cell, view.short()))
        };
        let item = |(cell, short): (CellNo, u32)| Shortage {
            cell: told::cell(book, cell, at),
            short,
            holds: match eyes {
                Eyes::All => book.hit(cell, at).into_iter(),
                _ => Vec::new().into_iter(),
            }
            .map(|hit| Hit {
                hold: hit.hold.0,
                code: book.code(hit.hold),
                order: None,
                held: hit.held,
                lacks: hit.lacks,
            })
            .collect(),
        };
        Ok(Shortages { items: (0..book.cells() as u32).map(CellNo).filter_map(short).map(item).collect() })
    });
    let mut found = found.await?;
    let hits = found.items.iter_mut().flat_map(|item| &mut item.holds);
    with_orders(&service, &caller, hits.map(|hit| (hit.hold, &mut hit.order))).await?;
    Ok(Json(found))
}
