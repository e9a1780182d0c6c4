//! Zones, calendars and worlds made by hand.

use crate::units::{IndexVec, Money, Seconds};
use crate::world::{
    Calendar, CalendarIx, EntityIx, HandsOver, Lane, LaneIx, Names, Node, NodeIx, ParcelLimit, Schedule,
    World, Zone,
};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

pub(super) const ZONES: [&str; 7] = [
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Atlantic/Azores",
];

pub(super) fn tz(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// Changes of offset from 1970 to 2100, as seconds: moments are asked about near them.
pub(super) fn changes(name: &str) -> Vec<i64> {
    changes_until(name, "2100-01-01T00:00Z")
}

fn changes_until(name: &str, until: &str) -> Vec<i64> {
    let (from, until) = ("1970-01-01T00:00Z".parse().unwrap(), until.parse().unwrap());
    let zone = tz(name);
    let changes = zone.following(from).take_while(|change| change.timestamp() < until);
    changes.map(|change| change.timestamp().as_second()).collect()
}

/// A zone with its changes, some years past the last moment anyone asks about: answers may lie that far ahead.
pub(super) fn zone(name: &str) -> Zone {
    let at = |second| tz(name).to_offset(Timestamp::from_second(second).unwrap()).seconds();
    let mut offsets = vec![(i64::MIN, at(0))];
    let changes = changes_until(name, "2110-01-01T00:00Z");
    offsets.extend(changes.into_iter().map(|change| (change, at(change))));
    Zone { name: name.into(), offsets }
}

/// Days since 1970-01-01.
pub(super) fn day(year: i16, month: i8, of_month: i8) -> i32 {
    let since = date(year, month, of_month).since(date(1970, 1, 1)).unwrap();
    since.get_days()
}

/// The same spans in hours on each of some weekdays (Monday is 0).
pub(super) fn weekly(days: &[u32], spans: &[(u32, u32)]) -> Option<Vec<(u32, u32)>> {
    let on = |day: &u32| {
        let midnight = day * 86_400;
        spans
            .iter()
            .map(move |&(start, end)| (midnight + start * 60, midnight + end * 60))
            .collect::<Vec<_>>()
    };
    Some(days.iter().flat_map(on).collect())
}

/// Seconds of a moment like `2026-03-29T01:00Z` or `…+03:00`.
pub(super) fn at(moment: &str) -> i64 {
    moment.parse::<Timestamp>().unwrap().as_second()
}

pub(super) fn lane(from: u32, to: u32, schedule: Schedule, cut_off: i64, transit: i64) -> Lane {
    Lane {
        from: NodeIx(from),
        to: NodeIx(to),
        compartments: Vec::new(),
        schedule,
        cut_off: Seconds(cut_off),
        transit: Seconds(transit),
        tariff: None,
        largest: ParcelLimit::default(),
        shut: Vec::new(),
    }
}

/// A world of `nodes` nodes that only hand over: the first by the first calendar, the others at any time.
pub(super) fn world(nodes: u32, calendars: Vec<Calendar>, lanes: Vec<Lane>) -> World {
    fn names<I: crate::units::Index>(count: u32) -> Names<I> {
        let keys: Vec<String> = (0..count).map(|row| format!("{row:06}")).collect();
        Names::from_sorted(keys.iter().map(String::as_str)).unwrap()
    }
    let node = |row: u32| Node {
        label: None,
        at: None,
        entity: EntityIx(0),
        owner: None,
        stores: None,
        cross_docks: None,
        hands_over: Some(HandsOver {
            calendar: (row == 0 && !calendars.is_empty()).then_some(CalendarIx(0)),
            storages: Vec::new(),
            largest: ParcelLimit::default(),
            cost_per_parcel: Money::ZERO,
            kept: None,
            holds: None,
            stay: None,
        }),
    };
    let mut lanes_to: Vec<LaneIx> = (0..lanes.len() as u32).map(LaneIx).collect();
    let ends = |ix: &LaneIx| (lanes[ix.0 as usize].to, lanes[ix.0 as usize].from);
    lanes_to.sort_by_key(ends);
    let starts = (0..=nodes).map(|row| lanes_to.partition_point(|ix| ends(ix).0 < NodeIx(row)) as u32);
    World {
        currency: "RUB".into(),
        max_legs: crate::units::limits::USUAL_LEGS_PER_ROUTE,
        limited: false,
        seller_names: names(0),
        sku_names: names(0),
        node_names: names(nodes),
        lane_names: names(lanes.len() as u32),
        channel_names: names(0),
        entity_names: names(1),
        class_names: names(0),
        sellers: IndexVec::default(),
        skus: IndexVec::default(),
        sku_labels: Default::default(),
        nodes: (0..nodes).map(node).collect(),
        zones: IndexVec::default(),
        lanes_to_start: starts.collect(),
        lanes_to,
        lanes: IndexVec::new(lanes),
        tariffs: IndexVec::default(),
        calendars: IndexVec::new(calendars),
        channels: IndexVec::default(),
        segregated: Vec::new(),
    }
}
