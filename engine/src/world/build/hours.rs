//! When is it open? Calendars, and departures as calendars of single moments, with their zones' offsets.

use super::keys::Keys;
use super::section;
use crate::spec;
use crate::units::{Index, IndexVec, limits};
use crate::world::{Calendar, CalendarIx, Inspection, Lane, Names, Place, Schedule, Zone};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::collections::BTreeMap;

/// Weekdays as documents write them, Monday first.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: u32 = 86_400;

/// Departures of a lane: zone, moments of the week, closed dates. Lanes that depart alike share one calendar.
type Departures = (String, Vec<(u32, u32)>, Vec<i32>);

/// Zones read so far, and the departures met so far with the number each was given.
#[derive(Default)]
pub(super) struct Hours {
    zones: BTreeMap<String, Option<Zone>>,
    departures: BTreeMap<Departures, u32>,
}

impl Hours {
    /// The document's calendars, in the order of their keys.
    pub(super) fn named(
        &mut self,
        world: &spec::World,
        keys: &Keys,
        found: &mut Inspection,
    ) -> Vec<Calendar> {
        let section = Place::Document.at("calendars");
        let build = |&row: &u32| {
            found.rank(section::CALENDARS, row as usize);
            self.calendar(&world.calendars[row as usize], &section.row(row as usize), found)
        };
        keys.calendars.rows.iter().filter_map(build).collect()
    }

    fn calendar(
        &mut self,
        calendar: &spec::Calendar,
        place: &Place<'_>,
        found: &mut Inspection,
    ) -> Option<Calendar> {
        let zone = self.zone(&place.at("zone"), &calendar.zone, found);
        let weekly = calendar.weekly.as_ref().map(|weekly| spans(&place.at("weekly"), weekly, found));
        let closed = dates(&place.at("closed"), &calendar.closed, found);
        Some(Calendar { zone: zone?, weekly, closed, shut: Vec::new() })
    }

    /// The zone of a name, read from the tables compiled in: the same world on every machine.
    fn zone(&mut self, place: &Place<'_>, name: &str, found: &mut Inspection) -> Option<Zone> {
        if let Some(known) = self.zones.get(name) {
            if known.is_none() {
                unknown_zone(place, name, found);
            }
            return known.clone();
        }
        let zone = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| zone.iana_name() == Some(name));
        let zone = zone.map(|zone| Zone { name: name.into(), offsets: offsets(&zone) });
        if zone.is_none() {
            unknown_zone(place, name, found);
        }
        self.zones.insert(name.to_owned(), zone.clone());
        zone
    }

    /// A lane's departures; the calendar's number is final only after [`Hours::with_generated`].
    pub(super) fn departures(
        &mut self,
        place: &Place<'_>,
        (zone, at, closed): (&str, &BTreeMap<String, Vec<String>>, &[String]),
        found: &mut Inspection,
    ) -> CalendarIx {
        self.zone(&place.at("zone"), zone, found);
        let moments = moments(&place.at("at"), at, found);
        let closed = dates(&place.at("closed"), closed, found);
        let next = self.departures.len() as u32;
        CalendarIx(*self.departures.entry((zone.to_owned(), moments, closed)).or_insert(next))
    }

    /// All calendars: the named ones, then those made of departures in the order of their contents, so that neither
    /// the lanes' order nor their keys can be seen in it. Points the lanes at them.
    pub(super) fn with_generated(
        self,
        named: Vec<Calendar>,
        lanes: &mut [Lane],
    ) -> IndexVec<CalendarIx, Calendar> {
        let mut calendars = named;
        let mut placed = vec![CalendarIx(0); self.departures.len()];
        for ((zone, moments, closed), number) in self.departures {
            let Some(Some(zone)) = self.zones.get(&zone) else { continue };
            placed[number as usize] = CalendarIx::of(calendars.len());
            calendars.push(Calendar { zone: zone.clone(), weekly: Some(moments), closed, shut: Vec::new() });
        }
        for lane in lanes {
            if let Schedule::Weekly(calendar) = &mut lane.schedule {
                *calendar = placed[calendar.row()];
            }
        }
        IndexVec::new(calendars)
    }
}

/// The zone's changes of offset within the years any moment may have.
fn offsets(zone: &TimeZone) -> Vec<(i64, i32)> {
    let end = (i64::from(*limits::YEARS.end()) + 1 - 1970) * 366 * i64::from(DAY);
    let mut offsets = vec![(i64::MIN, zone.to_offset(Timestamp::UNIX_EPOCH).seconds())];
    for change in zone.following(Timestamp::UNIX_EPOCH) {
        let (at, ahead) = (change.timestamp().as_second(), change.offset().seconds());
        if at > end {
            break;
        }
        if offsets.last().is_some_and(|&(_, before)| before != ahead) {
            offsets.push((at, ahead));
        }
    }
    offsets
}

fn unknown_zone(place: &Place<'_>, name: &str, found: &mut Inspection) {
    let database = TimeZoneDatabase::bundled();
    let mut known: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
    known.sort_unstable();
    known.dedup();
    let names: Names<CalendarIx> = Names::from_sorted(known.iter().map(String::as_str)).unwrap_or_default();
    found.find(place, &names, name, "IANA time zone");
}

/// Which day of the week a key names.
fn weekday(place: &Place<'_>, key: &str, found: &mut Inspection) -> Option<u32> {
    let day = WEEKDAYS.iter().position(|&known| known == key);
    if day.is_none() {
        found.note(place, "unknown", &format!("{key:?}"), "a weekday: mon, tue, wed, thu, fri, sat or sun");
    }
    day.map(|day| day as u32)
}

/// Open spans as seconds of the week, rising; spans of one day that touch become one.
fn spans(place: &Place<'_>, weekly: &spec::Weekly, found: &mut Inspection) -> Vec<(u32, u32)> {
    let mut all = Vec::new();
    for (key, spans) in weekly {
        let Some(day) = weekday(place, key, found) else { continue };
        let place = place.at(key);
        let mut of_day: Vec<(u32, u32, usize)> = Vec::new();
        for (k, span) in spans.iter().enumerate() {
            of_day.extend(open_span(&place.row(k), span, found).map(|(open, close)| (open, close, k)));
        }
        of_day.sort_unstable();
        let mut last: Option<(u32, u32, usize)> = None;
        for (open, close, k) in of_day {
            match &mut last {
                Some((_, end, other)) if open < *end => {
                    let right =
                        format!("spans of one day that do not overlap; {} overlaps it", place.row(*other));
                    found.note(&place.row(k), "conflict", &shown(&spans[k]), right);
                    *end = close.max(*end);
                }
                Some((_, end, _)) if open == *end => *end = close,
                _ => {
                    all.extend(last.map(|(open, close, _)| (day * DAY + open, day * DAY + close)));
                    last = Some((open, close, k));
                }
            }
        }
        all.extend(last.map(|(open, close, _)| (day * DAY + open, day * DAY + close)));
    }
    if all.is_empty() && weekly.values().all(Vec::is_empty) {
        found.note(
            place,
            "empty",
            "no hours at all",
            "at least one span; without `weekly` it is open round the clock",
        );
    }
    all.sort_unstable();
    all
}

fn shown([open, close]: &[String; 2]) -> String {
    format!("[{open:?}, {close:?}]")
}

fn open_span(place: &Place<'_>, span: &[String; 2], found: &mut Inspection) -> Option<(u32, u32)> {
    let times = span.each_ref().map(|time| spec::wall_time(time));
    for (k, time) in times.iter().enumerate() {
        if time.is_none() {
            found.note(
                &place.row(k),
                "malformed",
                &format!("{:?}", span[k]),
                "a local time as 09:00; 24:00 ends a day",
            );
        }
    }
    let [Some(open), Some(close)] = times else { return None };
    if open >= close {
        let right = "a span that ends after it starts; hours over midnight are two spans, the first to 24:00";
        found.note(place, "empty", &shown(span), right);
        return None;
    }
    Some((open, close))
}

/// Departures as spans of no length, rising.
fn moments(place: &Place<'_>, at: &BTreeMap<String, Vec<String>>, found: &mut Inspection) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for (key, times) in at {
        let Some(day) = weekday(place, key, found) else { continue };
        let place = place.at(key);
        for (k, time) in times.iter().enumerate() {
            match spec::wall_time(time).filter(|&time| time < DAY) {
                Some(time) => all.push((day * DAY + time, day * DAY + time)),
                None => {
                    let right = "a local time as 18:00, before 24:00";
                    found.note(&place.row(k), "malformed", &format!("{time:?}"), right);
                }
            }
        }
    }
    if at.values().all(Vec::is_empty) {
        found.note(place, "empty", "no departures at all", "at least one departure in the week");
    }
    all.sort_unstable();
    // The same time stated twice is one departure.
    all.dedup();
    all
}

/// Dates as days since 1970-01-01, rising, each once.
fn dates(place: &Place<'_>, texts: &[String], found: &mut Inspection) -> Vec<i32> {
    let mut days = Vec::with_capacity(texts.len());
    for (k, text) in texts.iter().enumerate() {
        match spec::date(text) {
            Some(day) => days.push(day),
            None => found.note(
                &place.row(k),
                "malformed",
                &format!("{text:?}"),
                "a date from 1970 to 2199, as 2026-01-31",
            ),
        }
    }
    days.sort_unstable();
    days.dedup();
    days
}
