//! What each set of units costs at the least on each departure, leg by leg, and handed over at each moment.

use super::goods::{Set, Sets};
use super::{NO_WAY, Scene, sum};
use crate::testkit::oracle::TooBig;
use crate::units::{Index, Instant};
use crate::world::{CrossDocks, LaneIx, NodeIx, Schedule};
use std::collections::BTreeMap;

/// Departures of all lanes that can matter, and products of them with ways to part sets, that are not too many.
const MOST_RUNS: usize = 3_000;
const MOST_STEPS: usize = 60_000_000;

/// A departure.
pub(super) struct Run {
    pub(super) lane: LaneIx,
    pub(super) departs: i64,
    pub(super) arrives: i64,
    /// When a parcel that arrives by it can ride on.
    pub(super) handled: Option<i64>,
    /// When a merge is ready whose last part it brings.
    pub(super) merged: Option<i64>,
}

/// When a node is left: everything there must be ready by a moment to depart at another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Leave {
    node: NodeIx,
    departs: i64,
    by: i64,
}

pub(super) struct Rides<'s, 'a> {
    scene: &'s Scene<'a>,
    sets: &'s Sets<'s>,
    runs: Vec<Run>,
    /// By run, then set: the least cost of a parcel on it, up to its arrival.
    cost: Vec<Vec<i64>>,
}

/// Hand-over times of a set in one parcel, and what each costs at the least without lateness.
pub(super) type Roots = Vec<Vec<(i64, i64)>>;

impl<'s, 'a> Rides<'s, 'a> {
    pub(super) fn new(scene: &'s Scene<'a>, sets: &'s Sets<'s>) -> Result<Self, TooBig> {
        let runs = runs(scene)?;
        let splits: usize = sets.rows.iter().map(|set| set.splits.len() + 1).sum();
        if runs.len() > MOST_RUNS || runs.len() * splits > MOST_STEPS {
            return Err(TooBig);
        }
        let cost = vec![vec![NO_WAY; sets.rows.len()]; runs.len()];
        let mut rides = Rides { scene, sets, runs, cost };
        // Each round adds a leg to the longest chain.
        for _ in 0..scene.world.max_legs() {
            if !rides.ride() {
                break;
            }
        }
        Ok(rides)
    }

    /// One leg more than before; false when that opened nothing new.
    fn ride(&mut self) -> bool {
        let mut leaves: BTreeMap<Leave, Vec<usize>> = BTreeMap::new();
        for (row, run) in self.runs.iter().enumerate() {
            let lane = &self.scene.world.lanes()[run.lane];
            let leave = Leave { node: lane.from, departs: run.departs, by: run.departs - lane.cut_off.0 };
            leaves.entry(leave).or_default().push(row);
        }
        let mut longer = Vec::new();
        for (leave, rows) in leaves {
            let alone = self.alone(leave);
            let merged = self.merged(leave, None);
            for row in rows {
                let lane = self.runs[row].lane.row();
                let costs =
                    self.sets.rows.iter().zip(alone.iter().zip(&merged)).map(|(set, (alone, merged))| {
                        sum(*alone.min(merged), set.carriage[lane].unwrap_or(NO_WAY))
                    });
                longer.push((row, costs.collect::<Vec<i64>>()));
            }
        }
        let mut opened = false;
        for (row, costs) in longer {
            opened |= self.cost[row] != costs;
            self.cost[row] = costs;
        }
        opened
    }

    /// By set: the least cost of a parcel that leaves a node without being merged there.
    fn alone(&self, leave: Leave) -> Vec<i64> {
        let into = self.into(leave.node);
        let dock = self.dock(leave.node);
        let packed =
            |set: &Set| set.packed.filter(|&(node, ready, _)| node == leave.node && ready <= leave.by);
        let of = |row: usize| {
            let set = &self.sets.rows[row];
            let mut least = packed(set).map_or(NO_WAY, |(_, _, cost)| cost);
            if let Some((dock, dwell)) = dock.zip(set.dwell[leave.node.row()]) {
                for &run in &into {
                    let arrives = self.runs[run].arrives;
                    let handled = self.runs[run].handled.is_some_and(|handled| handled <= leave.by);
                    if handled && leave.departs - arrives <= dwell {
                        least = least.min(sum(self.cost[run][row], dock.cost_per_parcel.0));
                    }
                }
            }
            least
        };
        (0..self.sets.rows.len()).map(of).collect()
    }

    /// By set: the least cost of a parcel merged at a node that leaves it. A merged parcel is ready no earlier than
    /// `least_ready`; without it, no earlier than its own longest wait before it leaves.
    fn merged(&self, leave: Leave, least_ready: Option<i64>) -> Vec<i64> {
        let mut merged = vec![NO_WAY; self.sets.rows.len()];
        let Some(dock) = self.dock(leave.node) else { return merged };
        let node = leave.node.row();
        // From when on the last part of a set has to make the merge ready, where the set can wait at all.
        let ready_from = |set: &Set| {
            let dwell = set.dwell[node]?;
            Some(least_ready.unwrap_or(if dwell == i64::MAX { i64::MIN } else { leave.departs - dwell }))
        };
        let mut froms: Vec<i64> = self.sets.rows.iter().filter_map(ready_from).collect();
        froms.push(i64::MIN);
        froms.sort_unstable();
        froms.dedup();
        let part = self.part(leave, dock, &froms);
        if part.iter().all(|costs| costs[0] >= NO_WAY) {
            return merged;
        }
        // The least cost of a set in any number of parts; no part of them need be late.
        let mut free = vec![NO_WAY; self.sets.rows.len()];
        for (row, set) in self.sets.rows.iter().enumerate() {
            let by_first = set.splits.iter().filter(|split| split.2);
            let parted =
                by_first.map(|&(one, rest, _)| sum(part[one as usize][0], free[rest as usize])).min();
            free[row] = part[row][0].min(parted.unwrap_or(NO_WAY));
            let Some(from) = ready_from(set) else { continue };
            let Ok(from) = froms.binary_search(&from) else { continue };
            let parted =
                set.splits.iter().map(|&(last, rest, _)| sum(part[last as usize][from], free[rest as usize]));
            merged[row] = sum(parted.min().unwrap_or(NO_WAY), dock.cost_per_merge.0);
        }
        merged
    }

    /// By set and bound from below: the least cost of a part that can wait until the node is left, is there in time,
    /// and with which as the last the merge would be ready no earlier than the bound.
    fn part(&self, leave: Leave, dock: &CrossDocks, froms: &[i64]) -> Vec<Vec<i64>> {
        let into = self.into(leave.node);
        let of = |row: usize| {
            let set = &self.sets.rows[row];
            let mut least = vec![NO_WAY; froms.len()];
            let Some(dwell) = set.dwell[leave.node.row()] else { return least };
            let mut offer = |since: i64, merged: Option<i64>, cost: i64| {
                let Some(merged) = merged.filter(|&merged| merged <= leave.by) else { return };
                if leave.departs - since <= dwell {
                    for (least, _) in least.iter_mut().zip(froms).take_while(|(_, from)| **from <= merged) {
                        *least = cost.min(*least);
                    }
                }
            };
            for &run in into.iter().filter(|&&run| self.cost[run][row] < NO_WAY) {
                offer(
                    self.runs[run].arrives,
                    self.runs[run].merged,
                    self.cost[run][row] + dock.cost_per_parcel.0,
                );
            }
            if let Some((_, ready, cost)) = set.packed.filter(|packed| packed.0 == leave.node) {
                offer(ready, self.scene.clock.after(dock.calendar, ready, dock.merging), cost);
            }
            least
        };
        (0..self.sets.rows.len()).map(of).collect()
    }

    /// Every hand-over of every set in one parcel.
    pub(super) fn roots(&self) -> Roots {
        let to = self.scene.order.to;
        let into = self.into(to);
        let mut moments: Vec<i64> = into.iter().filter_map(|&run| self.runs[run].merged).collect();
        if let Some(dock) = self.dock(to) {
            let packed = self.sets.rows.iter().filter_map(|set| set.packed).filter(|packed| packed.0 == to);
            moments.extend(
                packed.filter_map(|(_, ready, _)| self.scene.clock.after(dock.calendar, ready, dock.merging)),
            );
        }
        moments.sort_unstable();
        moments.dedup();
        let merges: Vec<(i64, Vec<i64>)> = moments
            .into_iter()
            .map(|ready| (ready, self.merged(Leave { node: to, departs: ready, by: ready }, Some(ready))))
            .collect();
        let of = |(row, set): (usize, &Set)| {
            let Some(desk) = set.desk else { return Vec::new() };
            let packed = set.packed.filter(|packed| packed.0 == to).map(|(_, ready, cost)| (ready, cost));
            let rides = into.iter().map(|&run| (self.runs[run].arrives, self.cost[run][row]));
            let merged = merges.iter().map(|(ready, costs)| (*ready, costs[row]));
            let mut roots = BTreeMap::new();
            for (there, cost) in
                packed.into_iter().chain(rides).chain(merged).filter(|&(_, cost)| cost < NO_WAY)
            {
                let Some(at) = self.scene.clock.hand_over(to, there) else { continue };
                if Instant(at) <= self.scene.order.latest() && at <= set.lives {
                    let least = roots.entry(at).or_insert(NO_WAY);
                    *least = (cost + desk).min(*least);
                }
            }
            roots.into_iter().collect()
        };
        self.sets.rows.iter().enumerate().map(of).collect()
    }

    /// Runs that arrive at a node.
    fn into(&self, node: NodeIx) -> Vec<usize> {
        let arrives = |run: &Run| self.scene.world.lanes()[run.lane].to == node;
        (0..self.runs.len()).filter(|&run| arrives(&self.runs[run])).collect()
    }

    fn dock(&self, node: NodeIx) -> Option<&'a CrossDocks> {
        self.scene.world.nodes()[node].cross_docks.as_ref()
    }
}

/// Every departure after the order is placed that arrives while handing over is of use.
pub(super) fn runs(scene: &Scene<'_>) -> Result<Vec<Run>, TooBig> {
    let (placed, latest) = (scene.order.placed_at.0, scene.order.latest().0);
    let starts = scene.nodes.iter().flat_map(|node| &node.items).map(|item| item.start);
    let step = scene.clock.step(placed, starts);
    let mut runs = Vec::new();
    if (latest - placed) / step > MOST_RUNS as i64
        && scene.world.lanes().iter().any(|lane| matches!(lane.schedule, Schedule::OnDemand(_)))
    {
        return Err(TooBig);
    }
    for (ix, lane) in scene.world.lanes().enumerated() {
        let dock = scene.world.nodes()[lane.to].cross_docks.as_ref();
        for departs in scene.clock.departures(ix, placed, latest - lane.transit.0, step) {
            let arrives = departs + lane.transit.0;
            let handled = dock.and_then(|dock| scene.clock.after(dock.calendar, arrives, dock.handling));
            let merged = dock
                .zip(handled)
                .and_then(|(dock, handled)| scene.clock.after(dock.calendar, handled, dock.merging));
            runs.push(Run { lane: ix, departs, arrives, handled, merged });
        }
    }
    Ok(runs)
}
