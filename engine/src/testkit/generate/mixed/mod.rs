//! Random worlds that use every feature of the model: small ones for the exhaustive oracle, hostile ones for
//! everything that breaks on ties, zeros and edges.
//!
//! Both are drawn by the same code with other [`Knobs`], so a feature added here reaches both.

mod crossed;
mod crowded;
mod goods;
mod network;
#[cfg(test)]
mod tests;
mod wishes;

use super::parts::world;
use super::{Generated, Size};
use crate::spec;
use crate::testkit::Random;

/// What is drawn, and how wide.
#[derive(Clone, Copy, Debug)]
struct Knobs {
    /// SKUs, at most.
    skus: i64,
    /// Nodes that store, at most.
    storing: i64,
    /// Nodes that hand over, at most.
    points: i64,
    /// Orders.
    orders: i64,
    /// Lines of an order, at most.
    lines: i64,
    /// Cells of one SKU over all nodes, at most.
    cells: usize,
    /// Costs are all 0, 1 or 10, weights all 100 g: as many plans as possible cost the same.
    ties: bool,
    /// Limits, steps, deadlines and stocks stand exactly on what the orders need.
    edges: bool,
}

impl Knobs {
    /// A cost up to `most`; of a tied world, one of three.
    fn cost(&self, random: &mut Random, most: i64) -> i64 {
        if self.ties { random.of(&[0, 0, 1, 10]) } else { random.between(0, most) }
    }
}

/// A world small enough for the exhaustive oracle with one order: up to 4 lines of 1 to 3 units, 4 storing nodes
/// of up to 3 zones, 2 lanes a pair, lots, announced supply, fences, every policy, every kind of tariff and schedule
/// in zones with and without summer time. Some of its orders cannot be served.
pub fn small(seed: u64) -> Generated {
    let random = &mut Random::part(seed, "small");
    let ties = random.percent(15);
    let edges = random.percent(30);
    let knobs = Knobs { skus: 5, storing: 4, points: 2, orders: 1, lines: 4, cells: 6, ties, edges };
    let mut made = draw(seed, knobs);
    for order in &mut made.orders {
        while plans(&made.world, order) > PLANS && wishes::shrink(order) {}
    }
    made
}

/// A world small enough for the exhaustive oracle of routes and merges, with one order: up to 4 lines, 4 storing nodes
/// and 3 cross-docks, some of which store or hand over; what `small` has, and lanes to, between and from cross-docks
/// that handle, merge and keep for so long. In most of them changing lanes or merging is worth it.
pub fn crossed(seed: u64) -> Generated {
    crossed::draw(seed, 1)
}

/// A world as `crossed` makes them, with up to three smaller orders, in which departures, days, buffers and hand-over
/// points take only so much: often the last place is wanted by two parcels, of two orders or of one.
pub fn crowded(seed: u64) -> Generated {
    crowded::draw(seed)
}

/// Pairs of (units picked at a node, units of them in one parcel) that the exhaustive oracle may have to look at.
const PLANS: u64 = 60_000;

/// The most such pairs over all nodes: units of a line over its cells, each in this parcel or another.
fn plans(world: &spec::World, order: &spec::Order) -> u64 {
    let at = |node: &spec::Node| {
        let cells = |sku: &str| {
            let stock = world.stock.iter().filter(|row| row.node == node.id && row.sku == sku).count();
            stock + world.inbound.iter().filter(|row| row.node == node.id && row.sku == sku).count()
        };
        order.lines.iter().map(|line| ways(line.qty.max(0) as u64, 2 * cells(&line.sku) as u64)).product()
    };
    world.nodes.iter().map(at).max().unwrap_or(0)
}

/// Ways to take at most `units` like units from `places`.
fn ways(units: u64, places: u64) -> u64 {
    (1..=places).fold(1, |ways, place| ways * (units + place) / place)
}

/// A world of ties, zeros and edges with `size.orders` orders that compete for little stock.
pub fn hostile(seed: u64, size: Size) -> Generated {
    let within = |value: usize, most: i64| (value as i64).clamp(1, most);
    let random = &mut Random::part(seed, "hostile");
    let knobs = Knobs {
        skus: within(size.skus, 10_000),
        storing: within(size.storing, 64),
        points: within(size.hand_over, 64),
        orders: within(size.orders, 1_000_000),
        lines: 10,
        cells: 12,
        ties: random.percent(60),
        edges: random.percent(80),
    };
    draw(seed, knobs)
}

fn draw(seed: u64, knobs: Knobs) -> Generated {
    let mut world: spec::World = world();
    world.currency = None;
    network::draw(&mut world, &knobs, &mut Random::part(seed, "network"));
    goods::draw(&mut world, &knobs, &mut Random::part(seed, "goods"));
    let placed = Random::part(seed, "clock").of(&CLOCKS);
    goods::stock(&mut world, &knobs, placed, &mut Random::part(seed, "stock"));
    let orders = wishes::draw(&world, &knobs, placed, &mut Random::part(seed, "orders"));
    if knobs.edges {
        network::tighten(&mut world, &orders, &mut Random::part(seed, "edges"));
    }
    Generated { world, orders }
}

/// Moments around which orders are placed, UTC: an ordinary Monday, the days before clocks change in America and in
/// Europe, spring and autumn, and New Year.
const CLOCKS: [i64; 6] = [
    1_772_409_600, // 2026-03-02
    1_772_409_600,
    1_772_841_600, // 2026-03-07
    1_774_656_000, // 2026-03-28
    1_792_800_000, // 2026-10-24
    1_767_052_800, // 2025-12-30
];
