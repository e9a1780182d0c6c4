//! How sure is a mean of few values? Student's t.

use serde::Serialize;

/// Two-sided 95 % points of Student's t by degrees of freedom, 1 to 30, then for 40, 60, 120 and without end: table of
/// critical values in the NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2 (column 0.975). One column
/// is all that is asked here, so a library of distributions is not; a test integrates the density to hold it.
const UP_TO_30: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const FROM: [(usize, f64); 3] = [(120, 1.980), (60, 2.000), (40, 2.021)];

/// The point that Student's t of so many degrees of freedom passes, up or down, in 5 of 100 cases; between rows of the
/// table that of the row before, which is on the safe side. Nothing without a degree of freedom.
pub(super) fn two_sided_95(freedom: usize) -> Option<f64> {
    if freedom == 0 {
        return None;
    }
    let above = FROM.iter().find(|(from, _)| freedom >= *from).map(|(_, point)| *point);
    above.or_else(|| UP_TO_30.get(freedom.min(UP_TO_30.len()) - 1).copied())
}

/// A mean and where the true one lies in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether zero is inside: then the values do not tell which way it goes.
    pub fn spans_zero(&self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }

    pub(super) fn times(self, factor: f64) -> Interval {
        Interval { mean: self.mean * factor, low: self.low * factor, high: self.high * factor }
    }
}

/// The mean of independent values with its 95 % confidence interval by Student's t; nothing of fewer than two. It is
/// right for values that spread about normally, and near enough for sums of many orders.
pub fn mean_within(values: &[f64]) -> Option<Interval> {
    let point = two_sided_95(values.len().checked_sub(1)?)?;
    let many = values.len() as f64;
    let mean = values.iter().sum::<f64>() / many;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let reach = point * (squares / (many - 1.0)).sqrt() / many.sqrt();
    Some(Interval { mean, low: mean - reach, high: mean + reach })
}
