//! Which places are opened when together they must have room for so much?

/// More than anything costs; twice of it is still a number.
const NEVER: i64 = i64::MAX / 4;

/// The cheapest choice (cost, room) whose rooms sum to at least the need; what costs nothing or less is chosen in any case.
/// Exact: by dynamic programming over what is still needed.
pub fn cover(values: &[(i64, u64)], need: u64, chosen: &mut Vec<bool>) {
    chosen.clear();
    chosen.extend(values.iter().map(|value| value.0 <= 0));
    let have: u64 = values.iter().filter(|value| value.0 <= 0).map(|value| value.1).sum();
    let need = need.saturating_sub(have) as usize;
    if need == 0 {
        return;
    }
    let rest: Vec<usize> = (0..values.len()).filter(|&row| values[row].0 > 0).collect();
    let mut best = vec![NEVER; need + 1];
    best[0] = 0;
    let mut with = vec![false; rest.len() * (need + 1)];
    for (k, &row) in rest.iter().enumerate() {
        let (cost, room) = values[row];
        for still in (1..=need).rev() {
            let next = best[still.saturating_sub(room as usize)].saturating_add(cost);
            if next < best[still] {
                best[still] = next;
                with[k * (need + 1) + still] = true;
            }
        }
    }
    let mut still = need;
    for (k, &row) in rest.iter().enumerate().rev() {
        if with[k * (need + 1) + still] {
            chosen[row] = true;
            still = still.saturating_sub(values[row].1 as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use volok::testkit::Random;

    #[test]
    fn the_cheapest_cover_is_that_of_all_choices() {
        for seed in 0..300 {
            let random = &mut Random::part(seed, "cover");
            let many = 1 + random.below(7) as usize;
            let values: Vec<(i64, u64)> =
                (0..many).map(|_| (random.between(-5, 40), 1 + random.below(9))).collect();
            let all: u64 = values.iter().map(|value| value.1).sum();
            let need = random.below(all + 1);
            let sums = |set: u32| {
                let inside = (0..many).filter(|row| set >> row & 1 == 1).map(|row| values[row]);
                inside.fold((0, 0), |sum, value| (sum.0 + value.0, sum.1 + value.1))
            };
            let right = (0..1u32 << many).map(sums).filter(|sum| sum.1 >= need).map(|sum| sum.0).min();
            let mut chosen = Vec::new();
            cover(&values, need, &mut chosen);
            let set = (0..many).filter(|&row| chosen[row]).fold(0, |set, row| set | 1 << row);
            assert!(sums(set).1 >= need, "seed {seed}");
            assert_eq!(Some(sums(set).0), right, "seed {seed}: {values:?} for {need}");
        }
    }
}
