//! Why are two parcels not merged, though both pass a place where they could be? What merging just these two there
//! would do: which departure it would miss, which promise, and what it would cost.

use super::Words;
use super::missed::started_minutes;
use crate::plan::{Parcel, Plan};
use crate::sourcing::Ground;
use crate::spec::Apart;
use crate::units::{Index, Instant, Money};
use crate::world::{LaneIx, NodeIx, Order};

/// Pairs told of at most.
const PAIRS: usize = 100;

/// Every pair of parcels handed over that pass the same cross-dock.
pub(super) fn apart(ground: Ground<'_>, words: &Words<'_>, order: &Order, plan: &Plan) -> Vec<Apart> {
    let ends: Vec<usize> =
        (0..plan.parcels.len()).filter(|&row| plan.parcels[row].hand_over.is_some()).collect();
    let mut told = Vec::new();
    for (at, &one) in ends.iter().enumerate() {
        for &other in &ends[at + 1..] {
            let stops = passes(ground, order, &plan.parcels[other]);
            for stop in passes(ground, order, &plan.parcels[one]) {
                if let Some(&with) = stops.iter().find(|with| with.node == stop.node)
                    && told.len() < PAIRS
                {
                    let pair = Pair { ground, words, order, plan, node: stop.node, rows: (one, other) };
                    told.push(pair.told(stop, with));
                }
            }
        }
    }
    told
}

/// Where a parcel could be merged with another: a cross-dock, when it is handled there, and its lanes after it.
#[derive(Clone, Copy)]
struct Stop {
    node: NodeIx,
    handled: Instant,
    /// Row of its first leg after the stop.
    next: usize,
}

fn passes(ground: Ground<'_>, order: &Order, parcel: &Parcel) -> Vec<Stop> {
    let world = ground.world;
    let merges = |node: NodeIx| world.nodes()[node].cross_docks.is_some();
    let mut stops = Vec::new();
    if merges(parcel.node) {
        stops.push(Stop { node: parcel.node, handled: parcel.ready_at, next: 0 });
    }
    for (row, leg) in parcel.legs.iter().enumerate() {
        let node = world.lanes()[leg.lane].to;
        debug_assert!(row + 1 < parcel.legs.len() || node == order.to, "a parcel ends with the customer");
        if let Some(handled) = ground.transit.handled_at(node, leg.arrives_at).filter(|_| merges(node)) {
            stops.push(Stop { node, handled, next: row + 1 });
        }
    }
    stops
}

struct Pair<'a> {
    ground: Ground<'a>,
    words: &'a Words<'a>,
    order: &'a Order,
    plan: &'a Plan,
    node: NodeIx,
    rows: (usize, usize),
}

/// The merged parcel on the lanes of one of its parts.
struct Onward {
    costs_more: i64,
    hand_over: Option<Instant>,
    /// The departure its part takes and it does not, and how late it is for it, in seconds.
    missed: Option<(LaneIx, Instant, i64)>,
}

impl Pair<'_> {
    fn told(&self, one: Stop, other: Stop) -> Apart {
        let (first, second) = self.rows;
        let (code, with) = (self.words.code(first), self.words.code(second));
        let mut apart = Apart {
            parcels: vec![code.clone(), with.clone()],
            node: self.ground.world.node_names().of(self.node).to_owned(),
            costs_more: None,
            late_minutes: None,
            text: format!("{code} and {with} are not merged at {}", self.words.place(self.node)),
        };
        if let Some(why) = self.unlike() {
            apart.text += &format!(": {why}.");
            return apart;
        }
        let merged = self.ground.transit.merged_at(self.node, one.handled.max(other.handled));
        let ways = [(first, one), (second, other)];
        let tried = ways.into_iter().filter_map(|(row, stop)| self.onward(row, stop, (one, other), merged?));
        let latest = self.order.latest();
        let best = tried.min_by_key(|way| (way.hand_over.is_none_or(|at| at > latest), way.costs_more));
        let Some(best) = best else {
            apart.text += ": no departure would take them on together.";
            return apart;
        };
        if let Some((lane, departs, late)) = best.missed {
            apart.late_minutes = Some(started_minutes(late));
            apart.text += &format!(
                ": merged, they would miss {} at {} by {} min",
                self.words.lane(lane),
                self.words.moment(departs),
                started_minutes(late)
            );
        }
        let joint = if apart.late_minutes.is_some() { ", and" } else { ":" };
        match best.hand_over.filter(|&at| at <= latest) {
            None => apart.text += &format!("{joint} would be handed over too late"),
            Some(at) => {
                apart.costs_more = Some(best.costs_more);
                let late = self.lateness(at).saturating_sub(self.late_apart());
                if late > 0 {
                    let promise = self.order.promise.map_or_else(String::new, |at| self.words.moment(at));
                    let cost = self.words.amount(Money(late));
                    apart.text += &format!("{joint} miss the promise of {promise}, which costs {cost}");
                }
                let joint = if late > 0 || apart.late_minutes.is_some() { ";" } else { ":" };
                apart.text += &match best.costs_more {
                    1.. => format!(
                        "{joint} merging them would cost {} more",
                        self.words.amount(Money(best.costs_more))
                    ),
                    _ => format!(
                        "{joint} merging them saves nothing where limits, waits and room along the way are kept"
                    ),
                };
            }
        }
        apart.text.push('.');
        apart
    }

    /// What keeps their goods out of one parcel, if anything does.
    fn unlike(&self) -> Option<&'static str> {
        let (one, other) = (&self.plan.parcels[self.rows.0], &self.plan.parcels[self.rows.1]);
        if one.temperature.intersect(other.temperature).is_none() {
            return Some("no temperature suits the goods of both");
        }
        let world = self.ground.world;
        let (goods, others) = (self.goods(self.rows.0), self.goods(self.rows.1));
        let at_odds = |one: usize, other: usize| {
            let (one, other) = (self.order.lines[one].sku, self.order.lines[other].sku);
            let (row, with) = (&world.skus()[one], &world.skus()[other]);
            let classes = row.class.zip(with.class);
            one != other
                && (row.ships_alone
                    || with.ships_alone
                    || classes.is_some_and(|(class, with)| world.segregated(class, with)))
        };
        let any = goods.iter().any(|&one| others.iter().any(|&other| at_odds(one, other)));
        any.then_some("their goods may not share a parcel")
    }

    /// Lines in a parcel or its parts.
    fn goods(&self, row: usize) -> Vec<usize> {
        let parcel = &self.plan.parcels[row];
        let own = parcel.picks.iter().map(|pick| pick.line.row());
        own.chain(parcel.parts.iter().flat_map(|&part| self.goods(usize::from(part)))).collect()
    }

    /// Both as one parcel, merged at a moment, on the rest of the way of one of them.
    fn onward(&self, row: usize, stop: Stop, stops: (Stop, Stop), merged: Instant) -> Option<Onward> {
        let Ground { world, transit, .. } = self.ground;
        let (one, other) = (&self.plan.parcels[self.rows.0], &self.plan.parcels[self.rows.1]);
        let (grams, cm3) = (one.grams.0.saturating_add(other.grams.0), one.cm3.0.saturating_add(other.cm3.0));
        let legs = &self.plan.parcels[row].legs[stop.next..];
        let lanes: Vec<LaneIx> = legs.iter().map(|leg| leg.lane).collect();
        let ridden = transit.legs(&lanes, merged)?;
        let arrives = ridden.last().map_or(merged, |leg| leg.arrives);
        let hand_over = transit.hand_over_at(self.order.to, arrives);
        let docks = world.nodes()[self.node].cross_docks.as_ref()?;
        let point = world.nodes()[self.order.to].hands_over.as_ref()?;
        let mut more = docks.cost_per_merge.0;
        for &lane in &lanes {
            let road = self.ground.terms.road(Some(lane), world.lanes()[lane].to)?;
            more += self.ground.terms.staircases[road.staircase as usize].price(grams, cm3)?;
        }
        more += self.handling(&lanes);
        for (parcel, stop) in [(one, stops.0), (other, stops.1)] {
            let rest = &parcel.legs[stop.next..];
            more -= rest.iter().map(|leg| leg.cost.0).sum::<i64>();
            let lanes: Vec<LaneIx> = rest.iter().map(|leg| leg.lane).collect();
            more -= self.handling(&lanes);
            // Whoever would have been handed over where the merge is, is handled for it first.
            more += if rest.is_empty() && !parcel.legs.is_empty() { docks.cost_per_parcel.0 } else { 0 };
        }
        more -= point.cost_per_parcel.0 + self.order.policy.delivery_penalty.0;
        let costs_more = match hand_over {
            Some(at) => more.saturating_add(self.lateness(at)).saturating_sub(self.late_apart()),
            None => more,
        };
        let missed =
            legs.first().filter(|leg| ridden.first().is_some_and(|taken| taken.departs > leg.departs_at));
        let missed = missed.map(|leg| {
            let could = merged.after(world.lanes()[leg.lane].cut_off).unwrap_or(merged);
            (leg.lane, leg.departs_at, could.0 - leg.departs_at.0)
        });
        Some(Onward { costs_more, hand_over, missed: missed.filter(|missed| missed.2 > 0) })
    }

    /// What being handled between some lanes costs.
    fn handling(&self, lanes: &[LaneIx]) -> i64 {
        let world = self.ground.world;
        let between = lanes.iter().take(lanes.len().saturating_sub(1));
        let cost = |lane: &LaneIx| world.nodes()[world.lanes()[*lane].to].cross_docks.as_ref();
        between.filter_map(cost).map(|docks| docks.cost_per_parcel.0).sum()
    }

    /// What a hand-over costs that comes after the promise.
    fn lateness(&self, at: Instant) -> i64 {
        let Some(promise) = self.order.promise.filter(|&promise| at > promise) else { return 0 };
        let late = at.0 - promise.0;
        self.order.late_per_hour.0.saturating_mul(late / 3600 + i64::from(late % 3600 != 0))
    }

    fn late_apart(&self) -> i64 {
        let at = |row: usize| self.plan.parcels[row].hand_over.map_or(0, |end| self.lateness(end.at));
        at(self.rows.0).saturating_add(at(self.rows.1))
    }
}
