//! A seeded generator of our own, so that a seed means the same world for ever, on every machine.

/// SplitMix64 (Steele, Lea and Flood, 2014): one 64-bit state, one output a step, integers only.
///
/// The sequence of a seed never changes: a failure that names its seed can be made again in any later version. That
/// is why this is not a dependency, whose algorithm may change with its major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// A generator for one part of a whole: parts may grow or change order without disturbing each other.
    pub fn part(seed: u64, part: &str) -> Random {
        let label = part.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut random = Random::new(seed ^ label);
        Random::new(random.bits())
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to and without `bound`; 0 when `bound` is 0. The bias is below `bound` / 2⁶⁴.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A row from 0 up to and without `rows`.
    pub fn row(&mut self, rows: usize) -> usize {
        self.below(rows as u64) as usize
    }

    /// A number from `least` to `most`, both included; `least` when they are the wrong way round.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let width = i128::from(most) - i128::from(least) + 1;
        least.wrapping_add(self.below(u64::try_from(width).unwrap_or(0)) as i64)
    }

    /// True `times` in a hundred.
    pub fn percent(&mut self, times: u64) -> bool {
        self.below(100) < times
    }

    /// One of the values; they must not be none.
    pub fn one<'a, T: ?Sized>(&mut self, values: &[&'a T]) -> &'a T {
        values[self.row(values.len())]
    }

    /// One of the values; they must not be none.
    pub fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.row(values.len())]
    }

    /// A count of at least 1 with mean `tenths / 10`, as long tails of baskets have it (geometric), up to `most`.
    pub fn count(&mut self, tenths: u64, most: i64) -> i64 {
        let mut count = 1;
        // After each step another follows with probability 1 − 10 / tenths, which makes the mean tenths / 10.
        while count < most && self.below(tenths.max(10)) >= 10 {
            count += 1;
        }
        count
    }

    /// A row that is low far more often than high, as popularity is: the cube of an even draw.
    pub fn popular(&mut self, rows: usize) -> usize {
        const ONE: u64 = 1 << 20;
        let even = u128::from(self.below(ONE));
        let cube = even * even * even;
        ((cube * rows as u128) >> 60) as usize
    }

    /// Puts values into random order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for row in (1..values.len()).rev() {
            values.swap(row, self.row(row + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_paper_for_ever() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut random = Random::new(7);
        for _ in 0..1_000 {
            assert!((-3..=4).contains(&random.between(-3, 4)));
            assert!(random.below(5) < 5);
            assert!(random.popular(10) < 10);
            assert!((1..=30).contains(&random.count(22, 30)));
        }
        assert_eq!((random.below(0), random.between(5, 5)), (0, 5));
    }

    #[test]
    fn counts_have_the_mean_they_promise() {
        let mut random = Random::new(11);
        let sum: i64 = (0..10_000).map(|_| random.count(22, 1_000)).sum();
        assert!((21_000..23_000).contains(&sum), "mean {sum} of ten thousand");
    }
}
