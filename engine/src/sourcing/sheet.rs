//! The worksheet of one order: the problem on arrays, and for each of its rows what it stands for in the world.

use crate::stock::CellIx;
use crate::transit::Legs;
use crate::units::{Instant, Seconds};
use crate::world::{CalendarIx, LaneIx, LineIx, NodeIx, SellerIx, SkuIx, ZoneIx};
use smallvec::SmallVec;

/// A line of the problem.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The order's line.
    pub line: LineIx,
    /// What.
    pub sku: SkuIx,
    /// Life left at hand-over, at least.
    pub min_life: Seconds,
}

/// Lines of the problem that want the same SKU.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// What.
    pub sku: SkuIx,
    /// First line.
    pub line: u16,
    /// How many lines.
    pub lines: u16,
    /// First stand.
    pub stand: u32,
    /// How many stands, by node.
    pub stands: u32,
    /// Storages of the hand-over node it tolerates, a bit each.
    pub storages: u8,
}

/// One SKU at one place: a run of pools.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    /// Which item.
    pub item: u16,
    /// Which place.
    pub place: u16,
    /// First pool.
    pub pool: u32,
    /// How many pools, by zone, then seller.
    pub pools: u32,
    /// First of its slots in a row of masks: one for each pool and line of the item.
    pub slot: u32,
    /// Zones of the place with pools of it, a bit each.
    pub has: u8,
    /// Zones of the place it tolerates, a bit each.
    pub tolerates: u8,
    /// The place's stand before this one, or `u32::MAX`.
    pub before: u32,
}

/// A storing node that may serve the order.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Which node.
    pub node: NodeIx,
    /// First of its zones.
    pub zone: ZoneIx,
    /// How many zones.
    pub zones: u32,
    /// Hours in which its leads run.
    pub calendar: Option<CalendarIx>,
    /// First of its direct ways to the hand-over node.
    pub lane: u32,
    /// Whether it is the hand-over node itself.
    pub hands_over: bool,
    /// How many direct ways.
    pub lanes: u32,
    /// Zones with pools, a bit each.
    pub used: u8,
    /// Its last stand, or `u32::MAX`.
    pub last: u32,
    /// Slots of all its stands.
    pub slots: u32,
    /// First way.
    pub way: u32,
    /// How many ways.
    pub ways: u32,
    /// First way that ends in a hub.
    pub part: u32,
    /// How many ways end in hubs.
    pub parts: u32,
    /// Whether all cells in its pools are ready together.
    pub earliest: Instant,
    /// When the last cell in its pools is ready.
    pub latest: Instant,
    /// When picks of stock on hand are ready, by zone; [`Instant::ALWAYS`] when not asked yet.
    pub ready: [Instant; 8],
    /// What packing a parcel costs.
    pub packing: i64,
    /// Whether it may serve the order at all, and may do so best.
    pub open: bool,
}

/// Cells of one (sku, seller, node, zone) with units to give; row of the problem's pools.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Whose.
    pub seller: SellerIx,
    /// Where.
    pub zone: ZoneIx,
    /// Which stand it belongs to.
    pub stand: u32,
    /// First of its cells.
    pub first: u32,
    /// How many cells.
    pub cells: u32,
    /// Units in all its cells.
    pub total: u64,
    /// When its last cell is ready.
    pub ready: Instant,
    /// When its first lot expires.
    pub expires: Instant,
    /// Price of a unit: picking and stock price.
    pub unit_cost: i64,
    /// Price of a line picked.
    pub line_cost: i64,
}

/// When a pick is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// The moment.
    pub at: Instant,
    /// Whether that is when something else in its parcel is, on a date on which the node still makes parcels ready:
    /// alone it would be ready on one on which it does not, or later.
    pub along: bool,
}

/// A cell of a pool, or several that are alike; row of the problem's free units.
#[derive(Clone, Copy, Debug)]
pub struct Supply {
    /// Which cell.
    pub cell: CellIx,
    /// How many rows of the stock it stands for, from that cell on; nearly always one.
    pub cells: u32,
    /// Units it can give, no more than the order wants of the item.
    pub free: u32,
    /// When a pick from it starts.
    pub start: Instant,
    /// When a pick from it is ready to depart.
    pub ready: Instant,
    /// Whether that is when something else in its parcel is ready: alone it would be ready on a date on which the node makes
    /// no more parcels ready, or later.
    pub along: bool,
    /// When it expires.
    pub expires: Instant,
}

impl Supply {
    pub(super) fn when(&self) -> When {
        When { at: self.ready, along: self.along }
    }
}

/// A lane from a place to the customer, or none where the place hands over itself, with its useful departures.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// From where.
    pub place: u16,
    /// By which lane.
    pub lane: Option<LaneIx>,
    /// First class.
    pub class: u32,
    /// How many classes, by time.
    pub classes: u32,
}

/// A departure and all that it means: who is ready by then, when it is handed over, what its lateness costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Picks ready by then travel with it.
    pub ready_by: Instant,
    /// Picks ready earlier would wait too long where they are packed.
    pub ready_from: Instant,
    /// When the first departure leaves that is handed over then; the moment picks are ready where no lane is used.
    pub departs: Instant,
    /// Picks ready by then make that departure; those ready later another.
    pub departs_if: Instant,
    /// When that arrives.
    pub arrives: Instant,
    /// When it is handed over.
    pub hand_over: Instant,
    /// Cost of each parcel for coming after the promise.
    pub lateness: i64,
    /// Row of [`Sheet::rides`], or [`NO_RIDE`] where the route is one lane that always has room.
    pub ride: u32,
}

/// No ride of its own.
pub const NO_RIDE: u32 = u32::MAX;

/// No stops: a direct way.
pub const NO_STOPS: u32 = u32::MAX;

/// What a hub of the problem stands for.
#[derive(Clone, Debug)]
pub struct HubRow {
    /// Where parcels are merged.
    pub node: NodeIx,
    /// By which lanes the merged parcel rides on.
    pub lanes: SmallVec<[LaneIx; 3]>,
    /// In which compartment of each.
    pub compartments: SmallVec<[u8; 3]>,
    /// Storage of the hand-over node.
    pub storage: u8,
    /// Its departures.
    pub legs: Legs,
    /// When its goods are handed over.
    pub hand_over: Instant,
    /// What coming after the promise costs.
    pub lateness: i64,
    /// How long the merged parcel may wait for its departure.
    pub longest: Option<Seconds>,
    /// Row of [`Sheet::selections`].
    pub(super) selection: u32,
}

/// What a way of the problem stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayRow {
    /// Which route.
    pub route: u32,
    /// Which class (row of [`Sheet::classes`]).
    pub class: u32,
    /// First of its masks: one for each slot of the place.
    pub masks: u32,
    /// Zones of the place whose goods it takes, a bit each.
    pub zones: u8,
    /// Compartment of the lane.
    pub compartment: u8,
    /// Storage of the hand-over node.
    pub storage: u8,
    /// Row of the sheet's stops, or [`NO_STOPS`] for a direct way.
    pub stops: u32,
}

/// Units of one (sku, seller, node) of which some are fenced for other channels: what may be taken by when.
#[derive(Clone, Debug)]
pub struct Fenced {
    /// Which stand.
    pub stand: u32,
    /// Whose.
    pub seller: SellerIx,
    /// Most units in picks that start by each moment; moments rising.
    pub by: Vec<(Instant, u64)>,
}

/// The worksheet. Its memory is reused from order to order.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What each line of the problem stands for.
    pub lines: Vec<Wanted>,
    /// SKUs wanted.
    pub items: Vec<Item>,
    /// Where they stand.
    pub stands: Vec<Stand>,
    /// Nodes met.
    pub places: Vec<Place>,
    /// Places that serve, by node.
    pub serving: Vec<u16>,
    /// What each pool of the problem stands for.
    pub sources: Vec<Source>,
    /// What each free number of the problem stands for.
    pub supplies: Vec<Supply>,
    /// Routes from serving places.
    pub routes: Vec<Route>,
    /// Departures of the routes.
    pub classes: Vec<Class>,
    /// What each way of the problem stands for.
    pub ways: Vec<WayRow>,
    /// What each hub of the problem stands for.
    pub hubs: Vec<HubRow>,
    /// Departures of rides through cross-docks, and of those with limited room.
    pub rides: Vec<Legs>,
    /// What each such route stands in, one place a stage.
    pub(super) selections: Vec<super::stages::Selection>,
    /// Which cells each way may draw from for each slot of its place.
    pub masks: Vec<u64>,
    /// Fences that matter; usually none.
    pub fenced: Vec<Fenced>,
    /// Of ways joined from several sourcings ([`super::join`]): of which each is, and by sourcing when the picks of each
    /// supply are ready. Empty otherwise.
    pub(super) joined: super::join::Joined,
    /// What plans cost at least that have a merge which was not looked at; see [`super::Breadth::Merging`].
    pub unseen: i64,
    /// Whether there were places that no cheapest plan uses.
    pub left_out: bool,
    pub(super) beaten: super::beaten::Beaten,
    pub(super) known: Known,
    pub(super) readies: Vec<Instant>,
    pub(super) times: super::times::Times,
    pub(super) groups: super::lines::Groups,
    pub(super) variants: super::variants::Variants,
}

impl Sheet {
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.items.clear();
        self.stands.clear();
        self.places.clear();
        self.serving.clear();
        self.sources.clear();
        self.supplies.clear();
        self.routes.clear();
        self.classes.clear();
        self.ways.clear();
        self.masks.clear();
        self.hubs.clear();
        self.rides.clear();
        self.selections.clear();
        self.fenced.clear();
        self.joined.clear();
        self.unseen = i64::MAX;
    }

    /// Whether each way keeps the very departures it was priced with: what they claim was counted.
    pub fn is_joined(&self) -> bool {
        !self.joined.is_empty()
    }

    /// When a pick from a supply for a parcel of a way is ready to depart.
    pub(crate) fn when(&self, way: u16, supply: u32) -> When {
        self.joined.when(way, supply).unwrap_or_else(|| self.supplies[supply as usize].when())
    }

    /// The same moment, whatever it counts on.
    pub fn ready(&self, way: u16, supply: u32) -> Instant {
        self.when(way, supply).at
    }

    /// Which way, route and place an offer of the problem uses.
    pub fn way(&self, way: u16) -> (&WayRow, &Route, &Place) {
        let row = &self.ways[usize::from(way)];
        let route = &self.routes[row.route as usize];
        (row, route, &self.places[usize::from(route.place)])
    }

    /// Cells of a pool.
    pub fn supplies_of(&self, pool: usize) -> &[Supply] {
        let source = &self.sources[pool];
        &self.supplies[source.first as usize..(source.first + source.cells) as usize]
    }

    /// Which of a pool's cells give to a line when handed over with a class.
    pub fn mask(&self, pool: usize, line: usize, class: &Class) -> u64 {
        let last_until = last_until(class.hand_over, self.lines[line].min_life);
        let fit = |supply: &Supply| {
            class.ready_from <= supply.ready && supply.ready <= class.ready_by && supply.expires >= last_until
        };
        let cells = self.supplies_of(pool).iter().enumerate();
        cells.fold(0, |mask, (bit, supply)| mask | u64::from(fit(supply)) << bit)
    }
}

/// Until when goods handed over at a moment must last.
pub(super) fn last_until(hand_over: Instant, min_life: Seconds) -> Instant {
    // Goods that never expire outlast everything, and nothing else reaches the end of the clock.
    hand_over.after(min_life).unwrap_or(Instant::NEVER)
}

/// Which place of this order a node is, without forgetting all nodes before each order.
#[derive(Debug, Default)]
pub(super) struct Known {
    stamp: u32,
    rows: Vec<(u32, u16)>,
}

impl Known {
    pub(super) fn forget(&mut self, nodes: usize) {
        if self.stamp == u32::MAX || self.rows.len() < nodes {
            self.rows.clear();
            self.rows.resize(nodes, (0, 0));
            self.stamp = 0;
        }
        self.stamp += 1;
    }

    pub(super) fn find(&self, node: usize) -> Option<u16> {
        let (stamp, place) = self.rows[node];
        (stamp == self.stamp).then_some(place)
    }

    pub(super) fn note(&mut self, node: usize, place: u16) {
        self.rows[node] = (self.stamp, place);
    }
}
