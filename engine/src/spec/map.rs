//! A network as a map: GeoJSON (RFC 7946), for drawing only.

use serde::Serialize;

/// A `FeatureCollection` of nodes and lanes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename = "FeatureCollection")]
pub struct Map {
    /// Nodes, then lanes.
    pub features: Vec<Feature>,
}

/// A node or a lane with what is told of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
pub struct Feature {
    /// Where; nothing when that is not known.
    pub geometry: Option<Geometry>,
    /// What is told of it.
    pub properties: Properties,
}

/// Longitude and latitude in degrees, in this order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", content = "coordinates")]
pub enum Geometry {
    /// A place.
    Point([f64; 2]),
    /// From place to place.
    LineString([[f64; 2]; 2]),
}

/// What is told of a node or a lane.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Properties {
    /// Of a node.
    Node {
        /// Key.
        id: String,
        /// Name for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// It keeps stock.
        stores: bool,
        /// It passes parcels on.
        cross_docks: bool,
        /// It gives parcels to customers.
        hands_over: bool,
    },
    /// Of a lane.
    Lane {
        /// Key.
        id: String,
        /// Where it departs.
        from: String,
        /// Where it arrives.
        to: String,
        /// From departure to arrival.
        transit_minutes: i64,
    },
}

impl Map {
    /// The map as one line of JSON.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
