//! A published timetable in GTFS: random questions to the router and to a plain time-expanded Dijkstra.

mod feed;
mod files;
mod read;
mod tables;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use jiff::civil::Date;
use volok::transit::router::{Call, Change, Days, Router, ServiceIx, StopIx, Trips};
use volok::units::{Instant as Moment, Seconds};

use crate::timetable::compare;
use crate::timetable::expanded::{Dated, Event, Expanded};
use feed::Feed;

/// What the suite shall do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder or zip file of the feed.
    pub feed: PathBuf,
    /// First day; the busiest week of the feed when absent.
    pub from: Option<String>,
    /// Days laid out.
    pub days: u32,
    /// Minutes to change where the feed does not say.
    pub change_minutes: i64,
    /// Random questions.
    pub queries: usize,
    /// Seed of the questions.
    pub seed: u64,
    /// Times the questions are asked.
    pub rounds: usize,
    /// One line of JSON for each figure.
    pub json: bool,
}

/// Reads the feed, lays it out and asks.
///
/// # Errors
///
/// A feed that cannot be read, answers that differ, a writer that fails.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let feed = read::read(&options.feed, options.change_minutes * 60)?;
    let first: Date = match &options.from {
        Some(date) => date.parse()?,
        None => feed.busiest_week().ok_or("the feed has no trips on any day")?,
    };
    let window = Window { first, days: options.days };
    let begin = Instant::now();
    let (router, start) = lay_out(&feed, &window)?;
    let laid_out = begin.elapsed();
    let begin = Instant::now();
    let expanded = Expanded::new(&dated(&feed, &window)?);
    let expanding = begin.elapsed();
    let mut served: Vec<u32> =
        feed.trips.iter().flat_map(|trip| trip.calls.iter().map(|call| call.stop)).collect();
    served.sort_unstable();
    served.dedup();
    let stops: Vec<StopIx> = served.into_iter().map(StopIx).collect();
    let questions = compare::draw(&stops, start, options.queries, options.seed);
    let case = format!("{} from {first}", options.feed.file_name().unwrap_or_default().display());
    let preparing = (laid_out, expanding);
    compare::run("gtfs", &case, (&router, &expanded), &questions, options.rounds, preparing)?
        .iter()
        .try_for_each(|figure| figure.write(options.json, out))?;
    Ok(())
}

/// Days looked at.
struct Window {
    first: Date,
    days: u32,
}

impl Window {
    /// Its dates, counted from 0.
    fn dates(&self) -> impl Iterator<Item = (u32, Date)> {
        self.first
            .series(jiff::Span::new().days(1))
            .take(self.days as usize)
            .enumerate()
            .map(|(day, date)| (day as u32, date))
    }

    /// For each date the moment its times count from, twelve hours before its noon, and by how much that is off
    /// midnight of UTC.
    fn days(&self, feed: &Feed) -> Result<Vec<(u32, Date, i64, i64)>, jiff::Error> {
        let mut days = Vec::new();
        for (day, date) in self.dates() {
            let noon = date.at(12, 0, 0, 0).to_zoned(feed.zone.clone())?.timestamp().as_second();
            let midnight = date.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_second();
            days.push((day, date, noon - 43_200, noon - 43_200 - midnight));
        }
        Ok(days)
    }
}

/// The feed as the router takes it, and the first moment of the window.
fn lay_out(feed: &Feed, window: &Window) -> Result<(Router, Moment), Box<dyn std::error::Error>> {
    let days = window.days(feed)?;
    let midnight = window.first.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_second();
    let mut trips = Trips::new(Moment(midnight), window.days)?;
    for change in &feed.changes {
        trips.stop(change.map_or(Change::Never, |seconds| Change::After(Seconds(seconds))))?;
    }
    for &(from, to, seconds) in &feed.walks {
        trips.walk(StopIx(from), StopIx(to), Seconds(seconds))?;
    }
    let mut offsets: Vec<i64> = days.iter().map(|day| day.3).collect();
    offsets.sort_unstable();
    offsets.dedup();
    for trip in &feed.trips {
        for &offset in &offsets {
            let runs = |day: &&(u32, Date, i64, i64)| day.3 == offset && feed.runs(trip, day.1);
            let on: Days = days.iter().filter(runs).map(|day| day.0).collect();
            if on.is_empty() {
                continue;
            }
            let call = |call: &feed::Call| Call {
                stop: StopIx(call.stop),
                arrives: Seconds(call.arrives + offset),
                departs: Seconds(call.departs + offset),
                boards: call.boards,
                alights: call.alights,
            };
            let calls = trip.calls.iter().map(call).collect();
            trips.trip(ServiceIx(trip.route), Seconds(0), calls, on)?;
        }
    }
    let start = days.first().map_or(midnight, |day| day.2);
    Ok((trips.lay_out(), Moment(start)))
}

/// Every trip of every day, one by one.
fn dated(feed: &Feed, window: &Window) -> Result<Dated, jiff::Error> {
    let mut dated = Dated { stops: feed.changes.len(), walks: feed.walks.clone(), ..Dated::default() };
    for (_, date, start, _) in window.days(feed)? {
        for trip in feed.trips.iter().filter(|trip| feed.runs(trip, date)) {
            let event = |call: &feed::Call| Event {
                stop: call.stop,
                arrives: start + call.arrives,
                boards_until: call.boards.then_some(start + call.departs),
                alights: call.alights,
                changed: feed.changes[call.stop as usize].map(|seconds| start + call.arrives + seconds),
            };
            dated.trips.push(trip.calls.iter().map(event).collect());
        }
    }
    Ok(dated)
}
