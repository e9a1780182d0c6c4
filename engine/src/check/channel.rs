//! F9: the channel may be served from there, and the receipt is the right one.

use super::case::Case;
use super::violation::{Notes, Rule};
use super::words::name;
use crate::plan::Fiscal;
use crate::world::{Channel, Payment, World};

pub(super) fn check(case: &Case<'_>, notes: &mut Notes) {
    let channel = &case.world.channels()[case.order.channel];
    for (row, parcel) in case.parcels() {
        let serves = channel.nodes.as_ref().is_none_or(|nodes| nodes.contains(&parcel.node));
        if parcel.parts.is_empty() && case.world.nodes().get(parcel.node).is_some() && !serves {
            let text = format!(
                "is packed at {}, which may not serve channel {}",
                name(case.world.node_names(), parcel.node),
                name(case.world.channel_names(), case.order.channel),
            );
            notes.parcel(Rule::F9, row, text);
        }
        if let Some(end) = &parcel.hand_over {
            let right = receipt(case, channel);
            if end.fiscal != right {
                let text = format!(
                    "is handed over with {}; {} is right",
                    said(case.world, end.fiscal),
                    said(case.world, right)
                );
                notes.parcel(Rule::F9, row, text);
            }
        }
    }
}

/// The table of fiscal modes.
fn receipt(case: &Case<'_>, channel: &Channel) -> Fiscal {
    let node = case.world.nodes()[case.order.to].entity;
    match channel.payment {
        Payment::Prepaid if node == channel.entity => Fiscal::Online(channel.entity),
        Payment::Prepaid if channel.hands_over_without_receipt => Fiscal::None,
        Payment::Prepaid | Payment::Partly | Payment::OnDelivery => Fiscal::Counter(node),
    }
}

fn said(world: &World, fiscal: Fiscal) -> String {
    match fiscal {
        Fiscal::Online(entity) => format!("a receipt online by {}", name(world.entity_names(), entity)),
        Fiscal::Counter(entity) => {
            format!("a receipt at the counter by {}", name(world.entity_names(), entity))
        }
        Fiscal::None => "no receipt".to_owned(),
    }
}
