//! Who works on which orders, and which units are whose.

use super::super::shelves::Shelves;
use crate::spec::Given;
use crate::stock::CellIx;

/// Units by stock cell.
pub(super) type Units = Vec<(u32, u32)>;

/// Orders of parts, dealt out in turn.
pub(super) fn dealt(orders: &[usize], parts: usize) -> Vec<Vec<u32>> {
    let mut dealt = vec![Vec::with_capacity(orders.len() / parts + 1); parts];
    for (turn, &order) in orders.iter().enumerate() {
        dealt[turn % parts].push(order as u32);
    }
    dealt
}

/// Orders of parts, those that wish for the same shelf in one: each time another of the dearest shelves they wish for says
/// which. Orders that wish for nothing dear are dealt out.
pub(super) fn regrouped(orders: &[usize], given: &[Given], time: usize, parts: usize) -> Vec<Vec<u32>> {
    let mut grouped = vec![Vec::with_capacity(orders.len() / parts + 1); parts];
    let mut turn = 0;
    for &order in orders {
        let wishes = &given[order].wishes;
        let part = match wishes.is_empty() {
            true => {
                turn += 1;
                turn
            }
            false => mixed(wishes[time % wishes.len()], time),
        };
        grouped[part % parts].push(order as u32);
    }
    grouped
}

/// A number that differs from cell to cell and from time to time (the finaliser of SplitMix64: Steele, Lea and Flood, 2014).
fn mixed(cell: u32, time: usize) -> usize {
    let mut bits = (u64::from(cell) << 8) ^ (time as u64);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) as usize
}

/// Shares of all stock, by part, in the proportion of what parts wish for: each has its wishes where there is enough for all.
/// What is left goes round.
pub(super) fn by_wishes(shelves: &Shelves, wanted: &[Vec<(u32, u64)>]) -> Vec<Units> {
    let parts = wanted.len();
    let mut wishes = vec![vec![0u64; parts]; shelves.cells.len()];
    for (part, wanted) in wanted.iter().enumerate() {
        for &(cell, amount) in wanted {
            if let Some(thing) = thing(shelves, cell) {
                wishes[thing][part] = amount;
            }
        }
    }
    let mut shares = vec![Units::new(); parts];
    for (thing, (wishes, cell)) in wishes.iter().zip(&shelves.cells).enumerate() {
        let there = shelves.goods.most[thing];
        for (part, units) in split(there, wishes, thing).into_iter().enumerate() {
            give(&mut shares[part], *cell, units);
        }
    }
    shares
}

/// Shares of all stock, by part: what its orders have, and of the rest as much as any.
pub(super) fn by_holding(shelves: &Shelves, groups: &[Vec<u32>], given: &[Given], time: usize) -> Vec<Units> {
    let parts = groups.len();
    let mut held = vec![vec![0u64; parts]; shelves.cells.len()];
    for (part, orders) in groups.iter().enumerate() {
        for &(cell, units) in orders.iter().flat_map(|&order| &given[order as usize].takes) {
            if let Some(thing) = thing(shelves, cell) {
                held[thing][part] += u64::from(units);
            }
        }
    }
    let mut shares = vec![Units::new(); parts];
    for (thing, (held, cell)) in held.iter().zip(&shelves.cells).enumerate() {
        let left = shelves.goods.most[thing].saturating_sub(held.iter().sum());
        let rest = split(left, &vec![0; parts], thing + time);
        for (part, (held, rest)) in held.iter().zip(rest).enumerate() {
            give(&mut shares[part], *cell, held + rest);
        }
    }
    shares
}

fn thing(shelves: &Shelves, cell: u32) -> Option<usize> {
    let thing = *shelves.thing_of.get(cell as usize)?;
    (thing != u32::MAX).then_some(thing as usize)
}

fn give(share: &mut Units, cell: CellIx, units: u64) {
    if units > 0 {
        share.push((cell.0, u32::try_from(units).unwrap_or(u32::MAX)));
    }
}

/// Splits units by wishes, all of them; where they suffice the rest is dealt out beginning at some turn, where they do not
/// the largest remainders are rounded up (Hamilton's method), in that turn among equals.
fn split(there: u64, wishes: &[u64], turn: usize) -> Vec<u64> {
    let (parts, wished) = (wishes.len(), wishes.iter().map(|&wish| u128::from(wish)).sum::<u128>());
    let in_turn = |part: usize| (part + parts - turn % parts) % parts;
    if wished <= u128::from(there) {
        let rest = there - wished as u64;
        let many = parts as u64;
        let more = |part: usize| rest / many + u64::from((in_turn(part) as u64) < rest % many);
        return wishes.iter().enumerate().map(|(part, wish)| wish + more(part)).collect();
    }
    let exact = |part: usize| u128::from(wishes[part]) * u128::from(there);
    let mut shares: Vec<u64> = (0..parts).map(|part| (exact(part) / wished) as u64).collect();
    let mut by_remainder: Vec<usize> = (0..parts).collect();
    by_remainder.sort_by_key(|&part| (std::cmp::Reverse(exact(part) % wished), in_turn(part)));
    let rest = there - shares.iter().sum::<u64>();
    by_remainder.into_iter().take(rest as usize).for_each(|part| shares[part] += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn all_units_are_split_and_nobody_gets_less_than_it_wishes_where_there_is_enough() {
        assert_eq!(split(10, &[2, 3], 0), [5, 5]);
        assert_eq!(split(10, &[2, 3], 1), [4, 6]);
        assert_eq!(split(0, &[0, 0, 0], 2), [0, 0, 0]);
        assert_eq!(split(5, &[3, 0, 9], 0), [1, 0, 4]);
        for there in 0..40 {
            for wishes in [[0, 0, 0], [1, 1, 1], [7, 0, 5], [20, 30, 1]] {
                for turn in 0..4 {
                    let shares = split(there, &wishes, turn);
                    assert_eq!(shares.iter().sum::<u64>(), there, "{wishes:?} of {there}");
                    let enough = wishes.iter().sum::<u64>() <= there;
                    assert!(!enough || shares.iter().zip(&wishes).all(|(share, wish)| share >= wish));
                }
            }
        }
    }
}
