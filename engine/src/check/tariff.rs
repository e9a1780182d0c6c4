//! What carriage of one parcel costs, by the tariff's definition.

use crate::world::Tariff;

/// Nothing when the tariff has no price for such a parcel, or none that 128 bits can hold.
pub(super) fn price(tariff: &Tariff, grams: u128, cm3: u128) -> Option<i128> {
    let chargeable = match tariff.cm3_per_kg {
        Some(per_kg) if per_kg > 0 => grams.max(cm3.checked_mul(1000)?.div_ceil(u128::from(per_kg))),
        _ => grams,
    };
    let base = i128::from(tariff.base.0);
    if let Some(step) = tariff.steps.iter().find(|step| chargeable <= u128::from(step.up_to.0)) {
        return Some(base + i128::from(step.price.0));
    }
    let (up_to, last) =
        tariff.steps.last().map_or((0, 0), |step| (u128::from(step.up_to.0), i128::from(step.price.0)));
    match tariff.per_kg_above {
        Some(per_kg) => {
            let kilograms = i128::try_from((chargeable - up_to).div_ceil(1000)).ok()?;
            i128::from(per_kg.0).checked_mul(kilograms)?.checked_add(base + last)
        }
        None if tariff.steps.is_empty() => Some(base),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Grams, Money};
    use crate::world::Step;

    fn steps(per_kg_above: Option<i64>, cm3_per_kg: Option<u32>) -> Tariff {
        let step = |up_to, price| Step { up_to: Grams(up_to), price: Money(price) };
        Tariff {
            base: Money(100),
            steps: vec![step(1000, 10), step(5000, 50)],
            per_kg_above: per_kg_above.map(Money),
            cm3_per_kg,
        }
    }

    #[test]
    fn a_step_holds_its_own_weight() {
        let prices: Vec<Option<i128>> = [0, 1000, 1001, 5000, 5001]
            .into_iter()
            .map(|grams| price(&steps(None, None), grams, 0))
            .collect();
        assert_eq!(prices, [Some(110), Some(110), Some(150), Some(150), None]);
    }

    #[test]
    fn above_the_last_step_each_started_kilogram_costs() {
        assert_eq!(price(&steps(Some(7), None), 5001, 0), Some(157));
        assert_eq!(price(&steps(Some(7), None), 6000, 0), Some(157));
        assert_eq!(price(&steps(Some(7), None), 6001, 0), Some(164));
    }

    #[test]
    fn volume_counts_as_weight_rounded_up() {
        // 5001 cm³ at 5000 cm³ a kilogram: 1000.2 g, so 1001 g, the second step.
        assert_eq!(price(&steps(None, Some(5000)), 1, 5000), Some(110));
        assert_eq!(price(&steps(None, Some(5000)), 1, 5001), Some(150));
    }

    #[test]
    fn without_steps_carriage_is_the_base_and_kilograms_count_from_nothing() {
        let bare = Tariff { base: Money(100), ..Tariff::default() };
        assert_eq!(price(&bare, 1_000_000, 0), Some(100));
        let by_weight = Tariff { per_kg_above: Some(Money(7)), ..bare };
        assert_eq!(price(&by_weight, 0, 0), Some(100));
        assert_eq!(price(&by_weight, 1, 0), Some(107));
    }
}
