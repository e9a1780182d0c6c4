//! Earliest arrivals on timetables: the router beside a plain time-expanded Dijkstra, every answer compared.

pub mod compare;
pub mod expanded;
mod hubs;

use std::io::Write;
use std::time::Instant;

use expanded::{Dated, Event};
use volok::transit::Transit;
use volok::transit::router::{Router, StopIx};
use volok::units::Instant as Moment;

/// What the synthetic suite shall do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Number of hubs.
    pub hubs: usize,
    /// Departures on a day.
    pub departures: usize,
    /// Days laid out.
    pub days: u32,
    /// Random questions.
    pub queries: usize,
    /// Seed of hubs, lanes and questions.
    pub seed: u64,
    /// Times the questions are asked.
    pub rounds: usize,
    /// One line of JSON for each figure.
    pub json: bool,
}

/// Lays a generated world out and asks.
///
/// # Errors
///
/// What the world, the router or the writer reports; answers that differ.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn std::error::Error>> {
    let world = hubs::world(options.hubs, options.departures, options.seed)?;
    let transit = Transit::new(&world);
    let first = Moment(hubs::FIRST);
    let begin = Instant::now();
    let router = Router::of_world(&world, &transit, first, options.days)?;
    let laid_out = begin.elapsed();
    let begin = Instant::now();
    let dated = dated(&world, &transit, first, options.days);
    let trips = dated.trips.len();
    let expanded = expanded::Expanded::new(&dated);
    let expanding = begin.elapsed();
    let stops: Vec<StopIx> = world.nodes().indices().map(|node| StopIx(node.0)).collect();
    let questions = compare::draw(&stops, first, options.queries, options.seed);
    let case = format!("{} hubs, {} departures", options.hubs, trips);
    let preparing = (laid_out, expanding);
    compare::run("timetable", &case, (&router, &expanded), &questions, options.rounds, preparing)?
        .iter()
        .try_for_each(|figure| figure.write(options.json, out))?;
    Ok(())
}

/// Every departure of every lane, one by one, and handling hours asked of the calendars themselves.
fn dated(world: &volok::World, transit: &Transit, first: Moment, days: u32) -> Dated {
    let end = first.0 + i64::from(days) * 86_400;
    let mut dated = Dated { stops: world.nodes().len(), ..Dated::default() };
    for (row, lane) in world.lanes().enumerated() {
        let docks = world.nodes()[lane.to].cross_docks.as_ref();
        for departure in transit.timetable(row).departures_from(Moment(first.0 - lane.cut_off.0)) {
            if departure.departs.0 >= end {
                break;
            }
            let arrives = departure.arrives;
            let changed = docks.and_then(|docks| match docks.calendar {
                Some(calendar) => transit.hours(calendar).after_working(arrives, docks.handling),
                None => arrives.after(docks.handling),
            });
            let leave = Event {
                stop: lane.from.0,
                arrives: departure.departs.0,
                boards_until: Some(departure.departs.0 - lane.cut_off.0),
                alights: false,
                changed: None,
            };
            let come = Event {
                stop: lane.to.0,
                arrives: arrives.0,
                boards_until: None,
                alights: true,
                changed: changed.map(|changed| changed.0),
            };
            dated.trips.push(vec![leave, come]);
        }
    }
    dated
}
