//! Arrivals and costs of which neither is bettered without the other, leg by leg.

use super::earliest::Came;
use super::lines::{Boarding, NEVER, NONE};
use super::{Journey, Prices, Router, StopIx};
use crate::units::{Instant, Money};

/// Being at a stop at a moment, having paid so much.
#[derive(Clone, Copy, Debug)]
struct Label {
    stop: u32,
    arrives: i32,
    cost: Money,
    /// Where one was before; [`NONE`] at the start.
    before: u32,
    /// The next label of the same stop.
    next: u32,
    /// Nothing of the same number of legs betters it.
    counts: bool,
    /// One walked here from where one was before.
    walked: bool,
    came: Came,
}

/// Memory of [`Router::undominated`], reused from question to question; one for each thread.
#[derive(Debug, Default)]
pub struct Labels {
    labels: Vec<Label>,
    /// The first label of each stop.
    heads: Vec<u32>,
    met: Vec<u32>,
    goal: u32,
    /// The first label of the leg under way.
    leg: u32,
}

impl Labels {
    fn begin(&mut self, stops: usize) {
        for stop in self.met.drain(..) {
            self.heads[stop as usize] = NONE;
        }
        self.heads.resize(stops, NONE);
        self.labels.clear();
        self.leg = 0;
    }

    /// Whether something at a stop is neither later nor dearer.
    fn bettered(&self, stop: u32, arrives: i32, cost: Money) -> bool {
        let mut row = self.heads[stop as usize];
        while let Some(label) = self.labels.get(row as usize) {
            if label.arrives <= arrives && label.cost <= cost {
                return true;
            }
            row = label.next;
        }
        false
    }

    /// Adds a label and forgets those at its stop that it betters.
    fn add(&mut self, label: Label) {
        let row = self.labels.len() as u32;
        let head = self.heads[label.stop as usize];
        if head == NONE {
            self.met.push(label.stop);
        }
        let (mut kept, mut at) = (NONE, head);
        let mut first = NONE;
        while at != NONE {
            let known = &mut self.labels[at as usize];
            let next = known.next;
            if label.arrives <= known.arrives && label.cost <= known.cost {
                // What came with fewer legs may still go further than this one.
                known.counts &= at < self.leg && label.stop != self.goal;
            } else {
                match kept {
                    NONE => first = at,
                    kept => self.labels[kept as usize].next = at,
                }
                kept = at;
            }
            at = next;
        }
        if kept != NONE {
            self.labels[kept as usize].next = NONE;
        }
        self.labels.push(Label { next: first, ..label });
        self.heads[label.stop as usize] = row;
    }
}

/// One question under way.
struct Question<'q> {
    router: &'q Router,
    prices: &'q Prices,
    towards: &'q [i32],
    labels: &'q mut Labels,
}

impl Router {
    /// The journeys from a stop to a stop of at most so many legs of which none is both later and dearer than another,
    /// by rising arrival. With [`Prices::free`] that is the earliest arrival within so many legs; with [`Prices::legs`]
    /// each further one trades time for changes.
    ///
    /// Of journeys that arrive and cost the same, one is told. O(legs × labels × lines at a stop).
    pub fn undominated(
        &self,
        (from, to): (StopIx, StopIx),
        at: Instant,
        legs: usize,
        prices: &Prices,
        labels: &mut Labels,
    ) -> Vec<Journey> {
        labels.begin(self.stops());
        labels.goal = to.0;
        if from == to {
            return vec![Journey { arrives: at, cost: Money::ZERO, rides: Vec::new() }];
        }
        let towards = self.bounds.towards(to.0);
        let mut question = Question { router: self, prices, towards, labels };
        question.go(from.0, self.seconds(at), legs);
        let mut rows = Vec::new();
        let mut row = labels.heads[to.0 as usize];
        while let Some(label) = labels.labels.get(row as usize) {
            rows.push(row);
            row = label.next;
        }
        rows.sort_unstable_by_key(|&row| labels.labels[row as usize].arrives);
        rows.into_iter().map(|row| self.told(labels, row)).collect()
    }

    fn told(&self, labels: &Labels, row: u32) -> Journey {
        let goal = &labels.labels[row as usize];
        let mut rides = Vec::new();
        let mut row = row;
        while let Some(label) = labels.labels.get(row as usize).filter(|label| label.before != NONE) {
            if !label.walked {
                rides.push(self.ride(&label.came, label.stop));
            }
            row = label.before;
        }
        rides.reverse();
        Journey { arrives: self.instant(goal.arrives), cost: goal.cost, rides }
    }
}

impl Question<'_> {
    fn go(&mut self, from: u32, start: i32, legs: usize) {
        let here = Label {
            stop: from,
            arrives: start,
            cost: Money::ZERO,
            before: NONE,
            next: NONE,
            counts: true,
            walked: false,
            came: Came::NOT,
        };
        self.labels.add(here);
        let mut leg = 0..1;
        for done in 0..=legs {
            self.labels.leg = leg.end;
            for row in leg.clone() {
                let label = self.labels.labels[row as usize];
                if label.counts && label.stop != self.labels.goal {
                    self.go_on(row, &label, done < legs);
                }
            }
            leg = leg.end..self.labels.labels.len() as u32;
        }
    }

    /// Walks on from where one is, and rides on when a leg is left.
    fn go_on(&mut self, row: u32, label: &Label, ride: bool) {
        let router = self.router;
        let began = label.before == NONE;
        let ready = if began { label.arrives } else { router.changed(label.stop, label.arrives) };
        let change = if began { Money::ZERO } else { self.prices.change(label.stop) };
        for walk in router.walks(label.stop) {
            let there = label.arrives.saturating_add(walk.seconds);
            if walk.to == self.labels.goal {
                self.arrive(Label { stop: walk.to, arrives: there, walked: true, before: row, ..*label });
            }
        }
        let Some(cost) = label.cost.checked_add(change).filter(|_| ride) else { return };
        self.board(row, label.stop, ready, cost);
        for walk in router.walks(label.stop) {
            self.board(row, walk.to, label.arrives.saturating_add(walk.seconds), cost);
        }
    }

    fn board(&mut self, before: u32, stop: u32, ready: i32, cost: Money) {
        if ready >= NEVER {
            return;
        }
        let router = self.router;
        for at in router.lines.at(stop) {
            let line = &router.lines.lines[at.line as usize];
            let Some(cost) = self.prices.leg(line.service).and_then(|price| cost.checked_add(price)) else {
                continue;
            };
            if at.next != NONE && self.hopeless(at.next, ready.saturating_add(at.ride), cost) {
                continue;
            }
            let Some(boarding) = router.lines.board(at, ready) else { continue };
            self.ride(before, (at.line, at.position), boarding, cost);
        }
        let first = router.shuttles_start[stop as usize] as usize;
        for (row, shuttle) in router.shuttles(stop).iter().enumerate() {
            let price = self.prices.leg(shuttle.service);
            let Some(cost) = price.and_then(|price| cost.checked_add(price)) else { continue };
            let Some(leaves) = router.shuttle_leaves(shuttle, ready) else { continue };
            let arrives = leaves.saturating_add(shuttle.transit);
            let came = Came::on_demand(first + row, leaves);
            self.arrive(label(shuttle.to, arrives, cost, before, came));
        }
    }

    fn ride(&mut self, before: u32, (row, on): (u32, u32), boarding: Boarding, cost: Money) {
        let lines = &self.router.lines;
        let line = &lines.lines[row as usize];
        let arrivals = lines.arrivals(line, &boarding);
        for off in on + 1..line.calls {
            let to = lines.alights[(line.first + off) as usize];
            if to != NONE {
                let arrives = boarding.day + arrivals[off as usize];
                self.arrive(label(to, arrives, cost, before, Came { line: row, on, off, boarding }));
            }
        }
    }

    /// Whether nothing better can come of being at a stop then.
    fn hopeless(&self, stop: u32, arrives: i32, cost: Money) -> bool {
        let rest = self.towards[self.router.bounds.group(stop)];
        let there = arrives.saturating_add(rest);
        there >= NEVER
            || self.labels.bettered(stop, arrives, cost)
            || self.labels.bettered(self.labels.goal, there, cost)
    }

    fn arrive(&mut self, label: Label) {
        if !self.hopeless(label.stop, label.arrives, label.cost) {
            self.labels.add(label);
        }
    }
}

fn label(stop: u32, arrives: i32, cost: Money, before: u32, came: Came) -> Label {
    Label { stop, arrives, cost, before, next: NONE, counts: true, walked: false, came }
}
