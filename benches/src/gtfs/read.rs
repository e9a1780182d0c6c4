//! From tables of text to rows: <https://gtfs.org/documentation/schedule/reference/>.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::feed::{Call, Feed, Service, Trip};
use super::files::Files;
use super::tables::{Row, Table};

/// Why a feed cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// A file that does not open.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A table that is not one.
    #[error("{name}: {cause}")]
    Table {
        /// Which.
        name: &'static str,
        /// Why.
        cause: csv::Error,
    },
    /// A cell that says nothing that can be used.
    #[error("{table}:{line}: {column}: found \"{found}\"")]
    Cell {
        /// Of which table.
        table: &'static str,
        /// In which line.
        line: usize,
        /// In which column.
        column: &'static str,
        /// What it says.
        found: String,
    },
    /// A time zone nobody knows.
    #[error("agency.txt: agency_timezone: {0}")]
    Zone(jiff::Error),
}

impl FeedError {
    pub(super) fn file(path: &Path, cause: std::io::Error) -> FeedError {
        FeedError::File { path: path.to_owned(), cause }
    }
}

type Keys = HashMap<String, u32>;

/// Reads a feed. Where it does not say how long a change takes, `change` seconds do.
pub(super) fn read(path: &Path, change: i64) -> Result<Feed, FeedError> {
    let mut files = Files::open(path)?;
    let agency = Table::read(&mut files, "agency.txt")?;
    let zone = agency.rows().next().map_or("UTC", |row| row.cell("agency_timezone")).to_owned();
    let zone = jiff::tz::TimeZone::get(&zone).map_err(FeedError::Zone)?;
    let stops = Table::read(&mut files, "stops.txt")?;
    let keys: Keys = stops.rows().zip(0..).map(|(row, at)| (row.cell("stop_id").to_owned(), at)).collect();
    let mut feed = Feed {
        zone,
        changes: vec![Some(change); stops.len()],
        walks: Vec::new(),
        services: Vec::new(),
        trips: Vec::new(),
    };
    transfers(&mut feed, &Table::read(&mut files, "transfers.txt")?, &stops, &keys, change)?;
    let services = services(&mut feed, &mut files)?;
    trips(&mut feed, &mut files, &keys, &services)?;
    Ok(feed)
}

fn known(keys: &Keys, row: Row<'_>, column: &'static str) -> Result<u32, FeedError> {
    keys.get(row.cell(column)).copied().ok_or_else(|| row.wrong(column))
}

/// Changes within a stop and walks between stops; what is said of a station holds for its platforms.
fn transfers(
    feed: &mut Feed,
    table: &Table,
    stops: &Table,
    keys: &Keys,
    change: i64,
) -> Result<(), FeedError> {
    let mut platforms: HashMap<u32, Vec<u32>> = HashMap::new();
    for (row, at) in stops.rows().zip(0..) {
        if let Some(&station) = keys.get(row.cell("parent_station")) {
            platforms.entry(station).or_default().push(at);
        }
    }
    let within = |stop: u32| platforms.get(&stop).cloned().unwrap_or_else(|| vec![stop]);
    for row in table.rows() {
        // Rules for single routes or trips are finer than what is compared here.
        let fine = ["from_route_id", "to_route_id", "from_trip_id", "to_trip_id"];
        if fine.iter().any(|column| !row.cell(column).is_empty()) {
            continue;
        }
        let kind = row.number("transfer_type")?.unwrap_or(0);
        let time = row.number("min_transfer_time")?;
        let seconds = match (kind, time) {
            (3, _) => None,
            (1, _) => Some(0),
            (_, time) => Some(time.unwrap_or(change)),
        };
        for &from in &within(known(keys, row, "from_stop_id")?) {
            for &to in &within(known(keys, row, "to_stop_id")?) {
                match seconds {
                    seconds if from == to => feed.changes[from as usize] = seconds,
                    Some(seconds) => feed.walks.push((from, to, seconds)),
                    None => {}
                }
            }
        }
    }
    feed.walks.sort_unstable();
    // Of walks said twice the shorter counts.
    feed.walks.dedup_by_key(|walk| (walk.0, walk.1));
    Ok(())
}

fn services(feed: &mut Feed, files: &mut Files) -> Result<Keys, FeedError> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let mut keys = Keys::new();
    for row in Table::read(files, "calendar.txt")?.rows() {
        let days = DAYS.map(|day| row.cell(day) == "1");
        let weekly = Some((days, row.date("start_date")?, row.date("end_date")?));
        service(feed, &mut keys, row).weekly = weekly;
    }
    for row in Table::read(files, "calendar_dates.txt")?.rows() {
        let date = row.date("date")?;
        let kind = row.number("exception_type")?;
        let service = service(feed, &mut keys, row);
        if kind == Some(1) { &mut service.added } else { &mut service.removed }.push(date);
    }
    for service in &mut feed.services {
        service.added.sort_unstable();
        service.removed.sort_unstable();
    }
    Ok(keys)
}

fn service<'f>(feed: &'f mut Feed, keys: &mut Keys, row: Row<'_>) -> &'f mut Service {
    let at = *keys.entry(row.cell("service_id").to_owned()).or_insert(feed.services.len() as u32) as usize;
    if at == feed.services.len() {
        feed.services.push(Service::default());
    }
    &mut feed.services[at]
}

/// A call as it is written: place in the trip, stop, times where given, may get on and off.
type Written = (i64, u32, Option<i64>, Option<i64>, bool, bool);

fn trips(feed: &mut Feed, files: &mut Files, stops: &Keys, services: &Keys) -> Result<(), FeedError> {
    let table = Table::read(files, "trips.txt")?;
    let mut keys = Keys::new();
    let mut routes = Keys::new();
    for row in table.rows() {
        let many = routes.len() as u32;
        let route = *routes.entry(row.cell("route_id").to_owned()).or_insert(many);
        let service = known(services, row, "service_id")?;
        keys.insert(row.cell("trip_id").to_owned(), feed.trips.len() as u32);
        feed.trips.push(Trip { route, service, calls: Vec::new() });
    }
    let mut written: Vec<Vec<Written>> = vec![Vec::new(); feed.trips.len()];
    for row in Table::read(files, "stop_times.txt")?.rows() {
        let trip = known(&keys, row, "trip_id")?;
        let stop = known(stops, row, "stop_id")?;
        let place = row.number("stop_sequence")?.ok_or_else(|| row.wrong("stop_sequence"))?;
        let (arrives, departs) = (row.time("arrival_time")?, row.time("departure_time")?);
        let (boards, alights) = (row.cell("pickup_type") != "1", row.cell("drop_off_type") != "1");
        written[trip as usize].push((place, stop, arrives.or(departs), departs.or(arrives), boards, alights));
    }
    for (trip, mut calls) in feed.trips.iter_mut().zip(written) {
        calls.sort_unstable_by_key(|call| call.0);
        trip.calls = timed(&calls);
    }
    let mut repeated: HashMap<u32, Vec<Trip>> = HashMap::new();
    for row in Table::read(files, "frequencies.txt")?.rows() {
        let at = known(&keys, row, "trip_id")?;
        let span = (row.time("start_time")?, row.time("end_time")?, row.number("headway_secs")?);
        let (Some(start), Some(end), Some(every @ 1..)) = span else { return Err(row.wrong("headway_secs")) };
        let trip = &feed.trips[at as usize];
        let Some(begins) = trip.calls.first().map(|call| call.departs) else { continue };
        let runs = (start..end).step_by(every as usize).map(|start| {
            let mut run = trip.clone();
            for call in &mut run.calls {
                (call.arrives, call.departs) = (call.arrives + start - begins, call.departs + start - begins);
            }
            run
        });
        repeated.entry(at).or_default().extend(runs);
    }
    // A trip that is repeated does not run at the times it is written with.
    repeated.keys().for_each(|&at| feed.trips[at as usize].calls.clear());
    let mut repeated: Vec<_> = repeated.into_iter().collect();
    repeated.sort_unstable_by_key(|(at, _)| *at);
    feed.trips.extend(repeated.into_iter().flat_map(|(_, runs)| runs));
    feed.trips.retain(|trip| trip.calls.len() > 1);
    Ok(())
}

/// Calls with times: those without stand evenly between their neighbours, and no time falls.
fn timed(written: &[Written]) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::with_capacity(written.len());
    for (row, &(_, stop, arrives, departs, boards, alights)) in written.iter().enumerate() {
        let before = calls.last().map_or(i64::MIN, |call| call.departs);
        let (arrives, departs) = match (arrives, departs) {
            (Some(arrives), Some(departs)) => (arrives, departs),
            _ => {
                let later = written[row..].iter().zip(0..).find_map(|(call, steps)| Some((call.2?, steps)));
                // Without any time after it the trip ends here.
                let Some((time, steps)) = later.filter(|_| before > i64::MIN) else { continue };
                let here = before + (time - before).max(0) / (steps + 1);
                (here, here)
            }
        };
        let arrives = arrives.max(before);
        calls.push(Call { stop, arrives, departs: departs.max(arrives), boards, alights });
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_without_times_stand_evenly_between_their_neighbours() {
        let written = [
            (1, 0, Some(100), Some(110), true, true),
            (2, 1, None, None, true, true),
            (3, 2, None, None, true, true),
            (4, 3, Some(140), Some(140), true, true),
            (5, 4, None, None, true, true),
        ];
        let times: Vec<_> = timed(&written).iter().map(|call| (call.stop, call.arrives)).collect();
        assert_eq!(times, [(0, 100), (1, 120), (2, 130), (3, 140)]);
    }
}
