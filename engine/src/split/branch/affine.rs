//! A straight line under a staircase, so that a relaxation can price weight evenly.

use crate::split::staircase::Staircase;

/// `at_zero + slope × weight`, both times the search's scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Affine {
    /// Price of no weight.
    pub at_zero: i64,
    /// Price of a gram.
    pub slope: i64,
}

/// A line under `max(price(floor), price(w))` for every chargeable weight `from <= w <= to`, as high as may be at
/// `reference` among lines of the lower convex hull, with `at_zero >= -slack`. Nothing when `from` is not carried.
pub fn under(
    staircase: &Staircase,
    from: u64,
    to: u64,
    floor: u64,
    reference: u64,
    scale: i64,
    slack: i64,
) -> Option<Affine> {
    let to = to.max(from);
    let all = staircase.ends_between(from.max(floor.min(to)), to);
    // Up to the first end the price is one; from there on the hull is over the ends, where a price holds most weight.
    let (&(mut x, mut y), ends) = all.split_first()?;
    let mut line = Affine { at_zero: y * scale, slope: 0 };
    while x < reference {
        // The next point of the lower hull is the one seen under the least slope, the farthest of those.
        let mut best: Option<(u64, i64)> = None;
        for &(end, price) in ends.iter().filter(|&&(end, _)| end > x) {
            let (rise, run) = (i128::from(price - y), i128::from(end - x));
            if best.is_none_or(|(bx, by)| rise * i128::from(bx - x) <= i128::from(by - y) * run) {
                best = Some((end, price));
            }
        }
        let Some((end, price)) = best else { break };
        let slope = i128::from(price - y) * i128::from(scale) / i128::from(end - x);
        // The slope is rounded down, so the line is laid under every end and not just through this one.
        let below =
            |&(end, price): &(u64, i64)| i128::from(price) * i128::from(scale) - slope * i128::from(end);
        let at_zero = all.iter().map(below).min().unwrap_or(0);
        if at_zero < -i128::from(slack) {
            break;
        }
        let (Ok(at_zero), Ok(slope)) = (i64::try_from(at_zero), i64::try_from(slope)) else { break };
        line = Affine { at_zero, slope };
        (x, y) = (end, price);
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_never_passes_above_the_staircase() {
        let post = Staircase {
            and: None,
            base: 100,
            steps: vec![(500, 0), (1000, 40), (3000, 50), (5000, 200)],
            per_kg_above: Some(90),
            cm3_per_kg: None,
        };
        for from in [0, 400, 900, 2500] {
            for to in [1000, 3000, 4000, 9000] {
                for floor in [0, 700, 2000] {
                    for reference in [0, 800, 2000, 4500, 8000] {
                        let Some(line) = under(&post, from, to, floor, reference, 1024, 0) else { continue };
                        for weight in from..=to.max(from) {
                            let price =
                                post.price_of(weight).unwrap().max(post.price_of(floor.min(to)).unwrap());
                            let under = line.at_zero + line.slope * weight as i64;
                            assert!(under <= price * 1024, "{from} {to} {floor} {reference} {weight}");
                        }
                    }
                }
            }
        }
    }
}
