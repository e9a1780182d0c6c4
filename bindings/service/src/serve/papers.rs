//! Orders and plans of holds, as they were sent and answered: what is needed to plan again, to write parcels down and to show.
//!
//! They decide nothing: the ledger is the only state that does. Losing them loses explanations, never stock.

use super::beside::{Beside, Kept, Row};
use super::problem::Problem;
use axum::http::StatusCode;
use std::sync::Arc;
use volok::ledger::{HoldId, Key, Tenant};
use volok::spec;

/// An order with its plan.
#[derive(Clone, Debug)]
pub struct Paper {
    /// What was wanted.
    pub order: spec::Order,
    /// What is held.
    pub plan: spec::Plan,
}

/// All papers of a service.
pub struct Papers {
    beside: Arc<dyn Beside>,
}

/// Seconds for which a request is remembered: as long as the ledger remembers keys, and a day more.
const KEPT: i64 = volok::ledger::limits::LONGEST_LIFE as i64 + 86_400;

/// What could be read; what could not is told in the log, and is as if it were not there.
fn read<T: Default>(kept: Kept<T>) -> T {
    kept.inspect_err(|error| tracing::error!(%error, "papers")).unwrap_or_default()
}

fn row_of(order: &spec::Order, plan: &spec::Plan) -> Option<Row> {
    let (placed, planned) = (serde_json::to_string(order).ok()?, serde_json::to_string(plan).ok()?);
    Some(Row { order_id: order.id.clone(), placed, plan: planned })
}

fn paper_of(row: &Row) -> Option<Paper> {
    Some(Paper {
        order: serde_json::from_str(&row.placed).ok()?,
        plan: serde_json::from_str(&row.plan).ok()?,
    })
}

impl Papers {
    /// Papers that are kept there.
    pub fn of(beside: Arc<dyn Beside>) -> Papers {
        Papers { beside }
    }

    pub(super) fn beside(&self) -> &dyn Beside {
        self.beside.as_ref()
    }

    /// Notes what a key stands for, the first time; refuses where it stood for something else.
    pub fn claim(&self, tenant: Tenant, key: u128, digest: &[u8], at: i64) -> Result<(), Problem> {
        let known = self.beside.claim(tenant, key, digest, at).map_err(|error| {
            tracing::error!(%error, "papers");
            Problem::overloaded("what keys stand for cannot be read now; come again")
        })?;
        if known != digest {
            let detail = "the key, or the number of the receipt, was used for another request; use a new one for a new request";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Problem::new(status, "key_reused", "The key was used", detail));
        }
        Ok(())
    }

    /// Forgets what keys stood for that the ledger has forgotten too.
    pub fn forget(&self, now: i64) {
        read(self.beside.forget(now - KEPT));
    }

    /// Keeps a paper that is about to be held under a key: if this process ends at that moment, the next one has it.
    pub fn draft(
        &self,
        tenant: Tenant,
        key: Key,
        order: &spec::Order,
        plan: &spec::Plan,
        at: i64,
    ) -> Result<(), Problem> {
        let row = row_of(order, plan).ok_or_else(Problem::internal)?;
        self.beside.draft(tenant, key.0, &row, at).map_err(|error| {
            tracing::error!(%error, "papers");
            Problem::overloaded("the plan cannot be kept now; come again")
        })
    }

    /// Keeps the paper of a hold, which was made under a key.
    pub fn keep(&self, tenant: Tenant, hold: HoldId, key: Key, order: &spec::Order, plan: &spec::Plan) {
        if let Some(row) = row_of(order, plan) {
            read(self.beside.keep(tenant, hold, key.0, &row));
        }
    }

    /// The paper of a hold.
    pub fn of_hold(&self, tenant: Tenant, hold: HoldId) -> Option<Paper> {
        paper_of(&read(self.beside.of_hold(tenant, hold))?)
    }

    /// The paper of a hold that was made under a key, also where a process ended before it was kept: then it is kept now.
    pub fn of_made(&self, tenant: Tenant, hold: HoldId, key: Key) -> Option<Paper> {
        self.of_hold(tenant, hold).or_else(|| {
            let row = read(self.beside.drafted(tenant, key.0))?;
            read(self.beside.keep(tenant, hold, key.0, &row));
            paper_of(&row)
        })
    }

    /// Shop's keys of orders of holds; nothing for those that were not planned.
    pub fn keys_of(&self, tenant: Tenant, holds: &[HoldId]) -> Vec<Option<String>> {
        let mut known = read(self.beside.keys_of(tenant, holds));
        known.resize(holds.len(), None);
        known
    }

    /// Holds of an order by the shop's key, the newest first.
    pub fn holds_of(&self, tenant: Tenant, order: &str) -> Vec<HoldId> {
        read(self.beside.holds_of(tenant, order))
    }
}

#[cfg(test)]
mod tests {
    use super::Papers;
    use crate::serve::beside::Folder;
    use std::sync::Arc;
    use volok::ledger::{HoldId, Key, Tenant};
    use volok::spec;

    #[test]
    fn a_plan_that_was_held_is_there_although_nobody_came_to_keep_it() {
        let papers = Papers::of(Arc::new(Folder::open(None).expect("memory")));
        let order: spec::Order = serde_json::from_value(serde_json::json!({
            "id": "1", "channel": "site", "placed_at": "2026-03-02T10:00:00Z", "to": "shop", "lines": [],
        }))
        .expect("an order");
        let plan: spec::Plan = serde_json::from_value(serde_json::json!({
            "volok": 1, "order": "1", "status": "optimal", "cost": 0, "bound": 0, "costs": {}, "parcels": [], "unfilled": [],
        }))
        .expect("a plan");
        papers.draft(Tenant(0), Key(7), &order, &plan, 100).expect("memory");
        assert!(papers.of_hold(Tenant(0), HoldId(3)).is_none());
        assert!(papers.of_made(Tenant(0), HoldId(3), Key(8)).is_none());
        assert!(papers.of_made(Tenant(1), HoldId(3), Key(7)).is_none());
        assert_eq!(
            papers.of_made(Tenant(0), HoldId(3), Key(7)).map(|paper| paper.order.id),
            Some("1".to_owned())
        );
        assert_eq!(papers.of_hold(Tenant(0), HoldId(3)).map(|paper| paper.plan.order), Some("1".to_owned()));
        assert_eq!(papers.holds_of(Tenant(0), "1"), [HoldId(3)]);
        assert_eq!(papers.keys_of(Tenant(0), &[HoldId(4), HoldId(3)]), [None, Some("1".to_owned())]);
    }
}
