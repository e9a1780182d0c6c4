//! Forgetting what is old: an operation like any other, written in the log, so that every copy forgets the same.

use super::book::{Book, No};
use super::command::Forget;
use super::number::*;
use super::outcome::{Done, State};
use super::refusal::{Code, Refusal};

impl Book {
    /// Forgets answered keys, sales and ended holds older than a moment. O(`most`).
    pub(super) fn forget(&mut self, forget: &Forget, at: Second) -> Result<Done, No> {
        let kept = self.kept(at);
        if forget.before.later(kept) > at && !planted!(ForgetsTheYoung) {
            return Err(Refusal::new(Code::TooYoung, forget.before.0, at.0.saturating_sub(kept)).into());
        }
        let before = Stamp::at(forget.before);
        let (mut keys, mut sales, mut holds) = (0, 0, 0);
        while keys < forget.most && self.keys.forget_first(before) {
            keys += 1;
        }
        while sales < forget.most && self.sales.front().is_some_and(|sale| sale.at < before) {
            self.sales.pop_front();
            self.first_sale = self.first_sale.checked_add(1).ok_or("too many sales")?;
            sales += 1;
        }
        let rows = self.holds.rows.len() as u32;
        for _ in 0..forget.most.min(rows) {
            let row = if self.cursor < rows { self.cursor } else { 0 };
            self.cursor = row + 1;
            holds += u32::from(self.forget_hold(row, forget.before, at)?);
        }
        self.history.forget(forget.most, at);
        let orders = self.forget_orders(forget.before, forget.most, at)?;
        Ok(Done::Forgotten { keys, holds, sales, orders })
    }

    /// Forgets a hold that ended before a moment, and whose claims have passed.
    fn forget_hold(&mut self, row: u32, before: Second, at: Second) -> Result<bool, No> {
        let Some(hold) = self.holds.rows.get(row as usize) else { return Ok(false) };
        let (id, claims) = (HoldId::of(row, hold.generation), hold.claims);
        if hold.end(at).is_none_or(|end| end >= before) {
            return Ok(false);
        }
        if claims {
            let waits = hold.state(at) == Some(State::Fulfilled)
                && self.capacity.of(id).iter().any(|claim| claim.last() > at.instant());
            if waits {
                return Ok(false);
            }
            self.capacity.give_back(id)?;
        }
        self.fences.forget(id);
        self.holds.forget(row);
        Ok(true)
    }
}
