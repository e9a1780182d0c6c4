//! Plan and hold: plan on what a ledger shows, hold what was planned, and plan again where someone was quicker.

mod draft;
mod explain;
mod replan;

use super::{Engine, PlanError, Scratch};
use crate::ledger::{
    Binding, Body, Books, Customer, HoldId, Key, Lines, Outcome, ParcelPolicy, Place, Refusal, Stamp,
    SubmitError, Tenant, Unbound, Want, Wanted, shown,
};
use crate::load::Load;
use crate::plan::{self, Plan};
use crate::split::Budget;
use crate::stock::CellIx;
use crate::units::Index;
use crate::world::{Defects, Order};
pub use draft::{Draft, Settled};
pub use replan::{HeldPlan, HoldFate, ReplanTerms};
use std::sync::Arc;

/// Where a planner works: an engine whose stock follows a ledger. One for each thread; a clone shares the world.
#[derive(Clone, Debug)]
pub struct Desk {
    engine: Engine,
    tenant: Tenant,
    binding: Arc<Binding>,
}

/// How what is planned is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldTerms {
    /// The first of the keys that are used, one for each try, rising by one.
    pub key: Key,
    /// Who holds.
    pub customer: Option<Customer>,
    /// Seconds the hold lives.
    pub life: u32,
    /// A hold of the same customer that this one takes the place of.
    pub instead_of: Option<HoldId>,
    /// Plans tried, at most.
    pub tries: u32,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedHold {
    /// The plan that is held; nothing when the keys were answered before.
    pub plan: Option<Plan>,
    /// What the ledger answered.
    pub outcome: Outcome,
}

/// Why an order is not held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// There is no plan of it.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// What is said to have happened cannot have happened to its plan.
    #[error("what happened does not fit the plan: {0}")]
    Contradiction(&'static str),
    /// Its plan delivers nothing.
    #[error("order {order}: nothing can be delivered, so nothing is held; the plan says why")]
    Nothing {
        /// The order's key.
        order: Box<str>,
    },
    /// The ledger says no, and another plan would not change that.
    #[error(transparent)]
    Refused(#[from] RefusedHold),
    /// Others took what was planned, each time.
    #[error("order {order}: others took what {tries} plans counted on, last of cells {cells:?}; try again")]
    StockChanged {
        /// The order's key.
        order: Box<str>,
        /// Plans tried.
        tries: u32,
        /// Cells that had too little for the last plan; none when a capacity was taken.
        cells: Vec<CellIx>,
    },
    /// The ledger cannot answer.
    #[error(transparent)]
    Ledger(#[from] SubmitError),
    /// The ledger has no book for the tenant, or the book has not heard of something.
    #[error(transparent)]
    Unbound(#[from] Unbound),
    /// Cells of the ledger contradict each other.
    #[error("cells of the ledger contradict each other: {0}")]
    Stock(#[from] Defects),
}

/// A refusal of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RefusedHold(pub Refusal);

impl Desk {
    /// A desk for a tenant's book; the engine's world and stock must be known to it.
    ///
    /// # Errors
    /// [`HoldError::Unbound`] with the first thing the book has not heard of.
    pub fn new(engine: Engine, ledger: &impl Books, tenant: Tenant) -> Result<Desk, HoldError> {
        let none = || Unbound { what: "book of tenant", name: tenant.0.to_string() };
        let binding = ledger.look(|state| {
            let book = state.book(tenant).ok_or_else(none)?;
            Binding::of(book, engine.world(), engine.stock())
        })??;
        Ok(Desk { engine, tenant, binding: Arc::new(binding) })
    }

    /// A desk on all cells of a tenant's book that the engine's world has names for, whatever the engine's own stock says;
    /// of that only prices and ring-fences are kept. So a desk follows cells that were opened after its world was
    /// written. O(cells).
    ///
    /// # Errors
    /// [`HoldError::Unbound`] with the first thing the book has not heard of; [`HoldError::Stock`].
    pub fn on_book(mut engine: Engine, ledger: &impl Books, tenant: Tenant) -> Result<Desk, HoldError> {
        let none = || Unbound { what: "book of tenant", name: tenant.0.to_string() };
        let (stock, binding) = ledger.look(|state| {
            let book = state.book(tenant).ok_or_else(none)?;
            let (stock, cells) = shown(book, engine.world(), engine.stock(), state.at().second())?;
            let binding = Binding::of_cells(book, engine.world(), cells)?;
            Ok::<_, HoldError>((stock, binding))
        })??;
        engine.stock = stock;
        Ok(Desk { engine, tenant, binding: Arc::new(binding) })
    }

    /// The engine, its stock as of the last planning.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Plans an order on the ledger's newest state and holds the plan; where the ledger finds that someone was quicker,
    /// plans again, `terms.tries` times at most. Sent again with the same keys, it tells what they were answered.
    ///
    /// # Errors
    /// See [`HoldError`].
    pub fn plan_and_hold(
        &mut self,
        ledger: &impl Books,
        order: &Order,
        terms: HoldTerms,
        now: Stamp,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<PlannedHold, HoldError> {
        let key = |attempt: u32| Key(terms.key.0.wrapping_add(u128::from(attempt)));
        for attempt in 0..terms.tries {
            let known = self.answered(ledger, key(attempt))?;
            if let Some(outcome) = known.filter(|outcome| outcome.result.is_ok()) {
                return Ok(PlannedHold { plan: None, outcome });
            }
        }
        let mut cells = Vec::new();
        for attempt in 0..terms.tries {
            if self.answered(ledger, key(attempt))?.is_some() {
                // Refused before: that answer stands.
                continue;
            }
            let draft = self.draft(ledger, order, terms, attempt, budget, scratch)?;
            let outcomes = ledger.submit(vec![draft.command.clone()], now)?;
            let Some(outcome) = outcomes.into_iter().next() else { continue };
            match draft.settle(outcome) {
                Settled::Held(held) => return Ok(held),
                Settled::Refused(refusal) => return Err(RefusedHold(refusal).into()),
                Settled::TakenMeanwhile(draft) => cells = self.lacking(ledger, &draft.plan)?,
            }
        }
        Err(HoldError::StockChanged { order: order.id.clone(), tries: terms.tries, cells })
    }

    /// What a key was answered.
    fn answered(&self, ledger: &impl Books, key: Key) -> Result<Option<Outcome>, SubmitError> {
        ledger.look(|state| state.book(self.tenant)?.answered(key))
    }

    /// The engine with what the ledger shows now of the order's SKUs and of capacities; what a hold of the order's own holds
    /// is in nobody's way. O(cells of the order's SKUs + capacity claims).
    ///
    /// # Errors
    /// [`HoldError::Ledger`], [`HoldError::Unbound`].
    pub fn now(
        &mut self,
        ledger: &impl Books,
        order: &Order,
        own: Option<HoldId>,
    ) -> Result<&Engine, HoldError> {
        self.follow(ledger, order, own)?;
        Ok(&self.engine)
    }

    /// Takes over what the ledger shows of the order's SKUs, and of capacities.
    fn follow(&mut self, ledger: &impl Books, order: &Order, own: Option<HoldId>) -> Result<(), HoldError> {
        let Desk { engine, tenant, binding } = self;
        let none = || Unbound { what: "book of tenant", name: tenant.0.to_string() };
        let claims = ledger.look(|state| {
            let book = state.book(*tenant).ok_or_else(none)?;
            let at = state.at().second();
            let own = own.and_then(|own| book.hold_at(own, at));
            for line in &order.lines {
                let (first, cells) = engine.stock.of(line.sku);
                for row in first.row()..first.row() + cells.len() {
                    let number = binding.cell(CellIx::of(row));
                    let view = book.cell_at(number, at);
                    let [on_hand, held, safety] =
                        view.map_or([0; 3], |view| [view.on_hand, view.held, view.safety]);
                    // What the customer holds already is in nobody's way, least of all in the customer's.
                    let lines = own.iter().flat_map(|own| &own.lines).filter(|line| line.cell == number);
                    let mine: u32 = lines.map(|line| line.held).sum();
                    let cell = &mut engine.stock.cells[row];
                    (cell.on_hand, cell.held, cell.safety) = (on_hand, held.saturating_sub(mine), safety);
                }
            }
            for fence in &mut engine.stock.fences {
                let key = binding.fence(fence.sku, fence.seller, fence.node);
                let channels: Vec<_> =
                    fence.channels.iter().map(|&channel| binding.channel(channel)).collect();
                fence.left = book.fenced(key, &channels, at).unwrap_or(fence.left);
            }
            Ok::<_, Unbound>(book.taken(at))
        })??;
        let claims: Vec<_> = claims.iter().filter_map(|claim| binding.load(claim)).collect();
        let mut load = Load::default();
        // What the ledger counts, a load can count.
        let _ = load.commit(&claims);
        engine.load = load;
        Ok(())
    }

    fn place(&self, order: &Order, plan: &Plan, terms: HoldTerms) -> Place {
        let picks = plan.parcels.iter().flat_map(|parcel| &parcel.picks);
        let lines: Lines = picks
            .map(|pick| Wanted { what: Want::Cell(self.binding.cell(pick.cell)), qty: pick.qty.0 })
            .collect();
        let world = self.engine.world();
        let claims = plan::claims(world, order, plan);
        Place {
            channel: self.binding.channel(order.channel),
            customer: terms.customer,
            node: self.binding.node(order.to),
            lines,
            life: terms.life,
            priority: u8::try_from(order.priority.clamp(0, i64::from(u8::MAX))).unwrap_or(0),
            instead_of: terms.instead_of,
            claims: claims.into_iter().map(|claim| self.binding.claim(world, claim)).collect(),
        }
    }

    /// The parcels of a plan that is held, as the ledger writes them down: their codes are the plan's. Send it with a key of
    /// its own once the hold is there.
    pub fn parcels(&self, order: &Order, plan: &Plan, policy: ParcelPolicy) -> Body {
        Body::Parcels(self.binding.parcels(self.engine.world(), order, plan, policy))
    }

    /// Cells that have less free than a plan picks.
    fn lacking(&self, ledger: &impl Books, plan: &Plan) -> Result<Vec<CellIx>, HoldError> {
        let mut wanted: Vec<(CellIx, u64)> = Vec::new();
        for pick in plan.parcels.iter().flat_map(|parcel| &parcel.picks) {
            match wanted.iter_mut().find(|known| known.0 == pick.cell) {
                Some(known) => known.1 += u64::from(pick.qty.0),
                None => wanted.push((pick.cell, u64::from(pick.qty.0))),
            }
        }
        Ok(ledger.look(|state| {
            let at = state.at().second();
            let free = |cell| Some(state.book(self.tenant)?.cell_at(self.binding.cell(cell), at)?.free());
            let lacks = |&(cell, qty): &(CellIx, u64)| u64::from(free(cell).unwrap_or(0)) < qty;
            wanted.into_iter().filter(lacks).map(|(cell, _)| cell).collect()
        })?)
    }
}
