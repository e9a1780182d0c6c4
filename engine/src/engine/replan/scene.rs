//! The world as the rest of the order sees it: nodes closed, the past past, and a place of its own for each bundle.
//!
//! Nodes, lanes, tariffs and channels keep their rows; what a bundle needs stands behind them. A bundle is one unit of an
//! SKU of its own, heavy, large and sensitive as its goods are. It lies at a node of its own from which as many lanes as it
//! has legs behind it lead to where it is, arriving when it does: so times, waits, lengths and prices from there on are
//! those of any parcel. Sellers are one for each seller and node, so that a line can be bound to a node.

use super::bundle::Bundle;
use crate::plan::Disruption;
use crate::stock::{Cell, CellIx, Fence, Stock};
use crate::transit::Transit;
use crate::units::{Index, IndexVec, Instant, Money, Seconds};
use crate::world::{
    self, Calendar, ClassIx, Compartment, CrossDocks, Keep, Lane, LaneIx, Names, Node, NodeIx, Order,
    Schedule, Seller, SellerIx, Sku, SkuIx, StorageZone, Stores, World, Zone, ZoneIx,
};
use std::collections::BTreeMap;

/// As of when the rest of the order is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// As of now: nothing new begins before it.
    Now,
    /// As when it was placed: costs no more than anything that can be done now.
    AtPlacing,
}

/// Where a bundle lies in the scene.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub sku: SkuIx,
    pub seller: SellerIx,
    pub node: NodeIx,
    pub zone: ZoneIx,
    /// Lanes of its own that lead to where it is.
    pub lanes: usize,
}

/// The world of the rest, and what its rows stand for.
pub(super) struct Scene {
    /// How many SKUs it has.
    goods: usize,
    /// By bundle.
    pub spots: Vec<Spot>,
    /// Rows of the order's SKUs here.
    pub skus: BTreeMap<SkuIx, SkuIx>,
    /// Rows of sellers at nodes here.
    pub sellers: BTreeMap<(SellerIx, NodeIx), SellerIx>,
    /// For each lane beyond those of the world: the one it stands for, if any.
    pub stands_for: Vec<Option<LaneIx>>,
    pub lanes: usize,
    pub clock: Clock,
}

/// A scene being built.
struct Builder<'a> {
    old: &'a World,
    nodes: IndexVec<NodeIx, Node>,
    zones: IndexVec<ZoneIx, StorageZone>,
    lanes: Vec<Lane>,
    calendars: IndexVec<world::CalendarIx, Calendar>,
    sellers: IndexVec<SellerIx, Seller>,
    skus: IndexVec<SkuIx, Sku>,
    stands_for: Vec<Option<LaneIx>>,
}

impl Scene {
    /// `old` has its nodes closed already. Nothing where something passes what a row can hold.
    pub fn new(
        old: &World,
        stock: &Stock,
        order: &Order,
        disruption: &Disruption,
        bundles: &[Bundle],
        clock: Clock,
    ) -> Option<(Scene, World, Transit)> {
        let mut lanes: Vec<Lane> = old.lanes().iter().cloned().collect();
        if clock == Clock::Now {
            for lane in &mut lanes {
                // What is decided now makes no cut-off that has passed.
                let from = disruption.now.after(lane.cut_off).unwrap_or(Instant::NEVER);
                let past = (Instant::ALWAYS, from);
                lane.shut = world::joined(lane.shut.iter().copied().chain([past]));
            }
        }
        let mut build = Builder {
            old,
            nodes: old.nodes().clone(),
            zones: old.zones().clone(),
            lanes,
            calendars: old.calendars().clone(),
            sellers: IndexVec::default(),
            skus: IndexVec::default(),
            stands_for: Vec::new(),
        };
        for (_, node) in build.nodes.enumerated_mut() {
            node.owner = None;
        }
        let mut skus = BTreeMap::new();
        let mut sellers = BTreeMap::new();
        for line in &order.lines {
            skus.entry(line.sku).or_insert_with(|| build.skus.push(old.skus()[line.sku].clone()));
            for cell in stock.of(line.sku).1 {
                let entity = old.sellers()[cell.seller].entity;
                sellers
                    .entry((cell.seller, cell.node))
                    .or_insert_with(|| build.sellers.push(Seller { entity }));
            }
        }
        let entity = old.nodes()[order.to].entity;
        let mut spots = Vec::with_capacity(bundles.len());
        for bundle in bundles {
            let seller = build.sellers.push(Seller { entity });
            spots.push(build.place(bundle, seller)?);
        }
        let classes = build.keep_apart(&skus, &spots, bundles);
        let lanes = old.lanes().len();
        let stands_for = std::mem::take(&mut build.stands_for);
        let world = build.finish(order, &spots, classes)?;
        let mut transit = Transit::new(&world);
        if clock == Clock::Now {
            transit.merge_from(disruption.now);
        }
        let goods = world.skus().len();
        Some((Scene { goods, spots, skus, sellers, stands_for, lanes, clock }, world, transit))
    }

    /// The lane of the world that a lane of the scene stands for.
    pub fn lane(&self, lane: LaneIx) -> Option<LaneIx> {
        match lane.row().checked_sub(self.lanes) {
            None => Some(lane),
            Some(row) => self.stands_for[row],
        }
    }

    /// Cells of the order's SKUs, with what is free of them by `free`, beside one cell for each of some bundles. With the
    /// cells of the scene come the cells of the stock they stand for.
    pub fn stock(
        &self,
        stock: &Stock,
        disruption: &Disruption,
        (bundles, chosen): (&[Bundle], &[usize]),
        free: impl Fn(CellIx) -> u32,
    ) -> (Stock, Vec<Option<CellIx>>) {
        let mut rows: Vec<(SkuIx, (Cell, Option<CellIx>))> = Vec::new();
        for (&old, &sku) in &self.skus {
            let (first, cells) = stock.of(old);
            for (row, cell) in cells.iter().enumerate() {
                let ix = CellIx::of(first.row() + row);
                let mut cell = cell.clone();
                cell.seller = self.sellers[&(cell.seller, cell.node)];
                (cell.on_hand, cell.held, cell.safety) = (free(ix), 0, 0);
                if self.clock == Clock::Now {
                    cell.available_at = cell.available_at.max(disruption.now);
                }
                rows.push((sku, (cell, Some(ix))));
            }
        }
        for &number in chosen {
            let (bundle, spot) = (&bundles[number], self.spots[number]);
            let cell = Cell {
                expires: bundle.lives,
                available_at: bundle.since,
                price: Money::ZERO,
                seller: spot.seller,
                node: spot.node,
                zone: spot.zone,
                lot: u32::MAX,
                on_hand: 1,
                held: 0,
                safety: 0,
            };
            rows.push((spot.sku, (cell, None)));
        }
        rows.sort_by_key(|(sku, (cell, ix))| {
            (*sku, cell.node, cell.zone, cell.seller, cell.expires, cell.available_at, *ix)
        });
        let mut first = vec![0; self.goods + 1];
        for (sku, _) in &rows {
            first[sku.row() + 1] += 1;
        }
        for row in 1..first.len() {
            first[row] += first[row - 1];
        }
        let mut fences: Vec<Fence> = Vec::new();
        for fence in stock.all_fences() {
            let seller = self.sellers.get(&(fence.seller, fence.node));
            if let Some((&sku, &seller)) = self.skus.get(&fence.sku).zip(seller) {
                fences.push(Fence { sku, seller, ..fence.clone() });
            }
        }
        fences.sort_by_key(|fence| (fence.sku, fence.seller, fence.node));
        let (cells, stands_for) = rows.into_iter().map(|(_, row)| row).unzip();
        (Stock { cells, first, lots: Vec::new(), fences }, stands_for)
    }
}

impl Builder<'_> {
    /// A node of its own for a bundle, and its way to where it is.
    fn place(&mut self, bundle: &Bundle, seller: SellerIx) -> Option<Spot> {
        let sku = self.skus.push(Sku {
            value: Money::ZERO,
            grams: u32::try_from(bundle.grams).ok()?,
            cm3: u32::try_from(bundle.cm3).ok()?,
            size_mm: bundle.size_mm,
            temperature: bundle.temperature,
            ships_alone: false,
            class: None,
        });
        let node = self.node();
        let zone = self.zones.push(StorageZone {
            node,
            name: "bundle".into(),
            temperature: bundle.temperature,
            lead: Seconds::ZERO,
            cost_per_line: Money::ZERO,
            cost_per_unit: Money::ZERO,
        });
        self.node_mut(node).stores = Some(Stores {
            calendar: None,
            cost_per_parcel: Money::ZERO,
            parcels_per_day: None,
            lines_per_day: None,
            zones: zone.0..zone.0 + 1,
        });
        // Goods that stand where they were packed ride on from there; those merged there have legs behind them.
        let lanes = if bundle.stands { bundle.legs } else { bundle.legs.max(1) };
        let mut from = node;
        for leg in 0..lanes {
            let last = leg + 1 == lanes;
            let to = if last && !bundle.stands { bundle.at } else { self.dock(bundle) };
            self.lane(bundle, from, to);
            from = to;
        }
        if bundle.stands {
            self.copy_lanes(bundle, from);
        }
        Some(Spot { sku, seller, node, zone, lanes })
    }

    fn node_mut(&mut self, node: NodeIx) -> &mut Node {
        &mut self.nodes[node]
    }

    fn node(&mut self) -> NodeIx {
        let entity = Index::of(0);
        let node = Node {
            label: None,
            at: None,
            entity,
            owner: None,
            stores: None,
            cross_docks: None,
            hands_over: None,
        };
        self.nodes.push(node)
    }

    /// A cross-dock that takes no time and costs nothing.
    fn dock(&mut self, bundle: &Bundle) -> NodeIx {
        let node = self.node();
        let keep = Keep { name: "bundle".into(), temperature: bundle.temperature, longest: None };
        self.node_mut(node).cross_docks = Some(CrossDocks {
            calendar: None,
            handling: Seconds::ZERO,
            cost_per_parcel: Money::ZERO,
            merging: Seconds::ZERO,
            cost_per_merge: Money::ZERO,
            keeps: vec![keep],
            buffer: None,
        });
        node
    }

    /// A lane that departs once, when the bundle is where it is.
    fn lane(&mut self, bundle: &Bundle, from: NodeIx, to: NodeIx) {
        const WEEK: i64 = 7 * 86_400;
        // The week begins on Monday; 1970 began on a Thursday.
        let at = (bundle.since.0 + 3 * 86_400).rem_euclid(WEEK) as u32;
        let calendar = self.calendars.push(Calendar {
            zone: Zone { name: "UTC".into(), offsets: vec![(i64::MIN, 0)] },
            weekly: Some(vec![(at, at)]),
            closed: Vec::new(),
            shut: Vec::new(),
        });
        let after = bundle.since.after(Seconds(1)).unwrap_or(Instant::NEVER);
        self.lanes.push(Lane {
            from,
            to,
            compartments: vec![Compartment {
                name: "bundle".into(),
                temperature: bundle.temperature,
                capacity: world::Capacity::default(),
            }],
            schedule: Schedule::Weekly(calendar),
            cut_off: Seconds::ZERO,
            transit: Seconds::ZERO,
            tariff: None,
            largest: world::ParcelLimit::default(),
            shut: vec![(Instant::ALWAYS, bundle.since), (after, Instant::NEVER)],
        });
        self.stands_for.push(None);
    }

    /// The lanes that leave where a bundle stands leave its own node, too, as long as it may wait.
    fn copy_lanes(&mut self, bundle: &Bundle, from: NodeIx) {
        let too_late = bundle.leave_by.after(Seconds(1)).unwrap_or(Instant::NEVER);
        for (ix, lane) in self.old.lanes().enumerated().filter(|(_, lane)| lane.from == bundle.at) {
            let shut = self.lanes[ix.row()].shut.iter().copied();
            let shut = world::joined(shut.chain([(too_late, Instant::NEVER)]));
            self.lanes.push(Lane { from, shut, ..lane.clone() });
            self.stands_for.push(Some(ix));
        }
    }

    /// Gives what may not share a parcel with something else classes of its own; tells which of them are apart.
    fn keep_apart(
        &mut self,
        skus: &BTreeMap<SkuIx, SkuIx>,
        spots: &[Spot],
        bundles: &[Bundle],
    ) -> Vec<(usize, usize)> {
        let single = skus.iter().map(|(&old, &sku)| (sku, vec![old], false));
        let several =
            spots.iter().zip(bundles).map(|(spot, bundle)| (spot.sku, bundle.skus.clone(), bundle.alone));
        let goods: Vec<(SkuIx, Vec<SkuIx>, bool)> = single.chain(several).collect();
        let mut pairs = Vec::new();
        for (row, one) in goods.iter().enumerate() {
            for (with, other) in goods.iter().enumerate() {
                if row != with && (one.2 || other.2 || self.apart(&one.1, &other.1)) {
                    pairs.push((one.0.row(), other.0.row()));
                }
            }
        }
        for (ix, sku) in self.skus.enumerated_mut() {
            let particular = pairs.iter().any(|&(one, _)| one == ix.row());
            (sku.ships_alone, sku.class) = (false, particular.then(|| ClassIx::of(ix.row())));
        }
        pairs
    }

    /// Whether some of the goods may not share a parcel with some of the others.
    fn apart(&self, ones: &[SkuIx], others: &[SkuIx]) -> bool {
        let apart = |one: SkuIx, other: SkuIx| {
            let (first, second) = (&self.old.skus()[one], &self.old.skus()[other]);
            let classes = first.class.zip(second.class);
            one != other
                && (first.ships_alone
                    || second.ships_alone
                    || classes.is_some_and(|(one, other)| self.old.segregated(one, other)))
        };
        ones.iter().any(|&one| others.iter().any(|&other| apart(one, other)))
    }

    fn finish(self, order: &Order, spots: &[Spot], apart: Vec<(usize, usize)>) -> Option<World> {
        let old = self.old;
        let count = self.skus.len();
        let mut segregated = vec![false; count * count];
        for (one, other) in apart {
            segregated[one * count + other] = true;
        }
        let mut channels = old.channels().clone();
        if let Some(nodes) =
            channels.enumerated_mut().nth(order.channel.row()).and_then(|(_, row)| row.nodes.as_mut())
        {
            nodes.extend(spots.iter().map(|spot| spot.node));
        }
        let classes: Vec<String> = (0..count).map(|row| format!("{row:010}")).collect();
        let (lanes_to, lanes_to_start) = world::lanes_to(&self.lanes, self.nodes.len());
        Some(World {
            currency: old.currency().into(),
            max_legs: old.max_legs() as u32,
            limited: !old.is_unlimited(),
            // Nobody asks what things here are called.
            seller_names: Names::default(),
            sku_names: Names::default(),
            node_names: Names::default(),
            lane_names: Names::default(),
            channel_names: Names::default(),
            entity_names: Names::default(),
            class_names: Names::from_sorted(classes.iter().map(String::as_str))?,
            sellers: self.sellers,
            skus: self.skus,
            sku_labels: Default::default(),
            nodes: self.nodes,
            zones: self.zones,
            lanes: IndexVec::new(self.lanes),
            tariffs: old.tariffs().clone(),
            calendars: self.calendars,
            channels,
            segregated,
            lanes_to,
            lanes_to_start,
        })
    }
}
