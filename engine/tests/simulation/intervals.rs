//! Confidence intervals: the table of Student's t against its density, and against chance.

use volok::testkit::Random;
use volok::testkit::simulate::mean_within;

/// The point that the interval used: its reach over the standard error.
fn point(freedom: usize) -> f64 {
    let many = freedom + 1;
    let values: Vec<f64> = (0..many).map(|k| if k % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let interval = mean_within(&values).expect("two values or more");
    let squares: f64 = values.iter().map(|value| (value - interval.mean).powi(2)).sum();
    let error = (squares / freedom as f64).sqrt() / (many as f64).sqrt();
    (interval.high - interval.mean) / error
}

/// Student's t below a point: with x = √n · tan θ its density is that of cosⁿ⁻¹ θ, integrated by Simpson's rule.
fn below(x: f64, freedom: usize) -> f64 {
    let density = |angle: f64| angle.cos().powi(freedom as i32 - 1);
    let integral = |from: f64, to: f64| {
        let steps = 20_000;
        let width = (to - from) / f64::from(steps);
        let inner: f64 = (1..steps)
            .map(|k| density(from + width * f64::from(k)) * if k % 2 == 1 { 4.0 } else { 2.0 })
            .sum();
        (density(from) + inner + density(to)) * width / 3.0
    };
    let edge = std::f64::consts::FRAC_PI_2;
    let angle = (x / (freedom as f64).sqrt()).atan();
    integral(-edge, angle) / integral(-edge, edge)
}

#[test]
fn the_table_is_that_of_the_distribution() {
    for freedom in (1..=30).chain([40, 60, 120]) {
        let inside = below(point(freedom), freedom);
        assert!((inside - 0.975).abs() < 0.000_05, "{freedom}: {inside}");
    }
    // Between rows the interval is rather too wide, and without end that of 120.
    for freedom in [31, 39, 59, 100, 500] {
        let inside = below(point(freedom), freedom);
        assert!((0.975..0.977).contains(&inside), "{freedom}: {inside}");
    }
}

#[test]
fn of_a_hundred_intervals_about_ninety_five_hold_the_truth() {
    let mut random = Random::new(17);
    // Sums of twelve even draws spread very nearly normally, around 6,000.
    let mut normal = || (0..12).map(|_| random.below(1_001) as f64).sum::<f64>();
    let (mut held, tries) = (0, 4_000);
    for _ in 0..tries {
        let values: Vec<f64> = (0..7).map(|_| normal()).collect();
        let interval = mean_within(&values).expect("seven values");
        held += i32::from(interval.low <= 6_000.0 && 6_000.0 <= interval.high);
    }
    let share = f64::from(held) / f64::from(tries);
    assert!((0.94..0.96).contains(&share), "{share}");
}

#[test]
fn one_value_has_no_interval() {
    assert_eq!(mean_within(&[3.0]), None);
    assert_eq!(mean_within(&[]), None);
    let same = mean_within(&[3.0, 3.0, 3.0]).expect("three values");
    assert_eq!((same.low, same.mean, same.high), (3.0, 3.0, 3.0));
    assert!(!same.spans_zero() && mean_within(&[-1.0, 1.0]).expect("two values").spans_zero());
}
