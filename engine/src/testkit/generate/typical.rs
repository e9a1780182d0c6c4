//! The benchmark mix: a million SKUs, 64 warehouses, 5.7 cells per SKU, orders of 2.2 lines.
//!
//! Network and catalogue are a document; six million stock rows as documents would weigh gigabytes, so stock comes as
//! numbers on the built world, and so do orders.

use super::parts::{MONDAY, popular_rows};
use super::{Size, country_network};
use crate::spec;
use crate::testkit::Random;
use crate::units::{Index, Instant, Money, Quantity, Seconds, limits};
use crate::world::{ChannelIx, Line, NodeIx, Order, Policy, SellerIx, SkuIx, World, ZoneIx};

/// A benchmark mix; see the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Typical {
    /// Network and catalogue, without stock.
    pub world: spec::World,
    seed: u64,
}

/// One stock record by numbers: units of an SKU of a seller on hand in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// What.
    pub sku: SkuIx,
    /// Whose.
    pub seller: SellerIx,
    /// Where.
    pub node: NodeIx,
    /// In which zone of the node.
    pub zone: ZoneIx,
    /// How many.
    pub on_hand: u32,
}

/// The mix of a seed; `size.orders` is not used here.
pub fn typical(seed: u64, size: Size) -> Typical {
    Typical { world: country_network(seed, size), seed }
}

impl Typical {
    /// Stock of the built world, SKU by SKU.
    pub fn stock<'a>(&self, world: &'a World) -> impl Iterator<Item = StockRow> + use<'a> {
        let mut random = Random::part(self.seed, "typical stock");
        let storing: Vec<NodeIx> =
            world.nodes().enumerated().filter(|(_, node)| node.stores.is_some()).map(|(ix, _)| ix).collect();
        let mut rows = storing;
        world.skus().enumerated().flat_map(move |(ix, thing)| {
            // A shuffle of the front alone: cells stand at as many different nodes as are drawn.
            let many = random.count(57, rows.len().max(1) as i64) as usize;
            let owner = random.popular(world.sellers().len());
            let mut cells = Vec::with_capacity(many);
            for front in 0..rows.len() {
                if cells.len() == many {
                    break;
                }
                let other = front + random.row(rows.len() - front);
                rows.swap(front, other);
                let node = rows[front];
                let Some(stores) = &world.nodes()[node].stores else { continue };
                let zone =
                    stores.zones().find(|&zone| thing.temperature.tolerates(world.zones()[zone].temperature));
                let Some(zone) = zone else { continue };
                let seller = if random.percent(85) { owner } else { random.popular(world.sellers().len()) };
                let on_hand = random.count(120, 200) as u32;
                cells.push(StockRow { sku: ix, seller: SellerIx::of(seller), node, zone, on_hand });
            }
            cells
        })
    }

    /// Orders of the built world.
    pub fn orders(&self, world: &World, many: usize) -> Vec<Order> {
        let mut random = Random::part(self.seed, "typical orders");
        let points: Vec<NodeIx> = world
            .nodes()
            .enumerated()
            .filter(|(_, node)| node.hands_over.is_some())
            .map(|(ix, _)| ix)
            .collect();
        (0..many).map(|k| order(world, &points, (k, many), &mut random)).collect()
    }
}

fn order(world: &World, points: &[NodeIx], (k, many): (usize, usize), random: &mut Random) -> Order {
    let count = random.count(22, 30);
    let lines = popular_rows(random, count, world.skus().len())
        .into_iter()
        .map(|row| {
            let sku = SkuIx::of(row);
            let value = world.skus()[sku].value;
            Line {
                sku,
                qty: Quantity(random.count(13, 10) as u32),
                sellers: None,
                min_life: Seconds(0),
                unit_value: value,
                unfilled_penalty: Money(value.0 / 2 + 100_000),
            }
        })
        .collect();
    let placed_at = Instant(MONDAY + (k as i64 * 7 * 86_400) / many.max(1) as i64);
    Order {
        id: (1_001 + k).to_string().into(),
        channel: ChannelIx::of(random.row(world.channels().len())),
        customer: None,
        placed_at,
        to: points[random.popular(points.len())],
        lines,
        deadline: None,
        promise: placed_at.after(Seconds(86_400 * random.between(2, 6))),
        late_per_hour: Money(50),
        priority: 0,
        policy: Policy {
            partial: true,
            max_deliveries: None,
            delivery_penalty: Money(3_000),
            together: Vec::new(),
            quantity_split: true,
            latest_useful: Seconds(limits::HORIZON_DAYS * 86_400),
        },
    }
}
