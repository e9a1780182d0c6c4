//! How long a question takes; run with `--ignored --nocapture` on a release build.

use super::worlds::{ZONES, lane, weekly, world, zone};
use crate::transit::Transit;
use crate::units::{Instant, Seconds};
use crate::world::{Calendar, CalendarIx, LaneIx, Schedule};
use std::hint::black_box;

const CALENDARS: u32 = 1_000;

#[test]
#[ignore = "prints timings"]
#[allow(clippy::print_stdout)]
fn nanoseconds_per_question() {
    let days = [0, 1, 2, 3, 4, 5];
    let zones: Vec<_> = ZONES.iter().map(|name| zone(name)).collect();
    let calendars = (0..CALENDARS).map(|row| Calendar {
        zone: zones[row as usize % zones.len()].clone(),
        weekly: weekly(&days, &[(540, 720 + row % 60), (800, 1_200)]),
        closed: (0..15).map(|month| 20_454 + month * 24).collect(),
        shut: Vec::new(),
    });
    let schedules = |row: u32| match row % 3 {
        0 => Schedule::Weekly(CalendarIx(row)),
        1 => Schedule::Every { every: Seconds(1_800), calendar: Some(CalendarIx(row)) },
        _ => Schedule::OnDemand(Some(CalendarIx(row))),
    };
    let lanes = (0..CALENDARS).map(|row| lane(1, 0, schedules(row), 3_600, 7_200)).collect();
    let world = world(2, calendars.collect(), lanes);
    let transit = Transit::new(&world);
    let time = |name: &str, ask: &dyn Fn(u32, Instant) -> Option<i64>| {
        let (rounds, start) = (2_000u32, std::time::Instant::now());
        for round in 0..rounds {
            for row in 0..CALENDARS {
                let t = 1_770_000_000
                    + i64::from(round.wrapping_mul(2_654_435_761).wrapping_add(row * 977) % 20_000_000);
                black_box(ask(row, Instant(t)));
            }
        }
        println!("{name}: {} ns", start.elapsed().as_nanos() / u128::from(rounds * CALENDARS));
    };
    time("next_open", &|row, t| Some(transit.hours(CalendarIx(row)).next_open(t)?.0));
    time("after_working 2 h", &|row, t| {
        Some(transit.hours(CalendarIx(row)).after_working(t, Seconds(7_200))?.0)
    });
    time("after_working 40 d", &|row, t| {
        Some(transit.hours(CalendarIx(row)).after_working(t, Seconds(1_500_000))?.0)
    });
    for (first, name) in ["weekly", "every", "on demand"].into_iter().enumerate() {
        let lane = move |row: u32| LaneIx(row / 3 * 3 % (CALENDARS - 3) + first as u32);
        time(&format!("next_departure {name}"), &|row, t| {
            Some(transit.next_departure(lane(row), t)?.departs.0)
        });
    }
    time("Hours::of, next_open", &|row, t| {
        Some(crate::transit::Hours::of(&world.calendars()[CalendarIx(row)]).next_open(t)?.0)
    });
}
