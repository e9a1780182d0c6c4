//! Small random timetables: whatever the router says, trying everything says.

use crate::transit::router::{
    Call, Change, Days, Journey, Labels, Prices, Router, Search, ServiceIx, StopIx, Trips,
};
use crate::units::{Instant, Money, Seconds};
use proptest::prelude::*;

/// All times are multiples of this, so that work can be counted step by step.
const STEP: i64 = 900;
const DAYS: u32 = 3;
const END: i64 = DAYS as i64 * 86_400;
const FIRST: i64 = 7 * 86_400;

#[derive(Clone, Debug)]
struct Bus {
    service: u32,
    cut_off: i64,
    /// Stop, wait since the arrival before, stand, may get on, may get off.
    calls: Vec<(u32, i64, i64, bool, bool)>,
    begins: i64,
    days: u8,
}

#[derive(Clone, Debug)]
struct Case {
    changes: Vec<(u8, i64)>,
    shifts: Vec<(i64, i64)>,
    buses: Vec<Bus>,
    walks: Vec<(u32, u32, i64)>,
    vans: Vec<(u32, u32, i64, i64, bool)>,
    prices: Vec<Option<i64>>,
    questions: Vec<(u32, i64, u32)>,
}

fn case() -> impl Strategy<Value = Case> {
    (2_u32..6).prop_flat_map(|stops| {
        let call = (0..stops, 0_i64..20, 0_i64..3, prop::bool::weighted(0.9), prop::bool::weighted(0.9));
        let bus = (0_u32..3, 0_i64..3, prop::collection::vec(call, 2..5), -30_i64..140, 0_u8..8).prop_map(
            |(service, cut_off, calls, begins, days)| Bus { service, cut_off, calls, begins, days },
        );
        let repeated = (bus, prop::collection::vec((-20_i64..20, 0_u8..8), 1..4)).prop_map(|(bus, runs)| {
            let run =
                |(later, days): &(i64, u8)| Bus { begins: bus.begins + later, days: *days, ..bus.clone() };
            runs.iter().map(run).collect::<Vec<_>>()
        });
        (
            prop::collection::vec((0_u8..4, 0_i64..12), stops as usize),
            prop::collection::vec((0_i64..END / STEP, 1_i64..40), 0..5),
            prop::collection::vec(repeated, 1..6).prop_map(|buses| buses.concat()),
            prop::collection::vec((0..stops, 0..stops, 0_i64..20), 0..3),
            prop::collection::vec((0..stops, 0..stops, 0_i64..4, 0_i64..40, any::<bool>()), 0..2),
            prop::collection::vec(prop::option::weighted(0.9, 0_i64..10), 4),
            prop::collection::vec((0..stops, -10_i64..END / STEP / 2, 0..stops), 4),
        )
            .prop_map(|(changes, shifts, buses, walks, vans, prices, questions)| Case {
                changes,
                shifts,
                buses,
                walks,
                vans,
                prices,
                questions,
            })
    })
}

fn router(case: &Case) -> Router {
    let mut trips = Trips::new(Instant(FIRST), DAYS).unwrap();
    let moment = |steps: i64| Instant(FIRST + steps * STEP);
    let shifts = trips.shifts(case.shifts.iter().map(|&(start, long)| (moment(start), moment(start + long))));
    for &(kind, steps) in &case.changes {
        let change = match kind {
            0 => Change::Never,
            1 => Change::Within(shifts, Seconds(steps * STEP)),
            _ => Change::After(Seconds(steps * STEP)),
        };
        trips.stop(change).unwrap();
    }
    for bus in &case.buses {
        let days = (0..DAYS).filter(|day| bus.days & 1 << day != 0).collect::<Days>();
        let call = |(stop, arrives, departs, boards, alights)| Call {
            stop: StopIx(stop),
            arrives: Seconds(arrives),
            departs: Seconds(departs),
            boards,
            alights,
        };
        let calls = times(bus).into_iter().map(call).collect();
        trips.trip(ServiceIx(bus.service), Seconds(bus.cut_off * STEP), calls, days).unwrap();
    }
    for &(from, to, steps) in &case.walks {
        trips.walk(StopIx(from), StopIx(to), Seconds(steps * STEP)).unwrap();
    }
    for &(from, to, cut_off, transit, within) in &case.vans {
        let times = (Seconds(cut_off * STEP), Seconds(transit * STEP));
        trips.on_demand(ServiceIx(3), StopIx(from), StopIx(to), times, within.then_some(shifts)).unwrap();
    }
    trips.lay_out()
}

/// Calls of a bus as stop, arrival, departure, may get on, may get off.
fn times(bus: &Bus) -> Vec<(u32, i64, i64, bool, bool)> {
    let mut at = bus.begins * STEP;
    let call = |&(stop, wait, stand, boards, alights): &(u32, i64, i64, bool, bool)| {
        let arrives = at + wait * STEP;
        at = arrives + stand * STEP;
        (stop, arrives, at, boards, alights)
    };
    bus.calls.iter().map(call).collect()
}

/// Tries everything; moments count from the first midnight.
struct Oracle<'c> {
    case: &'c Case,
    goal: u32,
    /// Arrival, cost and legs of everything that reaches the goal.
    found: Vec<(i64, i64, usize)>,
}

impl Oracle<'_> {
    fn open(&self, at: i64) -> bool {
        self.case.shifts.iter().any(|&(start, long)| at >= start * STEP && at < (start + long) * STEP)
    }

    fn changed(&self, stop: u32, arrives: i64) -> Option<i64> {
        let (kind, steps) = self.case.changes[stop as usize];
        match kind {
            0 => None,
            1 => {
                let (mut at, mut left) = (arrives, steps);
                while left > 0 && at < 2 * END {
                    left -= i64::from(self.open(at));
                    at += STEP;
                }
                (left == 0).then_some(at)
            }
            _ => Some(arrives + steps * STEP),
        }
    }

    /// Being at a stop; `began` when no leg was ridden yet.
    fn at(&mut self, stop: u32, arrives: i64, cost: i64, legs: usize, left: usize) {
        let began = legs == 0;
        if stop == self.goal {
            self.found.push((arrives, cost, legs));
            return;
        }
        let walks = self.case.walks.iter().filter(|walk| walk.0 == stop);
        let walked: Vec<(u32, i64)> = walks.map(|walk| (walk.1, arrives + walk.2 * STEP)).collect();
        for &(to, there) in &walked {
            if to == self.goal {
                self.found.push((there, cost, legs));
            }
        }
        if left == 0 {
            return;
        }
        let here = if began { Some(arrives) } else { self.changed(stop, arrives) };
        for (from, ready) in here.map(|ready| (stop, ready)).into_iter().chain(walked) {
            self.ride(from, ready, cost, legs, left);
        }
    }

    fn ride(&mut self, from: u32, ready: i64, cost: i64, legs: usize, left: usize) {
        let case = self.case;
        for bus in &case.buses {
            let Some(price) = case.prices[bus.service as usize] else { continue };
            let calls = times(bus);
            for (row, on) in calls.iter().enumerate().filter(|(_, on)| on.0 == from && on.3) {
                // A later day of the same bus is never better than the first that can be caught.
                let runs = |day: &i64| bus.days & 1 << day != 0;
                let made = |day: &i64| day * 86_400 + on.2 - bus.cut_off * STEP >= ready;
                let Some(day) = (0..i64::from(DAYS)).filter(runs).find(made) else { continue };
                for off in calls[row + 1..].iter().filter(|off| off.4) {
                    self.at(off.0, day * 86_400 + off.1, cost + price, legs + 1, left - 1);
                }
            }
        }
        for &(_, to, cut_off, transit, within) in case.vans.iter().filter(|van| van.0 == from) {
            let Some(price) = case.prices[3] else { continue };
            let mut leaves = ready + cut_off * STEP;
            while within && leaves < END && !self.open(leaves) {
                leaves += STEP;
            }
            if leaves < END {
                self.at(to, leaves + transit * STEP, cost + price, legs + 1, left - 1);
            }
        }
    }
}

fn all(case: &Case, from: u32, at: i64, to: u32, legs: usize) -> Vec<(i64, i64, usize)> {
    let mut oracle = Oracle { case, goal: to, found: Vec::new() };
    oracle.at(from, at, 0, 0, legs);
    oracle.found
}

/// Pairs of which none is bettered, by rising arrival.
fn undominated(all: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    let mut all: Vec<(i64, i64)> = all.collect();
    all.sort_unstable();
    let mut kept: Vec<(i64, i64)> = Vec::new();
    for pair in all {
        if kept.last().is_none_or(|last| pair.1 < last.1) {
            kept.push(pair);
        }
    }
    kept
}

fn pairs(journeys: &[Journey]) -> Vec<(i64, i64)> {
    journeys.iter().map(|journey| (journey.arrives.0 - FIRST, journey.cost.0)).collect()
}

/// A journey keeps its own word: rides follow each other, the last one ends where and when it is said.
fn holds_together(journey: &Journey, from: u32, at: i64, to: u32) {
    let mut now = FIRST + at;
    for ride in &journey.rides {
        assert!(ride.departs.0 >= now && ride.arrives >= ride.departs, "{journey:?}");
        now = ride.arrives.0;
    }
    assert!(journey.arrives.0 >= now);
    if let (Some(first), Some(last)) = (journey.rides.first(), journey.rides.last()) {
        let walked = first.from.0 != from || last.to.0 != to;
        assert!(walked || journey.arrives == last.arrives, "{journey:?}");
    }
}

proptest! {
    #[test]
    fn the_router_finds_what_trying_everything_finds(case in case()) {
        let router = router(&case);
        let everything = Case { prices: vec![Some(0); 4], ..case.clone() };
        let (mut search, mut labels, mut to_all) = (Search::default(), Labels::default(), Vec::new());
        let prices = Prices { legs: case.prices.iter().map(|price| price.map(Money)).collect(), changes: Vec::new() };
        for &(from, at, to) in &case.questions {
            // Moments before the timetable begins count as its beginning, which may lie a day or more earlier still.
            let at = at.max(0) * STEP;
            let (begin, pair) = (Instant(FIRST + at), (StopIx(from), StopIx(to)));
            for legs in 1..=3 {
                let free = router.undominated(pair, begin, legs, &Prices::free(), &mut labels);
                let found = all(&everything, from, at, to, legs);
                prop_assert_eq!(pairs(&free), undominated(found.iter().map(|&(arrives, _, _)| (arrives, 0))));
                let fewer = router.undominated(pair, begin, legs, &Prices::legs(&router), &mut labels);
                let least = undominated(found.iter().map(|&(arrives, _, legs)| (arrives, legs as i64)));
                prop_assert_eq!(pairs(&fewer), least);
                let paid = router.undominated(pair, begin, legs, &prices, &mut labels);
                let found = all(&case, from, at, to, legs);
                prop_assert_eq!(
                    pairs(&paid),
                    undominated(found.iter().map(|&(arrives, cost, _)| (arrives, cost)))
                );
                paid.iter().chain(&fewer).for_each(|journey| holds_together(journey, from, at, to));
            }
            // Nobody passes a place twice, so more legs than places bring nothing.
            let most = router.stops();
            let earliest = router.earliest(pair.0, begin, pair.1, &mut search);
            let journey = router.journey(&search);
            let limited = router.undominated(pair, begin, most, &Prices::free(), &mut labels);
            prop_assert_eq!(earliest, limited.first().map(|journey| journey.arrives));
            if let Some(journey) = &journey {
                prop_assert_eq!(Some(journey.arrives), earliest);
                holds_together(journey, from, at, to);
            }
            let few = all(&everything, from, at, to, 3);
            prop_assert!(few.iter().all(|few| earliest.is_some_and(|earliest| earliest.0 <= few.0 + FIRST)));
            router.earliest_to_all(pair.0, begin, &mut search, &mut to_all);
            prop_assert_eq!(to_all[to as usize], earliest);
        }
    }
}
