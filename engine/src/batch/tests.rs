//! Bidders that choose from a short list, against all ways to give each of them one.

use super::{Bid, Bidders, Goods, Left, Terms, run};
use crate::testkit::Random;
use std::ops::ControlFlow;

/// By bidder, what it can choose: cost, then how much of which things.
struct Lists(Vec<Vec<Bid>>, Goods);

impl Bidders for Lists {
    type Memory = ();

    fn count(&self) -> usize {
        self.0.len()
    }

    fn bid(&self, bidder: usize, prices: &[i64], left: Option<&Left<'_>>, (): &mut (), bid: &mut Bid) {
        let in_all = |choice: &&Bid| choice.cost + choice.paid(&self.1, prices);
        let open = self.0[bidder].iter().filter(|choice| left.is_none_or(|left| choice.fits(left)));
        let best = open.min_by_key(in_all).expect("the first takes nothing");
        *bid = Bid { bound: in_all(&best), ..best.clone() };
    }
}

fn lists(seed: u64) -> Lists {
    let random = &mut Random::part(seed, "lists");
    let mut goods = Goods::default();
    for thing in 0..3 {
        let row = goods.add_row(1, thing / 2);
        goods.add(random.below(4), row);
    }
    let of_one = |random: &mut Random| {
        let mut list = vec![Bid { cost: random.between(50, 150), ..Bid::default() }];
        for _ in 0..random.below(4) {
            let mut takes: Vec<(u32, u64)> = (0..3).map(|thing| (thing, random.below(3))).collect();
            takes.retain(|take| take.1 > 0);
            list.push(Bid { cost: random.between(0, 120), bound: 0, takes });
        }
        list
    };
    Lists((0..2 + random.below(4)).map(|_| of_one(random)).collect(), goods)
}

/// The cheapest of all ways.
fn cheapest(lists: &[Vec<Bid>], left: &mut Vec<u64>) -> i64 {
    let Some((first, others)) = lists.split_first() else { return 0 };
    let mut best = i64::MAX;
    for choice in first {
        if choice.takes.iter().all(|&(thing, amount)| left[thing as usize] >= amount) {
            choice.takes.iter().for_each(|&(thing, amount)| left[thing as usize] -= amount);
            best = best.min(choice.cost + cheapest(others, left));
            choice.takes.iter().for_each(|&(thing, amount)| left[thing as usize] += amount);
        }
    }
    best
}

#[test]
fn the_cheapest_lies_between_bound_and_answer() {
    let mut equal = 0;
    for seed in 1..600 {
        let lists = lists(seed);
        let terms = Terms { gap: 0, rounds: 40, seed, prices: None };
        let answer = run(&lists, &lists.1, &terms, &mut |_| ControlFlow::Continue(()));
        let right = i128::from(cheapest(&lists.0, &mut lists.1.most.clone()));
        assert!(answer.bound <= right && right <= answer.cost, "seed {seed}: {answer:?} but {right}");
        let mut left = lists.1.most.clone();
        for (bid, list) in answer.bids.iter().zip(&lists.0) {
            assert!(list.iter().any(|choice| (choice.cost, &choice.takes) == (bid.cost, &bid.takes)));
            for &(thing, amount) in &bid.takes {
                left[thing as usize] = left[thing as usize].checked_sub(amount).expect("enough of it");
            }
        }
        equal += u32::from(answer.cost == right);
    }
    assert!(equal > 560, "{equal} of 599 are the cheapest");
}

#[test]
fn prices_to_begin_with_change_no_proof() {
    for seed in 1..100 {
        let lists = lists(seed);
        let prices = [17, 0, 60];
        let terms = Terms { gap: 0, rounds: 40, seed, prices: Some(&prices) };
        let answer = run(&lists, &lists.1, &terms, &mut |_| ControlFlow::Continue(()));
        let right = i128::from(cheapest(&lists.0, &mut lists.1.most.clone()));
        assert!(answer.bound <= right && right <= answer.cost, "seed {seed}");
    }
}
