//! Numbers from a seed.

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The numbers of one part of a seed.
    pub fn new(seed: u64, part: u64) -> Random {
        let mut random = Random { state: seed ^ part.wrapping_mul(0xd134_2543_de82_ef95) };
        random.state = random.bits();
        random
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A row from 0 up to and without `rows`; 0 when there are none.
    pub fn row(&mut self, rows: usize) -> usize {
        ((u128::from(self.bits()) * rows as u128) >> 64) as usize
    }

    /// The rows in an order of chance.
    pub fn shuffle<T>(&mut self, rows: &mut [T]) {
        for last in (1..rows.len()).rev() {
            rows.swap(last, self.row(last + 1));
        }
    }
}
