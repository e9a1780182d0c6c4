//! The world's calendars, schedules and direct ways, laid out once for every question that follows.

use super::calendar::{EACH_DATE, Hours, fills_the_week};
use super::clock::{self, Clock};
use super::departures::{Departure, Rhythm, Timetable};
use super::period::Period;
use super::routes::Routes;
use crate::units::{Index, IndexVec, Instant, Seconds};
use crate::world::{Calendar, CalendarIx, LaneIx, NodeIx, Schedule, Shut, World, ZoneIx};
use std::ops::Range;

/// A direct way: a lane and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Way {
    /// Where it departs.
    pub from: NodeIx,
    /// By which lane.
    pub lane: LaneIx,
}

/// What the questions of this room read, built once from a world and valid for that world only.
///
/// Ten thousand pickup points in twelve zones read twelve lists of offsets and not ten thousand copies, so the lists
/// stay in the cache; spans, closed dates and lane times lie in four flat arrays for the same reason.
#[derive(Clone, Debug)]
pub struct Transit {
    clocks: Vec<OwnClock>,
    weekly: Vec<(u32, u32)>,
    closed: Vec<i32>,
    calendars: IndexVec<CalendarIx, CalendarRow>,
    lanes: IndexVec<LaneIx, LaneTimes>,
    leads: IndexVec<ZoneIx, (Option<CalendarIx>, Seconds)>,
    hands_over: IndexVec<NodeIx, HandOver>,
    ways: Vec<Way>,
    ways_start: Vec<u32>,
    pub(super) routes: Routes,
    pub(super) period: Period,
}

#[derive(Clone, Debug)]
struct OwnClock {
    offsets: Vec<(i64, i32)>,
    index: Vec<u32>,
}

#[derive(Clone, Debug)]
struct CalendarRow {
    clock: u32,
    weekly: Range<u32>,
    closed: Range<u32>,
    shut: Vec<Shut>,
    always: bool,
}

#[derive(Clone, Debug)]
struct LaneTimes {
    to: NodeIx,
    schedule: Schedule,
    cut_off: Seconds,
    transit: Seconds,
    shut: Vec<Shut>,
}

#[derive(Clone, Copy, Debug)]
enum HandOver {
    Never,
    AtOnce,
    Within(CalendarIx),
}

impl Transit {
    /// Lays out the tables. O(size of the world's calendars and lanes × distinct time zones).
    pub fn new(world: &World) -> Transit {
        let mut tables = Calendars::default();
        let calendars = world.calendars().iter().map(|calendar| tables.add(calendar)).collect();
        let lane_times = |lane: &crate::world::Lane| LaneTimes {
            to: lane.to,
            schedule: lane.schedule.clone(),
            cut_off: lane.cut_off,
            transit: lane.transit,
            shut: lane.shut.clone(),
        };
        let lead = |zone: &crate::world::StorageZone| {
            let stores = world.nodes()[zone.node].stores.as_ref();
            (stores.and_then(|stores| stores.calendar), zone.lead)
        };
        let hand_over = |node: &crate::world::Node| match &node.hands_over {
            None => HandOver::Never,
            Some(point) => point.calendar.map_or(HandOver::AtOnce, HandOver::Within),
        };
        let mut ways = Vec::with_capacity(world.lanes().len());
        let mut ways_start = vec![0];
        for node in world.nodes().indices() {
            let start = ways.len();
            ways.extend(
                world.lanes_to(node).iter().map(|&lane| Way { from: world.lanes()[lane].from, lane }),
            );
            ways[start..].sort_unstable();
            ways_start.push(ways.len() as u32);
        }
        Transit {
            clocks: tables.clocks,
            weekly: tables.weekly,
            closed: tables.closed,
            calendars,
            lanes: world.lanes().iter().map(lane_times).collect(),
            leads: world.zones().iter().map(lead).collect(),
            hands_over: world.nodes().iter().map(hand_over).collect(),
            ways,
            ways_start,
            routes: Routes::new(world),
            period: Period::new(world),
        }
    }

    /// The hours of a calendar. O(1).
    pub fn hours(&self, calendar: CalendarIx) -> Hours<'_> {
        let row = &self.calendars[calendar];
        let clock = &self.clocks[row.clock as usize];
        Hours {
            clock: Clock::new(&clock.offsets, &clock.index),
            weekly: &self.weekly[row.weekly.start as usize..row.weekly.end as usize],
            closed: &self.closed[row.closed.start as usize..row.closed.end as usize],
            shut: &row.shut,
            always: row.always,
        }
    }

    /// The timetable of a lane. O(1).
    pub fn timetable(&self, lane: LaneIx) -> Timetable<'_> {
        let lane = &self.lanes[lane];
        let rhythm = Rhythm::of(&lane.schedule, |calendar| self.hours(calendar));
        Timetable { rhythm, cut_off: lane.cut_off, transit: lane.transit, shut: &lane.shut }
    }

    /// Where a lane ends.
    pub(super) fn end_of(&self, lane: LaneIx) -> NodeIx {
        self.lanes[lane].to
    }

    /// [`Timetable::next_departure`] of a lane.
    pub fn next_departure(&self, lane: LaneIx, ready: Instant) -> Option<Departure> {
        self.timetable(lane).next_departure(ready)
    }

    /// When a pick that starts at `start` in a zone is ready to depart: its lead later in the node's working time.
    /// As [`Hours::after_working`].
    pub fn ready_at(&self, zone: ZoneIx, start: Instant) -> Option<Instant> {
        match self.leads[zone] {
            (Some(calendar), lead) => self.hours(calendar).after_working(start, lead),
            (None, lead) => start.after(lead.max(Seconds::ZERO)),
        }
    }

    /// When a parcel that arrives at a node is handed over: at the first open moment. Nothing when the node does not
    /// hand over, or not as far ahead as is looked. As [`Hours::next_open`].
    pub fn hand_over_at(&self, node: NodeIx, arrival: Instant) -> Option<Instant> {
        match self.hands_over[node] {
            HandOver::Never => None,
            HandOver::AtOnce => Some(arrival),
            HandOver::Within(calendar) => self.hours(calendar).next_open(arrival),
        }
    }

    /// Direct ways to a node, by the node they come from, then by lane. O(1).
    pub fn ways_to(&self, to: NodeIx) -> &[Way] {
        &self.ways[self.ways_start[to.row()] as usize..self.ways_start[to.row() + 1] as usize]
    }

    /// Direct ways from one node to another, by lane. O(log ways to `to`).
    pub fn ways_between(&self, from: NodeIx, to: NodeIx) -> &[Way] {
        let ways = self.ways_to(to);
        let start = ways.partition_point(|way| way.from < from);
        // Nearly always one, so counting beats another search.
        let count = ways[start..].iter().take_while(|way| way.from == from).count();
        &ways[start..start + count]
    }
}

/// Calendars as they are being laid out.
#[derive(Default)]
struct Calendars<'a> {
    zones: Vec<&'a crate::world::Zone>,
    clocks: Vec<OwnClock>,
    weekly: Vec<(u32, u32)>,
    closed: Vec<i32>,
}

impl<'a> Calendars<'a> {
    fn add(&mut self, calendar: &'a Calendar) -> CalendarRow {
        let zone = &calendar.zone;
        let clock = self.zones.iter().position(|known| *known == zone).unwrap_or_else(|| {
            self.zones.push(zone);
            self.clocks.push(OwnClock { offsets: zone.offsets.clone(), index: clock::index(&zone.offsets) });
            self.clocks.len() - 1
        });
        let weekly = calendar.weekly.as_deref().unwrap_or(EACH_DATE);
        let weekly_start = self.weekly.len() as u32;
        let closed_start = self.closed.len() as u32;
        self.weekly.extend(weekly);
        self.closed.extend(&calendar.closed);
        CalendarRow {
            clock: clock as u32,
            weekly: weekly_start..self.weekly.len() as u32,
            closed: closed_start..self.closed.len() as u32,
            shut: calendar.shut.clone(),
            always: calendar.closed.is_empty() && fills_the_week(weekly),
        }
    }
}
