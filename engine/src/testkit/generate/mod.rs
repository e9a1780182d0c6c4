//! Worlds and orders from a seed: the same seed and size give the same bytes for ever.
//!
//! Each preset is a function in a file of its own that says what it is for. [`preset`] finds one by name.

mod cities;
mod competing;
mod country;
mod grocery;
mod mixed;
pub mod parts;
mod spokes;
mod three_items;
mod typical;

pub use cities::{CITIES, City, kilometres};
pub use competing::competing;
pub use country::country;
use country::country_network;
pub use grocery::grocery;
pub use mixed::{crossed, crowded, hostile, small};
pub use three_items::{CHEAPEST, COMPLETES_AT, three_items};
pub use typical::{Typical, typical};

use crate::spec;
use crate::stock::{self, Stock};
use crate::world::{self, Defects, Order, World};

/// A world document with orders that fit it.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// Network, catalogue and stock.
    pub world: spec::World,
    /// Orders in the order in which they are placed.
    pub orders: Vec<spec::Order>,
}

/// How big a generated world is. A preset takes what concerns it and keeps each within sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// SKUs in the catalogue.
    pub skus: usize,
    /// Nodes that store.
    pub storing: usize,
    /// Nodes that hand over.
    pub hand_over: usize,
    /// Orders.
    pub orders: usize,
    /// Cross-docks; lanes go straight from every storing node where there are none.
    pub docks: usize,
    /// Whether lanes to hand-over nodes, and these, have room for so many parcels only.
    pub limited: bool,
}

/// Names of the presets that [`preset`] knows.
pub const PRESETS: [&str; 8] =
    ["three-items", "country", "competing", "grocery", "hostile", "small", "crossed", "crowded"];

/// A preset by name; its usual size when none is given. Nothing when there is no such preset.
pub fn preset(name: &str, seed: u64, size: Option<Size>) -> Option<Generated> {
    let or = |skus, storing, hand_over, orders| {
        size.unwrap_or(Size { skus, storing, hand_over, orders, docks: 0, limited: false })
    };
    match name {
        "three-items" => Some(three_items()),
        "country" => Some(country(seed, or(2_000, 64, 80, 1_000))),
        "competing" => Some(competing(seed, or(500, 24, 24, 1_000))),
        "grocery" => Some(grocery(seed, or(3_000, 12, 24, 500))),
        "hostile" => Some(hostile(seed, or(24, 6, 2, 20))),
        "small" => Some(small(seed)),
        "crossed" => Some(crossed(seed)),
        "crowded" => Some(crowded(seed)),
        _ => None,
    }
}

/// A generated world on its indices: network, stock, orders.
///
/// # Errors
/// Every defect; a generated world has none, which tests hold it to.
pub fn built(made: &Generated) -> Result<(World, Stock, Vec<Order>), Defects> {
    let world = world::build(&made.world)?;
    let stock = stock::build(&world, &made.world)?;
    let orders = made.orders.iter().map(|order| world.order(order)).collect::<Result<_, _>>()?;
    Ok((world, stock, orders))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_another_world() {
        let size = Some(Size { skus: 40, storing: 9, hand_over: 5, orders: 6, docks: 0, limited: false });
        for name in PRESETS {
            let bytes = |seed| {
                let made = preset(name, seed, size).expect("a preset of the list");
                serde_json::to_string(&(made.world, made.orders)).expect("documents are always JSON")
            };
            assert_eq!(bytes(5), bytes(5), "{name}");
            assert_eq!(bytes(5) == bytes(6), name == "three-items", "{name}");
        }
        assert_eq!(preset("no such", 1, None), None);
    }

    #[test]
    fn every_preset_builds_without_defects() {
        let size = Some(Size { skus: 60, storing: 9, hand_over: 7, orders: 8, docks: 0, limited: false });
        for name in PRESETS {
            for seed in 0..if ["small", "crossed", "crowded"].contains(&name) { 3_000 } else { 12 } {
                let made = preset(name, seed, size).expect("a preset of the list");
                built(&made).unwrap_or_else(|defects| panic!("{name} {seed}: {defects}"));
            }
        }
    }

    #[test]
    fn networks_with_cross_docks_build_and_have_few_lanes() {
        let size = Size { skus: 60, storing: 9, hand_over: 40, orders: 8, docks: 4, limited: true };
        for made in (0..12).flat_map(|seed| [country(seed, size), grocery(seed, size)]) {
            let (world, ..) = built(&made).expect("no defects");
            assert_eq!(world.nodes().iter().filter(|node| node.cross_docks.is_some()).count(), 4);
            assert!(made.world.lanes.len() < 9 * 40 * 3 / 4, "{}", made.world.lanes.len());
            assert!(!world.is_unlimited());
        }
    }

    #[test]
    fn the_benchmark_mix_has_the_cells_and_lines_it_promises() {
        let mix =
            typical(4, Size { skus: 2_000, storing: 64, hand_over: 80, orders: 0, docks: 0, limited: false });
        let world = world::build(&mix.world).expect("no defects");
        let stock = mix.stock(&world).expect("no defects");
        assert!((5_000..6_000).contains(&(stock.len() * 1_000 / world.skus().len())), "{}", stock.len());
        let orders = mix.orders(&world, 1_000);
        let lines: usize = orders.iter().map(|order| order.lines.len()).sum();
        assert!((2_000..2_400).contains(&lines), "{lines}");
    }

    #[test]
    fn baskets_have_the_sizes_that_the_presets_promise() {
        let mean = |made: &Generated| {
            made.orders.iter().map(|order| order.lines.len()).sum::<usize>() * 10 / made.orders.len()
        };
        assert!((20..=24).contains(&mean(&country(
            3,
            Size { skus: 500, storing: 8, hand_over: 8, orders: 2_000, docks: 0, limited: false }
        ))));
        let grocery =
            grocery(3, Size { skus: 500, storing: 8, hand_over: 8, orders: 2_000, docks: 0, limited: false });
        assert!((100..=110).contains(&mean(&grocery)));
        assert!(grocery.orders.iter().any(|order| order.lines.len() > 40));
    }
}
