//! Can the pools give what is taken?

use super::problem::Problem;

/// Kinds of draw (sets of cells) that one pool may meet: every union of them is looked at.
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
        kinds.truncate(KINDS_PER_POOL);
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
