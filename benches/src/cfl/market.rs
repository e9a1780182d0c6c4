//! From bidders to a proven bound and an answer that is checked.

use volok::batch::{Bid, Bidders, Goods, Terms, prices, run};

use super::check::{Fault, PARTS};

/// A published problem as bidders and goods. Costs are counted finely, as the problem says.
pub trait Market: Bidders {
    /// What there is to be taken.
    fn goods(&self) -> &Goods;

    /// How finely costs are counted: so many for one of the problem's numbers.
    fn fine(&self) -> i64;

    /// What it costs when nobody takes anything: the penalties of all units.
    fn nothing(&self) -> i128;

    /// Prices to begin with.
    fn first_prices(&self) -> Vec<i64>;

    /// What it costs when everyone does what it bids for, as the checker counts.
    ///
    /// # Errors
    /// [`Fault`] when that is no answer.
    fn as_bid(&self, bids: &[Bid]) -> Result<i128, Fault>;

    /// What it costs, as the checker counts, when those who bid for anything are open and what flows between them is made
    /// the cheapest it can be. Nothing when they have not room for all.
    ///
    /// # Errors
    /// [`Fault`] when that is no answer.
    fn at_best(&self, bids: &[Bid]) -> Result<Option<i128>, Fault>;
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Times prices are sought at most, each time from the last.
    pub searches: u32,
    /// Times an answer is sought, with chance of its own each time.
    pub tries: u64,
    /// How often each bidder is asked in a try, on average.
    pub rounds: u32,
}

/// What was found. Costs are in [`PARTS`] of the problem's numbers.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// No answer costs less; rounded down.
    pub bound: i128,
    /// The cheapest answer as it was bid for.
    pub bid: Option<i128>,
    /// The cheapest with what flows between open places made the cheapest.
    pub best: Option<i128>,
}

/// Rounds of each search for prices.
const ROUNDS: u32 = 1_000;

/// A search for prices that proves no more than so many millionths of what all costs is the last.
const MORE: i128 = 2;

/// How dear it is when nobody takes a unit, as multiples of the least that seems right: dearer when there was no answer.
const DEAR: [i64; 4] = [1, 4, 16, 64];

/// Solves a problem that is made a market of, given how dear it is when nobody takes a unit.
///
/// # Errors
/// [`Fault`] when an answer is none.
pub fn solve<M: Market>(of: impl Fn(i64) -> M, effort: Effort) -> Result<Found, Fault> {
    let mut all = Found { bound: i128::MIN, bid: None, best: None };
    for dear in DEAR {
        let found = solve_at(&of(dear), effort)?;
        all = Found { bound: all.bound.max(found.bound), ..found };
        if all.best.is_some() {
            break;
        }
    }
    Ok(all)
}

/// Seeks prices until they prove hardly more, then answers at them.
fn solve_at(market: &impl Market, effort: Effort) -> Result<Found, Fault> {
    let goods = market.goods();
    let nothing = market.nothing();
    let mut at = market.first_prices();
    let mut bound = i128::MIN;
    for _ in 0..effort.searches {
        let terms = Terms { gap: 0, rounds: ROUNDS, seed: 1, prices: Some(&at) };
        let found = prices(market, goods, &terms);
        let proven = found.bound + nothing;
        let more = proven.saturating_sub(bound);
        bound = bound.max(proven);
        at = found.prices;
        if more.saturating_mul(1_000_000) <= MORE * bound.abs() {
            break;
        }
    }
    let (mut bid, mut best) = (None, None);
    for seed in 1..=effort.tries {
        let terms = Terms { gap: 0, rounds: effort.rounds, seed, prices: Some(&at) };
        let found = run(market, goods, &terms, &mut |_| std::ops::ControlFlow::Continue(()));
        bound = bound.max(found.bound + nothing);
        bid = cheaper(bid, market.as_bid(&found.bids).ok());
        best = cheaper(best, market.at_best(&found.bids)?);
        if found.bound == found.cost {
            break;
        }
    }
    let bound = (bound * PARTS).div_euclid(i128::from(market.fine()));
    Ok(Found { bound, bid, best: cheaper(best, bid) })
}

fn cheaper(one: Option<i128>, other: Option<i128>) -> Option<i128> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
