//! Typed dense indices: an index opens only its own drawer.

use std::marker::PhantomData;
use std::ops;

/// A dense index: a number that counts the rows of one kind of thing.
pub trait Index: Copy + Ord {
    /// The index of row `row`; `row` stays below [`super::limits::ROWS`].
    fn of(row: usize) -> Self;
    /// The row this index names.
    fn row(self) -> usize;
}

/// Defines an index type over `u32`.
#[macro_export]
#[doc(hidden)]
macro_rules! index_type_ {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);
        impl $crate::units::Index for $name {
            fn of(row: usize) -> Self {
                $name(row as u32)
            }
            fn row(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub use index_type_ as index_type;

/// A vector that only its own index type opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexVec<I, T> {
    rows: Vec<T>,
    index: PhantomData<fn(I)>,
}

impl<I: Index, T> IndexVec<I, T> {
    /// Wraps rows; row `k` is opened by index `k`.
    pub fn new(rows: Vec<T>) -> Self {
        IndexVec { rows, index: PhantomData }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row, if the index is in range.
    pub fn get(&self, index: I) -> Option<&T> {
        self.rows.get(index.row())
    }

    /// Rows in index order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// Indices with their rows, in index order.
    pub fn enumerated(&self) -> impl ExactSizeIterator<Item = (I, &T)> {
        self.rows.iter().enumerate().map(|(row, value)| (I::of(row), value))
    }

    /// Indices with their rows, to be changed, in index order.
    pub(crate) fn enumerated_mut(&mut self) -> impl Iterator<Item = (I, &mut T)> {
        self.rows.iter_mut().enumerate().map(|(row, value)| (I::of(row), value))
    }

    /// Adds a row, and tells its index.
    pub(crate) fn push(&mut self, value: T) -> I {
        self.rows.push(value);
        I::of(self.rows.len() - 1)
    }

    /// All indices, in order.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = I> + use<I, T> {
        (0..self.rows.len()).map(I::of)
    }

    /// The rows as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.rows
    }
}

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        IndexVec { rows: Vec::new(), index: PhantomData }
    }
}

impl<I: Index, T> ops::Index<I> for IndexVec<I, T> {
    type Output = T;
    fn index(&self, index: I) -> &T {
        &self.rows[index.row()]
    }
}

impl<I: Index, T> ops::IndexMut<I> for IndexVec<I, T> {
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.rows[index.row()]
    }
}

impl<I: Index, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<R: IntoIterator<Item = T>>(rows: R) -> Self {
        IndexVec::new(rows.into_iter().collect())
    }
}
