//! Prices of stock by what is still expected, made anew now and then.

use super::Stream;
use super::policy::is_over;
use crate::engine::{BatchTerms, Engine, Prices};
use crate::split::Budget;
use crate::units::Instant;

/// How often, and how carefully, prices of stock are made from what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Orders between two forecasts; at least one.
    pub every: usize,
    /// Rounds of each forecast at most.
    pub rounds: u32,
    /// Seed of whatever a forecast draws.
    pub seed: u64,
    /// Prices steer between the sources of an SKU only, and turn no order away ([`Prices::between_sources`]).
    pub between_sources: bool,
}

impl Default for Refresh {
    fn default() -> Refresh {
        Refresh { every: 500, rounds: 50, seed: 1, between_sources: false }
    }
}

/// Prices while a stream is played.
pub(super) struct Pricing<'s> {
    stream: &'s Stream,
    refresh: Refresh,
    prices: Option<Prices>,
    /// Orders decided since the last forecast.
    since: usize,
}

impl<'s> Pricing<'s> {
    pub(super) fn new(stream: &'s Stream, refresh: Refresh) -> Pricing<'s> {
        Pricing { stream, refresh, prices: None, since: 0 }
    }

    /// Before so many orders are decided at a moment: makes prices anew when it is time, from the scenarios of what
    /// is to come after it and the stock as it is, beginning with the prices of before.
    pub(super) fn before(&mut self, engine: &mut Engine, orders: usize, now: Instant, budget: Budget<'_>) {
        let due = self.prices.is_none() || self.since >= self.refresh.every;
        if due && !self.stream.scenarios().is_empty() && !is_over(budget) {
            let expected = self.stream.expected_after(now);
            let terms = BatchTerms {
                budget,
                rounds: self.refresh.rounds,
                seed: self.refresh.seed,
                prices: self.prices.as_ref(),
                ..BatchTerms::default()
            };
            let prices = engine.forecast(&expected, &terms);
            match self.refresh.between_sources {
                true => engine.set_prices(&prices.between_sources(engine.stock())),
                false => engine.set_prices(&prices),
            }
            self.prices = Some(prices);
            self.since = 0;
        }
        self.since += orders;
    }
}
