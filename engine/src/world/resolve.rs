//! From the order document to an order on the world's indices.

use super::calendar::DAY;
use super::{Defects, Inspection, Line, LineIx, NodeIx, Order, Place, Policy, World, ZoneIx, build::some_of};
use crate::spec;
use crate::units::{Index, Money, Quantity, Seconds, limits};
use smallvec::SmallVec;

const HOUR: i64 = 3_600;

impl World {
    /// Resolves an order document: keys to indices, local times to UTC, every number within its limits.
    ///
    /// # Errors
    /// Every defect of the document, in its order.
    pub fn order(&self, document: &spec::Order) -> Result<Order, Defects> {
        let (mut found, root) = (Inspection::default(), Place::Document);
        found.key(&root.at("id"), &document.id);
        let channel = found.find(&root.at("channel"), &self.channel_names, &document.channel, "channel");
        if let Some(customer) = &document.customer {
            found.key(&root.at("customer"), customer);
        }
        let placed_at = found.instant(&root.at("placed_at"), &document.placed_at);
        let to = self.hand_over_node(&root.at("to"), &document.to, &mut found);
        let lines = self.lines(&root.at("lines"), &document.lines, &mut found);
        let deadline = document.deadline.as_deref().map(|text| {
            let deadline = found.instant(&root.at("deadline"), text);
            if deadline < placed_at {
                found.note(
                    &root.at("deadline"),
                    "conflict",
                    &format!("{text:?}"),
                    "a moment after `placed_at`",
                );
            }
            deadline
        });
        let promise = document.promise.as_deref().map(|text| found.instant(&root.at("promise"), text));
        let late_per_hour = found.money(&root.at("late_per_hour"), document.late_per_hour);
        let policy = policy(&root.at("policy"), &document.policy, document.lines.len(), &mut found);
        worst_case(&lines, late_per_hour, &policy, &mut found);
        let order = Order {
            id: document.id.as_str().into(),
            // What stands in for unknown keys is never seen: with a defect there is no order.
            channel: channel.unwrap_or(super::ChannelIx(0)),
            customer: document.customer.as_deref().map(Into::into),
            placed_at,
            to: to.unwrap_or(NodeIx(0)),
            lines,
            deadline,
            promise,
            late_per_hour,
            priority: document.priority,
            policy,
        };
        found.or(order)
    }

    fn hand_over_node(&self, place: &Place<'_>, key: &str, found: &mut Inspection) -> Option<NodeIx> {
        let node = found.find(place, &self.node_names, key, "node")?;
        if self.nodes[node].hands_over.is_none() {
            found.note(place, "conflict", &format!("{key:?}"), "a node that hands over; this one does not");
        }
        Some(node)
    }

    fn lines(&self, place: &Place<'_>, lines: &[spec::Line], found: &mut Inspection) -> SmallVec<[Line; 4]> {
        if lines.is_empty() {
            found.note(place, "empty", "[]", "at least one line");
        }
        if lines.len() > limits::LINES_PER_ORDER {
            let right = format!(
                "at most {} lines; a larger order is a replenishment: plan it in parts",
                limits::LINES_PER_ORDER
            );
            found.note(place, "too_many", &format!("{} lines", lines.len()), right);
            return SmallVec::new();
        }
        lines.iter().enumerate().map(|(row, line)| self.line(&place.row(row), line, found)).collect()
    }

    fn line(&self, place: &Place<'_>, line: &spec::Line, found: &mut Inspection) -> Line {
        let sku = found.find(&place.at("sku"), &self.sku_names, &line.sku, "SKU");
        let qty = found.number(&place.at("qty"), line.qty, 1..=limits::QUANTITY) as u32;
        let sellers = line.sellers.as_ref().map(|keys| {
            let some = some_of(&place.at("sellers"), keys, &self.seller_names, "seller", found);
            some.into_iter().map(|(_, seller)| seller).collect()
        });
        let days = line.min_shelf_life_days.unwrap_or(0);
        let days = found.number(&place.at("min_shelf_life_days"), days, 0..=limits::DAYS);
        let unit_value = match line.unit_value {
            Some(value) => found.money_per_unit(&place.at("unit_value"), value),
            None => sku.map_or(Money::ZERO, |sku| self.skus[sku].value),
        };
        Line {
            sku: sku.unwrap_or(super::SkuIx(0)),
            qty: Quantity(qty),
            sellers,
            min_life: Seconds(days * DAY),
            unit_value,
            unfilled_penalty: found.money_per_unit(&place.at("unfilled_penalty"), line.unfilled_penalty),
        }
    }

    /// A temperature zone of a node by its key.
    pub fn zone(&self, node: NodeIx, key: &str) -> Option<ZoneIx> {
        let stores = self.nodes.get(node)?.stores.as_ref()?;
        stores.zones().find(|&zone| *self.zones[zone].name == *key)
    }
}

fn policy(place: &Place<'_>, policy: &spec::Policy, lines: usize, found: &mut Inspection) -> Policy {
    let most = limits::PARCELS_PER_ORDER as i64;
    let parcels =
        |parcels, found: &mut Inspection| found.number(&place.at("max_deliveries"), parcels, 1..=most) as u32;
    let horizon = limits::HORIZON_DAYS * 24;
    let hours = policy.latest_useful_hours.unwrap_or(horizon);
    Policy {
        partial: policy.partial,
        max_deliveries: policy.max_deliveries.map(|most| parcels(most, found)),
        delivery_penalty: found.money(&place.at("delivery_penalty"), policy.delivery_penalty),
        together: together(&place.at("together"), &policy.together, lines, found),
        quantity_split: policy.quantity_split,
        latest_useful: Seconds(HOUR * found.number(&place.at("latest_useful_hours"), hours, 1..=horizon)),
    }
}

/// Groups of lines that come together: rising, disjoint, each of two or more.
fn together(
    place: &Place<'_>,
    groups: &[Vec<i64>],
    lines: usize,
    found: &mut Inspection,
) -> Vec<Vec<LineIx>> {
    if groups.is_empty() || lines > limits::LINES_PER_ORDER {
        return Vec::new();
    }
    if groups.len() > limits::LINES_PER_ORDER {
        let right = format!("at most {} groups", limits::LINES_PER_ORDER);
        found.note(place, "too_many", &format!("{} groups", groups.len()), right);
        return Vec::new();
    }
    let mut group_of: Vec<Option<usize>> = vec![None; lines];
    let mut built = Vec::new();
    for (k, group) in groups.iter().enumerate() {
        let (place, mut shares) = (place.row(k), None);
        let mut members: Vec<LineIx> = Vec::with_capacity(group.len().min(lines));
        for (row, &line) in group.iter().enumerate() {
            let Some(at) =
                usize::try_from(line).ok().and_then(|line| line.checked_sub(1)).filter(|&at| at < lines)
            else {
                let right = format!("the number of a line, from 1 to {lines}");
                found.note(&place.row(row), "out_of_range", &line.to_string(), right);
                continue;
            };
            match group_of[at] {
                Some(other) if other == k => {
                    found.note(&place.row(row), "duplicate", &line.to_string(), "each line once");
                }
                Some(other) => shares = shares.or(Some((other, line))),
                None => {
                    group_of[at] = Some(k);
                    members.push(LineIx::of(at));
                }
            }
        }
        if let Some((other, line)) = shares {
            let right =
                format!("groups that share no line; merge groups {} and {} into one", other + 1, k + 1);
            found.note(
                &place,
                "conflict",
                &format!("line {line}, which is in group {} too", other + 1),
                right,
            );
        }
        // A line alone comes together with itself anyway.
        if members.len() > 1 {
            members.sort_unstable();
            built.push(members);
        }
    }
    built.sort_unstable();
    built
}

/// The most an order's own terms can add up to: every unit unfilled, or every parcel an extra one and late to the
/// end of the horizon. Bounded here, so that the sums of plans and batches stay within 64 bits.
fn worst_case(lines: &[Line], late_per_hour: Money, policy: &Policy, found: &mut Inspection) {
    let units: i128 = lines.iter().map(|line| i128::from(line.qty.0)).sum();
    let unfilled: i128 =
        lines.iter().map(|line| i128::from(line.qty.0) * i128::from(line.unfilled_penalty.0)).sum();
    let allowed = policy.max_deliveries.map_or(limits::PARCELS_PER_ORDER as i128, i128::from);
    let parcels = units.min(allowed).max(1);
    let hours = i128::from(policy.latest_useful.0 / HOUR);
    let worst = unfilled
        + (parcels - 1) * i128::from(policy.delivery_penalty.0)
        + parcels * hours * i128::from(late_per_hour.0);
    if worst > i128::from(limits::MONEY_PER_ORDER) {
        let right = format!(
            "penalties and lateness of at most {} in all; lower them, or split the order",
            limits::MONEY_PER_ORDER
        );
        found.note(&Place::Document.at("lines"), "out_of_range", &format!("{worst} at worst"), right);
    }
}

#[cfg(test)]
mod tests;
