//! Times measured one by one, as whole nanoseconds.

use std::time::Instant;

use serde_json::Value;

/// Nanoseconds since a moment.
pub fn nanoseconds_since(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Number of things a second, from nanoseconds for all of them.
pub fn per_second(things: usize, nanoseconds: u64) -> u64 {
    let rate = things as u128 * 1_000_000_000 / u128::from(nanoseconds.max(1));
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// Whole thousandths that one number is of another; 0 of nothing.
pub fn thousandths(part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let share = i128::from(part) * 1_000 / i128::from(whole);
    i64::try_from(share).unwrap_or(i64::MAX)
}

/// Measurements of one thing, for quantiles.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    values: Vec<u64>,
    sorted: bool,
}

impl Sample {
    /// With room for so many.
    pub fn with_capacity(many: usize) -> Sample {
        Sample { values: Vec::with_capacity(many), sorted: false }
    }

    /// Adds one.
    pub fn push(&mut self, value: u64) {
        self.sorted = false;
        self.values.push(value);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Value that `share.0` in `share.1` of the measurements do not pass; 0 of none.
    pub fn quantile(&mut self, share: (usize, usize)) -> u64 {
        if !self.sorted {
            self.values.sort_unstable();
            self.sorted = true;
        }
        match self.values.len() {
            0 => 0,
            many => self.values[((many - 1) * share.0).div_ceil(share.1)],
        }
    }

    /// The middle one.
    pub fn median(&mut self) -> u64 {
        self.quantile((1, 2))
    }

    /// Mean, rounded down; 0 of none.
    pub fn mean(&self) -> u64 {
        let sum: u128 = self.values.iter().map(|&value| u128::from(value)).sum();
        u64::try_from(sum / self.values.len().max(1) as u128).unwrap_or(u64::MAX)
    }

    /// Median, 99th percentile, largest and mean, for a figure.
    pub fn facts(&mut self) -> Vec<(&'static str, Value)> {
        vec![
            ("p50", self.median().into()),
            ("p99", self.quantile((99, 100)).into()),
            ("max", self.quantile((1, 1)).into()),
            ("mean", self.mean().into()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_measurements() {
        let mut sample = Sample::default();
        assert_eq!(sample.median(), 0);
        (1..=100).rev().for_each(|value| sample.push(value));
        assert_eq!((sample.quantile((0, 1)), sample.median(), sample.quantile((99, 100))), (1, 51, 100));
        assert_eq!(sample.mean(), 50);
    }

    #[test]
    fn rates_and_shares_are_whole() {
        assert_eq!(per_second(5, 2_000_000_000), 2);
        assert_eq!((thousandths(1, 3), thousandths(1, 0)), (333, 0));
    }
}
