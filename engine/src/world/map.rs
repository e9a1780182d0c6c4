//! The world as a map.

use super::{NodeIx, World};
use crate::spec::{Feature, Geometry, Map, Properties};

impl World {
    /// Nodes and lanes as GeoJSON. A node without a place, and a lane that touches one, has no geometry.
    pub fn map(&self) -> Map {
        // Documents say latitude first, GeoJSON longitude.
        let place = |node: NodeIx| self.nodes[node].at.map(|[latitude, longitude]| [longitude, latitude]);
        let nodes = self.nodes.enumerated().map(|(ix, node)| Feature {
            geometry: place(ix).map(Geometry::Point),
            properties: Properties::Node {
                id: self.node_names.of(ix).to_owned(),
                name: node.label.as_deref().map(str::to_owned),
                stores: node.stores.is_some(),
                cross_docks: node.cross_docks.is_some(),
                hands_over: node.hands_over.is_some(),
            },
        });
        let lanes = self.lanes.enumerated().map(|(ix, lane)| Feature {
            geometry: place(lane.from).zip(place(lane.to)).map(|(from, to)| Geometry::LineString([from, to])),
            properties: Properties::Lane {
                id: self.lane_names.of(ix).to_owned(),
                from: self.node_names.of(lane.from).to_owned(),
                to: self.node_names.of(lane.to).to_owned(),
                transit_minutes: lane.transit.0 / 60,
            },
        });
        Map { features: nodes.chain(lanes).collect() }
    }
}
