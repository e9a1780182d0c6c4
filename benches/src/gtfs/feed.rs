//! A feed on dense rows.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Stops, trips, services, walks.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) zone: TimeZone,
    /// Seconds to change at each stop; nothing where one cannot.
    pub(super) changes: Vec<Option<i64>>,
    pub(super) walks: Vec<(u32, u32, i64)>,
    pub(super) services: Vec<Service>,
    pub(super) trips: Vec<Trip>,
}

/// Days on which trips run.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    /// Monday to Sunday, from a date to a date.
    pub(super) weekly: Option<([bool; 7], Date, Date)>,
    /// Dates added, rising.
    pub(super) added: Vec<Date>,
    /// Dates taken away, rising.
    pub(super) removed: Vec<Date>,
}

/// A trip; times in seconds from twelve hours before noon of its service day.
#[derive(Clone, Debug)]
pub(super) struct Trip {
    pub(super) route: u32,
    pub(super) service: u32,
    pub(super) calls: Vec<Call>,
}

/// One call of a trip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) stop: u32,
    pub(super) arrives: i64,
    pub(super) departs: i64,
    pub(super) boards: bool,
    pub(super) alights: bool,
}

impl Service {
    pub(super) fn runs(&self, date: Date) -> bool {
        let weekly = self.weekly.is_some_and(|(days, from, until)| {
            date >= from && date <= until && days[date.weekday().to_monday_zero_offset() as usize]
        });
        (weekly && self.removed.binary_search(&date).is_err()) || self.added.binary_search(&date).is_ok()
    }

    fn ends(&self) -> [Option<Date>; 4] {
        let weekly = self.weekly.map(|(_, from, until)| (from, until));
        [
            weekly.map(|ends| ends.0),
            weekly.map(|ends| ends.1),
            self.added.first().copied(),
            self.added.last().copied(),
        ]
    }
}

impl Feed {
    /// Whether a trip runs on a service day.
    pub(super) fn runs(&self, trip: &Trip, date: Date) -> bool {
        self.services[trip.service as usize].runs(date)
    }

    /// The first Monday of the seven days with the most trips.
    pub(super) fn busiest_week(&self) -> Option<Date> {
        let ends = || self.services.iter().flat_map(Service::ends).flatten();
        let (first, last) = (ends().min()?, ends().max()?);
        let mut per_service = vec![0_usize; self.services.len()];
        self.trips.iter().for_each(|trip| per_service[trip.service as usize] += 1);
        let on = |date: Date| -> usize {
            let running = self.services.iter().zip(&per_service).filter(|(service, _)| service.runs(date));
            running.map(|(_, trips)| trips).sum()
        };
        let monday = first.checked_sub(i64::from(first.weekday().to_monday_zero_offset()).days()).ok()?;
        let mut best: Option<(usize, Date)> = None;
        for week in monday.series(7.days()).take_while(|&week| week <= last) {
            let trips: usize = week.series(1.day()).take(7).map(on).sum();
            if trips > best.map_or(0, |(most, _)| most) {
                best = Some((trips, week));
            }
        }
        best.map(|(_, week)| week)
    }
}
