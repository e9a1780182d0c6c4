//! First-expiry-first-out: which cells the units of several claims come from.
//!
//! Claims on one (seller, sku, node, zone) may differ in when they are picked and when they are handed over, so each
//! may use some cells and not others. The draw found uses early-expiring cells as far as any feasible draw does: it
//! augments a flow cell by cell in first-expiry order, which is the greedy algorithm on a transversal matroid
//! (Edmonds and Fulkerson, 1965), so it is lexicographically best and exists whenever any draw does.

/// Units wanted by one claim from the cells its mask admits (bit k: cell k of the list given to [`assign`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Cells it may use.
    pub cells: u64,
    /// Units wanted.
    pub qty: u32,
}

/// Units one claim takes from one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Which claim.
    pub claim: u32,
    /// Which cell of the list.
    pub cell: u32,
    /// How many units; at least one.
    pub qty: u32,
}

/// Draws every claim whole from `free` units per cell (cells in first-expiry order, at most 64), or nothing when that
/// cannot be done. Draws come out by claim, then by cell. O(cells × claims² × cells) at worst; one pass when each
/// claim finds enough in its first cells.
pub fn assign(free: &[u32], claims: &[Claim], draws: &mut Vec<Draw>) -> Option<()> {
    draws.clear();
    let (cells, wanted) = (free.len(), claims.len());
    let mut left: Vec<u32> = free.to_vec();
    let mut missing: Vec<u32> = claims.iter().map(|claim| claim.qty).collect();
    let mut flow = vec![0u32; wanted * cells];
    let admits = |claim: usize, cell: usize| claims[claim].cells >> cell & 1 == 1;

    for cell in 0..cells {
        // Push as much of this cell as any rearrangement allows before the next, later-expiring cell is touched.
        while left[cell] > 0 {
            let Some(path) = augmenting_path(cell, cells, wanted, &admits, &flow, &missing) else { break };
            let mut most = left[cell].min(missing[*path.last()? % wanted.max(1)]);
            for hop in path.windows(3).step_by(2) {
                most = most.min(flow[hop[0] * cells + hop[1]]);
            }
            push(&path, cell, cells, most, &mut flow);
            left[cell] -= most;
            missing[*path.last()?] -= most;
        }
    }
    if missing.iter().any(|&units| units > 0) {
        return None;
    }
    for claim in 0..wanted {
        for cell in 0..cells {
            let qty = flow[claim * cells + cell];
            if qty > 0 {
                draws.push(Draw { claim: claim as u32, cell: cell as u32, qty });
            }
        }
    }
    Some(())
}

/// A path claim, cell, claim, cell … claim: the first claim takes from the new cell and gives up the next cell, which
/// the claim after it takes, until a claim that still misses units.
fn augmenting_path(
    from: usize,
    cells: usize,
    wanted: usize,
    admits: &dyn Fn(usize, usize) -> bool,
    flow: &[u32],
    missing: &[u32],
) -> Option<Vec<usize>> {
    let mut reached_by: Vec<Option<(usize, usize)>> = vec![None; wanted];
    let mut queue: Vec<usize> = Vec::new();
    for claim in 0..wanted {
        if admits(claim, from) {
            reached_by[claim] = Some((usize::MAX, from));
            queue.push(claim);
        }
    }
    let mut head = 0;
    while head < queue.len() {
        let claim = queue[head];
        head += 1;
        if missing[claim] > 0 {
            let mut path = vec![claim];
            let mut at = claim;
            while let Some((before, via)) = reached_by[at] {
                if before == usize::MAX {
                    break;
                }
                path.push(via);
                path.push(before);
                at = before;
            }
            path.reverse();
            return Some(path);
        }
        for cell in 0..cells {
            if flow[claim * cells + cell] == 0 {
                continue;
            }
            for next in 0..wanted {
                if reached_by[next].is_none() && admits(next, cell) {
                    reached_by[next] = Some((claim, cell));
                    queue.push(next);
                }
            }
        }
    }
    None
}

fn push(path: &[usize], new_cell: usize, cells: usize, qty: u32, flow: &mut [u32]) {
    let mut takes = new_cell;
    for hop in path.chunks(2) {
        flow[hop[0] * cells + takes] += qty;
        if let [claim, gives] = *hop {
            flow[claim * cells + gives] -= qty;
            takes = gives;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(free: &[u32], claims: &[(u64, u32)]) -> Option<Vec<(u32, u32, u32)>> {
        let claims: Vec<Claim> = claims.iter().map(|&(cells, qty)| Claim { cells, qty }).collect();
        let mut draws = Vec::new();
        assign(free, &claims, &mut draws)?;
        Some(draws.iter().map(|draw| (draw.claim, draw.cell, draw.qty)).collect())
    }

    #[test]
    fn one_claim_takes_the_earliest_expiring_first() {
        assert_eq!(drawn(&[3, 5], &[(0b11, 4)]), Some(vec![(0, 0, 3), (0, 1, 1)]));
    }

    #[test]
    fn a_claim_that_needs_long_life_pushes_the_other_to_the_short_lot() {
        assert_eq!(drawn(&[2, 2], &[(0b11, 2), (0b10, 2)]), Some(vec![(0, 0, 2), (1, 1, 2)]));
    }

    #[test]
    fn units_are_rearranged_when_the_first_choice_was_in_the_way() {
        // The first claim may use any cell, the second only the first: the first gives way.
        assert_eq!(drawn(&[2, 2], &[(0b11, 2), (0b01, 2)]), Some(vec![(0, 1, 2), (1, 0, 2)]));
    }

    #[test]
    fn too_little_is_nothing() {
        assert_eq!(drawn(&[2, 2], &[(0b01, 3)]), None);
        assert_eq!(drawn(&[], &[(0, 1)]), None);
    }
}
