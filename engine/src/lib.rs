//! Volok decides where each unit of an order comes from and in which parcels it travels: the cheapest plan that every
//! rule allows, with proof.
//!
//! # The rooms, in reading order
//!
//! | room | the question it answers |
//! | --- | --- |
//! | [`units`] | What is a number here? |
//! | [`spec`] | How is it said outside? |
//! | [`world`] | What is true? |
//! | [`stock`] | How much may still be promised? |
//! | [`transit`] | Which ways, arriving when? |
//! | [`load`] | How much of what carries is already taken? |
//! | [`sourcing`] | Which ways are worth considering for this order? |
//! | [`split`] | Which parcels are cheapest? |
//! | [`plan`] | What did we decide, and why? |
//! | [`ledger`] | How does it become binding? |
//! | [`check`] | Is it allowed? |
//! | `testkit` (feature) | What can we play with? |
//!
//! Data walks down this table and never back up; `engine.rs` is the walk itself, written once. What each room does
//! not know is in `docs/architecture.md`; what a right plan is, in `docs/model.md`.
//!
//! # The walk
//!
//! A world is read and built once. Then each order is planned, the plan can be judged, explained and written.
//!
//! ```
//! use volok::{Budget, Engine, Scratch, check, spec};
//!
//! // A shop with a shelf, a point where parcels are handed over, a lane between them, and five pens.
//! let world = spec::world_from_str(r#"{
//!   "volok": 1, "currency": "EUR",
//!   "sellers": [{"id": "anna"}],
//!   "skus": [{"id": "pen", "grams": 12}],
//!   "tariffs": [{"id": "near", "base": 500}],
//!   "nodes": [
//!     {"id": "shop", "stores": {"cost_per_parcel": 50,
//!       "zones": [{"id": "shelf", "temperature": [15, 25], "lead_minutes": 30}]}},
//!     {"id": "point", "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}}
//!   ],
//!   "lanes": [{"id": "shop-point", "from": "shop", "to": "point", "tariff": "near", "transit_minutes": 60,
//!     "compartments": [{"id": "body", "temperature": [15, 25]}], "schedule": {"on_demand": {}}}],
//!   "channels": [{"id": "site"}],
//!   "stock": [{"seller": "anna", "sku": "pen", "node": "shop", "zone": "shelf", "on_hand": 5}]
//! }"#)?;
//! let order = spec::order_from_str(r#"{
//!   "id": "1001", "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "point",
//!   "lines": [{"sku": "pen", "qty": 2, "unfilled_penalty": 5000}]
//! }"#)?;
//!
//! // Everything that is wrong with a document is told at once.
//! let mut engine = Engine::from_document(&world)?;
//! let order = engine.order(&order)?;
//!
//! // Memory that planning reuses from order to order; one for each thread.
//! let mut scratch = Scratch::default();
//! let plan = engine.plan(&order, Budget::default(), &mut scratch)?;
//! assert_eq!(plan.cost().0, 50 + 500);
//! assert!(plan.is_optimal());
//!
//! // The judge has never met the search.
//! assert!(check::check(engine.world(), engine.stock(), &order, &plan).is_empty());
//!
//! // Written with names.
//! let document = engine.document(&order, &plan);
//! assert_eq!(document.parcels[0].code, "1001-A");
//! // A sentence for each parcel, and the verdict.
//! let advice = engine.explain(&order, &plan, &mut scratch);
//! assert_eq!(advice.because.len(), 2);
//!
//! // Taken: the next order sees what is left.
//! engine.take(&order, &plan).expect("a plan picks what is free");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here has a clock, draws a random number or opens a connection. The same world, order and budget in steps
//! give the same bytes, on every machine and with any number of threads.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod units;

pub mod spec;

pub mod world;

pub mod stock;

pub mod transit;

pub mod load;

pub mod sourcing;

pub mod split;

pub mod batch;

pub mod plan;

pub mod ledger;

pub mod check;

mod engine;

#[cfg(feature = "testkit")]
pub mod testkit;

// The one list of names most programs need; everything else stands in its room.
pub use check::{Rule, Violation, check_all};
pub use engine::{
    Batch, BatchProgress, BatchTerms, CellPrice, Desk, Draft, Engine, HeldPlan, HoldError, HoldFate,
    HoldTerms, PartsError, PlanError, PlannedHold, Prices, Promise, Promises, Quote, RebatchTerms, Rebatched,
    RefusedHold, ReplanError, ReplanTerms, Replanned, RoomPrice, Scratch, Settled, Standing, TakeError,
    Workers,
};
pub use load::{Claim, Load, LoadError};
pub use plan::{Costs, Disruption, Parcel, Plan, Reason, ReasonCode};
pub use split::Budget;
pub use stock::Stock;
pub use units::{Instant, Money, Quantity};
pub use world::{Defect, Defects, Order, World};

/// The code of the front page is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The code of the page for programs that embed the engine is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/cookbook/embed-in-rust.md")]
pub struct EmbedInRust;

/// The code of the page for orders planned again is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/cookbook/re-plan-after-a-short-pick.md")]
pub struct PlanAgain;

/// The code of the page on orders played again is compiled.
#[cfg(all(doctest, feature = "testkit"))]
#[doc = include_str!("../../docs/simulation.md")]
pub struct PlayedAgain;
