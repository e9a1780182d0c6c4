//! From trips as they are said to lines as they are asked.

use super::bounds::{Bounds, Edge};
use super::lines::{DAY, Line, Lines, NONE, Run, Stopping, Variant};
use super::shifts::Shifts;
use super::trips::Trip;
use super::{Change, Days, Router, TripIx, Trips, Walk};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

pub(super) fn lay_out(trips: Trips) -> Router {
    // Trips are dated by the day on which they depart, so some days lie before the first service day, or past the last.
    let before = |trip: &Trip| (trip.calls[0].departs.0 - i64::from(trip.cut_off)).div_euclid(i64::from(DAY));
    let lead = trips.trips.iter().map(before).fold(0, i64::min);
    let late = trips.trips.iter().map(day_of).fold(0, i64::max);
    let base = trips.first.0 + lead * i64::from(DAY);
    let days = (i64::from(trips.days) + late - lead) as u32;
    let mut lines = Lines { days, ..Lines::default() };
    let mut rows = HashMap::with_hasher(FixedState::default());
    for chain in chains(&trips.trips) {
        add_line(&mut lines, &trips.trips, &chain, lead, &mut rows);
    }
    let shifts: Vec<Shifts> = trips
        .shifts
        .iter()
        .map(|spans| {
            let within = |at: i64| at.saturating_sub(base).clamp(0, i64::from(super::lines::NEVER)) as i32;
            Shifts::new(spans.iter().map(|&(start, end)| (within(start), within(end))).collect())
        })
        .collect();
    let stops = trips.changes.len();
    let by_stop = |from: &dyn Fn(usize) -> u32, many: usize| {
        let mut starts = vec![0_u32; stops + 1];
        (0..many).for_each(|row| starts[from(row) as usize + 1] += 1);
        (0..stops).for_each(|stop| starts[stop + 1] += starts[stop]);
        starts
    };
    let mut walks = trips.walks;
    walks.sort_unstable();
    let mut shuttles = trips.shuttles;
    shuttles.sort_unstable_by_key(|shuttle| (shuttle.from, shuttle.to, shuttle.service, shuttle.transit));
    let mut router = Router {
        base,
        changes: trips.changes,
        shifts,
        walks_start: by_stop(&|row| walks[row].0, walks.len()),
        walks: walks.iter().map(|&(_, to, seconds)| Walk { to, seconds }).collect(),
        shuttles_start: by_stop(&|row| shuttles[row].from, shuttles.len()),
        shuttles,
        ends: (i64::from(trips.days) - lead) as i32 * DAY,
        bounds: Bounds::default(),
        lines,
    };
    add_stoppings(&mut router);
    router.bounds = Bounds::new(stops, &router.lines, edges(&router));
    router
}

fn day_of(trip: &Trip) -> i64 {
    trip.calls[0].departs.0.div_euclid(i64::from(DAY))
}

/// A time of a trip in seconds of the day on which the trip departs.
fn second(trip: &Trip, time: i64) -> i32 {
    (time - day_of(trip) * i64::from(DAY)) as i32
}

/// Calls of trips as times of departure and arrival, in seconds of the day on which the trip departs.
type Times = Vec<(i32, i32)>;

/// Trips sorted into lines.
fn chains(trips: &[Trip]) -> Vec<Vec<usize>> {
    let kind = |trip: &Trip| -> (super::ServiceIx, i32, Vec<(super::StopIx, bool, bool)>) {
        let calls = trip.calls.iter().map(|call| (call.stop, call.boards, call.alights));
        (trip.service, trip.cut_off, calls.collect())
    };
    let times = |trip: &Trip| -> Times {
        let seconds = |call: &super::Call| (second(trip, call.departs.0), second(trip, call.arrives.0));
        trip.calls.iter().map(seconds).collect()
    };
    let mut order: Vec<_> = trips
        .iter()
        .enumerate()
        .filter(|(_, trip)| !trip.days.is_empty())
        .map(|(row, trip)| (kind(trip), times(trip), row))
        .collect();
    order.sort_unstable();
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for alike in order.chunk_by(|one, other| one.0 == other.0) {
        let mut lines: Vec<Vec<usize>> = Vec::new();
        for (row, (_, times, _)) in alike.iter().enumerate() {
            let fits = |line: &Vec<usize>| follows(times, &alike[line[0]].1, &alike[line[line.len() - 1]].1);
            match lines.iter_mut().find(|line| fits(line)) {
                Some(line) => line.push(row),
                None => lines.push(vec![row]),
            }
        }
        chains.extend(lines.into_iter().map(|line| line.into_iter().map(|row| alike[row].2).collect()));
    }
    chains
}

/// Whether a trip keeps behind the last of a line at every call, and ahead of the first one's run a day later.
fn follows(times: &Times, first: &Times, last: &Times) -> bool {
    times.iter().zip(first).zip(last).all(|((now, first), last)| {
        now.0 >= last.0 && now.1 >= last.1 && now.0 - first.0 < DAY && now.1 - first.1 < DAY
    })
}

type Rows = HashMap<Vec<Run>, u32, FixedState>;

fn add_line(lines: &mut Lines, trips: &[Trip], chain: &[usize], lead: i64, rows: &mut Rows) {
    let days = lines.days;
    let head = &trips[chain[0]];
    let mut line = Line {
        service: head.service,
        cut_off: head.cut_off,
        first: lines.stops.len() as u32,
        calls: head.calls.len() as u32,
        days: 0,
        variants: lines.variants.len() as u32,
    };
    lines.stops.extend(head.calls.iter().map(|call| call.stop.0));
    lines.alights.extend(head.calls.iter().map(|call| if call.alights { call.stop.0 } else { NONE }));
    // Which of its trips run on each day: few sets, each laid out once.
    let mut sets: HashMap<Vec<u32>, u16, FixedState> = HashMap::default();
    let mut runs = vec![Run::NEVER; days as usize];
    let running = |day: u32| -> Vec<u32> {
        let runs = |&row: &usize| {
            let trip: &Trip = &trips[row];
            let service = i64::from(day) + lead - day_of(trip);
            service >= 0 && Days::contains(&trip.days, service as u32)
        };
        chain.iter().filter(|row| runs(row)).map(|&row| row as u32).collect()
    };
    for day in 0..days {
        let set = running(day);
        if set.is_empty() {
            continue;
        }
        let known = sets.len() as u16;
        let variant = *sets.entry(set).or_insert_with_key(|set| {
            lay_variant(lines, trips, set);
            known
        });
        runs[day as usize] = Run { day: day as u16, variant };
    }
    for day in (1..days as usize).rev() {
        if runs[day - 1] == Run::NEVER {
            runs[day - 1] = runs[day];
        }
    }
    let store = &mut lines.runs;
    line.days = *rows.entry(runs).or_insert_with_key(|runs| {
        store.extend(runs);
        (store.len() - runs.len()) as u32
    });
    lines.lines.push(line);
}

fn lay_variant(lines: &mut Lines, trips: &[Trip], set: &[u32]) {
    let calls = trips[set[0] as usize].calls.len();
    lines.variants.push(Variant {
        trips: set.len() as u32,
        boards: lines.boards.len() as u32,
        arrives: lines.arrives.len() as u32,
        names: lines.names.len() as u32,
    });
    for call in 0..calls - 1 {
        lines.boards.extend(set.iter().map(|&row| {
            let trip = &trips[row as usize];
            second(trip, trip.calls[call].departs.0) - trip.cut_off
        }));
    }
    for &row in set {
        let trip = &trips[row as usize];
        lines.arrives.extend(trip.calls.iter().map(|call| second(trip, call.arrives.0)));
        lines.names.push(TripIx(row));
    }
    // Nobody boards where it is not allowed: such calls are not among the stoppings.
    for call in 0..calls - 1 {
        if !trips[set[0] as usize].calls[call].boards {
            let start = lines.boards.len() - (calls - 1 - call) * set.len();
            lines.boards[start..start + set.len()].fill(NOT_HERE);
        }
    }
}

/// Where a line is not boarded.
const NOT_HERE: i32 = i32::MIN;

fn add_stoppings(router: &mut Router) {
    let lines = &router.lines;
    let mut all: Vec<(u32, Stopping)> = Vec::new();
    for (row, line) in lines.lines.iter().enumerate() {
        for position in 0..line.calls - 1 {
            let columns = variants(lines, row).iter().map(|variant| {
                let start = (variant.boards + position * variant.trips) as usize;
                lines.boards[start]
            });
            let first = columns.min().unwrap_or(NOT_HERE);
            if first == NOT_HERE {
                continue;
            }
            let alights = lines.alights[line.first as usize + 1];
            let (next, ride) = match line.calls {
                2 => (alights, shortest(lines, row, 0) + line.cut_off),
                _ => (NONE, 0),
            };
            let stop = lines.stops[(line.first + position) as usize];
            all.push((stop, Stopping { line: row as u32, position, first, next, ride }));
        }
    }
    all.sort_by_key(|(stop, stopping)| (*stop, stopping.line, stopping.position));
    let stops = router.changes.len() as u32;
    router.lines.stoppings_start =
        (0..=stops).map(|stop| all.partition_point(|&(at, _)| at < stop) as u32).collect();
    router.lines.stoppings = all.into_iter().map(|(_, stopping)| stopping).collect();
}

fn variants(lines: &Lines, row: usize) -> &[Variant] {
    let end = lines.lines.get(row + 1).map_or(lines.variants.len(), |line| line.variants as usize);
    &lines.variants[lines.lines[row].variants as usize..end]
}

/// The shortest time from departing at a call to arriving at the next. Where nobody boards, from arriving there.
fn shortest(lines: &Lines, row: usize, position: u32) -> i32 {
    let line = &lines.lines[row];
    let rides = variants(lines, row).iter().flat_map(|variant| {
        (0..variant.trips).map(move |trip| {
            let arrives = (variant.arrives + trip * line.calls + position) as usize;
            let until = lines.boards[(variant.boards + position * variant.trips + trip) as usize];
            let from = if until == NOT_HERE { lines.arrives[arrives] } else { until + line.cut_off };
            (lines.arrives[arrives + 1] - from).max(0)
        })
    });
    rides.min().unwrap_or(0)
}

/// Rides from call to call, changes where they cannot be avoided, walks and services on demand.
fn edges(router: &Router) -> Vec<Edge> {
    let lines = &router.lines;
    let mut edges = Vec::new();
    // Who arrives at the end of such a line stays aboard of nothing.
    let must_change = |stop: u32| match (router.walks(stop).is_empty(), router.changes[stop as usize]) {
        (false, _) => 0,
        (true, Change::Never) => super::lines::NEVER,
        (true, Change::After(seconds) | Change::Within(_, seconds)) => seconds.0 as i32,
    };
    for (row, line) in lines.lines.iter().enumerate() {
        for position in 0..line.calls - 1 {
            let at = (line.first + position) as usize;
            let (from, to) = (lines.stops[at], lines.stops[at + 1]);
            let ends = line.calls == 2;
            let cut_off = if ends { line.cut_off } else { 0 };
            let seconds = shortest(lines, row, position) + cut_off;
            edges.push(Edge { to, from, seconds, onward: if ends { must_change(to) } else { 0 } });
        }
    }
    for stop in 0..router.changes.len() as u32 {
        let walk = |walk: &Walk| Edge { to: walk.to, from: stop, seconds: walk.seconds, onward: 0 };
        edges.extend(router.walks(stop).iter().map(walk));
        edges.extend(router.shuttles(stop).iter().map(|shuttle| Edge {
            to: shuttle.to,
            from: stop,
            seconds: shuttle.cut_off + shuttle.transit,
            onward: must_change(shuttle.to),
        }));
    }
    edges
}
