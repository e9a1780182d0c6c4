//! What carriage of one parcel costs.

use crate::units::{CubicCentimetres, Grams, Money};
use crate::world::Tariff;

/// Weight a tariff charges for: the parcel's own, or what its volume counts for if that is more.
///
/// `max(grams, ⌈cm³ × 1000 / cm3_per_kg⌉)`; nothing when the product does not fit or the divisor is zero. O(1).
pub fn chargeable(tariff: &Tariff, grams: Grams, cm3: CubicCentimetres) -> Option<Grams> {
    let Some(per_kg) = tariff.cm3_per_kg else { return Some(grams) };
    let by_volume = match per_kg {
        0 => return None,
        per_kg => cm3.0.checked_mul(1000)?.div_ceil(u64::from(per_kg)),
    };
    Some(grams.max(Grams(by_volume)))
}

/// Price of carrying a parcel of this weight and volume; nothing when the tariff does not carry it.
///
/// `base` plus the price of the first step that holds the chargeable weight. Above the last step its price plus
/// `per_kg_above` for each started kilogram; a tariff without `per_kg_above` does not carry so much, unless it has no
/// steps at all: then carriage is `base`. A price that does not fit a number is not carried either. O(log steps).
pub fn price(tariff: &Tariff, grams: Grams, cm3: CubicCentimetres) -> Option<Money> {
    let weight = chargeable(tariff, grams, cm3)?;
    let holds = tariff.steps.partition_point(|step| step.up_to < weight);
    if let Some(step) = tariff.steps.get(holds) {
        return tariff.base.checked_add(step.price);
    }
    let last = tariff.steps.last();
    match (tariff.per_kg_above, last) {
        (None, None) => Some(tariff.base),
        (None, Some(_)) => None,
        (Some(per_kg), last) => {
            let (held, stepped) = last.map_or((0, Money::ZERO), |step| (step.up_to.0, step.price));
            let started = i64::try_from((weight.0 - held).div_ceil(1000)).ok()?;
            tariff.base.checked_add(stepped)?.checked_add(per_kg.checked_times(started)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Step;

    fn parcel_post() -> Tariff {
        let step = |up_to, price| Step { up_to: Grams(up_to), price: Money(price) };
        Tariff {
            base: Money(100),
            steps: vec![step(1_000, 50), step(5_000, 90)],
            per_kg_above: Some(Money(20)),
            cm3_per_kg: Some(5_000),
        }
    }

    fn paid(tariff: &Tariff, grams: u64, cm3: u64) -> Option<i64> {
        price(tariff, Grams(grams), CubicCentimetres(cm3)).map(|money| money.0)
    }

    #[test]
    fn a_step_holds_its_own_weight_and_a_gram_more_is_the_next() {
        let post = parcel_post();
        assert_eq!(paid(&post, 0, 0), Some(150));
        assert_eq!(paid(&post, 1_000, 0), Some(150));
        assert_eq!(paid(&post, 1_001, 0), Some(190));
        assert_eq!(paid(&post, 5_000, 0), Some(190));
    }

    #[test]
    fn above_the_last_step_each_started_kilogram_is_paid() {
        let post = parcel_post();
        assert_eq!(paid(&post, 5_001, 0), Some(210));
        assert_eq!(paid(&post, 6_000, 0), Some(210));
        assert_eq!(paid(&post, 6_001, 0), Some(230));
    }

    #[test]
    fn a_pillow_pays_for_its_volume_rounded_up() {
        let post = parcel_post();
        // 5,001 cm³ count for 1,000.2 g, which is more than a kilogram.
        assert_eq!(chargeable(&post, Grams(300), CubicCentimetres(5_001)), Some(Grams(1_001)));
        assert_eq!(paid(&post, 300, 5_000), Some(150));
        assert_eq!(paid(&post, 300, 5_001), Some(190));
    }

    #[test]
    fn without_a_price_above_heavy_parcels_stay_behind() {
        let letters = Tariff { per_kg_above: None, ..parcel_post() };
        assert_eq!(paid(&letters, 5_000, 0), Some(190));
        assert_eq!(paid(&letters, 5_001, 0), None);
        let flat = Tariff { base: Money(7), ..Tariff::default() };
        assert_eq!(paid(&flat, u64::MAX, u64::MAX), Some(7));
        let by_weight = Tariff { per_kg_above: Some(Money(3)), ..flat };
        assert_eq!(paid(&by_weight, 2_001, 0), Some(16));
    }

    #[test]
    fn what_does_not_fit_a_number_is_not_carried() {
        let post = parcel_post();
        assert_eq!(paid(&post, 1, u64::MAX), None);
        assert_eq!(paid(&Tariff { base: Money(i64::MAX), ..post }, 1, 0), None);
        assert_eq!(paid(&Tariff { per_kg_above: Some(Money(i64::MAX)), ..parcel_post() }, u64::MAX, 0), None);
        assert_eq!(paid(&Tariff { cm3_per_kg: Some(0), ..parcel_post() }, 1, 0), None);
    }
}
