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
