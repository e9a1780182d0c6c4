//! One step at a time: a plan with the command that holds it, for those who send commands by ways of their own.

use super::{Desk, HoldError, HoldTerms, PlannedHold};
use crate::engine::Scratch;
use crate::ledger::{Body, Books, Command, Done, Key, Outcome, Refusal};
use crate::plan::Plan;
use crate::split::Budget;
use crate::world::Order;

/// A plan, and the command that holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The plan.
    pub plan: Plan,
    /// The command; send it to the ledger.
    pub command: Command,
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// It is held.
    Held(PlannedHold),
    /// Someone was quicker: another draft may be held.
    TakenMeanwhile(Draft),
    /// No, and another plan would not change that.
    Refused(Refusal),
}

impl Desk {
    /// Plans an order on the ledger's newest state; the command that holds the plan has the key of the attempt.
    ///
    /// # Errors
    /// See [`HoldError`].
    pub fn draft(
        &mut self,
        ledger: &impl Books,
        order: &Order,
        terms: HoldTerms,
        attempt: u32,
        budget: Budget<'_>,
        scratch: &mut Scratch,
    ) -> Result<Draft, HoldError> {
        self.follow(ledger, order, terms.instead_of)?;
        let plan = self.engine.plan(order, budget, scratch)?;
        self.draft_of(order, plan, terms, attempt)
    }

    /// The command that holds a plan that is there already; the ledger checks all of it again. O(plan).
    ///
    /// # Errors
    /// [`HoldError::Nothing`].
    pub fn draft_of(
        &self,
        order: &Order,
        plan: Plan,
        terms: HoldTerms,
        attempt: u32,
    ) -> Result<Draft, HoldError> {
        let place = self.place(order, &plan, terms);
        if place.lines.is_empty() {
            return Err(HoldError::Nothing { order: order.id.clone() });
        }
        let key = Key(terms.key.0.wrapping_add(u128::from(attempt)));
        Ok(Draft { plan, command: Command { tenant: self.tenant, key, body: Body::Place(place) } })
    }
}

impl Draft {
    /// What an answer of the ledger means for it.
    pub fn settle(self, outcome: Outcome) -> Settled {
        match outcome.result {
            Ok(Done::Held { .. }) => Settled::Held(PlannedHold { plan: Some(self.plan), outcome }),
            Err(refusal) if !refusal.code.may_be_a_race() => Settled::Refused(refusal),
            _ => Settled::TakenMeanwhile(self),
        }
    }
}
