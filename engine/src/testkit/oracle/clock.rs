//! The oracle's own clock: every span of every calendar written out as moments, walked from the start.

use crate::units::{Index, Instant, Seconds};
use crate::world::{Calendar, CalendarIx, LaneIx, NodeIx, Order, Schedule, World, ZoneIx};

const DAY: i64 = 86_400;

/// Spans of all calendars of a world around the time of one order, as UTC seconds.
pub(super) struct Clock<'w> {
    world: &'w World,
    /// By calendar: spans as they are written, by start.
    written: Vec<Vec<(i64, i64)>>,
    /// By calendar: the same joined where they touch, without empty ones.
    joined: Vec<Vec<(i64, i64)>>,
}

impl<'w> Clock<'w> {
    /// From some days before placement to some after the last moment at which handing over is of use: what lies
    /// beyond is of no use either.
    pub(super) fn around(world: &'w World, order: &Order) -> Clock<'w> {
        let from = order.placed_at.0 - 4 * DAY;
        let to = order.latest().0.max(order.placed_at.0) + 4 * DAY;
        let written: Vec<Vec<(i64, i64)>> =
            world.calendars().iter().map(|calendar| spans(calendar, from, to)).collect();
        let joined = written.iter().map(|spans| join(spans)).collect();
        Clock { world, written, joined }
    }

    fn next_open(&self, calendar: Option<CalendarIx>, t: i64) -> Option<i64> {
        let Some(calendar) = calendar else { return Some(t) };
        let spans = &self.joined[calendar.row()];
        spans.iter().find(|span| span.1 > t).map(|span| span.0.max(t))
    }

    /// When a pick that starts at `start` in a zone is ready.
    pub(super) fn ready(&self, zone: ZoneIx, start: i64) -> Option<i64> {
        let zone = &self.world.zones()[zone];
        self.after(self.world.nodes()[zone.node].stores.as_ref()?.calendar, start, zone.lead)
    }

    /// When a pick is ready that is put off: that starts with a later local date, each of them until it is ready too
    /// late.
    pub(super) fn ready_later(&self, zone: ZoneIx, start: i64, latest: i64) -> Vec<i64> {
        let node = self.world.zones()[zone].node;
        let mut readies = Vec::new();
        for date in self.date(node, start) + 1.. {
            let Some(ready) = self.ready(zone, self.midnight(node, date)) else { break };
            if ready > latest {
                break;
            }
            readies.push(ready);
        }
        readies
    }

    /// The local date of a moment at a storing node, as days since 1970-01-01.
    pub(super) fn date(&self, node: NodeIx, at: i64) -> i32 {
        (at + self.ahead(node, at)).div_euclid(DAY) as i32
    }

    /// The first moment of a local date at a storing node: none before it is of that date.
    fn midnight(&self, node: NodeIx, date: i32) -> i64 {
        let about = i64::from(date) * DAY;
        let hours = (-26..=26).map(|half| about + half * 1_800);
        let of_date = hours.filter(|&at| self.date(node, at) >= date && self.date(node, at - 1) < date);
        of_date.min().unwrap_or(about)
    }

    /// By how much the clocks at a storing node are ahead of UTC.
    fn ahead(&self, node: NodeIx, at: i64) -> i64 {
        let stores = self.world.nodes()[node].stores.as_ref();
        let Some(calendar) = stores.and_then(|stores| stores.calendar) else { return 0 };
        let offsets = &self.world.calendars()[calendar].zone.offsets;
        offsets.iter().rev().find(|piece| piece.0 <= at).map_or(0, |piece| i64::from(piece.1))
    }

    /// When work of a length that starts at `start` is done in the hours of a calendar.
    pub(super) fn after(&self, calendar: Option<CalendarIx>, start: i64, work: Seconds) -> Option<i64> {
        let Seconds(work) = work;
        let Some(calendar) = calendar.filter(|_| work > 0) else { return Some(start + work) };
        let mut left = work;
        for &(from, to) in self.joined[calendar.row()].iter().filter(|span| span.1 > start) {
            let from = from.max(start);
            if left <= to - from {
                return Some(from + left);
            }
            left -= to - from;
        }
        None
    }

    /// When a parcel that is ready at `ready` arrives by a lane.
    pub(super) fn arrival(&self, lane: LaneIx, ready: i64) -> Option<i64> {
        let lane = &self.world.lanes()[lane];
        let from = ready + lane.cut_off.0;
        let departs = match lane.schedule {
            Schedule::Weekly(calendar) => {
                self.written[calendar.row()].iter().map(|span| span.0).filter(|&start| start >= from).min()?
            }
            Schedule::Every { every, calendar: Some(calendar) } => self.written[calendar.row()]
                .iter()
                .filter_map(|&(start, end)| {
                    let runs = ((from - start).max(0) + every.0 - 1) / every.0;
                    let departs = start + runs * every.0;
                    (departs <= end).then_some(departs)
                })
                .min()?,
            Schedule::Every { every, calendar: None } => (from + every.0 - 1).div_euclid(every.0) * every.0,
            Schedule::OnDemand(calendar) => self.next_open(calendar, from)?,
        };
        Some(departs + lane.transit.0)
    }

    /// Every departure of a lane from one moment to another that can matter, rising: where it departs on demand, each
    /// multiple of `step` in its hours and the last second of each of its spans.
    pub(super) fn departures(&self, lane: LaneIx, from: i64, to: i64, step: i64) -> Vec<i64> {
        let mut all: Vec<i64> = match self.world.lanes()[lane].schedule {
            Schedule::Weekly(calendar) => self.written[calendar.row()].iter().map(|span| span.0).collect(),
            Schedule::Every { every, calendar: Some(calendar) } => {
                let spans = self.written[calendar.row()].iter();
                spans.flat_map(|&(start, end)| multiples(start, end, every.0)).collect()
            }
            Schedule::Every { every, calendar: None } => {
                multiples(from.div_euclid(every.0) * every.0, to, every.0).collect()
            }
            Schedule::OnDemand(Some(calendar)) => {
                let spans = self.joined[calendar.row()].iter().filter(|span| span.1 > from && span.0 <= to);
                let moments =
                    |&(start, end): &(i64, i64)| multiples(start.max(from), end - 1, step).chain([end - 1]);
                spans.flat_map(moments).collect()
            }
            Schedule::OnDemand(None) => multiples(from, to, step).collect(),
        };
        all.retain(|departs| (from..=to).contains(departs));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The longest step such that everything that can happen to an order happens at a multiple of it after the order
    /// is placed, but for the ends of life and of use.
    pub(super) fn step(&self, placed: i64, starts: impl Iterator<Item = i64>) -> i64 {
        let spans = self.written.iter().flatten().flat_map(|&(start, end)| [start - placed, end - placed]);
        let zones = self.world.zones().iter().map(|zone| zone.lead.0);
        let docks = self.world.nodes().iter().flat_map(|node| &node.cross_docks).flat_map(|dock| {
            let keeps = dock.keeps.iter().flat_map(|keep| keep.longest).map(|longest| longest.0);
            keeps.chain([dock.handling.0, dock.merging.0])
        });
        let lanes = self.world.lanes().iter().flat_map(|lane| {
            let every = match lane.schedule {
                Schedule::Every { every, calendar: None } => [every.0, placed],
                Schedule::Every { every, .. } => [every.0, 0],
                Schedule::Weekly(_) | Schedule::OnDemand(_) => [0, 0],
            };
            [lane.cut_off.0, lane.transit.0].into_iter().chain(every)
        });
        let starts = starts.map(|start| start - placed);
        spans.chain(zones).chain(docks).chain(lanes).chain(starts).fold(0, divisor).max(1)
    }

    /// When a parcel that is at a node from `arrival` on is handed over there.
    pub(super) fn hand_over(&self, node: NodeIx, arrival: i64) -> Option<i64> {
        self.next_open(self.world.nodes()[node].hands_over.as_ref()?.calendar, arrival)
    }
}

fn multiples(from: i64, to: i64, step: i64) -> impl Iterator<Item = i64> {
    (0..).map(move |k| from + k * step).take_while(move |&at| at <= to)
}

/// The greatest common divisor.
fn divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one.abs() } else { divisor(other, one % other) }
}

fn spans(calendar: &Calendar, from: i64, to: i64) -> Vec<(i64, i64)> {
    let wall = Wall::around(calendar, from, to);
    let mut spans = Vec::new();
    for date in from.div_euclid(DAY) - 1..=to.div_euclid(DAY) + 1 {
        let closed = i32::try_from(date).is_ok_and(|date| calendar.closed.contains(&date));
        if closed {
            continue;
        }
        // 1970-01-01 was a Thursday, the fourth day of the week.
        let weekday = (date + 3).rem_euclid(7) * DAY;
        let mut of_date = |start: i64, end: i64| {
            let starts = wall.moment(date * DAY + start, false);
            let ends = if start == end { starts } else { wall.moment(date * DAY + end, true) };
            spans.push((starts, ends));
        };
        match &calendar.weekly {
            None => of_date(0, DAY),
            Some(weekly) => {
                for &(start, end) in weekly {
                    let (start, end) = (i64::from(start) - weekday, i64::from(end) - weekday);
                    if (0..DAY).contains(&start) {
                        of_date(start, end);
                    }
                }
            }
        }
    }
    spans.sort_unstable();
    spans
}

fn join(spans: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for &(start, end) in spans.iter().filter(|span| span.0 < span.1) {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// A zone's pieces of constant offset as `(from, to, offset)`, those near a stretch of time.
struct Wall(Vec<(i64, i64, i64)>);

impl Wall {
    fn around(calendar: &Calendar, from: i64, to: i64) -> Wall {
        let offsets = &calendar.zone.offsets;
        let ends = offsets.iter().skip(1).map(|piece| piece.0).chain([i64::MAX]);
        let pieces = offsets.iter().zip(ends).map(|(&(start, offset), end)| (start, end, i64::from(offset)));
        Wall(pieces.filter(|piece| piece.0 < to + 9 * DAY && piece.1 > from - 9 * DAY).collect())
    }

    /// The moment of a wall time: its first or last occurrence, or the change that skips it.
    fn moment(&self, local: i64, last: bool) -> i64 {
        let occurs = self.0.iter().map(|&(from, to, offset)| (from..to, local - offset));
        let mut occurs = occurs.filter(|(piece, moment)| piece.contains(moment)).map(|(_, moment)| moment);
        let found = if last { occurs.max() } else { occurs.next() };
        let skipped = || self.0.iter().find(|&&(from, _, offset)| local < from.saturating_add(offset));
        found.or_else(|| skipped().map(|piece| piece.0)).unwrap_or(Instant::NEVER.0)
    }
}
