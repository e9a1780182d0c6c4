//! What a load says is what a list of its claims adds up to, moment by moment.

use super::{Claim, Day, Load, LoadError, Room, Taken, local_date};
use crate::spec;
use crate::units::{CubicCentimetres, Grams, Instant};
use crate::world::{self, LaneIx, NodeIx, World};
use proptest::prelude::*;

fn departure(lane: u32, departs: i64, grams: u64) -> Claim {
    let (lane, departs) = (LaneIx(lane), Instant(departs));
    Claim::Departure { lane, compartment: 0, departs, grams: Grams(grams), cm3: CubicCentimetres(2 * grams) }
}

fn buffer(from: i64, until: i64) -> Claim {
    Claim::Buffer { node: NodeIx(0), from: Instant(from), until: Instant(until) }
}

fn claim() -> impl Strategy<Value = Claim> {
    let node = (0u32..2).prop_map(NodeIx);
    let stay = (node.clone(), -9i64..9, -2i64..9);
    let ends = |from: i64, long: i64| (Instant(from), Instant(from + long));
    prop_oneof![
        (0u32..2, 0i64..3, 0u64..5).prop_map(|(lane, departs, grams)| departure(lane, departs, grams)),
        (node, 0i32..3, 0u32..3, 0u32..5).prop_map(|(node, date, parcels, lines)| Claim::NodeDay {
            node,
            date,
            parcels,
            lines
        }),
        stay.clone().prop_map(move |(node, from, long)| {
            let (from, until) = ends(from, long);
            Claim::Buffer { node, from, until }
        }),
        stay.prop_map(move |(node, from, long)| {
            let (from, until) = ends(from, long);
            Claim::Point { node, from, until }
        }),
    ]
}

/// Holds a load against the list of what is committed.
fn compare(load: &Load, list: &[Claim]) -> Result<(), TestCaseError> {
    prop_assert_eq!(load.is_empty(), list.is_empty());
    for row in 0..2 {
        for departs in 0..3 {
            let mut taken = Taken::default();
            for claim in list {
                if let Claim::Departure { lane, departs: at, grams, cm3, .. } = *claim
                    && (lane, at) == (LaneIx(row), Instant(departs))
                {
                    taken.grams.0 += grams.0;
                    taken.cm3.0 += cm3.0;
                    taken.parcels += 1;
                }
            }
            prop_assert_eq!(load.departure(LaneIx(row), Instant(departs), 0), taken);
            prop_assert_eq!(load.departure(LaneIx(row), Instant(departs), 1), Taken::default());
        }
        for day in 0..3 {
            let mut sum = Day::default();
            for claim in list {
                if let Claim::NodeDay { node, date, parcels, lines } = *claim
                    && (node, date) == (NodeIx(row), day)
                {
                    sum.parcels += parcels;
                    sum.lines += lines;
                }
            }
            prop_assert_eq!(load.node_day(NodeIx(row), day), sum);
        }
        let present = |at: i64, points: bool| {
            let there = list.iter().filter(|claim| match **claim {
                Claim::Buffer { node, from, until } if !points => {
                    node == NodeIx(row) && (from..until).contains(&Instant(at))
                }
                Claim::Point { node, from, until } if points => {
                    node == NodeIx(row) && (from..until).contains(&Instant(at))
                }
                _ => false,
            });
            there.count() as u32
        };
        for (from, until) in [(-20, 40), (-3, 4), (0, 1), (5, 5), (7, 3)] {
            let peak = |points| (from..until).map(|at| present(at, points)).max().unwrap_or(0);
            let (a, b) = (Instant(from), Instant(until));
            prop_assert_eq!(load.buffer_peak(NodeIx(row), a, b), peak(false));
            prop_assert_eq!(load.point_peak(NodeIx(row), a, b), peak(true));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_load_is_the_sum_of_its_claims(
        acts in prop::collection::vec((any::<bool>(), prop::collection::vec(claim(), 1..4), any::<prop::sample::Index>()), 1..24),
    ) {
        let (mut load, mut list) = (Load::default(), Vec::<Claim>::new());
        for (give_back, claims, which) in acts {
            if give_back {
                // Sometimes what is there, sometimes what may not be.
                let mut claims = claims;
                if !list.is_empty() {
                    claims[0] = list[which.index(list.len())];
                }
                let mut left = list.clone();
                let gone = claims.iter().all(|claim| {
                    let row = left.iter().position(|known| known == claim);
                    row.map(|row| left.swap_remove(row)).is_some()
                });
                prop_assert_eq!(load.release(&claims).is_ok(), gone);
                if gone {
                    list = left;
                }
            } else {
                prop_assert_eq!(load.commit(&claims), Ok(()));
                list.extend(claims);
            }
            compare(&load, &list)?;
        }
    }
}

#[test]
fn all_or_nothing() {
    let mut load = Load::default();
    load.commit(&[departure(0, 0, 3), buffer(0, 9)]).unwrap();
    let never = departure(0, 0, 4);
    assert_eq!(load.release(&[departure(0, 0, 3), never]), Err(LoadError::NotCommitted(never)));
    assert_eq!(load.departure(LaneIx(0), Instant(0), 0).grams, Grams(3));
    let heavy = departure(0, 0, u64::MAX / 2);
    assert_eq!(load.commit(&[buffer(0, 9), heavy]), Err(LoadError::Overflow(heavy)));
    assert_eq!(load.buffer_peak(NodeIx(0), Instant(0), Instant(9)), 1);
    load.release(&[buffer(0, 9), departure(0, 0, 3)]).unwrap();
    assert!(load.is_empty());
    assert!(load.buffers.is_empty() && load.departures.is_empty(), "nothing is kept of what is gone");
}

fn world() -> World {
    let document = r#"{"volok": 1, "sellers": [], "skus": [], "channels": [],
      "calendars": [{"id": "hours", "zone": "Asia/Vladivostok"}],
      "nodes": [
        {"id": "a", "stores": {"calendar": "hours", "lines_per_day": 5,
          "zones": [{"id": "shelf", "temperature": [15, 25]}]}},
        {"id": "b", "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]},
          "cross_docks": {"buffer_parcels": 2, "keeps": [{"id": "floor", "temperature": [15, 25]}]},
          "hands_over": {"holds_parcels": 1, "kept_days": 2, "storages": [{"id": "shelf", "temperature": [15, 25]}]}}
      ],
      "lanes": [{"id": "ab", "from": "a", "to": "b", "transit_minutes": 60, "schedule": {"on_demand": {}},
        "compartments": [{"id": "body", "temperature": [15, 25], "capacity": {"grams": 10, "parcels": 2}},
          {"id": "crate", "temperature": [15, 25]}]}]}"#;
    world::build(&spec::world_from_str(document).unwrap()).unwrap()
}

#[test]
fn what_is_left_is_the_capacity_less_what_is_taken() {
    let (world, mut load) = (world(), Load::default());
    load.commit(&[departure(0, 0, 7), buffer(3, 9), buffer(5, 6)]).unwrap();
    let room = load.room_on_departure(&world, LaneIx(0), Instant(0), 0);
    assert_eq!(room, Room { grams: Some(Grams(3)), cm3: None, parcels: Some(1) });
    assert!(room.takes(Grams(3), CubicCentimetres(99)) && !room.takes(Grams(4), CubicCentimetres(0)));
    assert!(load.room_on_departure(&world, LaneIx(0), Instant(0), 1).is_unlimited());
    load.commit(&[departure(0, 0, 7)]).unwrap();
    let full = load.room_on_departure(&world, LaneIx(0), Instant(0), 0);
    assert!(!full.takes(Grams(0), CubicCentimetres(0)), "two parcels are two, however light the third");

    let (a, b) = (NodeIx(0), NodeIx(1));
    let left = |from, until| load.room_in_buffer(&world, NodeIx(0), Instant(from), Instant(until));
    assert_eq!(left(0, 9), None, "no cross-dock, no limit");
    let mut load = Load::default();
    load.commit(&[
        Claim::Buffer { node: b, from: Instant(0), until: Instant(5) },
        Claim::Point { node: b, from: Instant(0), until: Instant(5) },
        Claim::NodeDay { node: a, date: 1, parcels: 3, lines: 4 },
    ])
    .unwrap();
    assert_eq!(load.room_in_buffer(&world, b, Instant(4), Instant(9)), Some(1));
    assert_eq!(load.room_in_buffer(&world, b, Instant(5), Instant(9)), Some(2));
    assert_eq!(load.room_at_point(&world, b, Instant(4), Instant(9)), Some(0));
    let day = load.room_on_day(&world, a, 1);
    assert_eq!((day.parcels, day.lines), (None, Some(1)));
    assert_eq!(load.room_on_day(&world, b, 1).lines, None);
}

#[test]
fn a_date_begins_at_local_midnight() {
    let world = world();
    let at = |text: &str| spec::instant(text).unwrap();
    let day = spec::date("2026-03-02").unwrap();
    assert_eq!(local_date(&world, NodeIx(0), at("2026-03-02T00:00:00+10:00")), day);
    assert_eq!(local_date(&world, NodeIx(0), at("2026-03-01T23:59:59+10:00")), day - 1);
    assert_eq!(local_date(&world, NodeIx(1), at("2026-03-01T23:59:59Z")), day - 1);
    assert_eq!(local_date(&world, NodeIx(1), at("2026-03-02T00:00:00Z")), day);
    assert_eq!(local_date(&world, NodeIx(1), Instant(i64::MAX)), i32::MAX);
}
