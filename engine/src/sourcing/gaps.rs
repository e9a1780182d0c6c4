//! How much dearer one tariff can be than another, whatever the parcel.

use crate::split::Staircase;

/// More staircases than this are compared with themselves only: 512² pairs are laid out in a tenth of a second.
const STAIRCASES: usize = 512;

/// For each pair of staircases the most that one costs above the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    staircases: usize,
    most: Vec<Option<i64>>,
}

impl Gaps {
    pub fn new(staircases: &[Staircase]) -> Gaps {
        if staircases.len() > STAIRCASES {
            return Gaps::default();
        }
        let pairs = staircases.iter().flat_map(|one| staircases.iter().map(move |other| gap(one, other)));
        Gaps { staircases: staircases.len(), most: pairs.collect() }
    }

    /// Most that one costs above another for a parcel that the other carries; nothing when one may not carry it, when
    /// there is no such number, or when it was not laid out.
    pub fn of(&self, one: u32, other: u32) -> Option<i64> {
        if one == other {
            return Some(0);
        }
        let (one, other) = (one as usize, other as usize);
        let laid_out = one < self.staircases && other < self.staircases;
        laid_out.then(|| self.most[one * self.staircases + other])?
    }
}

fn gap(one: &Staircase, other: &Staircase) -> Option<i64> {
    if one.is_stacked() || other.is_stacked() {
        return None;
    }
    let is_flat = one.steps.is_empty() && one.per_kg_above.is_none();
    // Where volume counts differently, one parcel has two weights; a flat price asks for none.
    if (one.cm3_per_kg != other.cm3_per_kg && !is_flat) || one.heaviest() < other.heaviest() {
        return None;
    }
    let last = |staircase: &Staircase| staircase.steps.last().map_or(0, |step| step.0);
    let rate = |staircase: &Staircase| staircase.per_kg_above.unwrap_or(0);
    if other.heaviest() == u64::MAX {
        // Both climb without end: in step with one another, or only the other.
        let in_step = rate(one) == 0 || last(one) == last(other);
        if rate(one) < 0 || rate(one) > rate(other) || !in_step {
            return None;
        }
    } else if last(one) < last(other) && one.per_kg_above.is_some() {
        return None;
    }
    // One is level from just above each of these ends up to the next, and the other never falls: the difference is
    // greatest at a foot of a step, or where the other stands on its first.
    let ends = one.steps.iter().chain(&other.steps).map(|step| step.0).chain([0]);
    let weights =
        ends.flat_map(|end| [end, end.saturating_add(1)]).filter(|&grams| grams <= other.heaviest());
    let mut most = i64::MIN;
    for grams in weights {
        most = most.max(one.price_of(grams)?.checked_sub(other.price_of(grams)?)?);
    }
    Some(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn staircases() -> impl Strategy<Value = Staircase> {
        let steps = proptest::collection::vec((1u64..4, 0i64..4), 0..4);
        let rate = prop_oneof![Just(None), (0i64..4).prop_map(Some)];
        (0i64..20, steps, rate, prop_oneof![Just(None), Just(Some(1_000))]).prop_map(
            |(base, rises, per_kg_above, cm3_per_kg)| {
                let (mut end, mut price) = (0, 0);
                let rise = |(wide, high): (u64, i64)| {
                    (end, price) = (end + wide * 700, price + high);
                    (end, price)
                };
                let steps = rises.into_iter().map(rise).collect();
                Staircase { base, steps, per_kg_above, cm3_per_kg, and: None }
            },
        )
    }

    proptest! {
        #[test]
        fn no_parcel_passes_the_gap_and_one_reaches_it(one in staircases(), other in staircases()) {
            let differences = (0..120u64).flat_map(|grams| [0, 4_999].map(|cm3| (grams * 175, cm3)))
                .flat_map(|(grams, cm3)| [(grams, cm3), (grams + 1, cm3)])
                .filter_map(|(grams, cm3)| Some((one.price(grams, cm3), other.price(grams, cm3)?)));
            let differences: Vec<(Option<i64>, i64)> = differences.collect();
            if let Some(most) = gap(&one, &other) {
                let all: Vec<i64> = differences.iter().filter_map(|&(one, other)| Some(one? - other)).collect();
                prop_assert_eq!(all.len(), differences.len(), "all that the other carries is carried");
                prop_assert!(all.iter().all(|&difference| difference <= most));
                if one.cm3_per_kg == other.cm3_per_kg {
                    prop_assert!(all.contains(&most));
                }
            }
        }
    }

    #[test]
    fn tariffs_of_the_usual_kind_are_compared() {
        let near = Staircase {
            and: None,
            base: 100,
            steps: vec![(1_000, 50), (5_000, 90)],
            per_kg_above: Some(20),
            cm3_per_kg: Some(5_000),
        };
        let far = Staircase {
            base: 300,
            steps: vec![(1_000, 80), (5_000, 110)],
            per_kg_above: Some(30),
            ..near.clone()
        };
        let gaps = Gaps::new(&[near, far]);
        assert_eq!(gaps.of(0, 1), Some(-220));
        assert_eq!(gaps.of(1, 0), None);
        assert_eq!(gaps.of(1, 1), Some(0));
    }
}
