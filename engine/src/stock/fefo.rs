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
    let mut flow = Flow::new(free, claims);
    for (cell, &units) in free.iter().enumerate() {
        // As much of this cell as any rearrangement allows, before the next, later-expiring cell is touched.
        let mut left = units;
        while left > 0 && flow.find_path(cell) {
            left -= flow.push(cell, left);
        }
    }
    if flow.missing.iter().any(|&units| units > 0) {
        return None;
    }
    for (claim, row) in flow.units.chunks(free.len().max(1)).enumerate() {
        for (cell, &qty) in row.iter().enumerate().filter(|&(_, &qty)| qty > 0) {
            draws.push(Draw { claim: claim as u32, cell: cell as u32, qty });
        }
    }
    Some(())
}

/// Units on their way from cells to claims.
struct Flow<'a> {
    claims: &'a [Claim],
    cells: usize,
    /// By claim, then cell: units it takes from there.
    units: Vec<u32>,
    /// By claim: units it still misses.
    missing: Vec<u32>,
    /// The path found last, from a claim that misses units back to one that takes from the new cell. Each hop is a
    /// claim and the cell it takes more from; that cell is given up by the claim of the hop after it.
    path: Vec<(usize, usize)>,
    /// By claim: how the search came to it, the claim before and the cell that one gives up.
    reached: Vec<Option<(Option<usize>, usize)>>,
    queue: Vec<usize>,
}

impl<'a> Flow<'a> {
    fn new(free: &[u32], claims: &'a [Claim]) -> Flow<'a> {
        Flow {
            claims,
            cells: free.len(),
            units: vec![0; free.len() * claims.len()],
            missing: claims.iter().map(|claim| claim.qty).collect(),
            path: Vec::new(),
            reached: vec![None; claims.len()],
            queue: Vec::new(),
        }
    }

    /// Looks, nearest first, for a claim that misses units and can get more out of `cell`: by taking from it, or by
    /// taking from a cell that another claim gives up because it takes from `cell` itself.
    fn find_path(&mut self, cell: usize) -> bool {
        self.reached.fill(None);
        self.queue.clear();
        self.reach(None, cell);
        let mut head = 0;
        while let Some(&claim) = self.queue.get(head) {
            head += 1;
            if self.missing[claim] > 0 {
                self.note_path(claim);
                return true;
            }
            for given_up in 0..self.cells {
                if self.units[claim * self.cells + given_up] > 0 {
                    self.reach(Some(claim), given_up);
                }
            }
        }
        false
    }

    /// Every claim that may take from a cell and was not reached before.
    fn reach(&mut self, before: Option<usize>, cell: usize) {
        for (claim, terms) in self.claims.iter().enumerate() {
            if self.reached[claim].is_none() && terms.cells >> cell & 1 == 1 {
                self.reached[claim] = Some((before, cell));
                self.queue.push(claim);
            }
        }
    }

    fn note_path(&mut self, end: usize) {
        self.path.clear();
        let mut at = Some(end);
        while let Some(claim) = at {
            let Some((before, cell)) = self.reached[claim] else { break };
            self.path.push((claim, cell));
            at = before;
        }
    }

    /// Moves at most `most` units along the path; how many.
    fn push(&mut self, new_cell: usize, most: u32) -> u32 {
        let Some(&(end, _)) = self.path.first() else { return 0 };
        let gives_up = |hops: &[(usize, usize)]| hops[1].0 * self.cells + hops[0].1;
        let moved = self
            .path
            .windows(2)
            .map(|hops| self.units[gives_up(hops)])
            .fold(most.min(self.missing[end]), u32::min);
        debug_assert_eq!(self.path.last().map(|hop| hop.1), Some(new_cell));
        for hop in 0..self.path.len() {
            let (claim, cell) = self.path[hop];
            self.units[claim * self.cells + cell] += moved;
            if let Some(&(before, _)) = self.path.get(hop + 1) {
                self.units[before * self.cells + cell] -= moved;
            }
        }
        self.missing[end] -= moved;
        moved
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

    /// Every draw there is, by brute force: units taken of each cell, the best first-expiry-first.
    fn best_by_trying(free: &[u32], claims: &[(u64, u32)]) -> Option<Vec<u32>> {
        fn go(
            free: &mut Vec<u32>,
            claims: &[(u64, u32)],
            claim: usize,
            cell: usize,
            left: u32,
        ) -> Option<Vec<u32>> {
            if left == 0 {
                return match claims.get(claim + 1) {
                    Some(next) => go(free, claims, claim + 1, 0, next.1),
                    None => Some(free.clone()),
                };
            }
            if cell == free.len() {
                return None;
            }
            let most = if claims[claim].0 >> cell & 1 == 1 { left.min(free[cell]) } else { 0 };
            let mut best: Option<Vec<u32>> = None;
            for taken in 0..=most {
                free[cell] -= taken;
                // Less left in the early cells is better.
                if let Some(found) = go(free, claims, claim, cell + 1, left - taken)
                    && best.as_ref().is_none_or(|best| found < *best)
                {
                    best = Some(found);
                }
                free[cell] += taken;
            }
            best
        }
        let left = go(&mut free.to_vec(), claims, 0, 0, claims.first().map_or(0, |claim| claim.1))?;
        Some(free.iter().zip(left).map(|(free, left)| free - left).collect())
    }

    proptest::proptest! {
        #[test]
        fn early_cells_are_used_as_far_as_any_draw_uses_them(
            free in proptest::collection::vec(0u32..4, 1..5),
            claims in proptest::collection::vec((0u64..16, 1u32..4), 1..4),
        ) {
            let taken = drawn(&free, &claims).map(|draws| {
                let mut taken = vec![0; free.len()];
                draws.iter().for_each(|draw| taken[draw.1 as usize] += draw.2);
                taken
            });
            proptest::prop_assert_eq!(taken, best_by_trying(&free, &claims));
        }
    }
}
