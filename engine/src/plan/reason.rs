//! Why not? Reasons by code and in plain words: what stood in the way, where, and what would lift it.

use super::words::Words;
use super::{Reason, ReasonCode};
use crate::units::Index;
use crate::world::{LaneIx, Line, LineIx, NodeIx, Order, World};

/// Every kind of reason with its stable code, in the order of the filters.
const CODES: [(ReasonCode, &str); 24] = [
    (ReasonCode::NoStock, "no_stock"),
    (ReasonCode::SellerNotAccepted, "seller_not_accepted"),
    (ReasonCode::NodeNotAllowed, "node_not_allowed"),
    (ReasonCode::AllClaimed, "all_claimed"),
    (ReasonCode::FencedForOthers, "fenced_for_others"),
    (ReasonCode::ZoneTemperature, "zone_temperature"),
    (ReasonCode::NoWay, "no_way"),
    (ReasonCode::CompartmentTemperature, "compartment_temperature"),
    (ReasonCode::CrossDockTemperature, "cross_dock_temperature"),
    (ReasonCode::StorageTemperature, "storage_temperature"),
    (ReasonCode::TooLarge, "too_large"),
    (ReasonCode::InboundTooLate, "inbound_too_late"),
    (ReasonCode::TooLate, "too_late"),
    (ReasonCode::WaitsTooLong, "waits_too_long"),
    (ReasonCode::DayFull, "day_full"),
    (ReasonCode::DepartureFull, "departure_full"),
    (ReasonCode::BufferFull, "buffer_full"),
    (ReasonCode::HandOverFull, "hand_over_full"),
    (ReasonCode::TooShortLife, "too_short_life"),
    (ReasonCode::NotWorthIt, "not_worth_it"),
    (ReasonCode::NotEnough, "not_enough"),
    (ReasonCode::Together, "together"),
    (ReasonCode::NotPartial, "not_partial"),
    (ReasonCode::MaxDeliveries, "max_deliveries"),
];

impl ReasonCode {
    /// Stable code, as documents write it.
    pub fn code(self) -> &'static str {
        CODES.iter().find(|(reason, _)| *reason == self).map_or("", |(_, code)| code)
    }

    /// The reason of a code.
    pub fn of_code(code: &str) -> Option<ReasonCode> {
        CODES.iter().find(|(_, known)| *known == code).map(|(reason, _)| *reason)
    }

    /// All reasons, in the order of the filters.
    pub fn all() -> impl Iterator<Item = ReasonCode> {
        CODES.iter().map(|(reason, _)| *reason)
    }
}

/// A reason in words: what stood in the way, and what would lift it.
pub(super) fn words(words: &Words<'_>, at: LineIx, reason: &Reason) -> (String, String) {
    let Words { world, order, .. } = *words;
    let teller = Teller { words, world, order, at, line: &order.lines[at.row()], reason };
    match reason.code {
        ReasonCode::NoStock
        | ReasonCode::SellerNotAccepted
        | ReasonCode::NodeNotAllowed
        | ReasonCode::AllClaimed
        | ReasonCode::FencedForOthers
        | ReasonCode::NotEnough => teller.of_stock(),
        ReasonCode::ZoneTemperature
        | ReasonCode::CompartmentTemperature
        | ReasonCode::CrossDockTemperature
        | ReasonCode::StorageTemperature
        | ReasonCode::NoWay
        | ReasonCode::TooLarge => teller.of_ways(),
        ReasonCode::InboundTooLate
        | ReasonCode::TooLate
        | ReasonCode::WaitsTooLong
        | ReasonCode::TooShortLife => teller.of_time(),
        ReasonCode::DayFull
        | ReasonCode::DepartureFull
        | ReasonCode::BufferFull
        | ReasonCode::HandOverFull => teller.of_capacity(),
        ReasonCode::NotWorthIt
        | ReasonCode::Together
        | ReasonCode::NotPartial
        | ReasonCode::MaxDeliveries => teller.of_policy(),
    }
}

struct Teller<'a> {
    words: &'a Words<'a>,
    world: &'a World,
    order: &'a Order,
    at: LineIx,
    line: &'a Line,
    reason: &'a Reason,
}

impl Teller<'_> {
    fn of_stock(&self) -> (String, String) {
        let (units, place, channel, goods) = (self.units(), self.place(), self.channel(), self.goods());
        match self.reason.code {
            ReasonCode::NoStock => (
                format!("nobody has {goods}{place}: none on hand, none announced"),
                "receive it, or announce supply of it".to_owned(),
            ),
            ReasonCode::SellerNotAccepted => (
                format!(
                    "{units}{place} belong to sellers this line does not accept; it accepts {}",
                    self.sellers()
                ),
                "add their owners to the line's `sellers`, or leave `sellers` out to accept any".to_owned(),
            ),
            ReasonCode::NodeNotAllowed => (
                format!("{units}{place} cannot be used: channel {channel} may not be served from there"),
                format!("add {} to the `nodes` of channel {channel}", self.node_or("the node")),
            ),
            ReasonCode::AllClaimed => (
                format!(
                    "{units}{place} are held for others, kept as safety stock, or taken by earlier orders"
                ),
                "release holds, lower `safety`, or wait for supply".to_owned(),
            ),
            ReasonCode::FencedForOthers => (
                format!("{units}{place} are fenced for channels other than {channel}"),
                format!("open the ring-fence to channel {channel}, or lower its `qty`"),
            ),
            _ => {
                let wanted = self.line.qty;
                let lacking = match self.reason.qty {
                    0 => String::new(),
                    qty => format!(": {qty} are missing"),
                };
                (
                    format!("there is not enough {goods}{place} for all {wanted} units asked for{lacking}"),
                    "order less, accept more sellers or a later hand-over, or receive more".to_owned(),
                )
            }
        }
    }

    fn of_ways(&self) -> (String, String) {
        let (units, place, to, goods) = (self.units(), self.place(), self.to(), self.goods());
        let tolerated = self.world.skus()[self.line.sku].temperature;
        match self.reason.code {
            ReasonCode::ZoneTemperature => (
                format!(
                    "{units}{place} lie where the temperature leaves {tolerated}, which {goods} tolerates"
                ),
                format!("move them to a zone that stays within {tolerated}"),
            ),
            ReasonCode::CompartmentTemperature => (
                format!("{} has no compartment that stays within {tolerated}", self.lane_or("the way")),
                format!("add a compartment within {tolerated} to {}", self.lane_or("a lane")),
            ),
            ReasonCode::CrossDockTemperature => (
                format!("{} keeps nothing that waits there within {tolerated}", self.node_or("a cross-dock")),
                format!("add a row within {tolerated} to `keeps` of {}", self.node_or("the cross-dock")),
            ),
            ReasonCode::StorageTemperature => (
                format!("{to} has no storage that stays within {tolerated}"),
                format!("hand over where there is one, or add a storage within {tolerated} to {to}"),
            ),
            ReasonCode::NoWay => (
                format!("no lane leads from {} to {to}", self.node_or("where it lies")),
                "add a lane, or hand over somewhere the lanes reach".to_owned(),
            ),
            _ => {
                let taker = self.reason.lane.map_or_else(|| self.node_or(&to), |lane| self.lane(lane));
                (
                    format!("one unit of {goods} ({}) is larger or heavier than {taker} takes", self.size()),
                    format!("raise `largest` of {taker}, or hand over where larger parcels are taken"),
                )
            }
        }
    }

    fn of_time(&self) -> (String, String) {
        let (units, place) = (self.units(), self.place());
        let latest = format!("{} ({})", self.words.moment(self.order.latest()), self.words.zone());
        let why = match self.order.deadline {
            Some(deadline) if deadline == self.order.latest() => "the order's deadline",
            _ => "the last moment it is of use",
        };
        match self.reason.code {
            ReasonCode::InboundTooLate => (
                format!("{units} announced{place} come too late to be handed over by {latest}, {why}"),
                "bring the supply earlier, or allow a later hand-over".to_owned(),
            ),
            ReasonCode::TooLate => (
                format!("{units}{place} would be handed over after {latest}, {why}"),
                "allow a later hand-over, or add an earlier departure or a shorter lead time".to_owned(),
            ),
            ReasonCode::WaitsTooLong => (
                format!("{units} would wait{place} for the next departure longer than goods may"),
                "add a departure that comes sooner, raise `longest_dwell_minutes` there, or allow a later hand-over"
                    .to_owned(),
            ),
            _ => match self.line.min_life.0 / 86_400 {
                0 => (
                    format!("{units}{place} would be past their expiry at hand-over"),
                    "bring fresher lots, or hand over earlier".to_owned(),
                ),
                days => (
                    format!(
                        "{units}{place} would have less than the {days} days of life asked for at hand-over"
                    ),
                    format!("bring fresher lots, hand over earlier, or ask for less than {days} days"),
                ),
            },
        }
    }

    fn of_capacity(&self) -> (String, String) {
        let (units, place) = (self.units(), self.place());
        match self.reason.code {
            ReasonCode::DayFull => (
                format!("no more parcels can be made ready{place} on the days that would be in time"),
                "raise `parcels_per_day` or `lines_per_day`, or allow a later hand-over".to_owned(),
            ),
            ReasonCode::DepartureFull => (
                format!(
                    "{} has no room for {units}{place} on departures that would be in time",
                    self.lane_or("the way")
                ),
                format!(
                    "raise `capacity` of its compartments, add departures to {}, or allow a later hand-over",
                    self.lane_or("the lane")
                ),
            ),
            ReasonCode::BufferFull => (
                format!("as many parcels as can wait{place} at a time wait there already"),
                "raise `buffer_parcels` there, or add a departure that leaves sooner".to_owned(),
            ),
            _ => (
                format!("{} holds as many parcels as it can", self.node_or("the hand-over node")),
                "raise `holds_parcels`, lower `expected_stay_days`, or hand over elsewhere".to_owned(),
            ),
        }
    }

    fn of_policy(&self) -> (String, String) {
        match self.reason.code {
            ReasonCode::NotWorthIt => {
                let penalty = self.words.amount(self.line.unfilled_penalty);
                (
                    format!(
                        "bringing it{} costs more than leaving it out, at {penalty} a unit",
                        self.place()
                    ),
                    "raise `unfilled_penalty` to what a missing unit really costs".to_owned(),
                )
            }
            ReasonCode::Together => (
                format!("lines {} must come in one parcel, and no single parcel can hold them", self.group()),
                "take this line out of the group in `together`".to_owned(),
            ),
            ReasonCode::NotPartial => (
                "the order may not be served in part, and not all of it can be served".to_owned(),
                "set `partial` to true, or drop the lines that cannot be served".to_owned(),
            ),
            _ => {
                let most = self.order.policy.max_deliveries.map_or_else(String::new, |most| most.to_string());
                (
                    format!("it would take more than the {most} parcels `max_deliveries` allows"),
                    "raise `max_deliveries`".to_owned(),
                )
            }
        }
    }

    fn units(&self) -> String {
        match self.reason.qty {
            0 => "all units".to_owned(),
            1 => "1 unit".to_owned(),
            qty => format!("{qty} units"),
        }
    }

    fn place(&self) -> String {
        self.reason.node.map_or_else(String::new, |node| format!(" at {}", self.node(node)))
    }

    fn node(&self, node: NodeIx) -> String {
        let key = self.world.node_names().of(node);
        match &self.world.nodes()[node].label {
            Some(label) if **label != *key => format!("{key} ({label})"),
            _ => key.to_owned(),
        }
    }

    fn node_or(&self, unnamed: &str) -> String {
        self.reason.node.map_or_else(|| unnamed.to_owned(), |node| self.node(node))
    }

    fn lane(&self, lane: LaneIx) -> String {
        format!("lane {}", self.world.lane_names().of(lane))
    }

    fn lane_or(&self, unnamed: &str) -> String {
        self.reason.lane.map_or_else(|| unnamed.to_owned(), |lane| self.lane(lane))
    }

    fn to(&self) -> String {
        self.node(self.order.to)
    }

    fn goods(&self) -> &str {
        self.world.sku_label(self.line.sku)
    }

    fn channel(&self) -> &str {
        self.world.channel_names().of(self.order.channel)
    }

    fn sellers(&self) -> String {
        let Some(sellers) = &self.line.sellers else { return "any".to_owned() };
        let names: Vec<&str> = sellers.iter().map(|&seller| self.world.seller_names().of(seller)).collect();
        names.join(", ")
    }

    fn size(&self) -> String {
        let sku = &self.world.skus()[self.line.sku];
        match sku.size_mm {
            [0, 0, 0] => format!("{} g, {} cm³", sku.grams, sku.cm3),
            [a, b, c] => format!("{} g, {a} × {b} × {c} mm", sku.grams),
        }
    }

    /// Lines of the group this line belongs to, as people count them.
    fn group(&self) -> String {
        let groups = &self.order.policy.together;
        let Some(group) = groups.iter().find(|group| group.contains(&self.at)) else {
            return (self.at.row() + 1).to_string();
        };
        let lines: Vec<String> = group.iter().map(|line| (line.row() + 1).to_string()).collect();
        lines.join(", ")
    }
}
