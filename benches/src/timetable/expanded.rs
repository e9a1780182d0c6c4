//! The rival: a time-expanded graph and Dijkstra's search with a binary heap, written plainly from the textbook.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A call of one dated trip, in UTC seconds.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Where.
    pub stop: u32,
    /// When it arrives.
    pub arrives: i64,
    /// The last moment at which one may get on, if one may.
    pub boards_until: Option<i64>,
    /// Whether one may get off.
    pub alights: bool,
    /// When one who got off may get on something else, if one may.
    pub changed: Option<i64>,
}

/// All that runs, trip by trip.
#[derive(Clone, Debug, Default)]
pub struct Dated {
    /// How many stops there are.
    pub stops: usize,
    /// Calls of each dated trip.
    pub trips: Vec<Vec<Event>>,
    /// From a stop to a stop on foot, and for how long.
    pub walks: Vec<(u32, u32, i64)>,
}

const NONE: u32 = u32::MAX;

/// A node of the graph: somebody waits at a stop for a departure, or is aboard on arrival.
#[derive(Clone, Copy, Debug)]
struct Node {
    time: i64,
    stop: u32,
    /// The next departure at the stop; of an arrival, the first that is made after a change.
    wait: u32,
    /// The next arrival of the same trip.
    ride: u32,
    /// One may be at the goal here.
    ends: bool,
}

/// The graph.
#[derive(Debug)]
pub struct Expanded {
    nodes: Vec<Node>,
    /// Departures of each stop in the order of time.
    departures: Vec<Vec<(i64, u32)>>,
    walks: Vec<Vec<(u32, i64)>>,
}

/// Memory of the search.
#[derive(Debug, Default)]
pub struct Memory {
    seen: Vec<u32>,
    question: u32,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
}

impl Expanded {
    /// Lays the graph out.
    pub fn new(dated: &Dated) -> Expanded {
        let mut nodes = Vec::new();
        let mut departures: Vec<Vec<(i64, u32)>> = vec![Vec::new(); dated.stops];
        for trip in &dated.trips {
            let first = nodes.len() as u32;
            for (row, call) in trip.iter().enumerate() {
                let next = if row + 1 < trip.len() { first + 2 * (row as u32 + 1) } else { NONE };
                nodes.push(Node {
                    time: call.arrives,
                    stop: call.stop,
                    wait: NONE,
                    ride: next,
                    ends: call.alights,
                });
                let until = call.boards_until.filter(|_| next != NONE);
                let time = until.unwrap_or(call.arrives);
                nodes.push(Node { time, stop: call.stop, wait: NONE, ride: next, ends: false });
                if let Some(until) = until {
                    departures[call.stop as usize].push((until, first + 2 * row as u32 + 1));
                }
            }
        }
        for departures in &mut departures {
            departures.sort_unstable();
            for pair in departures.windows(2) {
                nodes[pair[0].1 as usize].wait = pair[1].1;
            }
        }
        let mut row = 0;
        for call in dated.trips.iter().flatten() {
            if let Some(changed) = call.changed.filter(|_| call.alights) {
                let waiting = &departures[call.stop as usize];
                let first = waiting.partition_point(|&(until, _)| until < changed);
                nodes[row].wait = waiting.get(first).map_or(NONE, |&(_, node)| node);
            }
            row += 2;
        }
        let mut walks = vec![Vec::new(); dated.stops];
        for &(from, to, seconds) in &dated.walks {
            walks[from as usize].push((to, seconds));
        }
        Expanded { nodes, departures, walks }
    }

    /// How many events there are.
    pub fn events(&self) -> usize {
        self.nodes.len()
    }

    /// The earliest arrival.
    pub fn earliest(&self, from: u32, at: i64, to: u32, memory: &mut Memory) -> Option<i64> {
        if from == to {
            return Some(at);
        }
        memory.seen.resize(self.nodes.len(), 0);
        memory.question += 1;
        memory.heap.clear();
        let mut best: Option<i64> = None;
        self.wait(from, at, memory);
        self.walk(from, at, to, &mut best, memory);
        while let Some(Reverse((time, row))) = memory.heap.pop() {
            if best.is_some_and(|best| best <= time) {
                break;
            }
            let node = self.nodes[row as usize];
            if memory.seen[row as usize] == memory.question {
                continue;
            }
            memory.seen[row as usize] = memory.question;
            if node.ends {
                if node.stop == to {
                    return Some(time);
                }
                self.walk(node.stop, time, to, &mut best, memory);
            }
            for next in [node.wait, node.ride] {
                if next != NONE && memory.seen[next as usize] != memory.question {
                    memory.heap.push(Reverse((self.nodes[next as usize].time, next)));
                }
            }
        }
        best
    }

    fn wait(&self, stop: u32, ready: i64, memory: &mut Memory) {
        let waiting = &self.departures[stop as usize];
        let first = waiting.partition_point(|&(until, _)| until < ready);
        if let Some(&(until, node)) = waiting.get(first) {
            memory.heap.push(Reverse((until, node)));
        }
    }

    fn walk(&self, stop: u32, at: i64, goal: u32, best: &mut Option<i64>, memory: &mut Memory) {
        for &(to, seconds) in &self.walks[stop as usize] {
            if to == goal {
                *best = Some(best.map_or(at + seconds, |best| best.min(at + seconds)));
            }
            self.wait(to, at + seconds, memory);
        }
    }
}
