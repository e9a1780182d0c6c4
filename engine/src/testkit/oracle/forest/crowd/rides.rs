//! What each set of units on each departure can cost, and what is claimed for it, leg by leg.

use super::super::Scene;
use super::super::goods::{Set, Sets, contents};
use super::super::rides::{Run, runs};
use super::claims::{Label, Want};
use super::{Bench, TooBig};
use crate::units::{Index, Instant};
use crate::world::{CrossDocks, NodeIx};
use std::collections::BTreeMap;

/// Departures of all lanes that can matter, with the sets of units, at most.
const MOST_PAIRS: usize = 400_000;

/// What is left of a set beside its classes of cost: what it weighs, and when it can be made ready.
struct Goods {
    grams: u64,
    cm3: u64,
    /// Where, at which moments and on which date it can be ready, with its cost and what is claimed for it.
    packed: Vec<(NodeIx, i64, Label)>,
    /// By lane the compartments it can stand in.
    compartments: Vec<Vec<u8>>,
}

/// When a node is left: all there must be ready by a moment to depart at another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Leave {
    node: NodeIx,
    departs: i64,
    by: i64,
}

/// When a merge is ready: at one moment, or at some moment from one to another where that changes nothing.
#[derive(Clone, Copy)]
struct When {
    from: i64,
    to: i64,
}

/// Hand-over times of a set in one parcel, with cost but for lateness, and claims.
pub(super) type Roots = Vec<BTreeMap<i64, Vec<Label>>>;

pub(super) struct Rides<'s, 'a> {
    scene: &'s Scene<'a>,
    sets: &'s Sets<'s>,
    goods: Vec<Goods>,
    runs: Vec<Run>,
    /// By run, then set: a parcel on it, up to its arrival.
    costs: Vec<Vec<Vec<Label>>>,
}

impl<'s, 'a> Rides<'s, 'a> {
    pub(super) fn new(
        scene: &'s Scene<'a>,
        sets: &'s Sets<'s>,
        bench: &mut Bench<'_>,
    ) -> Result<Self, TooBig> {
        let runs = runs(scene)?;
        if runs.len() * sets.rows.len() > MOST_PAIRS {
            return Err(TooBig);
        }
        let goods = sets.rows.iter().map(|set| goods(scene, set, bench)).collect();
        let costs = vec![vec![Vec::new(); sets.rows.len()]; runs.len()];
        let mut rides = Rides { scene, sets, goods, runs, costs };
        // Each round adds a leg to the longest chain.
        for _ in 0..scene.world.max_legs() {
            let longer = rides.longer(bench)?;
            if longer == rides.costs {
                break;
            }
            rides.costs = longer;
        }
        Ok(rides)
    }

    /// One leg more than before.
    fn longer(&self, bench: &mut Bench<'_>) -> Result<Vec<Vec<Vec<Label>>>, TooBig> {
        let mut leaves: BTreeMap<Leave, Vec<usize>> = BTreeMap::new();
        for (row, run) in self.runs.iter().enumerate() {
            let lane = &self.scene.world.lanes()[run.lane];
            let leave = Leave { node: lane.from, departs: run.departs, by: run.departs - lane.cut_off.0 };
            leaves.entry(leave).or_default().push(row);
        }
        let mut longer = vec![vec![Vec::new(); self.sets.rows.len()]; self.runs.len()];
        for (leave, rows) in leaves {
            let there = self.there(leave, bench)?;
            for row in rows {
                let run = &self.runs[row];
                for (set, labels) in there.iter().enumerate().filter(|(_, labels)| !labels.is_empty()) {
                    let Some(carriage) = self.sets.rows[set].carriage[run.lane.row()] else { continue };
                    for label in labels {
                        for riding in self.riding(set, run, bench) {
                            bench.keep(label.and(carriage, riding), &mut longer[row][set])?;
                        }
                    }
                }
            }
        }
        Ok(longer)
    }

    /// What a set takes of a departure, one for each compartment that could matter.
    fn riding(&self, set: usize, run: &Run, bench: &Bench<'_>) -> Vec<Option<Want>> {
        let Goods { grams, cm3, compartments, .. } = &self.goods[set];
        let (lane, departs) = (run.lane, run.departs);
        let compartments = &compartments[lane.row()];
        if compartments.iter().any(|&inside| !bench.room.is_scarce_on(lane, inside, departs)) {
            return vec![None];
        }
        let want = |&compartment: &u8| Want::Rides { lane, compartment, departs, grams: *grams, cm3: *cm3 };
        compartments.iter().map(|compartment| Some(want(compartment))).collect()
    }

    /// By set: a parcel that leaves a node, packed, passing or merged there.
    fn there(&self, leave: Leave, bench: &mut Bench<'_>) -> Result<Vec<Vec<Label>>, TooBig> {
        let into = self.into(leave.node);
        let dock = self.dock(leave.node);
        let mut there = vec![Vec::new(); self.sets.rows.len()];
        for (row, set) in self.sets.rows.iter().enumerate() {
            for (_, _, label) in self.packed(row, leave.node).filter(|packed| packed.1 <= leave.by) {
                bench.keep(label.clone(), &mut there[row])?;
            }
            let Some((dock, dwell)) = dock.zip(set.dwell[leave.node.row()]) else { continue };
            for &run in &into {
                let Run { arrives, handled, .. } = self.runs[run];
                if handled.is_some_and(|handled| handled <= leave.by) && leave.departs - arrives <= dwell {
                    let waits = bench.room.wait(leave.node, arrives, leave.departs);
                    for label in &self.costs[run][row] {
                        bench.keep(label.and(dock.cost_per_parcel.0, waits.clone()), &mut there[row])?;
                    }
                }
            }
        }
        let Some(dock) = dock else { return Ok(there) };
        let whens: Vec<When> = match bench.room.is_scarce_at(leave.node) {
            true => self.merges(leave.node, dock).into_iter().map(|at| When { from: at, to: at }).collect(),
            false => {
                // It matters only that the whole does not wait too long.
                let dwells = self.sets.rows.iter().filter_map(|set| set.dwell[leave.node.row()]);
                let mut froms: Vec<i64> = dwells.map(|dwell| leave.departs.saturating_sub(dwell)).collect();
                froms.sort_unstable();
                froms.dedup();
                froms.into_iter().map(|from| When { from, to: leave.by }).collect()
            }
        };
        for when in whens.into_iter().filter(|when| when.to <= leave.by) {
            let merged = self.merged(leave, when, dock, bench)?;
            for (row, labels) in merged.into_iter().enumerate() {
                let Some(dwell) = self.sets.rows[row].dwell[leave.node.row()] else { continue };
                if leave.departs.saturating_sub(dwell) > when.from {
                    continue;
                }
                let waits = bench.room.wait(leave.node, when.to, leave.departs);
                for label in labels {
                    bench.keep(label.and(0, waits.clone()), &mut there[row])?;
                }
            }
        }
        Ok(there)
    }

    /// Moments at which a merge at a node could be ready.
    fn merges(&self, node: NodeIx, dock: &CrossDocks) -> Vec<i64> {
        let rides = self.into(node).into_iter().filter_map(|run| self.runs[run].merged);
        let packed = (0..self.sets.rows.len()).flat_map(|row| self.packed(row, node));
        let packed = packed.filter_map(|packed| self.merged_after(dock, packed.1));
        let mut moments: Vec<i64> = rides.chain(packed).collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    fn merged_after(&self, dock: &CrossDocks, ready: i64) -> Option<i64> {
        self.scene.clock.after(dock.calendar, ready, dock.merging)
    }

    /// By set: a parcel merged of two or more at a node, whose merge is ready then. What it takes itself of the buffer
    /// is not claimed yet.
    fn merged(
        &self,
        leave: Leave,
        when: When,
        dock: &CrossDocks,
        bench: &mut Bench<'_>,
    ) -> Result<Vec<Vec<Label>>, TooBig> {
        let rows = self.sets.rows.len();
        // Parts that are there in time, and among them those that can be the last.
        let (mut part, mut last) = (vec![Vec::new(); rows], vec![Vec::new(); rows]);
        let into = self.into(leave.node);
        for (row, set) in self.sets.rows.iter().enumerate() {
            let Some(dwell) = set.dwell[leave.node.row()] else { continue };
            let mut offer = |since: i64, merged: Option<i64>, label: Label, bench: &mut Bench<'_>| {
                let Some(merged) = merged.filter(|&merged| merged <= when.to) else { return Ok(()) };
                if leave.departs - since > dwell {
                    return Ok(());
                }
                if merged >= when.from {
                    bench.keep(label.clone(), &mut last[row])?;
                }
                bench.keep(label, &mut part[row])
            };
            for &run in &into {
                let Run { arrives, merged, .. } = self.runs[run];
                let waits = bench.room.wait(leave.node, arrives, when.to);
                for label in &self.costs[run][row] {
                    offer(arrives, merged, label.and(dock.cost_per_parcel.0, waits.clone()), bench)?;
                }
            }
            for (_, ready, label) in self.packed(row, leave.node) {
                offer(*ready, self.merged_after(dock, *ready), label.clone(), bench)?;
            }
        }
        let mut merged = vec![Vec::new(); rows];
        if last.iter().all(Vec::is_empty) {
            return Ok(merged);
        }
        // A set in any number of parts, whether or not one of them is the last.
        let mut free: Vec<Vec<Label>> = vec![Vec::new(); rows];
        for (row, set) in self.sets.rows.iter().enumerate() {
            let mut all = part[row].clone();
            for &(one, rest, _) in set.splits.iter().filter(|split| split.2) {
                pairs(&part[one as usize], &free[rest as usize], 0, bench, &mut all)?;
            }
            free[row] = all;
            for &(one, rest, _) in &set.splits {
                let cost = dock.cost_per_merge.0;
                pairs(&last[one as usize], &free[rest as usize], cost, bench, &mut merged[row])?;
            }
        }
        Ok(merged)
    }

    /// Every hand-over of every set in one parcel.
    pub(super) fn roots(&self, bench: &mut Bench<'_>) -> Result<Roots, TooBig> {
        let to = self.scene.order.to;
        let mut there: Vec<BTreeMap<i64, Vec<Label>>> = vec![BTreeMap::new(); self.sets.rows.len()];
        let mut add = |row: usize, at: i64, label: Label, bench: &mut Bench<'_>| {
            bench.keep(label, there[row].entry(at).or_default())
        };
        for run in self.into(to) {
            for (row, labels) in self.costs[run].iter().enumerate() {
                for label in labels {
                    add(row, self.runs[run].arrives, label.clone(), bench)?;
                }
            }
        }
        for row in 0..self.sets.rows.len() {
            for (_, ready, label) in self.packed(row, to) {
                add(row, *ready, label.clone(), bench)?;
            }
        }
        if let Some(dock) = self.dock(to) {
            for at in self.merges(to, dock) {
                let leave = Leave { node: to, departs: at, by: at };
                let merged = self.merged(leave, When { from: at, to: at }, dock, bench)?;
                for (row, labels) in merged.into_iter().enumerate() {
                    for label in labels {
                        add(row, at, label, bench)?;
                    }
                }
            }
        }
        let mut roots: Roots = vec![BTreeMap::new(); self.sets.rows.len()];
        for ((row, set), there) in self.sets.rows.iter().enumerate().zip(there) {
            let Some(desk) = set.desk else { continue };
            for (since, labels) in there {
                let Some(at) = self.scene.clock.hand_over(to, since) else { continue };
                if Instant(at) > self.scene.order.latest() || at > set.lives {
                    continue;
                }
                for label in labels {
                    let handed = label.and(desk, bench.room.stay(since));
                    bench.keep(handed, roots[row].entry(at).or_default())?;
                }
            }
        }
        Ok(roots)
    }

    fn packed(&self, row: usize, node: NodeIx) -> impl Iterator<Item = &(NodeIx, i64, Label)> {
        self.goods[row].packed.iter().filter(move |packed| packed.0 == node)
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

/// Every pair of labels together, with a further cost.
fn pairs(
    ones: &[Label],
    others: &[Label],
    cost: i64,
    bench: &mut Bench<'_>,
    among: &mut Vec<Label>,
) -> Result<(), TooBig> {
    for one in ones {
        for other in others {
            bench.keep(one.with(other).and(cost, None), among)?;
        }
    }
    Ok(())
}

fn goods(scene: &Scene<'_>, set: &Set, bench: &Bench<'_>) -> Goods {
    let items = scene.items();
    let goods = contents(scene, &items, set.key, &[]);
    let kept = goods.tolerated();
    let stands = |lane: &crate::world::Lane| {
        let compartments = lane.compartments.iter().enumerate();
        let fit =
            compartments.filter(|(_, inside)| kept.is_some_and(|kept| kept.tolerates(inside.temperature)));
        fit.map(|(row, _)| row as u8).collect()
    };
    let mut lines: Vec<usize> = goods.picks.iter().map(|(item, _)| item.line).collect();
    lines.sort_unstable();
    lines.dedup();
    let mut packed = Vec::new();
    if let Some((node, natural, cost)) = set.packed {
        let mut readies = vec![natural];
        let stores = scene.world.nodes()[node].stores.as_ref();
        if stores.is_some_and(|stores| !stores.is_unlimited()) {
            for (item, _) in &goods.picks {
                let later = scene.clock.ready_later(item.row.zone, item.start, scene.order.latest().0);
                readies.extend(later.into_iter().filter(|&ready| ready > natural));
            }
        }
        readies.sort_unstable();
        readies.dedup();
        packed = readies
            .into_iter()
            .map(|ready| {
                let date = scene.clock.date(node, ready);
                let day = bench.room.day(node, date, lines.len() as u32);
                (node, ready, Label::of(cost, day))
            })
            .filter(|(_, _, label)| bench.room.is_there(&label.claims))
            .collect();
    }
    Goods {
        grams: goods.grams(),
        cm3: goods.cm3(),
        packed,
        compartments: scene.world.lanes().iter().map(stands).collect(),
    }
}
