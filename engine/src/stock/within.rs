//! First-expiry-first-out where part of the goods is fenced for others.
//!
//! By each moment only so many units of the cells due by then may go. Cells hang on a chain of moments, each link as
//! wide as what may go by then, and claims hang on cells: a draw is a flow through that net. Any full flow is found
//! first; then cell by cell in first-expiry order as much of it as possible is rerouted through the cell, which is
//! kept from then on. What is left of an early-expiring cell after that could not be taken without going past a fence.

use super::Draw;

/// A cell of the list given to [`assign_within`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// First moment (row of the moments) by which it can be picked.
    pub moment: usize,
    /// Units it has.
    pub free: u32,
}

/// Draws every claim whole from cells in first-expiry order, or nothing when that cannot be done. `most` are the
/// units that may go by each moment, `claims` the units wanted, `admits` which claim may use which cell.
pub fn assign_within(
    most: &[u64],
    cells: &[Stored],
    claims: &[u32],
    admits: &[(u32, u32)],
) -> Option<Vec<Draw>> {
    // Nodes: moments, cells, claims, then source and sink.
    let moments = most.len();
    let cell_at = |cell: usize| moments + cell;
    let claim_at = |claim: usize| moments + cells.len() + claim;
    let (source, sink) = (claim_at(claims.len()), claim_at(claims.len()) + 1);
    let mut net = Net { out: vec![Vec::new(); sink + 1], arcs: Vec::new() };
    for (moment, &most) in most.iter().enumerate() {
        let from = if moment + 1 < moments { moment + 1 } else { source };
        net.arc(from, moment, most);
    }
    let links: Vec<usize> = cells
        .iter()
        .enumerate()
        .map(|(row, cell)| net.arc(cell.moment, cell_at(row), u64::from(cell.free)))
        .collect();
    let uses: Vec<usize> = admits
        .iter()
        .map(|&(claim, cell)| net.arc(cell_at(cell as usize), claim_at(claim as usize), u64::from(u32::MAX)))
        .collect();
    let mut wanted = 0;
    for (claim, &qty) in claims.iter().enumerate() {
        net.arc(claim_at(claim), sink, u64::from(qty));
        wanted += u64::from(qty);
    }
    while wanted > 0 {
        match net.push(source, sink, wanted) {
            0 => return None,
            pushed => wanted -= pushed,
        }
    }
    for (row, (cell, &link)) in cells.iter().zip(&links).enumerate() {
        let mut spare = std::mem::take(&mut net.arcs[link].spare);
        net.arcs[link ^ 1].spare = 0;
        while spare > 0 {
            match net.push(cell_at(row), cell.moment, spare) {
                0 => break,
                pushed => spare -= pushed,
            }
        }
    }
    let drawn = admits.iter().zip(&uses).filter_map(|(&(claim, cell), &arc)| {
        let qty = net.arcs[arc ^ 1].spare as u32;
        (qty > 0).then_some(Draw { claim, cell, qty })
    });
    Some(drawn.collect())
}

struct Arc {
    to: usize,
    spare: u64,
}

/// Arcs stand in pairs: what flows through one can be taken back through the other.
struct Net {
    out: Vec<Vec<usize>>,
    arcs: Vec<Arc>,
}

impl Net {
    fn arc(&mut self, from: usize, to: usize, spare: u64) -> usize {
        let arc = self.arcs.len();
        self.arcs.push(Arc { to, spare });
        self.arcs.push(Arc { to: from, spare: 0 });
        self.out[from].push(arc);
        self.out[to].push(arc + 1);
        arc
    }

    /// Pushes up to `most` units along a shortest path; how many.
    fn push(&mut self, from: usize, to: usize, most: u64) -> u64 {
        let mut by: Vec<Option<usize>> = vec![None; self.out.len()];
        let mut queue = vec![from];
        let mut head = 0;
        while head < queue.len() && by[to].is_none() {
            for &arc in &self.out[queue[head]] {
                let next = self.arcs[arc].to;
                if self.arcs[arc].spare > 0 && next != from && by[next].is_none() {
                    by[next] = Some(arc);
                    queue.push(next);
                }
            }
            head += 1;
        }
        let mut path = Vec::new();
        let mut at = to;
        while let Some(arc) = by[at] {
            path.push(arc);
            at = self.arcs[arc ^ 1].to;
        }
        if path.is_empty() {
            return 0;
        }
        let units = path.iter().map(|&arc| self.arcs[arc].spare).fold(most, u64::min);
        for arc in path {
            self.arcs[arc].spare -= units;
            self.arcs[arc ^ 1].spare += units;
        }
        units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three on hand of which two are fenced, five more announced that expire later.
    fn drawn(qty: u32) -> Option<Vec<(u32, u32)>> {
        let cells = [Stored { moment: 0, free: 3 }, Stored { moment: 1, free: 5 }];
        let draws = assign_within(&[1, 6], &cells, &[qty], &[(0, 0), (0, 1)])?;
        Some(draws.iter().map(|draw| (draw.cell, draw.qty)).collect())
    }

    #[test]
    fn what_is_fenced_stays_and_the_rest_comes_later() {
        assert_eq!(drawn(1), Some(vec![(0, 1)]));
        assert_eq!(drawn(2), Some(vec![(0, 1), (1, 1)]));
        assert_eq!(drawn(6), Some(vec![(0, 1), (1, 5)]));
        assert_eq!(drawn(7), None);
    }

    #[test]
    fn a_later_cell_that_expires_first_goes_first() {
        let cells = [Stored { moment: 1, free: 2 }, Stored { moment: 0, free: 3 }];
        let draws = assign_within(&[1, 3], &cells, &[2, 1], &[(0, 0), (0, 1), (1, 0), (1, 1)]);
        let of =
            |cell| draws.iter().flatten().filter(|draw| draw.cell == cell).map(|draw| draw.qty).sum::<u32>();
        assert_eq!((of(0), of(1)), (2, 1));
    }
}
