//! Shortest rides between places whatever the time of day: how much sooner than this nobody can be there.

use super::lines::{Lines, NEVER, NONE};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The least time from one stop to another, and the least it takes there before one can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) to: u32,
    pub(super) from: u32,
    pub(super) seconds: i32,
    pub(super) onward: i32,
}

/// Most groups of stops: their matrix takes 16 megabytes.
const GROUPS: usize = 2_048;

/// For each pair of groups of stops the least time between them.
///
/// Up to [`GROUPS`] stops each is its own group; of more, neighbours along a line share one, and within a group going is
/// taken to be free. So the bound holds in every case and is only less sharp for large timetables.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    group: Vec<u32>,
    groups: usize,
    seconds: Vec<i32>,
}

impl Bounds {
    pub(super) fn new(stops: usize, lines: &Lines, mut edges: Vec<Edge>) -> Bounds {
        let group = groups(stops, lines);
        let groups = group.iter().max().map_or(0, |&last| last as usize + 1);
        if groups < stops {
            // A stop where nobody goes on shares its group with some where one does.
            edges.iter_mut().for_each(|edge| edge.onward = 0);
        }
        for edge in &mut edges {
            (edge.from, edge.to) = (group[edge.from as usize], group[edge.to as usize]);
        }
        edges.retain(|edge| edge.from != edge.to);
        edges.sort_unstable();
        // Of edges side by side only those count that are shorter, or after which one goes on sooner.
        let mut best = NEVER;
        let mut pair = (NONE, NONE);
        edges.retain(|edge| {
            if pair != (edge.to, edge.from) {
                (pair, best) = ((edge.to, edge.from), NEVER + 1);
            }
            let better = edge.onward < best;
            best = best.min(edge.onward);
            better
        });
        let starts: Vec<usize> =
            (0..=groups as u32).map(|to| edges.partition_point(|edge| edge.to < to)).collect();
        let mut seconds = vec![NEVER; groups * groups];
        if groups > 0 {
            seconds.par_chunks_mut(groups).enumerate().for_each_init(BinaryHeap::new, |heap, (goal, row)| {
                backward(goal, row, &edges, &starts, heap);
            });
        }
        Bounds { group, groups, seconds }
    }

    /// Least times to a stop, by the group one is in.
    #[inline]
    pub(super) fn towards(&self, stop: u32) -> &[i32] {
        let goal = self.group[stop as usize] as usize;
        &self.seconds[goal * self.groups..(goal + 1) * self.groups]
    }

    #[inline]
    pub(super) fn group(&self, stop: u32) -> usize {
        self.group[stop as usize] as usize
    }
}

fn backward(
    goal: usize,
    least: &mut [i32],
    edges: &[Edge],
    starts: &[usize],
    heap: &mut BinaryHeap<Reverse<(i32, u32)>>,
) {
    least[goal] = 0;
    heap.push(Reverse((0, goal as u32)));
    while let Some(Reverse((time, at))) = heap.pop() {
        if time > least[at as usize] {
            continue;
        }
        let ends = at as usize == goal;
        for edge in &edges[starts[at as usize]..starts[at as usize + 1]] {
            let onward = if ends { 0 } else { edge.onward };
            let sum = time.saturating_add(edge.seconds).saturating_add(onward);
            if sum < least[edge.from as usize] {
                least[edge.from as usize] = sum;
                heap.push(Reverse((sum, edge.from)));
            }
        }
    }
}

/// The group of each stop.
fn groups(stops: usize, lines: &Lines) -> Vec<u32> {
    let size = stops.div_ceil(GROUPS).max(1);
    if size == 1 {
        return (0..stops as u32).collect();
    }
    let mut group = vec![NONE; stops];
    let (mut next, mut filled) = (0, 0);
    let along = lines.stops.iter().copied().chain(0..stops as u32);
    for stop in along {
        if group[stop as usize] != NONE {
            continue;
        }
        if filled == size {
            (next, filled) = (next + 1, 0);
        }
        group[stop as usize] = next;
        filled += 1;
    }
    group
}
