//! The earliest arrival: places settled in the order of when one could still be at the goal.

use super::lines::{Boarding, Line, NEVER, NONE};
use super::{Journey, Ride, Router, Shuttle, StopIx};
use crate::units::{Instant, Money};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How one came to a stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Came {
    /// The line, or [`NONE`] for a service on demand.
    pub(super) line: u32,
    /// The call where one got on, or the row of the service on demand.
    pub(super) on: u32,
    /// The call where one got off, or when the service on demand left.
    pub(super) off: u32,
    pub(super) boarding: Boarding,
}

impl Came {
    pub(super) const NOT: Came =
        Came { line: NONE, on: NONE, off: NONE, boarding: Boarding { day: 0, variant: 0, row: 0, until: 0 } };

    pub(super) fn on_demand(shuttle: usize, leaves: i32) -> Came {
        Came { line: NONE, on: shuttle as u32, off: leaves as u32, ..Came::NOT }
    }
}

/// The earliest trip of a line that was boarded, and where.
#[derive(Clone, Copy, Debug)]
struct Boarded {
    day: i32,
    row: u32,
    position: u32,
}

const NOT_BOARDED: Boarded = Boarded { day: i32::MAX, row: 0, position: 0 };

/// Memory of [`Router::earliest`], reused from question to question; one for each thread.
#[derive(Debug, Default)]
pub struct Search {
    arrives: Vec<i32>,
    ready: Vec<i32>,
    came: Vec<Came>,
    /// Where one was before a stop was boarded at: there, at another and walked, or at the start ([`NONE`]).
    before: Vec<u32>,
    boarded: Vec<Boarded>,
    heap: BinaryHeap<Reverse<u64>>,
    met: Vec<u32>,
    met_lines: Vec<u32>,
    best: i32,
    /// Where one was last before the goal: there, or at another stop and walked, or at the start.
    last: u32,
    goal: u32,
}

impl Search {
    fn begin(&mut self, router: &Router) {
        if self.arrives.len() != router.stops() || self.boarded.len() != router.lines() {
            *self = Search::default();
            self.arrives.resize(router.stops(), NEVER);
            self.ready.resize(router.stops(), NEVER);
            self.came.resize(router.stops(), Came::NOT);
            self.before.resize(router.stops(), NONE);
            self.boarded.resize(router.lines(), NOT_BOARDED);
        }
        for stop in self.met.drain(..) {
            self.arrives[stop as usize] = NEVER;
            self.ready[stop as usize] = NEVER;
        }
        for line in self.met_lines.drain(..) {
            self.boarded[line as usize] = NOT_BOARDED;
        }
        self.heap.clear();
        self.best = NEVER;
        self.last = NONE;
    }
}

/// One question under way.
struct Walk<'r, 's> {
    router: &'r Router,
    search: &'s mut Search,
    /// Least times to the goal; nothing when all places are asked about.
    towards: &'r [i32],
}

impl Router {
    /// When one who is ready at a stop at a moment is at another at the earliest. Nothing when never.
    ///
    /// Moments before the timetable begins count as its beginning. Grows with the places from which the goal could be
    /// reached sooner than it is, and the lines there, each with a search in one column.
    pub fn earliest(&self, from: StopIx, at: Instant, to: StopIx, search: &mut Search) -> Option<Instant> {
        search.begin(self);
        search.goal = to.0;
        if from == to {
            search.best = self.seconds(at);
            return Some(at);
        }
        let towards = self.bounds.towards(to.0);
        if towards[self.bounds.group(from.0)] >= NEVER {
            return None;
        }
        let mut walk = Walk { router: self, search, towards };
        walk.go(from.0, self.seconds(at));
        (search.best < NEVER).then(|| self.instant(search.best))
    }

    /// When one is at each of all stops at the earliest.
    pub fn earliest_to_all(
        &self,
        from: StopIx,
        at: Instant,
        search: &mut Search,
        all: &mut Vec<Option<Instant>>,
    ) {
        search.begin(self);
        search.goal = NONE;
        let start = self.seconds(at);
        let mut walk = Walk { router: self, search, towards: &[] };
        walk.go(from.0, start);
        search.arrives[from.0 as usize] = start;
        let there = |seconds: i32| (seconds < NEVER).then(|| self.instant(seconds));
        all.clear();
        all.extend(search.arrives.iter().map(|&arrives| there(arrives)));
        for stop in 0..self.stops() as u32 {
            for walk in self.walks(stop) {
                let walked = there(search.arrives[stop as usize].saturating_add(walk.seconds));
                let known = &mut all[walk.to as usize];
                *known = [*known, walked].into_iter().flatten().min();
            }
        }
    }

    /// The journey behind the last answer of [`Router::earliest`]; nothing when there was none.
    pub fn journey(&self, search: &Search) -> Option<Journey> {
        if search.best >= NEVER {
            return None;
        }
        let mut rides = Vec::new();
        let mut stop = search.last;
        while stop != NONE {
            let ride = self.ride(&search.came[stop as usize], stop);
            stop = search.before[ride.from.0 as usize];
            rides.push(ride);
        }
        rides.reverse();
        let cost = Money(rides.len() as i64);
        Some(Journey { arrives: self.instant(search.best), cost, rides })
    }

    /// How one came to a stop, in full.
    pub(super) fn ride(&self, came: &Came, to: u32) -> Ride {
        if came.line == NONE {
            let Shuttle { from, service, transit, .. } = self.shuttles[came.on as usize];
            let departs = came.off as i32;
            return Ride {
                service,
                trip: None,
                from: StopIx(from),
                to: StopIx(to),
                departs: self.instant(departs),
                arrives: self.instant(departs + transit),
            };
        }
        let (lines, boarding) = (&self.lines, &came.boarding);
        let line: &Line = &lines.lines[came.line as usize];
        let names = lines.variants[boarding.variant as usize].names;
        Ride {
            service: line.service,
            trip: Some(lines.names[(names + boarding.row) as usize]),
            from: StopIx(lines.stops[(line.first + came.on) as usize]),
            to: StopIx(to),
            departs: self.instant(boarding.until + line.cut_off),
            arrives: self.instant(boarding.day + lines.arrivals(line, boarding)[came.off as usize]),
        }
    }
}

impl Walk<'_, '_> {
    #[inline]
    fn rest(&self, stop: u32) -> i32 {
        if self.towards.is_empty() { 0 } else { self.towards[self.router.bounds.group(stop)] }
    }

    fn go(&mut self, from: u32, start: i32) {
        self.ready_at(from, start, NONE);
        self.walk_on(from, start, NONE);
        while let Some(Reverse(key)) = self.search.heap.pop() {
            let (sum, stop) = ((key >> 32) as i32, key as u32);
            if sum >= self.search.best {
                break;
            }
            let ready = self.search.ready[stop as usize];
            if sum == ready + self.rest(stop) {
                self.board(stop, ready);
            }
        }
    }

    /// Rides on by everything that can be boarded at a stop.
    fn board(&mut self, stop: u32, ready: i32) {
        let router = self.router;
        for at in router.lines.at(stop) {
            if at.next != NONE {
                let soonest = ready.saturating_add(at.ride);
                if soonest >= self.search.arrives[at.next as usize]
                    || soonest.saturating_add(self.rest(at.next)) >= self.search.best
                {
                    continue;
                }
            }
            let Some(boarding) = router.lines.board(at, ready) else { continue };
            if boarding.until >= self.search.best {
                continue;
            }
            let line = &router.lines.lines[at.line as usize];
            let calls = match line.calls {
                2 => 2,
                calls => self.not_ridden(at.line, at.position, &boarding, calls),
            };
            let arrivals = router.lines.arrivals(line, &boarding);
            let alights = &router.lines.alights[line.first as usize..];
            for call in at.position + 1..calls {
                let arrives = boarding.day + arrivals[call as usize];
                if arrives >= self.search.best {
                    break;
                }
                let to = alights[call as usize];
                if to != NONE && arrives < self.search.arrives[to as usize] {
                    self.arrive(to, arrives, Came { line: at.line, on: at.position, off: call, boarding });
                }
            }
        }
        let first = router.shuttles_start[stop as usize] as usize;
        for (row, shuttle) in router.shuttles(stop).iter().enumerate() {
            let Some(leaves) = router.shuttle_leaves(shuttle, ready) else { continue };
            let arrives = leaves.saturating_add(shuttle.transit);
            if arrives < self.search.arrives[shuttle.to as usize] {
                self.arrive(shuttle.to, arrives, Came::on_demand(first + row, leaves));
            }
        }
    }

    /// Up to which call a boarded trip brings anything that one of the line boarded before did not.
    #[inline]
    fn not_ridden(&mut self, line: u32, position: u32, boarding: &Boarding, calls: u32) -> u32 {
        let known = &mut self.search.boarded[line as usize];
        if (known.day, known.row) <= (boarding.day, boarding.row) {
            // The same trip or an earlier one, boarded before here or further down.
            let until = (known.position + 1).min(calls);
            if (known.day, known.row) == (boarding.day, boarding.row) {
                known.position = known.position.min(position);
            }
            return until;
        }
        if known.day == NOT_BOARDED.day {
            self.search.met_lines.push(line);
        }
        *known = Boarded { day: boarding.day, row: boarding.row, position };
        calls
    }

    fn arrive(&mut self, stop: u32, arrives: i32, came: Came) {
        if arrives.saturating_add(self.rest(stop)) >= self.search.best {
            return;
        }
        self.meet(stop);
        self.search.arrives[stop as usize] = arrives;
        self.search.came[stop as usize] = came;
        if stop == self.search.goal {
            (self.search.best, self.search.last) = (arrives, stop);
            return;
        }
        let ready = self.router.changed(stop, arrives);
        self.ready_at(stop, ready, stop);
        self.walk_on(stop, arrives, stop);
    }

    fn walk_on(&mut self, stop: u32, arrives: i32, before: u32) {
        let router = self.router;
        for walk in router.walks(stop) {
            let there = arrives.saturating_add(walk.seconds);
            if walk.to != self.search.goal {
                self.ready_at(walk.to, there, before);
            } else if there < self.search.best {
                (self.search.best, self.search.last) = (there, before);
            }
        }
    }

    #[inline]
    fn ready_at(&mut self, stop: u32, ready: i32, before: u32) {
        if ready >= self.search.ready[stop as usize] {
            return;
        }
        let sum = ready.saturating_add(self.rest(stop));
        if sum >= self.search.best {
            return;
        }
        self.meet(stop);
        self.search.ready[stop as usize] = ready;
        self.search.before[stop as usize] = before;
        self.search.heap.push(Reverse((sum as u64) << 32 | u64::from(stop)));
    }

    #[inline]
    fn meet(&mut self, stop: u32) {
        if self.search.arrives[stop as usize] == NEVER && self.search.ready[stop as usize] == NEVER {
            self.search.met.push(stop);
        }
    }
}
