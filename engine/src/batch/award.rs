//! Handing out: who has what, and what is left.

use super::goods::{Bid, Bidders, Goods, Left};
use rayon::prelude::*;
use smallvec::SmallVec;

/// Bidders asked side by side before what they take is taken.
const SIDE_BY_SIDE: usize = 512;

/// Bidders that one thread asks before it looks for more work.
const IN_A_ROW: usize = 16;

/// Who has what.
#[derive(Clone, Debug)]
pub(super) struct Award {
    /// By bidder.
    pub bids: Vec<Bid>,
    /// By thing, what nobody has.
    pub left: Vec<u64>,
    /// By thing, who has some.
    pub holders: Vec<SmallVec<[u32; 4]>>,
    /// What all of it costs, prices apart.
    pub cost: i128,
}

impl Award {
    /// Nobody has anything.
    pub fn none(bidders: usize, goods: &Goods) -> Award {
        Award {
            bids: vec![Bid::default(); bidders],
            left: goods.most.clone(),
            holders: vec![SmallVec::new(); goods.most.len()],
            cost: 0,
        }
    }

    /// Bidders that have nothing take in turn what serves them best at prices of what is left. The answer is that of
    /// asking one after another: what was chosen from more and is still there is still the best.
    pub fn serve<B: Bidders>(&mut self, bidders: &B, prices: &[i64], turn: &[u32]) {
        let mut memory = B::Memory::default();
        for side_by_side in turn.chunks(SIDE_BY_SIDE) {
            let left = &self.left;
            let ask = |memory: &mut B::Memory, &bidder: &u32| {
                let mut bid = Bid::default();
                bidders.bid(bidder as usize, prices, Some(&Left::new(left)), memory, &mut bid);
                bid
            };
            let bids: Vec<Bid> =
                side_by_side.par_iter().with_min_len(IN_A_ROW).map_init(B::Memory::default, ask).collect();
            for (&bidder, mut bid) in side_by_side.iter().zip(bids) {
                let left = Left::new(&self.left);
                if !bid.fits(&left) {
                    bidders.bid(bidder as usize, prices, Some(&left), &mut memory, &mut bid);
                }
                self.give(bidder, bid);
            }
        }
    }

    /// In turn everyone takes what is still there, if that serves it better than what it has.
    pub fn take_what_is_left<B: Bidders>(&mut self, bidders: &B, zero: &[i64], turn: &[u32]) {
        let (mut memory, mut bid) = (B::Memory::default(), Bid::default());
        for &bidder in turn {
            let has = self.take_back(bidder);
            bidders.bid(bidder as usize, zero, Some(&Left::new(&self.left)), &mut memory, &mut bid);
            let better = bid.cost < has.cost;
            self.give(bidder, if better { std::mem::take(&mut bid) } else { has });
        }
    }

    /// Gives a bidder that has nothing what it bids for.
    pub fn give(&mut self, bidder: u32, bid: Bid) {
        for &(thing, amount) in &bid.takes {
            let left = &mut self.left[thing as usize];
            debug_assert!(*left >= amount, "nobody takes what is not there");
            *left = left.saturating_sub(amount);
            self.holders[thing as usize].push(bidder);
        }
        self.cost += i128::from(bid.cost);
        self.bids[bidder as usize] = bid;
    }

    /// Takes all that a bidder has; what it had.
    pub fn take_back(&mut self, bidder: u32) -> Bid {
        let bid = std::mem::take(&mut self.bids[bidder as usize]);
        for &(thing, amount) in &bid.takes {
            self.left[thing as usize] += amount;
            let holders = &mut self.holders[thing as usize];
            if let Some(at) = holders.iter().position(|&holder| holder == bidder) {
                holders.swap_remove(at);
            }
        }
        self.cost -= i128::from(bid.cost);
        bid
    }
}
