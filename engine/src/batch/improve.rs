//! A handing out made better: some give back what they have and choose anew.

use super::award::Award;
use super::goods::{Bid, Bidders, Goods, Left};
use super::random::Random;
use rayon::prelude::*;

/// Those who choose anew together, at most.
const TOGETHER: usize = 8;

/// Tries side by side at most, before what they find is done.
const SIDE_BY_SIDE: usize = 256;

/// Fewer bidders than these are few.
pub(super) const FEW: usize = 100;

/// Bidders for each try side by side: fewer would be in one another's way.
const APART: usize = 16;

/// Bidders drawn, of whom the one begins that pays most beyond the least.
const DRAWN: usize = 12;

/// By how many thousandths prices are off by chance in a try, one table for each: at the best prices many are indifferent
/// between several choices, and only with others do they find those that fit together. Where there are few bidders, chance
/// may do more.
const OFF: [i64; 4] = [0, 5, 10, 20];
const OFF_OF_FEW: [i64; 8] = [0, 5, 20, 50, 100, 200, 400, 1_000];

/// What is known of everyone.
pub(super) struct Guide<'g> {
    /// The best prices.
    pub prices: &'g [i64],
    /// Prices of nothing.
    pub zero: &'g [i64],
    /// By bidder, what it pays at least at the best prices.
    pub least: &'g [i64],
    /// By bidder, what it would take at them if it were there.
    pub wishes: &'g [Vec<(u32, u64)>],
}

/// Some bidders and what each has instead.
struct Change {
    bidders: Vec<u32>,
    before: Vec<Bid>,
    after: Vec<Bid>,
}

/// What one thread works with.
struct Memory<M> {
    bidders: M,
    bid: Bid,
}

impl<M: Default> Default for Memory<M> {
    fn default() -> Self {
        Memory { bidders: M::default(), bid: Bid::default() }
    }
}

/// Makes a handing out better in as many tries as asked; says how many bids that took. Changes may cost more than before
/// by about the heat.
pub(super) fn improve<B: Bidders>(
    bidders: &B,
    goods: &Goods,
    guide: &Guide<'_>,
    tries: usize,
    heat: i64,
    random: &mut Random,
    award: &mut Award,
) -> u64 {
    let off: &[i64] = if bidders.count() < FEW { &OFF_OF_FEW } else { &OFF };
    let tables: Vec<Vec<i64>> = off.iter().map(|&off| some_off(guide.prices, off, random)).collect();
    let many = (bidders.count() / APART).clamp(1, SIDE_BY_SIDE);
    let mut asked = 0;
    let mut done = 0;
    while done < tries {
        let many = many.min(tries - done);
        done += many;
        let tries: Vec<(u32, u64)> =
            (0..many).map(|_| (worst_drawn(goods, guide, award, random), random.bits())).collect();
        let there = &*award;
        let found: Vec<(u64, Option<Change>)> = tries
            .par_iter()
            .map_init(Memory::<B::Memory>::default, |memory, &(first, seed)| {
                let prices = &tables[(seed % tables.len() as u64) as usize];
                Attempt::new(guide, first, Random::new(seed, 0), there).run(bidders, prices, heat, memory)
            })
            .collect();
        for (bids, change) in found {
            asked += bids;
            if let Some(change) = change {
                apply(change, award);
            }
        }
    }
    asked
}

/// Of some bidders drawn the one that pays most beyond the least.
fn worst_drawn(goods: &Goods, guide: &Guide<'_>, award: &Award, random: &mut Random) -> u32 {
    let beyond = |bidder: usize| {
        let bid = &award.bids[bidder];
        bid.cost.saturating_add(bid.paid(goods, guide.prices)).saturating_sub(guide.least[bidder])
    };
    let drawn = [0; DRAWN].map(|_| random.row(award.bids.len()));
    drawn.into_iter().max_by_key(|&bidder| (beyond(bidder), bidder)).unwrap_or(0) as u32
}

/// One bidder takes what serves it best; whoever is in its way and some others choose anew.
struct Attempt<'a> {
    guide: &'a Guide<'a>,
    random: Random,
    award: &'a Award,
    left: Left<'a>,
    /// Who chooses anew.
    out: Vec<u32>,
}

impl<'a> Attempt<'a> {
    fn new(guide: &'a Guide<'a>, first: u32, random: Random, award: &'a Award) -> Attempt<'a> {
        let mut attempt = Attempt { guide, random, award, left: Left::new(&award.left), out: Vec::new() };
        attempt.give_back(first);
        attempt
    }

    fn give_back(&mut self, bidder: u32) {
        self.left.give_back(&self.award.bids[bidder as usize].takes);
        self.out.push(bidder);
    }

    fn run<B: Bidders>(
        mut self,
        bidders: &B,
        prices: &[i64],
        heat: i64,
        memory: &mut Memory<B::Memory>,
    ) -> (u64, Option<Change>) {
        self.gather();
        let has = |&bidder: &u32| &self.award.bids[bidder as usize];
        let before = self.out.iter().map(|bidder| has(bidder).cost).fold(0, i64::saturating_add);
        let most = before.saturating_add(some_of(heat, &mut self.random));
        let (cost, after) = self.choose(bidders, prices, memory);
        let asked = 2 * self.out.len() as u64;
        if cost >= most {
            return (asked, None);
        }
        let before = self.out.iter().map(|bidder| has(bidder).clone()).collect();
        (asked, Some(Change { bidders: self.out, before, after }))
    }

    /// Makes those give back who are in the way of the first, then those in theirs.
    fn gather(&mut self) {
        let mut next = 0;
        while next < self.out.len() && self.out.len() < TOGETHER {
            let mut wanted = self.guide.wishes[self.out[next] as usize].clone();
            next += 1;
            self.random.shuffle(&mut wanted);
            for (thing, amount) in wanted {
                let mut holders = self.award.holders[thing as usize].clone();
                self.random.shuffle(&mut holders);
                for holder in holders {
                    if self.left.of(thing) >= amount || self.out.len() >= TOGETHER {
                        break;
                    }
                    if !self.out.contains(&holder) {
                        self.give_back(holder);
                    }
                }
            }
            if self.out.len() == 1 {
                self.give_back_another();
            }
        }
    }

    /// When nobody is in its way: someone who has of the same things.
    fn give_back_another(&mut self) {
        let first = self.out[0];
        let takes = &self.award.bids[first as usize].takes;
        let holders = takes.iter().flat_map(|&(thing, _)| self.award.holders[thing as usize].iter());
        let others: Vec<u32> = holders.copied().filter(|&holder| holder != first).collect();
        if !others.is_empty() {
            let other = others[self.random.row(others.len())];
            self.give_back(other);
        }
    }

    /// All choose in some sequence, paying prices; then each takes what is still there and serves it better.
    fn choose<B: Bidders>(
        &mut self,
        bidders: &B,
        prices: &[i64],
        memory: &mut Memory<B::Memory>,
    ) -> (i64, Vec<Bid>) {
        let mut turn: Vec<usize> = (0..self.out.len()).collect();
        self.random.shuffle(&mut turn);
        let mut left = self.left.clone();
        let mut bids = vec![Bid::default(); turn.len()];
        for row in turn {
            let bidder = self.out[row] as usize;
            bidders.bid(bidder, prices, Some(&left), &mut memory.bidders, &mut bids[row]);
            left.take(&bids[row].takes);
        }
        let mut cost = 0i64;
        for (row, bid) in bids.iter_mut().enumerate() {
            left.give_back(&bid.takes);
            let bidder = self.out[row] as usize;
            bidders.bid(bidder, self.guide.zero, Some(&left), &mut memory.bidders, &mut memory.bid);
            if memory.bid.cost < bid.cost {
                std::mem::swap(&mut memory.bid, bid);
            }
            left.take(&bid.takes);
            cost = cost.saturating_add(bid.cost);
        }
        (cost, bids)
    }
}

/// Prices that are off by so many thousandths at most, up or down.
fn some_off(prices: &[i64], off: i64, random: &mut Random) -> Vec<i64> {
    let mut one = |&price: &i64| match off {
        0 => price,
        off => {
            let by = random.row(2 * off as usize + 1) as i64 - off;
            price.saturating_add(price.saturating_mul(by) / 1000).max(0)
        }
    };
    prices.iter().map(&mut one).collect()
}

/// A number about as large as the heat: more than twice of it half as often, and so on. Integers only, so that it is the
/// same everywhere.
fn some_of(heat: i64, random: &mut Random) -> i64 {
    let bits = random.bits();
    let halves = i64::from(bits.leading_zeros()) * 1024 + (bits & 1023) as i64;
    heat.saturating_mul(halves) / 1024
}

/// Does what was found, if those concerned still have what they had and there is still enough.
fn apply(change: Change, award: &mut Award) {
    let Change { bidders, before, after } = change;
    if bidders.iter().zip(&before).any(|(&bidder, before)| award.bids[bidder as usize] != *before) {
        return;
    }
    for &bidder in &bidders {
        award.take_back(bidder);
    }
    let fits = {
        let mut left = Left::new(&award.left);
        after.iter().all(|bid| {
            let fits = bid.fits(&left);
            left.take(&bid.takes);
            fits
        })
    };
    for (bidder, bid) in bidders.into_iter().zip(if fits { after } else { before }) {
        award.give(bidder, bid);
    }
}
