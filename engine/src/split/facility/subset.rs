//! Exact answer for a handful of lines: every set of lines by its cheapest single way, then the best
//! partition into such sets.
//!
//! The dynamic programme over subsets of the Steiner tree kind (S. E. Dreyfus and R. A. Wagner, 1971). Work:
//! ways × 2^lines for the sets, 3^lines / 2 for the partitions. No search, hence no worst case.

use super::problem::{FORBIDDEN, Facilities};

/// Most lines for which the sets are worth while.
pub(super) const MOST_LINES: usize = 6;
const SETS: usize = 1 << MOST_LINES;

/// Solves the problem; writes the way of every line and returns the cost.
///
/// The problem has been checked and has at most [`MOST_LINES`] lines.
pub(super) fn solve(problem: &Facilities<'_>, way_of: &mut [u32]) -> i64 {
    match problem.lines {
        0 => 0,
        1 => sets::<2>(problem, way_of),
        2 => sets::<4>(problem, way_of),
        3 => sets::<8>(problem, way_of),
        4 => sets::<16>(problem, way_of),
        5 => sets::<32>(problem, way_of),
        _ => sets::<SETS>(problem, way_of),
    }
}

fn sets<const N: usize>(problem: &Facilities<'_>, way_of: &mut [u32]) -> i64 {
    let (ways, lines) = (problem.ways, N.trailing_zeros() as usize);
    let mut best = [FORBIDDEN; N];
    let mut by_way = [0_u32; N];
    let mut sum = [0_i64; N];
    for way in 0..ways {
        sum[0] = problem.fixed[way];
        for line in 0..lines {
            // A forbidden arc may be added up six times without leaving the range: FORBIDDEN is cut down.
            let arc = problem.cost[line * ways + way].min(FORBIDDEN / 8);
            let half = 1 << line;
            let (known, new) = sum.split_at_mut(half);
            for (new, known) in new.iter_mut().zip(known.iter()) {
                *new = known + arc;
            }
        }
        for ((best, by_way), &sum) in best.iter_mut().zip(by_way.iter_mut()).zip(sum.iter()) {
            *by_way = if sum < *best { way as u32 } else { *by_way };
            *best = sum.min(*best);
        }
    }
    // `part[set]`: the set of the partition that holds the highest line of `set`.
    let mut part = [0_u8; N];
    best[0] = 0;
    for set in 1..N {
        let top = 1_usize << (usize::BITS - 1 - set.leading_zeros());
        let rest = set ^ top;
        let (mut least, mut choice) = (best[set], set);
        // Every proper subset of the other lines goes to later parts.
        let mut other = rest;
        while other != 0 {
            let mine = set ^ other;
            // `best[mine]` may already be split further: that is no worse and no less right.
            let cost = best[mine] + best[other];
            if cost < least {
                (least, choice) = (cost, mine);
            }
            other = (other - 1) & rest;
        }
        best[set] = least;
        part[set] = choice as u8;
    }
    let mut left = N - 1;
    let mut todo = [0_usize; 16];
    let mut count = 0;
    loop {
        let mine = usize::from(part[left]);
        if mine == left {
            for (line, way) in way_of.iter_mut().enumerate().take(lines) {
                if left >> line & 1 == 1 {
                    *way = by_way[left];
                }
            }
            if count == 0 {
                break;
            }
            count -= 1;
            left = todo[count];
        } else {
            todo[count] = left ^ mine;
            count += 1;
            left = mine;
        }
    }
    best[N - 1]
}
