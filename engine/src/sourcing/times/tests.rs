//! What is kept answers as if asked anew.

use super::*;
use crate::sourcing::Terms;
use crate::world::World;

const HOURS: &str = r#"{"volok": 1, "sellers": [], "skus": [], "channels": [],
  "calendars": [
    {"id": "shop", "zone": "Europe/Moscow", "weekly": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "12:00"], ["13:00", "24:00"]], "wed": [["00:00", "02:00"]]}},
    {"id": "shift", "zone": "Europe/Berlin", "weekly": {"mon": [["06:00", "22:00"]], "thu": [["06:00", "22:00"]], "sun": [["00:00", "24:00"]]}, "closed": ["2026-03-05"]}
  ],
  "nodes": [
    {"id": "w", "stores": {"calendar": "shift", "zones": [
      {"id": "now", "temperature": [15, 25]},
      {"id": "soon", "temperature": [15, 25], "lead_minutes": 90},
      {"id": "later", "temperature": [15, 25], "lead_minutes": 1500}]}},
    {"id": "p", "hands_over": {"calendar": "shop", "storages": [{"id": "s", "temperature": [15, 25]}]}}
  ],
  "lanes": [
    {"id": "a", "from": "w", "to": "p", "compartments": [{"id": "c", "temperature": [15, 25]}], "transit_minutes": 200,
     "cut_off_minutes": 45, "schedule": {"weekly": {"zone": "Europe/Berlin", "at": {"mon": ["08:00", "18:00"], "fri": ["07:30"]}}}},
    {"id": "b", "from": "w", "to": "p", "compartments": [{"id": "c", "temperature": [15, 25]}], "transit_minutes": 30,
     "schedule": {"every": {"minutes": 40, "calendar": "shift"}}},
    {"id": "c", "from": "w", "to": "p", "compartments": [{"id": "c", "temperature": [15, 25]}], "transit_minutes": 30,
     "schedule": {"on_demand": {"calendar": "shift"}}}
  ]}"#;

fn world() -> World {
    let document = serde_json::from_str(HOURS).expect("a document");
    crate::world::build(&document).expect("no defects")
}

#[test]
fn kept_answers_are_the_ones_asked_anew() {
    let world = world();
    let transit = Transit::new(&world);
    let terms = Terms::new(&world, &Transit::new(&world));
    let mut times = Times::default();
    times.belong_to(&terms);
    let to = world.node_names().find("p").expect("a node");
    // Two weeks over the change to summer time in steps that share no rhythm with the hours, with some steps back.
    let start = 1_774_000_000;
    for step in 0..20_000 {
        let at = Instant(start + step * 67 - (step % 3) * 1_111);
        for lane in world.lanes().indices() {
            let anew = transit.next_departure(lane, at).and_then(|departure| {
                let hand_over = transit.hand_over_at(to, departure.arrives)?;
                Some(Trip { departs: departure.departs, arrives: departure.arrives, hand_over })
            });
            assert_eq!(times.trip(&transit, lane, to, at), anew, "lane {lane:?} at {at:?}");
        }
        for (zone, row) in world.zones().enumerated() {
            let calendar = world.nodes()[row.node].stores.as_ref().and_then(|stores| stores.calendar);
            let kept = times.ready(&transit, (calendar, row.lead), zone, at);
            assert_eq!(kept, transit.ready_at(zone, at), "zone {zone:?} at {at:?}");
        }
    }
}

#[test]
fn answers_of_another_world_are_forgotten() {
    let (world, mut times) = (world(), Times::default());
    let (one, other) = (Terms::new(&world, &Transit::new(&world)), Terms::new(&world, &Transit::new(&world)));
    let transit = Transit::new(&world);
    let to = world.node_names().find("p").expect("a node");
    times.belong_to(&one);
    times.trip(&transit, LaneIx(0), to, Instant(1_774_000_000));
    assert_eq!(times.lanes[0].lane, 0);
    times.belong_to(&one);
    assert_eq!(times.lanes[0].lane, 0);
    times.belong_to(&other);
    assert_eq!(times.lanes[0].lane, u32::MAX);
}
