//! Long tables that grow without moving what they hold, so that growing never stalls the writer.

use std::sync::Arc;

/// Rows of one page: few enough that copying a page is a matter of microseconds.
pub(super) const PAGE: usize = 1_024;

/// Rows in pages.
#[derive(Clone, Debug)]
pub(super) struct Rows<T> {
    pages: Vec<Vec<T>>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows { pages: Vec::new() }
    }
}

impl<T> Rows<T> {
    pub fn len(&self) -> usize {
        match self.pages.last() {
            None => 0,
            Some(last) => (self.pages.len() - 1) * PAGE + last.len(),
        }
    }

    pub fn push(&mut self, row: T) {
        match self.pages.last_mut() {
            Some(last) if last.len() < PAGE => last.push(row),
            _ => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(row);
                self.pages.push(page);
            }
        }
    }

    pub fn get(&self, row: usize) -> Option<&T> {
        self.pages.get(row / PAGE)?.get(row % PAGE)
    }

    pub fn get_mut(&mut self, row: usize) -> Option<&mut T> {
        self.pages.get_mut(row / PAGE)?.get_mut(row % PAGE)
    }

    /// Takes the last rows away until so many are left.
    pub fn truncate(&mut self, len: usize) {
        self.pages.truncate(len.div_ceil(PAGE));
        if let Some(last) = self.pages.last_mut().filter(|_| len % PAGE > 0) {
            last.truncate(len % PAGE);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flatten()
    }

    /// Adjacent rows of one page.
    pub fn run(&self, start: usize, len: usize) -> &[T] {
        match self.pages.get(start / PAGE) {
            Some(page) if start % PAGE + len <= page.len() => &page[start % PAGE..start % PAGE + len],
            _ => &[],
        }
    }

    /// Adjacent rows of one page, to be changed.
    pub fn run_mut(&mut self, start: usize, len: usize) -> &mut [T] {
        match self.pages.get_mut(start / PAGE) {
            Some(page) if start % PAGE + len <= page.len() => &mut page[start % PAGE..start % PAGE + len],
            _ => &mut [],
        }
    }
}

/// Rows in pages that readers may keep: a kept page is copied before it is changed.
#[derive(Clone, Debug)]
pub(super) struct SharedRows<T> {
    pages: Vec<Arc<Vec<T>>>,
}

impl<T> Default for SharedRows<T> {
    fn default() -> Self {
        SharedRows { pages: Vec::new() }
    }
}

impl<T: Clone> SharedRows<T> {
    pub fn len(&self) -> usize {
        match self.pages.last() {
            None => 0,
            Some(last) => (self.pages.len() - 1) * PAGE + last.len(),
        }
    }

    pub fn push(&mut self, row: T) {
        match self.pages.last_mut() {
            Some(last) if last.len() < PAGE => Arc::make_mut(last).push(row),
            _ => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(row);
                self.pages.push(Arc::new(page));
            }
        }
    }

    pub fn get(&self, row: usize) -> Option<&T> {
        self.pages.get(row / PAGE)?.get(row % PAGE)
    }

    pub fn get_mut(&mut self, row: usize) -> Option<&mut T> {
        Arc::make_mut(self.pages.get_mut(row / PAGE)?).get_mut(row % PAGE)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_keeps_stays_as_it_was() {
        let mut rows = SharedRows::default();
        (0..3_000u32).for_each(|row| rows.push(row));
        let kept = rows.clone();
        *rows.get_mut(2_500).unwrap() = 7;
        rows.push(9);
        assert_eq!((kept.len(), kept.get(2_500)), (3_000, Some(&2_500)));
        assert_eq!((rows.len(), rows.get(2_500), rows.get(3_000)), (3_001, Some(&7), Some(&9)));
    }

    #[test]
    fn a_run_never_leaves_its_page() {
        let mut rows = Rows::default();
        (0..2_000u32).for_each(|row| rows.push(row));
        assert_eq!(rows.run(1_020, 4), [1_020, 1_021, 1_022, 1_023]);
        assert!(rows.run(1_020, 5).is_empty());
        assert_eq!(rows.get(1_024), Some(&1_024));
    }

    #[test]
    fn rows_are_taken_away_from_the_end_over_pages() {
        let mut rows = Rows::default();
        (0..3_000u32).for_each(|row| rows.push(row));
        for len in [2_500, 2_048, 2_047, 1_024, 1, 0] {
            rows.truncate(len);
            assert_eq!((rows.len(), rows.iter().count()), (len, len));
            rows.push(7);
            assert_eq!(rows.get(len), Some(&7));
            rows.truncate(len);
        }
    }
}
