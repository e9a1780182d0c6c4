//! What everyone would take at some prices, and what that proves.

use super::goods::{Bid, Bidders, Goods};
use rayon::prelude::*;

/// Bidders that one thread asks before it looks for more work.
const IN_A_ROW: usize = 64;

/// What everyone wishes for at some prices, in sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wished {
    /// By row of prices, how much.
    pub amounts: Vec<u64>,
    /// What all of it costs, prices apart.
    pub cost: i128,
    /// Proven: what everyone pays at least, prices with it.
    pub least: i128,
}

/// The best prices known, and what everyone takes at those asked last.
#[derive(Debug, Default)]
pub(super) struct Dual {
    /// The best prices so far.
    pub prices: Vec<i64>,
    /// Proven by them: no handing out costs less.
    pub bound: i128,
    /// By bidder, what it pays at least at the best prices.
    pub least: Vec<i64>,
    /// Times everyone was asked.
    pub rounds: u32,
    /// By row of prices, how much there is.
    pub most: Vec<u64>,
    /// What was wished for at the prices asked last.
    pub wished: Wished,
    /// By bidder, what it wished for then; nothing for bidders that are elsewhere.
    pub bids: Vec<Bid>,
}

impl Dual {
    /// Nothing asked yet.
    pub fn new(goods: &Goods) -> Dual {
        let mut most = vec![0u64; goods.rows()];
        for (&there, &row) in goods.most.iter().zip(&goods.row) {
            most[row as usize] = most[row as usize].saturating_add(there);
        }
        Dual { prices: vec![0; goods.rows()], bound: i128::MIN, most, ..Dual::default() }
    }

    /// Asks everyone at prices; whether they prove more than any before.
    pub fn ask<B: Bidders>(&mut self, bidders: &B, goods: &Goods, prices: &[i64]) -> bool {
        self.bids.resize(bidders.count(), Bid::default());
        self.bids.par_chunks_mut(IN_A_ROW).enumerate().for_each_init(
            B::Memory::default,
            |memory, (chunk, bids)| {
                for (row, bid) in bids.iter_mut().enumerate() {
                    bidders.bid(chunk * IN_A_ROW + row, prices, None, memory, bid);
                }
            },
        );
        let mut wished = std::mem::take(&mut self.wished);
        wished.amounts.clear();
        wished.amounts.resize(goods.rows(), 0);
        (wished.cost, wished.least) = (0, 0);
        for bid in &self.bids {
            wished.cost += i128::from(bid.cost);
            wished.least += i128::from(bid.bound);
            for &(thing, amount) in &bid.takes {
                wished.amounts[goods.row[thing as usize] as usize] += amount;
            }
        }
        let better = self.hear(goods, prices, wished);
        if better {
            self.least.clear();
            self.least.extend(self.bids.iter().map(|bid| bid.bound));
        }
        better
    }

    /// Hears what everyone wished for at prices; whether that proves more than any before.
    pub fn hear(&mut self, goods: &Goods, prices: &[i64], wished: Wished) -> bool {
        self.rounds += 1;
        let bound = wished.least - self.worth(goods, prices);
        self.wished = wished;
        let better = bound > self.bound;
        if better {
            self.bound = bound;
            self.prices.clear();
            self.prices.extend_from_slice(prices);
        }
        better
    }

    /// What all there is costs at prices, rounded up, as what is taken is rounded down.
    fn worth(&self, goods: &Goods, prices: &[i64]) -> i128 {
        let worth = |(row, &most): (usize, &u64)| {
            let step = i128::from(goods.step[row]);
            (i128::from(prices[row]) * i128::from(most) + step - 1) / step
        };
        self.most.iter().enumerate().map(worth).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::goods::price_of;
    use super::*;

    #[test]
    fn what_is_there_is_worth_no_less_than_the_sum_of_its_parts() {
        let mut goods = Goods::default();
        let row = goods.add_row(1000, 0);
        goods.add(2_500, row);
        let dual = Dual::new(&goods);
        let parts = price_of(7, 900, 1000) + price_of(7, 1_600, 1000);
        assert!(dual.worth(&goods, &[7]) >= i128::from(parts));
        assert_eq!(dual.worth(&goods, &[0]), 0);
    }
}
