//! Ways through cross-docks: which lanes follow one another, and when a parcel that takes them is where.
//!
//! A *head* is a chain of lanes from a node to a cross-dock, through other cross-docks and through no node twice. Heads
//! are laid out once: what an order looks up is a run of them. With a last lane, a head is a route to a customer.

use super::departures::Departure;
use super::tables::Transit;
use crate::units::{Index, IndexVec, Instant, Seconds};
use crate::world::{CalendarIx, LaneIx, NodeIx, World};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use smallvec::SmallVec;

/// Lanes from a node to a cross-dock; at least one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// Where it ends.
    pub to: NodeIx,
    /// By which lanes, in the order of travel.
    pub lanes: SmallVec<[LaneIx; 2]>,
}

/// Departures of a parcel's legs, in the order of travel.
pub type Legs = SmallVec<[Departure; 3]>;

/// Times of a cross-dock.
#[derive(Clone, Copy, Debug)]
struct Dock {
    calendar: Option<CalendarIx>,
    handling: Seconds,
    merging: Seconds,
    /// The longest cut-off of lanes that leave it.
    cut_off: Seconds,
}

/// Heads of every node, and times of cross-docks.
#[derive(Clone, Debug)]
pub(super) struct Routes {
    heads: Vec<Head>,
    starts: Vec<u32>,
    docks: IndexVec<NodeIx, Option<Dock>>,
    /// No merge begins before this.
    merges_from: Instant,
}

/// Heads of one node at most: a country's dozen of cross-docks, each linked with each, has a few hundred at four legs.
const HEADS_PER_NODE: usize = 100_000;

impl Routes {
    /// Lays out heads of as many legs as leave one for the last lane, if there must be one. O(heads).
    pub fn new(world: &World) -> Routes {
        let mut docks: IndexVec<NodeIx, Option<Dock>> = world
            .nodes()
            .iter()
            .map(|node| {
                let docks = node.cross_docks.as_ref()?;
                let (handling, merging) = (docks.handling, docks.merging);
                Some(Dock { calendar: docks.calendar, handling, merging, cut_off: Seconds::ZERO })
            })
            .collect();
        for lane in world.lanes().iter() {
            if let Some(dock) = &mut docks[lane.from] {
                dock.cut_off = dock.cut_off.max(lane.cut_off);
            }
        }
        let graph = inner_graph(world);
        let (mut heads, mut starts) = (Vec::new(), vec![0]);
        for (node, row) in world.nodes().enumerated() {
            let first = heads.len();
            if row.stores.is_some() || row.cross_docks.is_some() {
                let (met, lanes) = (vec![node], SmallVec::new());
                let mut walk = Walk { world, graph: &graph, met, lanes, heads: &mut heads, first };
                walk.go(node, world.max_legs());
            }
            heads[first..].sort_unstable();
            starts.push(heads.len() as u32);
        }
        Routes { heads, starts, docks, merges_from: Instant::ALWAYS }
    }
}

/// Lanes that end at cross-docks.
fn inner_graph(world: &World) -> DiGraph<NodeIx, LaneIx> {
    let mut graph = DiGraph::with_capacity(world.nodes().len(), 0);
    for node in world.nodes().indices() {
        graph.add_node(node);
    }
    for (ix, lane) in world.lanes().enumerated() {
        if world.nodes()[lane.to].cross_docks.is_some() {
            graph.add_edge(NodeIndex::new(lane.from.row()), NodeIndex::new(lane.to.row()), ix);
        }
    }
    graph
}

struct Walk<'g> {
    world: &'g World,
    graph: &'g DiGraph<NodeIx, LaneIx>,
    met: Vec<NodeIx>,
    lanes: SmallVec<[LaneIx; 2]>,
    heads: &'g mut Vec<Head>,
    first: usize,
}

impl Walk<'_> {
    fn go(&mut self, from: NodeIx, legs: usize) {
        if legs == 0 {
            return;
        }
        for edge in self.graph.edges(NodeIndex::new(from.row())) {
            let to = self.graph[edge.target()];
            if self.met.contains(&to) || self.heads.len() - self.first >= HEADS_PER_NODE {
                continue;
            }
            self.met.push(to);
            self.lanes.push(*edge.weight());
            // The last leg leads to a customer, or to where parcels are merged and handed over.
            if legs > 1 || self.world.nodes()[to].hands_over.is_some() {
                self.heads.push(Head { to, lanes: self.lanes.clone() });
            }
            self.go(to, legs - 1);
            self.lanes.pop();
            self.met.pop();
        }
    }
}

impl Transit {
    /// Whether any parcel can pass a cross-dock.
    pub fn has_heads(&self) -> bool {
        !self.routes.heads.is_empty()
    }

    /// Chains of lanes from a node to cross-docks, by where they end; rows of all heads. O(1).
    pub fn heads_from(&self, node: NodeIx) -> std::ops::Range<u32> {
        self.routes.starts[node.row()]..self.routes.starts[node.row() + 1]
    }

    /// Chains of lanes from one node to a cross-dock. O(log heads of the node).
    pub fn heads_between(&self, from: NodeIx, to: NodeIx) -> std::ops::Range<u32> {
        let run = self.heads_from(from);
        let heads = &self.routes.heads[run.start as usize..run.end as usize];
        let first = heads.partition_point(|head| head.to < to);
        let end = heads.partition_point(|head| head.to <= to);
        run.start + first as u32..run.start + end as u32
    }

    /// One head.
    pub fn head(&self, head: u32) -> &Head {
        &self.routes.heads[head as usize]
    }

    /// All heads, by the node they begin at, then by where they end.
    pub fn heads(&self) -> &[Head] {
        &self.routes.heads
    }

    /// When a parcel that arrives at a cross-dock is handled: ready to ride on or to be merged. Nothing where nothing
    /// is cross-docked.
    pub fn handled_at(&self, node: NodeIx, arrival: Instant) -> Option<Instant> {
        let dock = self.routes.docks[node].as_ref()?;
        self.worked(dock.calendar, arrival, dock.handling)
    }

    /// When a merge is done whose last part is handled at a moment.
    pub fn merged_at(&self, node: NodeIx, handled: Instant) -> Option<Instant> {
        let dock = self.routes.docks[node].as_ref()?;
        self.worked(dock.calendar, handled.max(self.routes.merges_from), dock.merging)
    }

    /// Lets no merge begin before a moment: what is decided then cannot have been done before.
    pub(crate) fn merge_from(&mut self, moment: Instant) {
        self.routes.merges_from = moment;
    }

    /// When a merge could be done with a parcel that arrives at a cross-dock at a moment.
    pub fn mergeable_at(&self, node: NodeIx, arrival: Instant) -> Option<Instant> {
        self.merged_at(node, self.handled_at(node, arrival)?)
    }

    /// The least time from the first arrival that does not wait longer than it may for a departure from a cross-dock to
    /// the last that is handled and merged before its cut-off. Nothing where work waits for opening hours.
    pub fn least_window(&self, node: NodeIx, longest: Seconds) -> Option<Seconds> {
        let dock = self.routes.docks[node].as_ref().filter(|dock| dock.calendar.is_none())?;
        let spent = dock.cut_off.0.checked_add(dock.handling.0)?.checked_add(dock.merging.0)?;
        Some(Seconds(longest.0.checked_sub(spent)?))
    }

    /// When a merge could be done with a parcel that is ready at a moment and rides some lanes to a cross-dock.
    pub fn mergeable_after(&self, node: NodeIx, lanes: &[LaneIx], ready: Instant) -> Option<Instant> {
        self.mergeable_at(node, self.legs(lanes, ready)?.last()?.arrives)
    }

    fn worked(&self, calendar: Option<CalendarIx>, from: Instant, time: Seconds) -> Option<Instant> {
        match calendar {
            Some(calendar) if time.0 > 0 => self.hours(calendar).after_working(from, time),
            _ => from.after(time.max(Seconds::ZERO)),
        }
    }

    /// The earliest legs of a parcel that is ready at a moment, by some lanes one after another; `handled` between
    /// them. Nothing when one of them does not depart any more. O(legs × log).
    pub fn legs(&self, lanes: &[LaneIx], ready: Instant) -> Option<Legs> {
        let mut legs = Legs::new();
        let mut ready = ready;
        for (row, &lane) in lanes.iter().enumerate() {
            let departure = self.next_departure(lane, ready)?;
            legs.push(departure);
            if row + 1 < lanes.len() {
                ready = self.handled_at(self.end_of(lane), departure.arrives)?;
            }
        }
        Some(legs)
    }
}
