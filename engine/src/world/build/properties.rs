//! Whatever is done to a document, it is built or refused, and the order of its rows is never seen.

use crate::spec;
use crate::stock;
use crate::world::build;
use crate::world::fixture::{self, spoil};
use proptest::prelude::*;
use serde_json::Value;

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_document_is_built_or_refused(
        acts in prop::collection::vec((any::<usize>(), any::<u8>(), prop_oneof![
            any::<i64>(), -2i64..100, Just(i64::MIN), Just(i64::MAX), Just(1i64 << 31), Just(1i64 << 32),
        ], prop_oneof![Just("pen".to_owned()), Just("fridge".to_owned()), Just("24:00".to_owned()), ".{0,12}"]), 1..6),
    ) {
        let mut world: Value = serde_json::from_str(fixture::WORLD).unwrap();
        let mut order: Value = serde_json::from_str(fixture::ORDER).unwrap();
        for (pick, act, number, text) in &acts {
            spoil(&mut world, *pick, *act, *number, text);
            spoil(&mut order, *pick, *act, *number, text);
        }
        let world = spec::world_from_str(&world.to_string()).ok();
        let order = spec::order_from_str(&order.to_string()).ok();
        if let Some(document) = world && let Ok(world) = build(&document) {
            let _ = stock::build(&world, &document);
            if let Some(order) = order {
                let _ = world.order(&order);
            }
        }
    }

    #[test]
    fn the_order_of_rows_is_never_seen(seed in any::<u64>()) {
        let document = fixture::world();
        let world = build(&document).unwrap();
        let cells = stock::build(&world, &document).unwrap();
        let mut mixed = document;
        let mut state = seed;
        mix(&mut mixed, &mut state);
        let again = build(&mixed).unwrap();
        prop_assert_eq!(format!("{world:?}"), format!("{again:?}"));
        prop_assert_eq!(cells, stock::build(&again, &mixed).unwrap());
    }
}

fn mix(world: &mut spec::World, state: &mut u64) {
    shuffle(&mut world.sellers, state);
    shuffle(&mut world.skus, state);
    shuffle(&mut world.segregation, state);
    shuffle(&mut world.calendars, state);
    shuffle(&mut world.nodes, state);
    shuffle(&mut world.lanes, state);
    shuffle(&mut world.channels, state);
    shuffle(&mut world.stock, state);
    shuffle(&mut world.inbound, state);
    for calendar in &mut world.calendars {
        calendar
            .weekly
            .iter_mut()
            .flat_map(|weekly| weekly.values_mut())
            .for_each(|spans| shuffle(spans, state));
    }
    for node in &mut world.nodes {
        node.stores.iter_mut().for_each(|stores| shuffle(&mut stores.zones, state));
        node.cross_docks.iter_mut().for_each(|dock| shuffle(&mut dock.keeps, state));
        node.hands_over.iter_mut().for_each(|hands_over| shuffle(&mut hands_over.storages, state));
    }
    for lane in &mut world.lanes {
        shuffle(&mut lane.compartments, state);
    }
}

/// Fisher and Yates, with Marsaglia's xorshift.
fn shuffle<T>(rows: &mut [T], state: &mut u64) {
    for k in (1..rows.len()).rev() {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        rows.swap(k, (*state % (k as u64 + 1)) as usize);
    }
}
