//! The cheapest flow through a small network, exactly: along the shortest way that still has room, again and again
//! (Busacker and Gowen 1960; prices of nodes as in Edmonds and Karp 1972). Whole numbers, dense search.

/// Half of an arc: what it leads to; the other half leads back.
#[derive(Clone, Copy, Debug)]
struct Half {
    to: usize,
    room: u64,
    cost: i64,
}

/// A network whose nodes are numbers.
#[derive(Clone, Debug)]
pub struct Network {
    /// Arcs; each is followed by its way back.
    halves: Vec<Half>,
    /// By node, the halves that leave it.
    from: Vec<Vec<usize>>,
}

impl Network {
    /// Nodes without arcs.
    pub fn new(nodes: usize) -> Network {
        Network { halves: Vec::new(), from: vec![Vec::new(); nodes] }
    }

    /// Adds an arc, whose cost is not negative; its number.
    pub fn add(&mut self, from: usize, to: usize, room: u64, cost: i64) -> usize {
        let arc = self.halves.len();
        self.halves.push(Half { to, room, cost });
        self.halves.push(Half { to: from, room: 0, cost: -cost });
        self.from[from].push(arc);
        self.from[to].push(arc + 1);
        arc
    }

    /// What flows through an arc.
    pub fn flow(&self, arc: usize) -> u64 {
        self.halves[arc + 1].room
    }

    /// Sends as much as fits from one node to another, as cheaply as it can be; how much. O(nodes²) for each way.
    pub fn send(&mut self, source: usize, sink: usize) -> u64 {
        let mut potential = vec![0i64; self.from.len()];
        let mut sent = 0;
        while let Some(way) = self.shortest(source, sink, &mut potential) {
            let most = way.iter().map(|&half| self.halves[half].room).min().unwrap_or(0);
            for half in way {
                self.halves[half].room -= most;
                self.halves[half ^ 1].room += most;
            }
            sent += most;
        }
        sent
    }

    /// The shortest way with room, as its halves; none when there is none. Potentials make every length not negative.
    fn shortest(&self, source: usize, sink: usize, potential: &mut [i64]) -> Option<Vec<usize>> {
        let nodes = self.from.len();
        let mut far = vec![i64::MAX; nodes];
        let mut by = vec![usize::MAX; nodes];
        let mut done = vec![false; nodes];
        far[source] = 0;
        while let Some(node) =
            (0..nodes).filter(|&node| !done[node] && far[node] < i64::MAX).min_by_key(|&node| far[node])
        {
            done[node] = true;
            for &row in &self.from[node] {
                let half = self.halves[row];
                let length = half.cost + potential[node] - potential[half.to];
                if half.room > 0 && far[node] + length < far[half.to] {
                    far[half.to] = far[node] + length;
                    by[half.to] = row;
                }
            }
        }
        if !done[sink] {
            return None;
        }
        // Nodes out of reach count as the farthest, so that lengths stay not negative if they come into reach.
        let most = far.iter().copied().filter(|&far| far < i64::MAX).max().unwrap_or(0);
        for (potential, far) in potential.iter_mut().zip(&far) {
            *potential += (*far).min(most);
        }
        let mut way = Vec::new();
        let mut at = sink;
        while at != source {
            way.push(by[at]);
            at = self.halves[by[at] ^ 1].to;
        }
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_unit_sends_the_first_another_way() {
        // The shortest way alone, 0-1-2-3, blocks both others; two units together take 0-1-3 and 0-2-3.
        let mut network = Network::new(4);
        let arcs = [(0, 1, 1), (0, 2, 5), (1, 2, 1), (1, 3, 6), (2, 3, 1)]
            .map(|(from, to, cost)| network.add(from, to, 1, cost));
        assert_eq!(network.send(0, 3), 2);
        assert_eq!(arcs.map(|arc| network.flow(arc)), [1, 1, 0, 1, 1]);
    }

    #[test]
    fn no_more_flows_than_there_is_room_for() {
        let mut network = Network::new(3);
        let narrow = network.add(0, 1, 3, 2);
        network.add(1, 2, 9, 0);
        assert_eq!((network.send(0, 2), network.flow(narrow)), (3, 3));
    }
}
