//! From prices to a handing out with its proof, and when to stop.

use super::award::Award;
use super::dual::Dual;
use super::goods::{Bid, Bidders, Goods};
use super::improve::{FEW, Guide, improve};
use super::random::Random;
use super::seek::{Ask, by_clock, by_volume};
use std::cmp::Reverse;
use std::ops::ControlFlow;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'p> {
    /// As soon as the answer is proven to cost at most so many millionths more than the best.
    pub gap: u32,
    /// After each bidder was asked so often on average; few are asked more often.
    pub rounds: u32,
    /// What chance does.
    pub seed: u64,
    /// Prices to begin with, by row; none at all otherwise.
    pub prices: Option<&'p [i64]>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How often each bidder was asked on average.
    pub rounds: u32,
    /// What the best handing out so far costs.
    pub cost: i128,
    /// What none costs less than.
    pub bound: i128,
}

impl Progress {
    /// Whether the answer is within so many millionths of the best.
    pub fn is_within(&self, gap: u32) -> bool {
        (self.cost - self.bound) * 1_000_000 <= i128::from(gap) * self.cost.abs()
    }
}

/// A handing out.
#[derive(Clone, Debug)]
pub struct Answer {
    /// By bidder.
    pub bids: Vec<Bid>,
    /// What it costs.
    pub cost: i128,
    /// What none costs less than.
    pub bound: i128,
    /// By row, the prices that prove it.
    pub prices: Vec<i64>,
    /// How often each bidder was asked on average.
    pub rounds: u32,
    /// By bidder, what it wished for when everyone was asked last.
    pub wishes: Vec<Bid>,
}

/// How far above what it costs now a change may be at first, as a share of what a bidder costs on average: one of so many.
const HEAT: i128 = 30;

/// In so many parts of the rounds there are the heat halves.
const HALVINGS: u64 = 10;

/// Hands out what there is. `watch` is told how far it has come, and may end it.
pub fn run<B: Bidders>(
    bidders: &B,
    goods: &Goods,
    terms: &Terms<'_>,
    watch: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Answer {
    let mut run = Run::new(bidders, goods, terms, watch);
    let mut award = run.first();
    if !run.ended {
        run.prices(&mut award);
    }
    if !run.ended {
        // What everyone wishes for at the best prices.
        let prices = run.dual.prices.clone();
        run.dual.ask(bidders, goods, &prices);
        run.improve(&mut award);
    }
    run.answer(award)
}

/// The same as [`run`] without improving the first good handing out: for those who want prices.
pub fn prices<B: Bidders>(bidders: &B, goods: &Goods, terms: &Terms<'_>) -> Answer {
    let mut watch = |_: &Progress| ControlFlow::Continue(());
    let mut run = Run::new(bidders, goods, terms, &mut watch);
    let mut award = run.first();
    if !run.ended {
        run.prices(&mut award);
    }
    run.answer(award)
}

/// The first handing out of [`run`] alone, at the prices to begin with.
pub fn at_prices<B: Bidders>(bidders: &B, goods: &Goods, terms: &Terms<'_>) -> Answer {
    let mut watch = |_: &Progress| ControlFlow::Continue(());
    let mut run = Run::new(bidders, goods, terms, &mut watch);
    let award = run.first();
    run.answer(award)
}

/// Only improves what all have to begin with, at the prices to begin with.
pub fn improved<B: Bidders>(bidders: &B, goods: &Goods, terms: &Terms<'_>) -> Answer {
    let mut watch = |_: &Progress| ControlFlow::Continue(());
    let mut run = Run::new(bidders, goods, terms, &mut watch);
    let prices = terms.prices.map_or_else(|| vec![0; goods.rows()], <[i64]>::to_vec);
    run.dual.ask(bidders, goods, &prices);
    let mut award = match run.kept(&prices) {
        Some(award) => award,
        None => run.in_turn(&prices),
    };
    if !run.told(award.cost) {
        run.improve(&mut award);
    }
    run.answer(award)
}

struct Run<'r, 'p, B> {
    bidders: &'r B,
    goods: &'r Goods,
    terms: &'r Terms<'p>,
    watch: &'r mut dyn FnMut(&Progress) -> ControlFlow<()>,
    dual: Dual,
    random: Random,
    /// Bids asked for one at a time.
    asked: u64,
    ended: bool,
}

impl<'r, 'p, B: Bidders> Run<'r, 'p, B> {
    fn new(
        bidders: &'r B,
        goods: &'r Goods,
        terms: &'r Terms<'p>,
        watch: &'r mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Self {
        let (dual, random) = (Dual::new(goods), Random::new(terms.seed, 0));
        Run { bidders, goods, terms, watch, dual, random, asked: 0, ended: false }
    }

    fn answer(self, award: Award) -> Answer {
        let (rounds, bound) = (self.rounds(), self.dual.bound.min(award.cost));
        let Dual { prices, bids: wishes, .. } = self.dual;
        Answer { bound, cost: award.cost, bids: award.bids, prices, rounds, wishes }
    }

    fn rounds(&self) -> u32 {
        self.rounds_with(&self.dual)
    }

    fn rounds_with(&self, dual: &Dual) -> u32 {
        let each = self.asked / self.bidders.count().max(FEW) as u64;
        dual.rounds.saturating_add(u32::try_from(each).unwrap_or(u32::MAX))
    }

    /// Tells how far it has come; whether that is far enough.
    fn told(&mut self, cost: i128) -> bool {
        self.told_by(self.rounds(), self.dual.bound, cost)
    }

    fn told_by(&mut self, rounds: u32, bound: i128, cost: i128) -> bool {
        let progress = Progress { rounds, cost, bound: bound.min(cost) };
        self.ended = (self.watch)(&progress).is_break()
            || progress.is_within(self.terms.gap)
            || progress.rounds >= self.terms.rounds;
        self.ended
    }

    /// Everyone in turn, at the prices to begin with. Where nobody is in another's way that is the best there is. It costs
    /// no more than if those who have something kept it.
    fn first(&mut self) -> Award {
        let zero = vec![0; self.goods.rows()];
        let prices = self.terms.prices.unwrap_or(&zero).to_vec();
        self.dual.ask(self.bidders, self.goods, &prices);
        let mut award = self.in_turn(&prices);
        if let Some(kept) = self.kept(&prices)
            && kept.cost < award.cost
        {
            award = kept;
        }
        self.told(award.cost);
        award
    }

    /// Those who have something keep it, the others take in turn what is left; nothing when nobody has anything.
    fn kept(&mut self, prices: &[i64]) -> Option<Award> {
        let count = self.bidders.count();
        let mut award = Award::none(count, self.goods);
        let mut turn = Vec::new();
        for bidder in 0..count as u32 {
            match self.bidders.has(bidder as usize) {
                Some(bid) => award.give(bidder, bid),
                None => turn.push(bidder),
            }
        }
        if turn.len() == count {
            return None;
        }
        self.random.shuffle(&mut turn);
        Some(self.serve(award, prices, &turn))
    }

    /// Hands out at prices to everyone.
    fn in_turn(&mut self, prices: &[i64]) -> Award {
        let mut turn: Vec<u32> = (0..self.bidders.count() as u32).collect();
        self.random.shuffle(&mut turn);
        // Who would pay most for what it wishes for takes first: whoever comes late finds it gone.
        let pays = |bidder: &u32| self.dual.bids[*bidder as usize].paid(self.goods, prices);
        turn.sort_by_cached_key(|bidder| Reverse(pays(bidder)));
        let award = Award::none(self.bidders.count(), self.goods);
        self.serve(award, prices, &turn)
    }

    /// Serves some at prices, in turn; then each of them takes what is still there and serves it.
    fn serve(&mut self, mut award: Award, prices: &[i64], turn: &[u32]) -> Award {
        award.serve(self.bidders, prices, turn);
        award.take_what_is_left(self.bidders, &vec![0; self.goods.rows()], turn);
        self.asked += 2 * turn.len() as u64;
        award
    }

    /// Seeks prices; the award becomes that at the best of them if it costs less.
    fn prices(&mut self, award: &mut Award) {
        let (bidders, goods, rounds) = (self.bidders, self.goods, self.terms.rounds);
        let known = award.cost;
        self.seek(known, |dual, ask| by_clock(dual, goods, rounds, ask));
        let cut_short = self.ended;
        if !self.ended {
            // Near the best already: whoever ends it soon has a good answer, and volume's steps know how far to go.
            self.at_best_prices(award);
        }
        if !self.ended {
            let (best, known) = (self.dual.prices.clone(), award.cost);
            self.dual.ask(bidders, goods, &best);
            self.seek(known, |dual, ask| by_volume(dual, goods, rounds, known, ask));
        }
        if !self.ended || cut_short {
            self.at_best_prices(award);
        }
    }

    /// Asks everyone as often as `by` wants; each time it is told how far it has come.
    fn seek(&mut self, known: i128, by: impl FnOnce(&mut Dual, &mut Ask<'_>) -> ControlFlow<()>) {
        let mut dual = std::mem::take(&mut self.dual);
        // Whoever breaks it has ended the run.
        let _ = by(&mut dual, &mut |dual, prices| {
            let better = dual.ask(self.bidders, self.goods, prices);
            match self.told_by(self.rounds_with(dual), dual.bound, known) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(better),
            }
        });
        self.dual = dual;
    }

    /// Hands out at the best prices; the award becomes that if it costs less.
    fn at_best_prices(&mut self, award: &mut Award) {
        let next = self.in_turn(&self.dual.prices.clone());
        if next.cost < award.cost {
            *award = next;
        }
        self.told(award.cost);
    }

    /// Makes the award better until all rounds are used; everyone was asked at the best prices last. At first changes for
    /// the worse are accepted too, less and less so (simulated annealing; Kirkpatrick, Gelatt and Vecchi 1983).
    fn improve(&mut self, best: &mut Award) {
        let count = self.bidders.count().max(1);
        let prices = self.dual.prices.clone();
        let wishes: Vec<Vec<(u32, u64)>> = self.dual.bids.iter().map(|bid| bid.takes.clone()).collect();
        let zero = vec![0; self.goods.rows()];
        let least = self.dual.least.clone();
        let guide = Guide { prices: &prices, zero: &zero, least: &least, wishes: &wishes };
        let all = u64::from(self.terms.rounds.saturating_sub(self.rounds())).max(1) * count.max(FEW) as u64;
        let heat = best.cost.abs() / count as i128 / HEAT;
        let (start, mut award) = (self.asked, best.clone());
        while !self.ended {
            let halvings = (self.asked - start).saturating_mul(HALVINGS) / all;
            let heat = if halvings < 60 { (heat >> halvings) as i64 } else { 0 };
            self.asked +=
                improve(self.bidders, self.goods, &guide, count, heat, &mut self.random, &mut award).max(1);
            if award.cost < best.cost {
                best.clone_from(&award);
            }
            self.told(best.cost);
        }
    }
}
