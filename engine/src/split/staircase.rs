//! Prices that climb in steps of weight.

/// Price of one parcel's carriage by chargeable weight: `base`, plus the first step that holds the weight, plus a
/// price for each started kilogram above the last step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staircase {
    /// Price of any parcel; not negative.
    pub base: i64,
    /// Up to and with so many chargeable grams, this price on top of the base; both rising.
    pub steps: Vec<(u64, i64)>,
    /// Price of each started kilogram above the last step; nothing: heavier parcels are not carried, unless there are
    /// no steps at all, when carriage costs `base` whatever the weight.
    pub per_kg_above: Option<i64>,
    /// Cubic centimetres that count as a kilogram; nothing: volume does not count.
    pub cm3_per_kg: Option<u32>,
}

impl Staircase {
    /// Chargeable grams: weight, or volume as weight when that is more.
    pub fn chargeable(&self, grams: u64, cm3: u64) -> u64 {
        match self.cm3_per_kg {
            Some(divisor) => grams.max(cm3.saturating_mul(1000).div_ceil(u64::from(divisor.max(1)))),
            None => grams,
        }
    }

    /// Price of a parcel, or nothing when it is not carried. O(log steps).
    pub fn price(&self, grams: u64, cm3: u64) -> Option<i64> {
        self.price_of(self.chargeable(grams, cm3))
    }

    /// Price of a chargeable weight, or nothing when it is not carried.
    pub fn price_of(&self, chargeable: u64) -> Option<i64> {
        let Some(&(last, top)) = self.steps.last() else {
            return match self.per_kg_above {
                Some(rate) => self.above(0, 0, rate, chargeable),
                None => Some(self.base),
            };
        };
        if chargeable > last {
            return self.above(last, top, self.per_kg_above?, chargeable);
        }
        let step = self.steps.partition_point(|&(up_to, _)| up_to < chargeable);
        self.base.checked_add(self.steps[step].1)
    }

    fn above(&self, last: u64, top: i64, rate: i64, chargeable: u64) -> Option<i64> {
        let started = i64::try_from((chargeable - last).div_ceil(1000)).ok()?;
        self.base.checked_add(top)?.checked_add(rate.checked_mul(started)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post() -> Staircase {
        Staircase {
            base: 100,
            steps: vec![(1000, 50), (5000, 120)],
            per_kg_above: Some(10),
            cm3_per_kg: Some(5000),
        }
    }

    #[test]
    fn the_edge_of_a_step_belongs_to_it() {
        assert_eq!(post().price(0, 0), Some(150));
        assert_eq!(post().price(1000, 0), Some(150));
        assert_eq!(post().price(1001, 0), Some(220));
        assert_eq!(post().price(5000, 0), Some(220));
    }

    #[test]
    fn kilograms_above_the_last_step_count_when_started() {
        assert_eq!(post().price(5001, 0), Some(230));
        assert_eq!(post().price(6000, 0), Some(230));
        assert_eq!(post().price(6001, 0), Some(240));
    }

    #[test]
    fn volume_counts_when_it_is_more() {
        assert_eq!(post().price(10, 5000), Some(150));
        assert_eq!(post().price(10, 5001), Some(220));
    }

    #[test]
    fn what_is_too_heavy_is_not_carried() {
        let closed = Staircase { per_kg_above: None, ..post() };
        assert_eq!(closed.price(5001, 0), None);
        let flat = Staircase { base: 7, ..Staircase::default() };
        assert_eq!(flat.price(u64::MAX, 0), Some(7));
    }
}
