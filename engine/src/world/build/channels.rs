//! Where do orders come from?

use super::catalogue::entity;
use super::keys::Keys;
use super::section;
use crate::spec;
use crate::units::{Index, IndexVec, limits};
use crate::world::{Channel, ChannelIx, Inspection, Names, Node, NodeIx, Place};

pub(super) fn channels(
    world: &spec::World,
    keys: &Keys,
    nodes: &IndexVec<NodeIx, Node>,
    found: &mut Inspection,
) -> IndexVec<ChannelIx, Channel> {
    let section = Place::Document.at("channels");
    let build = |&row: &u32| {
        found.rank(section::CHANNELS, row as usize);
        let (channel, place) = (&world.channels[row as usize], section.row(row as usize));
        if channel.prefix.len() > limits::IDENTIFIER_BYTES {
            let right = format!("at most {} bytes", limits::IDENTIFIER_BYTES);
            found.note(&place.at("prefix"), "out_of_range", &channel.prefix, right);
        }
        let served = channel.nodes.as_ref();
        Channel {
            prefix: channel.prefix.as_str().into(),
            entity: entity(keys, &place, &channel.id, channel.legal_entity.as_deref(), found),
            payment: channel.payment,
            nodes: served.map(|served| serving(&place.at("nodes"), served, keys, nodes, found)),
            hands_over_without_receipt: channel.hands_over_without_receipt,
        }
    };
    keys.channels.rows.iter().map(build).collect()
}

fn serving(
    place: &Place<'_>,
    served: &[String],
    keys: &Keys,
    nodes: &IndexVec<NodeIx, Node>,
    found: &mut Inspection,
) -> Vec<NodeIx> {
    let allowed = some_of(place, served, &keys.nodes.names, "node", found);
    for &(row, node) in &allowed {
        if nodes.get(node).is_some_and(|node| node.stores.is_none()) {
            let right = "a storing node: only those serve a channel";
            found.note(&place.row(row), "conflict", &format!("{:?}", served[row]), right);
        }
    }
    allowed.into_iter().map(|(_, node)| node).collect()
}

/// A list of keys taken as a set: not empty, each known, none twice. Indices rising, each with its row in the list.
pub(crate) fn some_of<I: Index>(
    place: &Place<'_>,
    keys: &[impl AsRef<str>],
    names: &Names<I>,
    kind: &'static str,
    found: &mut Inspection,
) -> Vec<(usize, I)> {
    if keys.is_empty() {
        found.note(place, "empty", "[]", format!("at least one {kind}; leave the list out to allow all"));
    }
    let mut some: Vec<(usize, I)> = Vec::with_capacity(keys.len());
    for (row, key) in keys.iter().enumerate() {
        some.extend(found.find(&place.row(row), names, key.as_ref(), kind).map(|index| (row, index)));
    }
    some.sort_unstable_by_key(|&(row, index)| (index, row));
    for same in some.chunk_by(|one, other| one.1 == other.1) {
        for &(row, _) in &same[1..] {
            let shown = format!("{:?}", keys[row].as_ref());
            found.note(&place.row(row), "duplicate", &shown, format!("each {kind} once"));
        }
    }
    some
}
