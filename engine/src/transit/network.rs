//! The network as a graph: what is reached, what leads nowhere, and its drawing.

use crate::units::Index;
use crate::world::{LaneIx, Node, NodeIx, World};
use petgraph::Direction;
use petgraph::dot::{Config, Dot};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use std::collections::VecDeque;

/// Nodes and lanes of a world as a graph; node for node and lane for lane.
#[derive(Debug)]
pub struct Network<'w> {
    world: &'w World,
    graph: DiGraph<NodeIx, LaneIx>,
}

/// Something about a network that is allowed, and hardly meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Finding {
    /// A hand-over node to which no storing node has a way.
    NotReached(NodeIx),
    /// A storing node from which no way leads to a hand-over node.
    LeadsNowhere(NodeIx),
    /// A cross-dock that is on no way.
    NeverPassed(NodeIx),
    /// A lane that is on no way.
    NeverUsed(LaneIx),
}

impl Finding {
    /// Stable code: `not_reached`, `leads_nowhere`, `never_passed` or `never_used`.
    pub fn code(self) -> &'static str {
        match self {
            Finding::NotReached(_) => "not_reached",
            Finding::LeadsNowhere(_) => "leads_nowhere",
            Finding::NeverPassed(_) => "never_passed",
            Finding::NeverUsed(_) => "never_used",
        }
    }

    /// It as a sentence, with names.
    pub fn told(self, world: &World) -> String {
        let node = |node| world.node_names().of(node).escape_debug();
        let legs = world.max_legs();
        match self {
            Finding::NotReached(ix) => {
                format!(
                    "node \"{}\" hands over, but nothing that is stored can reach it in {legs} legs",
                    node(ix)
                )
            }
            Finding::LeadsNowhere(ix) => {
                format!(
                    "node \"{}\" stores, but no way of {legs} legs leads from it to a hand-over node",
                    node(ix)
                )
            }
            Finding::NeverPassed(ix) => {
                format!(
                    "node \"{}\" cross-docks, but is on no way from a storing node to a hand-over node",
                    node(ix)
                )
            }
            Finding::NeverUsed(ix) => {
                let lane = world.lane_names().of(ix).escape_debug();
                format!("lane \"{lane}\" is on no way from a storing node to a hand-over node")
            }
        }
    }
}

impl<'w> Network<'w> {
    /// The graph of a world.
    pub fn of(world: &'w World) -> Network<'w> {
        let mut graph = DiGraph::with_capacity(world.nodes().len(), world.lanes().len());
        for node in world.nodes().indices() {
            graph.add_node(node);
        }
        for (ix, lane) in world.lanes().enumerated() {
            graph.add_edge(NodeIndex::new(lane.from.row()), NodeIndex::new(lane.to.row()), ix);
        }
        Network { world, graph }
    }

    /// What is hardly meant, by kind and then by key. Ways go from a storing node through cross-docks to a hand-over
    /// node and have no more legs than the world allows; calendars, temperatures and stock are not looked at.
    /// O(nodes + lanes).
    pub fn findings(&self) -> Vec<Finding> {
        let stored = self.legs(|node| node.stores.is_some(), Direction::Outgoing);
        let handed = self.legs(|node| node.hands_over.is_some(), Direction::Incoming);
        let most = self.world.max_legs();
        // Legs before and after a node at which a parcel can go on.
        let on = |legs: &[Option<usize>], node: NodeIx| {
            let passes = self.world.nodes()[node].cross_docks.is_some();
            legs[node.row()].filter(|&legs| legs == 0 || passes)
        };
        let within = |before: Option<usize>, legs: usize, after: Option<usize>| {
            before.zip(after).is_some_and(|(before, after)| before + legs + after <= most)
        };
        let mut found = Vec::new();
        for (ix, node) in self.world.nodes().enumerated() {
            if node.hands_over.is_some() && stored[ix.row()].is_none_or(|legs| legs > most) {
                found.push(Finding::NotReached(ix));
            }
            if node.stores.is_some() && handed[ix.row()].is_none_or(|legs| legs > most) {
                found.push(Finding::LeadsNowhere(ix));
            }
            if node.cross_docks.is_some() && !within(stored[ix.row()], 0, handed[ix.row()]) {
                found.push(Finding::NeverPassed(ix));
            }
        }
        for (ix, lane) in self.world.lanes().enumerated() {
            if !within(on(&stored, lane.from), 1, on(&handed, lane.to)) {
                found.push(Finding::NeverUsed(ix));
            }
        }
        found.sort_unstable();
        found
    }

    /// The least number of legs from the nearest of some nodes, or to it, through cross-docks.
    fn legs(&self, starts: impl Fn(&Node) -> bool, direction: Direction) -> Vec<Option<usize>> {
        let mut legs: Vec<Option<usize>> =
            self.world.nodes().iter().map(|node| starts(node).then_some(0)).collect();
        let mut queue: VecDeque<NodeIndex> =
            self.graph.node_indices().filter(|node| legs[node.index()].is_some()).collect();
        while let Some(at) = queue.pop_front() {
            let Some(known) = legs[at.index()] else { continue };
            if known > 0 && self.world.nodes()[self.graph[at]].cross_docks.is_none() {
                continue;
            }
            for edge in self.graph.edges_directed(at, direction) {
                let next = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
                if legs[next.index()].is_none() {
                    legs[next.index()] = Some(known + 1);
                    queue.push_back(next);
                }
            }
        }
        legs
    }

    /// It in the language of Graphviz: storing nodes as boxes, cross-docks as diamonds, others as ellipses; those that
    /// hand over with a double line.
    pub fn dot(&self) -> String {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ");
        let node = |_: &DiGraph<NodeIx, LaneIx>, (_, &ix): (NodeIndex, &NodeIx)| {
            let row = &self.world.nodes()[ix];
            let shape = match (&row.stores, &row.cross_docks) {
                (Some(_), _) => "box",
                (None, Some(_)) => "diamond",
                (None, None) => "ellipse",
            };
            let lines = if row.hands_over.is_some() { 2 } else { 1 };
            format!("label=\"{}\" shape={shape} peripheries={lines}", escaped(self.world.node_names().of(ix)))
        };
        let lane = |_: &DiGraph<NodeIx, LaneIx>, edge: petgraph::graph::EdgeReference<'_, LaneIx>| {
            format!("label=\"{}\"", escaped(self.world.lane_names().of(*edge.weight())))
        };
        let config = [Config::NodeNoLabel, Config::EdgeNoLabel];
        format!("{:?}", Dot::with_attr_getters(&self.graph, &config, &lane, &node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{spec, world};
    use serde_json::{Value, json};

    /// A shop, a dock and a point in a row, with what is given put on top.
    fn built(change: impl FnOnce(&mut Value)) -> World {
        let lane = |id: &str, from: &str, to: &str| {
            json!({"id": id, "from": from, "to": to, "schedule": {"on_demand": {}}, "transit_minutes": 60,
                "compartments": [{"id": "body", "temperature": [15, 25]}]})
        };
        let mut document = json!({
            "volok": 1, "currency": "EUR", "max_legs": 2, "sellers": [], "skus": [], "channels": [], "stock": [],
            "nodes": [
                {"id": "dock", "cross_docks": {"keeps": [{"id": "floor", "temperature": [15, 25]}]}},
                {"id": "point", "hands_over": {"storages": [{"id": "shelf", "temperature": [15, 25]}]}},
                {"id": "shop", "stores": {"zones": [{"id": "shelf", "temperature": [15, 25]}]}}],
            "lanes": [lane("in", "shop", "dock"), lane("out", "dock", "point")],
        });
        change(&mut document);
        world::build(&spec::world_from_str(&document.to_string()).unwrap()).unwrap()
    }

    fn codes(world: &World) -> Vec<(&'static str, String)> {
        let found = Network::of(world).findings();
        found.into_iter().map(|finding| (finding.code(), finding.told(world))).collect()
    }

    fn only_codes(world: &World) -> Vec<&'static str> {
        codes(world).into_iter().map(|(code, _)| code).collect()
    }

    #[test]
    fn a_chain_through_a_dock_is_sound() {
        assert!(codes(&built(|_| ())).is_empty());
    }

    #[test]
    fn two_legs_are_too_long_where_one_is_allowed() {
        let world = built(|world| world["max_legs"] = 1.into());
        assert_eq!(
            only_codes(&world),
            ["not_reached", "leads_nowhere", "never_passed", "never_used", "never_used"]
        );
    }

    #[test]
    fn nothing_passes_a_place_that_does_not_cross_dock() {
        let world = built(|world| {
            let node = world["nodes"][0].as_object_mut().unwrap();
            let docks = node.remove("cross_docks").unwrap();
            node.insert("stores".to_owned(), json!({"zones": docks["keeps"]}));
        });
        // The middle one has goods of its own, so the point is reached; the shop's are stuck.
        let told = codes(&world);
        let codes: Vec<_> = told.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, ["leads_nowhere", "never_used"]);
        assert!(told[0].1.contains("\"shop\"") && told[1].1.contains("\"in\""), "{told:?}");
    }

    #[test]
    fn a_lane_back_is_on_no_way() {
        let world = built(|world| {
            let mut back = world["lanes"][0].clone();
            (back["id"], back["from"], back["to"]) = ("back".into(), "point".into(), "dock".into());
            world["lanes"].as_array_mut().unwrap().push(back);
        });
        assert_eq!(only_codes(&world), ["never_used"]);
    }
}
