//! Stories of worlds, sound and broken.

use crate::spec;
use crate::stock;
use crate::units::{Index, Seconds};
use crate::world::{Defects, NodeIx, Schedule, World, build, fixture};

fn built(change: impl FnOnce(&mut spec::World)) -> Result<World, Defects> {
    let mut document = fixture::world();
    change(&mut document);
    build(&document)
}

#[test]
fn a_sound_world_is_built_in_the_order_of_keys() {
    let world = built(|_| {}).unwrap();
    assert_eq!(world.node_names().iter().collect::<Vec<_>>(), ["klin", "pickup", "tver"]);
    assert_eq!(world.sku_label(world.sku_names().find("pen").unwrap()), "Pen, blue");
    assert_eq!(world.skus()[world.sku_names().find("pen").unwrap()].cm3, 16, "140 × 10 × 11 mm, rounded up");
    let zones: Vec<_> = world.zones().iter().map(|zone| &*zone.name).collect();
    assert_eq!(zones, ["fridge", "fridge", "shelf"]);
    assert_eq!(world.zones().as_slice()[2].lead, Seconds(3600));
    assert_eq!(world.lanes_to(world.node_names().find("pickup").unwrap()).len(), 2);
    assert_eq!(world.lanes_to(NodeIx::of(0)).len(), 0);
}

#[test]
fn hours_that_touch_are_one_span_and_departures_are_moments() {
    let world = built(|_| {}).unwrap();
    let calendars = world.calendars().as_slice();
    assert_eq!(calendars.len(), 3);
    assert_eq!(calendars[0].weekly, None);
    let (hour, day) = (3600, 86_400);
    let (friday, saturday) = (4 * day, 5 * day);
    let open = vec![
        (9 * hour, 18 * hour),
        (friday + 22 * hour, friday + 24 * hour),
        (saturday, saturday + 2 * hour),
    ];
    assert_eq!(calendars[1].weekly, Some(open));
    let lane = &world.lanes()[world.lane_names().find("tver-pickup").unwrap()];
    let Schedule::Weekly(calendar) = lane.schedule else { panic!("weekly") };
    let departures = world.calendars()[calendar].weekly.clone().unwrap();
    assert_eq!(departures[0], (18 * hour, 18 * hour));
    assert_eq!(departures.len(), 3);
}

#[test]
fn a_zone_knows_its_changes_of_offset() {
    let world = built(|_| {}).unwrap();
    let berlin = &world.calendars().as_slice()[0].zone;
    assert_eq!(berlin.offsets[0], (i64::MIN, 3600));
    // 2026-03-29T01:00:00Z, clocks go forward; far ahead the rule still holds.
    assert!(berlin.offsets.contains(&(1_774_746_000, 7200)));
    assert!(berlin.offsets.last().unwrap().0 > 7_200_000_000);
    assert!(berlin.offsets.is_sorted());
}

#[test]
fn stock_stands_by_sku_and_expiry() {
    let document = fixture::world();
    let world = build(&document).unwrap();
    let stock = stock::build(&world, &document).unwrap();
    let (_, milk) = stock.of(world.sku_names().find("milk").unwrap());
    let lots: Vec<_> = milk.iter().map(|cell| (stock.lot(cell), cell.on_hand)).collect();
    assert_eq!(
        lots,
        [(Some("a"), 7), (Some("b"), 5), (None, 42)],
        "two papers for one moment are one supply"
    );
    let order = world.order(&fixture::order()).unwrap();
    assert_eq!(order.lines.len(), 2);
}

/// Places and codes of all defects.
fn defects(change: impl FnOnce(&mut spec::World)) -> Vec<(String, &'static str)> {
    let Defects(defects) = built(change).unwrap_err();
    defects.into_iter().map(|defect| (defect.place, defect.code)).collect()
}

fn one(place: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(place.to_owned(), code)]
}

#[test]
fn all_defects_come_at_once_in_the_order_of_the_document() {
    let found = defects(|world| {
        world.skus[0].grams = -1;
        world.skus[2].id = "pen".to_owned();
        world.skus[2].temperature = Some([6, 2]);
        world.calendars[0].zone = "Europe/Moskow".to_owned();
        world.nodes[2].hands_over.as_mut().unwrap().storages[1].temperature = [2, 1000];
        world.lanes[0].to = "pickpu".to_owned();
        world.channels[1].nodes = Some(vec!["pickup".to_owned()]);
    });
    let wanted = [
        ("skus[0].grams", "out_of_range"),
        ("skus[2].id", "duplicate"),
        ("skus[2].temperature", "empty"),
        ("calendars[0].zone", "unknown"),
        ("nodes[2].hands_over.storages[1].temperature", "out_of_range"),
        ("lanes[0].to", "unknown"),
        ("channels[1].nodes[0]", "conflict"),
    ];
    assert_eq!(found, wanted.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn an_unknown_key_comes_with_the_one_that_was_meant() {
    let Defects(found) = built(|world| world.lanes[0].from = "Tver".to_owned()).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "lanes[0].from: found \"Tver\"; the id of a node; did you mean \"tver\"?"
    );
    let Defects(found) = built(|world| world.calendars[1].zone = "europe/berlin".to_owned()).unwrap_err();
    assert!(found[0].right.contains("did you mean \"Europe/Berlin\"?"), "{}", found[0]);
}

#[test]
fn a_tariff_rises() {
    let steps = |up_to: [i64; 2], price: [i64; 2]| {
        move |world: &mut spec::World| {
            for (k, step) in world.tariffs[0].steps.iter_mut().enumerate() {
                (step.up_to_grams, step.price) = (up_to[k], price[k]);
            }
        }
    };
    assert_eq!(defects(steps([1000, 1000], [0, 0])), one("tariffs[0].steps[1].up_to_grams", "conflict"));
    assert_eq!(defects(steps([1000, 2000], [5, 4])), one("tariffs[0].steps[1].price", "conflict"));
    assert_eq!(defects(steps([1000, 2000], [-5, 4])), one("tariffs[0].steps[0].price", "out_of_range"));
    let many = vec![spec::Step { up_to_grams: 1, price: 1 }; 300];
    assert_eq!(
        defects(|world| world.tariffs[0].steps = many)[0],
        ("tariffs[0].steps".to_owned(), "too_many")
    );
}

#[test]
fn hours_are_local_times_of_weekdays() {
    let weekly = |day: &str, spans: &[[&str; 2]]| {
        let spans = spans.iter().map(|span| span.map(str::to_owned)).collect();
        let day = day.to_owned();
        move |world: &mut spec::World| world.calendars[0].weekly = Some([(day, spans)].into())
    };
    let place = |rest: &str| format!("calendars[0].weekly{rest}");
    assert_eq!(defects(weekly("monday", &[])), [(place(""), "unknown"), (place(""), "empty")]);
    assert_eq!(defects(weekly("mon", &[["9:00", "18:00"]])), one(&place(".mon[0][0]"), "malformed"));
    assert_eq!(defects(weekly("mon", &[["22:00", "02:00"]])), one(&place(".mon[0]"), "empty"));
    let crossing = [["12:00", "20:00"], ["09:00", "13:00"]];
    assert_eq!(defects(weekly("mon", &crossing)), one(&place(".mon[0]"), "conflict"));
    assert!(built(weekly("sun", &[["00:00", "24:00"]])).is_ok());
    let closed = |world: &mut spec::World| world.calendars[0].closed.push("2026-02-29".to_owned());
    assert_eq!(defects(closed), one("calendars[0].closed[1]", "malformed"));
}

#[test]
fn a_lane_leads_somewhere_and_carries_something() {
    let found = defects(|world| {
        world.lanes[1].to = "klin".to_owned();
        world.lanes[1].compartments.clear();
        world.lanes[1].schedule = spec::Schedule::Every { minutes: 0, calendar: Some("dya".to_owned()) };
        world.lanes[1].transit_minutes = i64::MAX;
    });
    let places: Vec<_> = found.iter().map(|(place, _)| &**place).collect();
    let rest = ["to", "compartments", "schedule.every.minutes", "schedule.every.calendar", "transit_minutes"];
    assert_eq!(places, rest.map(|rest| format!("lanes[1].{rest}")));
    let late = |world: &mut spec::World| {
        let at = [("mon".to_owned(), vec!["24:00".to_owned()])].into();
        world.lanes[0].schedule =
            spec::Schedule::Weekly { zone: "Europe/Moscow".to_owned(), at, closed: Vec::new() };
    };
    assert_eq!(defects(late), one("lanes[0].schedule.weekly.at.mon[0]", "malformed"));
}

#[test]
fn places_that_keep_nothing_or_the_same_twice_are_found() {
    let found = defects(|world| {
        world.nodes[0].stores.as_mut().unwrap().zones[1].id = "shelf".to_owned();
        world.nodes[1].stores.as_mut().unwrap().zones.clear();
        world.nodes[2].hands_over.as_mut().unwrap().storages.clear();
    });
    let wanted = [
        ("nodes[0].stores.zones[1].id", "duplicate"),
        ("nodes[1].stores.zones", "empty"),
        ("nodes[2].hands_over.storages", "empty"),
    ];
    assert_eq!(found, wanted.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn a_cross_dock_and_capacities_are_read() {
    let world = built(|_| {}).unwrap();
    assert_eq!(world.max_legs(), 5);
    assert!(!world.is_unlimited());
    let node = |key| &world.nodes()[world.node_names().find(key).unwrap()];
    let dock = node("klin").cross_docks.as_ref().unwrap();
    assert_eq!((dock.handling, dock.merging, dock.buffer), (Seconds(1200), Seconds(900), Some(60)));
    let keeps: Vec<_> = dock.keeps.iter().map(|keep| (&*keep.name, keep.longest)).collect();
    assert_eq!(keeps, [("cold", Some(Seconds(12 * 3600))), ("floor", None)], "in the order of keys");
    let stores = node("tver").stores.as_ref().unwrap();
    assert_eq!((stores.parcels_per_day, stores.lines_per_day), (Some(900), Some(4000)));
    let point = node("pickup").hands_over.as_ref().unwrap();
    assert_eq!((point.holds, point.stay), (Some(80), Some(Seconds(3 * 86_400))));
    let lane = &world.lanes()[world.lane_names().find("tver-pickup").unwrap()];
    assert_eq!((&*lane.compartments[0].name, lane.compartments[0].capacity.parcels), ("box", Some(30)));
    assert!(lane.compartments[1].capacity.is_unlimited());
}

#[test]
fn what_is_not_said_is_not_limited() {
    let world = built(|world| {
        world.max_legs = None;
        world.nodes[0].stores.as_mut().unwrap().parcels_per_day = None;
        world.nodes[0].stores.as_mut().unwrap().lines_per_day = None;
        world.nodes[1].cross_docks.as_mut().unwrap().buffer_parcels = None;
        world.nodes[2].hands_over.as_mut().unwrap().holds_parcels = None;
        world.lanes[0].compartments[1].capacity = Some(spec::Capacity::default());
    })
    .unwrap();
    assert_eq!(world.max_legs(), 4);
    assert!(world.is_unlimited());
}

#[test]
fn cross_docks_and_capacities_that_cannot_be_are_found() {
    let found = defects(|world| {
        world.max_legs = Some(9);
        world.nodes[0].stores.as_mut().unwrap().lines_per_day = Some(-1);
        let dock = world.nodes[1].cross_docks.as_mut().unwrap();
        dock.calendar = Some("nights".to_owned());
        dock.handling_minutes = -1;
        dock.keeps[0].id = "cold".to_owned();
        dock.keeps[1].longest_dwell_minutes = Some(i64::MAX);
        let point = world.nodes[2].hands_over.as_mut().unwrap();
        (point.kept_days, point.expected_stay_days) = (None, None);
        world.lanes[0].compartments[1].capacity.as_mut().unwrap().cm3 = Some(-5);
    });
    let wanted = [
        ("max_legs", "out_of_range"),
        ("nodes[0].stores.lines_per_day", "out_of_range"),
        ("nodes[1].cross_docks.keeps[1].id", "duplicate"),
        ("nodes[1].cross_docks.keeps[1].longest_dwell_minutes", "out_of_range"),
        ("nodes[1].cross_docks.calendar", "unknown"),
        ("nodes[1].cross_docks.handling_minutes", "out_of_range"),
        ("nodes[2].hands_over.holds_parcels", "missing"),
        ("lanes[0].compartments[1].capacity.cm3", "out_of_range"),
    ];
    assert_eq!(found, wanted.map(|(place, code)| (place.to_owned(), code)));
    let none = defects(|world| world.nodes[1].cross_docks.as_mut().unwrap().keeps.clear());
    assert_eq!(none, one("nodes[1].cross_docks.keeps", "empty"));
}

#[test]
fn lanes_that_depart_alike_share_a_calendar() {
    let world = built(|world| {
        let mut twin = world.lanes[0].clone();
        twin.id = "again".to_owned();
        world.lanes.push(twin);
    });
    assert_eq!(world.unwrap().calendars().len(), 3);
}

#[test]
fn a_node_without_capabilities_is_a_place_to_pass() {
    let bare = |id: &str| spec::Node {
        id: id.to_owned(),
        name: None,
        at: None,
        legal_entity: None,
        owner: None,
        stores: None,
        cross_docks: None,
        hands_over: None,
    };
    assert!(built(|world| world.nodes.push(bare("hub"))).is_ok());
    let found = defects(|world| world.nodes.push(spec::Node { at: Some([f64::NAN, 0.0]), ..bare("") }));
    assert_eq!(found, [("nodes[3].id".to_owned(), "empty"), ("nodes[3].at".to_owned(), "out_of_range")]);
}

#[test]
fn ten_thousand_defects_are_enough() {
    let Defects(found) = built(|world| {
        let sku = world.skus[0].clone();
        world.skus.extend((0..12_000).map(|k| spec::Sku { id: format!("s{k}"), grams: -1, ..sku.clone() }));
    })
    .unwrap_err();
    assert_eq!(found.len(), 10_001);
    assert_eq!(found[10_000].found, "2000 more defects");
}

#[test]
fn a_megabyte_of_key_is_a_short_defect() {
    let Defects(found) = built(|world| world.skus[0].id = "x".repeat(1 << 20)).unwrap_err();
    assert_eq!(found[0].place, "skus[0].id");
    assert!(found[0].to_string().len() < 300);
}
