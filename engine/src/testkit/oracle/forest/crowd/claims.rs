//! What parcels of one order take of what has a capacity, and whether there is so much.

use crate::load::Load;
use crate::units::Instant;
use crate::world::{LaneIx, NodeIx, Order, World};

/// What one parcel takes of one thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    Rides { lane: LaneIx, compartment: u8, departs: i64, grams: u64, cm3: u64 },
    Day { node: NodeIx, date: i32, lines: u32 },
    Waits { node: NodeIx, from: i64, until: i64 },
    Stays { from: i64, until: i64 },
}

/// A cost, and what is taken for it of what is scarce, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) cost: i64,
    pub(super) claims: Vec<Want>,
}

impl Label {
    pub(super) fn of(cost: i64, claims: impl IntoIterator<Item = Want>) -> Label {
        let mut claims: Vec<Want> = claims.into_iter().collect();
        claims.sort();
        Label { cost, claims }
    }

    /// Both together.
    pub(super) fn with(&self, other: &Label) -> Label {
        let claims = self.claims.iter().chain(&other.claims).cloned();
        Label::of(self.cost + other.cost, claims)
    }

    /// The same with a further cost and claim.
    pub(super) fn and(&self, cost: i64, want: Option<Want>) -> Label {
        Label::of(self.cost + cost, self.claims.iter().cloned().chain(want))
    }

    /// Whether it costs no more and takes nothing that the other does not.
    pub(super) fn serves_as(&self, other: &Label) -> bool {
        let mut others = other.claims.iter();
        self.cost <= other.cost && self.claims.iter().all(|want| others.any(|other| other == want))
    }
}

/// What is left for one order.
pub(super) struct Room<'a> {
    world: &'a World,
    load: &'a Load,
    order: &'a Order,
    /// Units, weight and volume of the whole order: what leaves room for that is never scarce.
    units: u32,
    grams: u64,
    cm3: u64,
}

/// What is left of a capacity; nothing when there is none.
fn left(most: Option<u64>, taken: u64) -> Option<u64> {
    most.map(|most| most.saturating_sub(taken))
}

impl<'a> Room<'a> {
    pub(super) fn new(world: &'a World, load: &'a Load, order: &'a Order) -> Room<'a> {
        let sku = |line: &crate::world::Line| &world.skus()[line.sku];
        let (mut units, mut grams, mut cm3) = (0, 0, 0);
        for line in &order.lines {
            units += line.qty.0;
            grams += u64::from(sku(line).grams) * u64::from(line.qty.0);
            cm3 += u64::from(sku(line).cm3) * u64::from(line.qty.0);
        }
        Room { world, load, order, units, grams, cm3 }
    }

    /// Grams, volume and parcels that still go into a compartment of a departure.
    fn riding(&self, lane: LaneIx, compartment: u8, departs: i64) -> [Option<u64>; 3] {
        let capacity = &self.world.lanes()[lane].compartments[usize::from(compartment)].capacity;
        let taken = self.load.departure(lane, Instant(departs), compartment);
        [
            left(capacity.grams.map(|most| most.0), taken.grams.0),
            left(capacity.cm3.map(|most| most.0), taken.cm3.0),
            left(capacity.parcels.map(u64::from), u64::from(taken.parcels)),
        ]
    }

    pub(super) fn is_scarce_on(&self, lane: LaneIx, compartment: u8, departs: i64) -> bool {
        let [grams, cm3, parcels] = self.riding(lane, compartment, departs);
        grams.is_some_and(|left| left < self.grams)
            || cm3.is_some_and(|left| left < self.cm3)
            || parcels.is_some_and(|left| left < u64::from(self.units))
    }

    /// Parcels and lines that can still be made ready.
    fn of_day(&self, node: NodeIx, date: i32) -> [Option<u64>; 2] {
        let Some(stores) = &self.world.nodes()[node].stores else { return [None; 2] };
        let day = self.load.node_day(node, date);
        [
            left(stores.parcels_per_day.map(u64::from), u64::from(day.parcels)),
            left(stores.lines_per_day.map(u64::from), u64::from(day.lines)),
        ]
    }

    pub(super) fn day(&self, node: NodeIx, date: i32, lines: u32) -> Option<Want> {
        let scarce = self.of_day(node, date).iter().flatten().any(|&left| left < u64::from(self.units));
        scarce.then_some(Want::Day { node, date, lines })
    }

    fn buffer(&self, node: NodeIx) -> Option<u64> {
        self.world.nodes()[node].cross_docks.as_ref()?.buffer.map(u64::from)
    }

    /// Whether parcels of the order could be too many at a cross-dock at some moment.
    pub(super) fn is_scarce_at(&self, node: NodeIx) -> bool {
        let peak = self.load.buffer_peak(node, Instant::ALWAYS, Instant::NEVER);
        left(self.buffer(node), u64::from(peak)).is_some_and(|left| left < u64::from(self.units))
    }

    pub(super) fn wait(&self, node: NodeIx, from: i64, until: i64) -> Option<Want> {
        (self.is_scarce_at(node) && from < until).then_some(Want::Waits { node, from, until })
    }

    pub(super) fn stay(&self, from: i64) -> Option<Want> {
        let point = self.world.nodes()[self.order.to].hands_over.as_ref()?;
        point.holds?;
        let until = from + point.stay?.0;
        (from < until).then_some(Want::Stays { from, until })
    }

    /// Whether all that is wanted is there.
    pub(super) fn is_there(&self, claims: &[Want]) -> bool {
        claims.iter().all(|want| match *want {
            Want::Rides { lane, compartment, departs, .. } => {
                let mut sums = [0u64; 3];
                for other in claims {
                    if let Want::Rides { lane: by, compartment: inside, departs: at, grams, cm3 } = *other
                        && (by, inside, at) == (lane, compartment, departs)
                    {
                        sums = [sums[0] + grams, sums[1] + cm3, sums[2] + 1];
                    }
                }
                let room = self.riding(lane, compartment, departs);
                room.iter().zip(sums).all(|(left, sum)| left.is_none_or(|left| sum <= left))
            }
            Want::Day { node, date, .. } => {
                let mut sums = [0u64; 2];
                for other in claims {
                    if let Want::Day { node: at, date: on, lines } = *other
                        && (at, on) == (node, date)
                    {
                        sums = [sums[0] + 1, sums[1] + u64::from(lines)];
                    }
                }
                let room = self.of_day(node, date);
                room.iter().zip(sums).all(|(left, sum)| left.is_none_or(|left| sum <= left))
            }
            Want::Waits { node, .. } => {
                let spans = claims.iter().filter_map(|other| match *other {
                    Want::Waits { node: at, from, until } if at == node => Some((from, until)),
                    _ => None,
                });
                let peak = |from, until| self.load.buffer_peak(node, Instant(from), Instant(until));
                self.buffer(node).is_none_or(|most| never_more(&spans.collect::<Vec<_>>(), most, peak))
            }
            Want::Stays { .. } => {
                let spans = claims.iter().filter_map(|other| match *other {
                    Want::Stays { from, until } => Some((from, until)),
                    _ => None,
                });
                let to = self.order.to;
                let peak = |from, until| self.load.point_peak(to, Instant(from), Instant(until));
                let holds = self.world.nodes()[to].hands_over.as_ref().and_then(|point| point.holds);
                holds.is_none_or(|most| never_more(&spans.collect::<Vec<_>>(), u64::from(most), peak))
            }
        })
    }
}

/// Whether there are never more than so many present, those known among them.
fn never_more(spans: &[(i64, i64)], most: u64, known: impl Fn(i64, i64) -> u32) -> bool {
    let mut ends: Vec<i64> = spans.iter().flat_map(|&(from, until)| [from, until]).collect();
    ends.sort_unstable();
    ends.dedup();
    ends.windows(2).all(|pair| {
        let present = spans.iter().filter(|&&(from, until)| from <= pair[0] && pair[1] <= until).count();
        present == 0 || present as u64 + u64::from(known(pair[0], pair[1])) <= most
    })
}
