//! A world's numbers and a book's: which is which.
//!
//! A world numbers by key, a book by hearing. Names are what they share; a zone's is its node's name, a separator that no
//! key has, and its own.

use super::book::Book;
use super::command::*;
use super::limits;
use super::names;
use super::number::*;
use crate::load;
use crate::stock::{Cell, CellIx, Stock};
use crate::units::{Index, Instant, limits as widest};
use crate::world::{ChannelIx, LaneIx, NodeIx, Payment, SellerIx, SkuIx, World, ZoneIx};

/// Something of a world that a book has not heard of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger knows no {what} {name:?}; register it first")]
pub struct Unbound {
    /// Of which kind.
    pub what: &'static str,
    /// Its name.
    pub name: String,
}

/// The numbers a book has for a world and its stock.
#[derive(Clone, Debug)]
pub struct Binding {
    cells: Vec<CellNo>,
    sellers: Vec<u32>,
    skus: Vec<u32>,
    nodes: Vec<u32>,
    lanes: Vec<u32>,
    channels: Vec<u32>,
}

/// The numbers a book has for names.
fn numbers(
    book: &Book,
    kind: Kind,
    what: &'static str,
    names: impl Iterator<Item = String>,
) -> Result<Vec<u32>, Unbound> {
    names.map(|name| book.number(kind, &name).ok_or(Unbound { what, name })).collect()
}

pub(super) fn zone_name(world: &World, zone: ZoneIx) -> String {
    let row = &world.zones()[zone];
    names::zone_name(world.node_names().of(row.node), &row.name)
}

/// When announced supply is due, as a book writes it.
pub(super) fn due(cell: &Cell) -> Option<Second> {
    let due = u32::try_from(cell.available_at.0.max(0)).unwrap_or(u32::MAX);
    (cell.available_at != Instant::ALWAYS).then_some(Second(due))
}

/// The commands that write a world and its stock into an empty book, in order: names, cells, what is there, channels,
/// fences. What the stock says is held elsewhere is kept back as safety stock is. O(world + stock).
pub fn opening(world: &World, stock: &Stock) -> Vec<Body> {
    let mut bodies = Vec::new();
    let mut register = |kind, names: Vec<Box<str>>| {
        bodies.extend(names.chunks(limits::AT_ONCE).map(|part| Body::Register(kind, part.to_vec())));
    };
    let boxed = |names: &mut dyn Iterator<Item = &str>| names.map(Box::from).collect();
    register(Kind::Source, vec!["world".into()]);
    register(Kind::Sku, boxed(&mut world.sku_names().iter()));
    register(Kind::Seller, boxed(&mut world.seller_names().iter()));
    register(Kind::Node, boxed(&mut world.node_names().iter()));
    register(Kind::Lane, boxed(&mut world.lane_names().iter()));
    register(Kind::Channel, boxed(&mut world.channel_names().iter()));
    register(Kind::Entity, boxed(&mut world.entity_names().iter()));
    register(Kind::Zone, world.zones().indices().map(|zone| zone_name(world, zone).into()).collect());
    register(Kind::Lot, boxed(&mut stock.lots()));

    let cells: Vec<(CellIx, SkuIx, &Cell)> = world
        .skus()
        .indices()
        .flat_map(|sku| {
            let (first, cells) = stock.of(sku);
            cells.iter().enumerate().map(move |(row, cell)| (CellIx::of(first.row() + row), sku, cell))
        })
        .collect();
    for part in cells.chunks(limits::AT_ONCE) {
        let facts = part.iter().map(|&(_, sku, cell)| facts(sku, cell));
        bodies.push(Body::OpenCells(facts.collect()));
    }
    for (before, &(cell, _, row)) in (0u64..).zip(&cells) {
        let (cell, sequence) = (CellNo(cell.0), before + 1);
        let what = match due(row) {
            Some(due) => StockChange::Announced(cell, row.on_hand.min(limits::UNITS), due),
            None => StockChange::Count(cell, row.on_hand.min(limits::UNITS)),
        };
        bodies.push(Body::Stock(StockEvent { source: SourceNo(0), sequence, what }));
        let kept = row.safety.saturating_add(row.held).min(limits::UNITS);
        if kept > 0 {
            bodies.push(Body::Safety(cell, kept));
        }
    }
    for (channel, row) in world.channels().enumerated() {
        let terms = ChannelTerms {
            mode: Mode::Multi,
            prefix: row.prefix.clone(),
            entity: Some(EntityNo(row.entity.0)),
            prepaid: row.payment == Payment::Prepaid,
            without_receipt: row.hands_over_without_receipt,
        };
        bodies.push(Body::Channel(ChannelNo(channel.0), terms));
    }
    let signed = world.nodes().enumerated();
    bodies.extend(signed.map(|(node, row)| Body::Node(NodeNo(node.0), EntityNo(row.entity.0))));
    bodies.extend(stock.all_fences().iter().map(|fence| {
        Body::Fence(FenceTerms {
            sku: SkuNo(fence.sku.0),
            seller: SellerNo(fence.seller.0),
            node: NodeNo(fence.node.0),
            channels: fence.channels.iter().map(|channel| ChannelNo(channel.0)).collect(),
            qty: fence.left.min(limits::UNITS),
        })
    }));
    bodies
}

/// A cell's facts in a book that was opened with [`opening`].
fn facts(sku: SkuIx, cell: &Cell) -> CellFacts {
    CellFacts {
        sku: SkuNo(sku.0),
        seller: SellerNo(cell.seller.0),
        node: NodeNo(cell.node.0),
        zone: ZoneNo(cell.zone.0),
        lot: ((cell.lot as usize) < widest::ROWS).then_some(LotNo(cell.lot)),
        expires: cell.expires,
        due: due(cell),
    }
}

impl Binding {
    /// Finds everything of a world and its stock in a book. O(world + stock).
    ///
    /// # Errors
    /// The first thing that the book has not heard of.
    pub fn of(book: &Book, world: &World, stock: &Stock) -> Result<Binding, Unbound> {
        let mut binding = Binding::of_cells(book, world, Vec::with_capacity(stock.len()))?;
        let zones = world.zones().indices().map(|zone| zone_name(world, zone));
        let zones = numbers(book, Kind::Zone, "zone", zones)?;
        let lots = numbers(book, Kind::Lot, "lot", stock.lots().map(str::to_owned))?;
        for sku in world.skus().indices() {
            for cell in stock.of(sku).1 {
                let facts = CellFacts {
                    sku: SkuNo(binding.skus[sku.row()]),
                    seller: SellerNo(binding.sellers[cell.seller.row()]),
                    node: NodeNo(binding.nodes[cell.node.row()]),
                    zone: ZoneNo(zones[cell.zone.row()]),
                    lot: lots.get(cell.lot as usize).map(|&lot| LotNo(lot)),
                    expires: cell.expires,
                    due: due(cell),
                };
                let unbound = || Unbound {
                    what: "stock cell of",
                    name: format!(
                        "{} at {}, {}",
                        world.sku_names().of(sku),
                        world.node_names().of(cell.node),
                        world.zones()[cell.zone].name
                    ),
                };
                binding.cells.push(book.cells.find(&facts).ok_or_else(unbound)?);
            }
        }
        Ok(binding)
    }

    /// Finds everything of a world in a book, for stock whose cells are known already: see [`super::shown`]. O(world).
    ///
    /// # Errors
    /// The first thing that the book has not heard of.
    pub fn of_cells(book: &Book, world: &World, cells: Vec<CellNo>) -> Result<Binding, Unbound> {
        let of = |kind, what, names: &mut dyn Iterator<Item = &str>| {
            numbers(book, kind, what, names.map(str::to_owned))
        };
        Ok(Binding {
            cells,
            skus: of(Kind::Sku, "SKU", &mut world.sku_names().iter())?,
            sellers: of(Kind::Seller, "seller", &mut world.seller_names().iter())?,
            nodes: of(Kind::Node, "node", &mut world.node_names().iter())?,
            lanes: of(Kind::Lane, "lane", &mut world.lane_names().iter())?,
            channels: of(Kind::Channel, "channel", &mut world.channel_names().iter())?,
        })
    }

    /// A cell of the stock.
    pub fn cell(&self, cell: CellIx) -> CellNo {
        self.cells[cell.row()]
    }

    /// A channel of the world.
    pub fn channel(&self, channel: ChannelIx) -> ChannelNo {
        ChannelNo(self.channels[channel.row()])
    }

    /// A node of the world.
    pub fn node(&self, node: NodeIx) -> NodeNo {
        NodeNo(self.nodes[node.row()])
    }

    /// What a fence is on.
    pub fn fence(&self, sku: SkuIx, seller: SellerIx, node: NodeIx) -> (SkuNo, SellerNo, NodeNo) {
        (SkuNo(self.skus[sku.row()]), SellerNo(self.sellers[seller.row()]), self.node(node))
    }

    /// A plan's claim, with what the world says there is of it.
    pub fn claim(&self, world: &World, claim: load::Claim) -> Claim {
        match claim {
            load::Claim::Departure { lane, compartment, departs, grams, cm3 } => {
                let row = world.lanes()[lane].compartments.get(usize::from(compartment));
                let capacity = row.map(|row| row.capacity).unwrap_or_default();
                Claim::Departure {
                    lane: LaneNo(self.lanes[lane.row()]),
                    compartment,
                    departs,
                    grams,
                    cm3,
                    most_grams: capacity.grams,
                    most_cm3: capacity.cm3,
                    most_parcels: capacity.parcels,
                }
            }
            load::Claim::NodeDay { node, date, parcels, lines } => {
                let stores = world.nodes()[node].stores.as_ref();
                Claim::NodeDay {
                    node: self.node(node),
                    date,
                    parcels,
                    lines,
                    most_parcels: stores.and_then(|stores| stores.parcels_per_day),
                    most_lines: stores.and_then(|stores| stores.lines_per_day),
                }
            }
            load::Claim::Buffer { node, from, until } => {
                let most = world.nodes()[node].cross_docks.as_ref().and_then(|docks| docks.buffer);
                Claim::Buffer { node: self.node(node), from, until, most }
            }
            load::Claim::Point { node, from, until } => {
                let most = world.nodes()[node].hands_over.as_ref().and_then(|point| point.holds);
                Claim::Point { node: self.node(node), from, until, most }
            }
        }
    }

    /// A claim of the book as the world counts it; nothing where the world has no such lane or node any more.
    pub fn load(&self, claim: &Claim) -> Option<load::Claim> {
        let node_of = |node: NodeNo| {
            let row = self.nodes.get(node.row()).filter(|&&number| number == node.0).map(|_| node.row());
            let row = row.or_else(|| self.nodes.iter().position(|&number| number == node.0));
            row.map(NodeIx::of)
        };
        let lane_of = |lane: LaneNo| {
            let row = self.lanes.get(lane.row()).filter(|&&number| number == lane.0).map(|_| lane.row());
            let row = row.or_else(|| self.lanes.iter().position(|&number| number == lane.0));
            row.map(LaneIx::of)
        };
        Some(match *claim {
            Claim::Departure { lane, compartment, departs, grams, cm3, .. } => {
                load::Claim::Departure { lane: lane_of(lane)?, compartment, departs, grams, cm3 }
            }
            Claim::NodeDay { node, date, parcels, lines, .. } => {
                load::Claim::NodeDay { node: node_of(node)?, date, parcels, lines }
            }
            Claim::Buffer { node, from, until, .. } => {
                load::Claim::Buffer { node: node_of(node)?, from, until }
            }
            Claim::Point { node, from, until, .. } => {
                load::Claim::Point { node: node_of(node)?, from, until }
            }
        })
    }
}
