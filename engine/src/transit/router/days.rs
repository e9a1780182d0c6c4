//! Service days as a set of bits.

/// The days of a timetable on which something runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Days {
    bits: Vec<u64>,
}

impl Days {
    /// No day.
    pub fn none() -> Days {
        Days::default()
    }

    /// The first so many days.
    pub fn first(days: u32) -> Days {
        (0..days).collect()
    }

    /// Adds a day, counted from the first of the timetable.
    pub fn add(&mut self, day: u32) {
        let word = day as usize / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (day % 64);
    }

    /// Takes a day away.
    pub fn remove(&mut self, day: u32) {
        if let Some(word) = self.bits.get_mut(day as usize / 64) {
            *word &= !(1 << (day % 64));
        }
    }

    /// Whether it runs on a day.
    pub fn contains(&self, day: u32) -> bool {
        self.bits.get(day as usize / 64).is_some_and(|word| word & 1 << (day % 64) != 0)
    }

    /// Whether it never runs.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    /// Its days, rising.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.bits.len() as u32 * 64).filter(|&day| self.contains(day))
    }
}

impl FromIterator<u32> for Days {
    fn from_iter<I: IntoIterator<Item = u32>>(days: I) -> Days {
        let mut all = Days::none();
        days.into_iter().for_each(|day| all.add(day));
        all
    }
}
