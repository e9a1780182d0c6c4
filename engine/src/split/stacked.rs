//! Two staircases, one on top of the other: a parcel that pays both.

use super::Staircase;

/// Steps a sum of staircases may have: beyond this the two are kept side by side.
const STEPS: usize = 512;

impl Staircase {
    /// The price of both, whatever the parcel: one staircase where both measure weight alike, else this one with the
    /// other beside it. Nothing when prices leave their range. O(steps).
    pub fn with(&self, other: &Staircase) -> Option<Staircase> {
        if let Some(sum) = self.sum(other) {
            return Some(sum);
        }
        let mut stacked = self.clone();
        stacked.and = Some(Box::new(match stacked.and.take() {
            Some(and) => and.with(other)?,
            None => other.clone(),
        }));
        Some(stacked)
    }

    /// Whether parcels pay a price beside this one.
    pub fn is_stacked(&self) -> bool {
        self.and.is_some()
    }

    /// A staircase of one kind that never costs more: what lies beside is paid as for nothing.
    pub fn lowered(&self) -> Staircase {
        let beside = self.and.as_ref().and_then(|and| and.price(0, 0)).unwrap_or(0);
        Staircase { base: self.base.saturating_add(beside), and: None, ..self.clone() }
    }

    fn is_level(&self) -> bool {
        self.steps.is_empty() && self.per_kg_above.is_none()
    }

    /// Both as one, where there is such a staircase.
    fn sum(&self, other: &Staircase) -> Option<Staircase> {
        if self.and.is_some() || other.and.is_some() {
            return None;
        }
        let base = self.base.checked_add(other.base)?;
        if self.is_level() || other.is_level() {
            let climbing = if self.is_level() { other } else { self };
            return Some(Staircase { base, ..climbing.clone() });
        }
        if self.cm3_per_kg != other.cm3_per_kg {
            return None;
        }
        let last = |staircase: &Staircase| staircase.steps.last().map_or(0, |step| step.0);
        let heaviest = self.heaviest().min(other.heaviest());
        // From here on both climb by the kilogram, or nothing is carried.
        let end = last(self).max(last(other)).min(heaviest);
        let per_kg_above = match heaviest {
            u64::MAX => {
                // Started kilograms are counted from each one's own last step: they must start together.
                if (end - last(self)) % 1000 != 0 || (end - last(other)) % 1000 != 0 {
                    return None;
                }
                Some(self.per_kg_above?.checked_add(other.per_kg_above?)?)
            }
            _ => None,
        };
        let end = if heaviest == u64::MAX { end } else { heaviest };
        let mut ends: Vec<u64> = self.steps.iter().chain(&other.steps).map(|step| step.0).collect();
        for staircase in [self, other] {
            // Nothing weighs no started kilogram.
            if staircase.steps.is_empty() {
                ends.push(0);
            }
            let mut kilogram = last(staircase);
            while kilogram < end && ends.len() <= STEPS * 2 {
                kilogram = kilogram.saturating_add(1000);
                ends.push(kilogram.min(end));
            }
        }
        ends.retain(|&grams| grams <= end);
        ends.sort_unstable();
        ends.dedup();
        if ends.len() > STEPS {
            return None;
        }
        let steps: Option<Vec<(u64, i64)>> = ends
            .into_iter()
            .map(|grams| {
                let sum = self.price_of(grams)?.checked_add(other.price_of(grams)?)?;
                Some((grams, sum.checked_sub(base)?))
            })
            .collect();
        Some(Staircase { base, steps: steps?, per_kg_above, cm3_per_kg: self.cm3_per_kg, and: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn staircases() -> impl Strategy<Value = Staircase> {
        let steps = proptest::collection::vec((1u64..5, 0i64..4), 0..4);
        let rate = prop_oneof![Just(None), (0i64..4).prop_map(Some)];
        let volume = prop_oneof![2 => Just(None), 1 => Just(Some(1_000)), 1 => Just(Some(4_000))];
        (0i64..20, steps, rate, volume).prop_map(|(base, steps, per_kg_above, cm3_per_kg)| {
            let (mut grams, mut price) = (0, 0);
            let steps = steps.into_iter().map(|(wider, dearer)| {
                (grams, price) = (grams + wider * 500, price + dearer);
                (grams, price)
            });
            Staircase { base, steps: steps.collect(), per_kg_above, cm3_per_kg, and: None }
        })
    }

    proptest! {
        #[test]
        fn a_parcel_pays_both(
            one in staircases(), other in staircases(), third in staircases(),
            parcels in proptest::collection::vec((0u64..9_000, 0u64..20_000), 1..40),
        ) {
            let two = one.with(&other).expect("small prices");
            let three = two.with(&third).expect("small prices");
            for (grams, cm3) in parcels {
                let price = |staircase: &Staircase| staircase.price(grams, cm3);
                let both = price(&one).zip(price(&other)).map(|(one, other)| one + other);
                prop_assert_eq!(price(&two), both, "{:?}", two);
                prop_assert_eq!(price(&three), both.zip(price(&third)).map(|(both, third)| both + third));
                if let Some(price) = price(&three) {
                    prop_assert!(three.lowered().price(grams, cm3).is_some_and(|lower| lower <= price));
                }
            }
            if one.cm3_per_kg == other.cm3_per_kg && one.per_kg_above.is_none() {
                prop_assert!(!two.is_stacked());
            }
        }
    }
}
