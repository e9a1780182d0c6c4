//! Can the pools give what is taken?

use super::problem::Problem;

/// Up to so many kinds of draw (sets of cells) on one pool, every union of them is looked at; beyond, a flow is sought.
pub const KINDS_PER_POOL: usize = 12;

/// More is asked than there is: the offers concerned, and by how many units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shortfall {
    /// Which offers.
    pub offers: Vec<u32>,
    /// Units asked beyond what there is.
    pub excess: u32,
}

/// Checks pools and caps against units taken by offer, given in rising order of offers, repeats allowed.
/// A pool can give what is asked iff for every union of draws' cells, the draws inside it ask no more than it holds
/// (Hall, 1935).
pub fn shortfall(problem: &Problem<'_>, takes: &[(u32, u32)]) -> Option<Shortfall> {
    for cap in &problem.caps {
        let taken: u64 = takes
            .iter()
            .filter(|(offer, _)| cap.offers.binary_search(offer).is_ok())
            .map(|&(_, units)| u64::from(units))
            .sum();
        if taken > u64::from(cap.most) {
            let excess = (taken - u64::from(cap.most)).min(u64::from(u32::MAX)) as u32;
            return Some(Shortfall { offers: cap.offers.clone(), excess });
        }
    }
    let mut seen: Vec<u32> = Vec::new();
    for &(first, _) in takes {
        let pool = problem.offers[first as usize].pool;
        if seen.contains(&pool) {
            continue;
        }
        seen.push(pool);
        let draws: Vec<(u32, u64, u64)> = takes
            .iter()
            .filter(|&&(offer, units)| problem.offers[offer as usize].pool == pool && units > 0)
            .map(|&(offer, units)| (offer, problem.offers[offer as usize].cells, u64::from(units)))
            .collect();
        let mut kinds: Vec<u64> = draws.iter().map(|draw| draw.1).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.len() > KINDS_PER_POOL {
            match shortfall_by_flow(problem, pool, &draws) {
                None => continue,
                short => return short,
            }
        }
        for chosen in 1u32..1 << kinds.len() {
            let union = (0..kinds.len())
                .filter(|kind| chosen >> kind & 1 == 1)
                .fold(0u64, |union, kind| union | kinds[kind]);
            let asked: u64 = draws.iter().filter(|draw| draw.1 & !union == 0).map(|draw| draw.2).sum();
            let there = problem.units_of(pool, union);
            if asked > there {
                let inside = draws.iter().filter(|draw| draw.1 & !union == 0);
                return Some(Shortfall {
                    offers: inside.map(|draw| draw.0).collect(),
                    excess: (asked - there).min(u64::from(u32::MAX)) as u32,
                });
            }
        }
    }
    None
}

/// As above for one pool, by a flow from cells to draws (Ford and Fulkerson, 1956). Where it gets stuck, the draws reached
/// from the one that still misses units have used up every cell they may draw from.
fn shortfall_by_flow(problem: &Problem<'_>, pool: u32, draws: &[(u32, u64, u64)]) -> Option<Shortfall> {
    let terms = &problem.pools[pool as usize];
    let (first, cells) = (terms.first as usize, terms.cells as usize);
    let mut left = problem.free[first..first + cells].to_vec();
    let mut flow = vec![0u32; draws.len() * cells];
    // By draw: the draw that reached it, and the cell it would give up to that one.
    let mut reached: Vec<Option<(usize, usize)>> = Vec::new();
    let mut queue: Vec<usize> = Vec::new();
    for (row, &(_, _, units)) in draws.iter().enumerate() {
        let mut missing = units;
        while missing > 0 {
            reached.clear();
            reached.resize(draws.len(), None);
            queue.clear();
            queue.push(row);
            let (mut head, mut end) = (0, None);
            while let (Some(&draw), None) = (queue.get(head), end) {
                head += 1;
                for cell in (0..cells).filter(|cell| draws[draw].1 >> cell & 1 == 1) {
                    if left[cell] > 0 {
                        end = Some((draw, cell));
                        break;
                    }
                    for other in 0..draws.len() {
                        let met = other == row || reached[other].is_some();
                        if !met && flow[other * cells + cell] > 0 {
                            reached[other] = Some((draw, cell));
                            queue.push(other);
                        }
                    }
                }
            }
            let Some((draw, cell)) = end else {
                let union = queue.iter().fold(0, |union, &draw| union | draws[draw].1);
                let inside = || draws.iter().filter(|draw| draw.1 & !union == 0);
                let asked: u64 = inside().map(|draw| draw.2).sum();
                let excess = asked.saturating_sub(problem.units_of(pool, union));
                return Some(Shortfall {
                    offers: inside().map(|draw| draw.0).collect(),
                    excess: excess.min(u64::from(u32::MAX)) as u32,
                });
            };
            // The chain from the cell that has units left back to the draw that misses some.
            let mut chain = vec![(draw, cell)];
            let mut at = draw;
            while let Some((before, given_up)) = reached[at] {
                chain.push((before, given_up));
                at = before;
            }
            let mut moved = missing.min(u64::from(left[cell])) as u32;
            for hop in chain.windows(2) {
                moved = moved.min(flow[hop[0].0 * cells + hop[1].1]);
            }
            left[cell] -= moved;
            for (hop, &(draw, takes)) in chain.iter().enumerate() {
                flow[draw * cells + takes] += moved;
                if let Some(&(_, given_up)) = chain.get(hop + 1) {
                    flow[draw * cells + given_up] -= moved;
                }
            }
            missing -= u64::from(moved);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::problem::{Offer, Pool};
    use super::*;

    fn offer(cells: u64) -> Offer {
        Offer { line: 0, way: 0, pool: 0, cells, most: 9, unit_cost: 0, line_cost: 0 }
    }

    #[test]
    fn more_kinds_than_unions_are_looked_at() {
        // Fourteen lots of one unit; draw k may take lot k and later ones, and one draw more may take any.
        let mut problem = Problem::new(&[]);
        problem.free = vec![1; 14];
        problem.pools.push(Pool { first: 0, cells: 14 });
        let all = (1 << 14) - 1;
        problem.offers = (0..14).map(|k| offer(all & !((1 << k) - 1))).chain([offer(all)]).collect();
        let takes: Vec<(u32, u32)> = (0..15).map(|row| (row, 1)).collect();
        assert_eq!(shortfall(&problem, &takes[..14]), None);
        let short = shortfall(&problem, &takes).expect("fifteen units of fourteen");
        assert_eq!((short.offers.len(), short.excess), (15, 1));
    }

    proptest::proptest! {
        #[test]
        fn flow_and_unions_agree(
            free in proptest::collection::vec(0u32..4, 1..6),
            draws in proptest::collection::vec((1u64..32, 1u32..4), 1..7),
        ) {
            let mut problem = Problem::new(&[]);
            problem.pools.push(Pool { first: 0, cells: free.len() as u32 });
            let within = (1 << free.len()) - 1;
            problem.free = free;
            problem.offers = draws.iter().map(|&(cells, _)| offer(cells & within)).collect();
            let takes: Vec<(u32, u32)> =
                draws.iter().enumerate().map(|(row, &(_, units))| (row as u32, units)).collect();
            let flat: Vec<(u32, u64, u64)> = takes
                .iter()
                .map(|&(row, units)| (row, problem.offers[row as usize].cells, u64::from(units)))
                .collect();
            let by_flow = shortfall_by_flow(&problem, 0, &flat);
            proptest::prop_assert_eq!(by_flow.is_some(), shortfall(&problem, &takes).is_some());
            // What is told is true: those draws together ask more than their cells hold, by so much.
            if let Some(short) = by_flow {
                let told = || flat.iter().filter(|draw| short.offers.contains(&draw.0));
                let union = told().fold(0, |union, draw| union | draw.1);
                let asked: u64 = told().map(|draw| draw.2).sum();
                proptest::prop_assert_eq!(asked, problem.units_of(0, union) + u64::from(short.excess));
            }
        }
    }
}
