//! The benchmark mix: a million SKUs, 64 warehouses, 5.7 cells per SKU, orders of 2.2 lines.
//!
//! Network and catalogue are a document; six million stock rows as documents would weigh gigabytes, so stock comes as
//! numbers on the built world, and so do orders.

use super::parts::{MONDAY, popular_rows};
use super::{Size, country_network};
use crate::spec;
use crate::stock::{Cell, Stock, StockBuilder};
use crate::testkit::Random;
use crate::units::{Index, Instant, Money, Quantity, Seconds, limits};
use crate::world::{ChannelIx, Defects, Line, NodeIx, Order, Policy, SellerIx, SkuIx, World, ZoneIx};

/// A benchmark mix; see the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Typical {
    /// Network and catalogue, without stock.
    pub world: spec::World,
    seed: u64,
}

/// The mix of a seed; `size.orders` is not used here.
pub fn typical(seed: u64, size: Size) -> Typical {
    Typical { world: country_network(seed, size), seed }
}

impl Typical {
    /// Stock of the built world.
    ///
    /// # Errors
    /// Never for the world this was made with; another world's rows may not fit.
    pub fn stock(&self, world: &World) -> Result<Stock, Defects> {
        let mut random = Random::part(self.seed, "typical stock");
        let mut nodes: Vec<NodeIx> =
            world.nodes().enumerated().filter(|(_, node)| node.stores.is_some()).map(|(ix, _)| ix).collect();
        let mut rows = StockBuilder::with_capacity(world.skus().len() * 6);
        for (sku, thing) in world.skus().enumerated() {
            let many = random.count(57, nodes.len() as i64);
            let owner = random.popular(world.sellers().len());
            let mut made = 0;
            // A shuffle of the front alone: cells stand at as many different nodes as are drawn.
            for front in 0..nodes.len() {
                if made == many {
                    break;
                }
                let other = front + random.row(nodes.len() - front);
                nodes.swap(front, other);
                let node = nodes[front];
                let Some(stores) = &world.nodes()[node].stores else { continue };
                let mut zones = stores.zones();
                let fits = |&zone: &ZoneIx| thing.temperature.tolerates(world.zones()[zone].temperature);
                let Some(zone) = zones.find(fits) else { continue };
                let stranger = random.popular(world.sellers().len());
                let seller = SellerIx::of(if random.percent(85) { owner } else { stranger });
                let on_hand = random.count(120, 200) as u32;
                rows.cell(sku, on_hand_cell(seller, node, zone, on_hand));
                made += 1;
            }
        }
        rows.finish(world)
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

fn on_hand_cell(seller: SellerIx, node: NodeIx, zone: ZoneIx, on_hand: u32) -> Cell {
    Cell {
        expires: Instant::NEVER,
        available_at: Instant::ALWAYS,
        price: Money::ZERO,
        seller,
        node,
        zone,
        lot: u32::MAX,
        on_hand,
        held: 0,
        safety: 0,
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
