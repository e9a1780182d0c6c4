//! Prices that climb in steps of weight.

/// Price of one parcel's carriage by chargeable weight: `base`, plus the first step that holds the weight, plus a
/// price for each started kilogram above the last step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
    /// A price that comes on top and measures weight in its own way; nearly always nothing (see [`Staircase::with`]).
    pub and: Option<Box<Staircase>>,
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
        let price = self.price_of(self.chargeable(grams, cm3))?;
        match &self.and {
            None => Some(price),
            Some(and) => price.checked_add(and.price(grams, cm3)?),
        }
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

    /// The one price of every parcel within limits, when there is but one.
    pub fn flat(&self, max_grams: u64, max_cm3: u64) -> Option<i64> {
        let unlimited = max_grams == u64::MAX && max_cm3 == u64::MAX;
        let level = self.steps.is_empty() && self.per_kg_above.is_none() && self.and.is_none();
        (unlimited && level).then_some(self.base)
    }

    /// The heaviest chargeable weight that is carried.
    pub fn heaviest(&self) -> u64 {
        match (self.steps.last(), self.per_kg_above) {
            (Some(&(last, _)), None) => last,
            _ => u64::MAX,
        }
    }

    /// Two parcels of at most this weight each, laid together, never cost more than `saved` above the two apart;
    /// nothing when that holds for all weights that sum to at most `most`. Prices are compared where steps end: there
    /// two parcels hold most for their price. O(steps²), few steps in practice.
    pub fn light_enough_to_merge(&self, most: u64, saved: i64) -> Option<u64> {
        let ends = self.ends_between(0, most);
        let mut light = 0;
        for (k, &(one, price)) in ends.iter().enumerate() {
            for &(other, other_price) in &ends[..=k] {
                // What is too heavy to be carried as one is kept apart by its weight, not by its price.
                let both = one.saturating_add(other).min(most).min(self.heaviest());
                let extra = self
                    .price_of(both)
                    .map_or(i64::MIN, |sum| sum.saturating_sub(price).saturating_sub(other_price));
                if extra > saved {
                    return Some(light);
                }
            }
            light = one;
        }
        None
    }

    /// Where prices are about to rise, from one weight to another: the most weight for each price, with the price.
    /// The last point is the end of the range. Beyond 64 started kilograms above the last step only every later
    /// power-of-two kilogram is given: in between, prices rise evenly, so points there lie on the straight line.
    /// O(steps).
    pub fn ends_between(&self, from: u64, to: u64) -> Vec<(u64, i64)> {
        const KILOGRAMS: u64 = 64;
        let to = to.min(self.heaviest());
        let mut ends: Vec<(u64, i64)> = Vec::new();
        let mut push = |end: u64| {
            if end >= from
                && end < to
                && let Some(price) = self.price_of(end)
            {
                ends.push((end, price));
            }
        };
        for &(up_to, _) in &self.steps {
            push(up_to);
        }
        if self.per_kg_above.is_some() {
            let last = self.steps.last().map_or(0, |&(up_to, _)| up_to);
            let first = (from.saturating_sub(last)).div_ceil(1000).max(1);
            let mut kilogram = first;
            while last.saturating_add(kilogram.saturating_mul(1000)) < to {
                push(last + kilogram * 1000);
                kilogram = kilogram.saturating_add(if kilogram < first + KILOGRAMS { 1 } else { kilogram });
            }
        }
        if let Some(price) = self.price_of(to)
            && to >= from
        {
            ends.push((to, price));
        }
        ends
    }

    /// The step a chargeable weight stands on: the least and the most weight of its price.
    pub fn step_of(&self, chargeable: u64) -> (u64, u64) {
        let step = self.steps.partition_point(|&(up_to, _)| up_to < chargeable);
        if let Some(&(up_to, _)) = self.steps.get(step) {
            return (if step == 0 { 0 } else { self.steps[step - 1].0 + 1 }, up_to);
        }
        let last = self.steps.last().map_or(0, |&(up_to, _)| up_to);
        match self.per_kg_above {
            Some(_) if chargeable > last => {
                let begins = last + (chargeable - last - 1) / 1000 * 1000 + 1;
                (begins, begins + 999)
            }
            Some(_) => (0, last),
            None => (if self.steps.is_empty() { 0 } else { last + 1 }, u64::MAX),
        }
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
            and: None,
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
