//! UTC to wall time and back, over a zone's list of offsets.

use std::ops::Range;

/// Offsets of a zone that has none listed.
const UTC: &[(i64, i32)] = &[(i64::MIN, 0)];

/// Seconds to a bucket of [`Clock::index`] as a power of two: 97 days, so that a bucket rarely holds two changes.
const BUCKET: u32 = 23;
/// Buckets from 1970 on: to the end of 2199.
const BUCKETS: i64 = (7_258_118_400 >> BUCKET) + 1;

/// A zone's offsets, and optionally where in them each bucket of time begins.
///
/// Changes of offset are taken to lie further apart than they are wide, as they do in every zone of the IANA data.
/// Then both conversions from wall time below never fall when the wall time rises.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock<'a> {
    offsets: &'a [(i64, i32)],
    index: &'a [u32],
}

impl<'a> Clock<'a> {
    /// A clock; `index` is from [`index`] over the same offsets, or empty.
    pub(super) fn new(offsets: &'a [(i64, i32)], index: &'a [u32]) -> Clock<'a> {
        if offsets.is_empty() { Clock { offsets: UTC, index: &[] } } else { Clock { offsets, index } }
    }

    /// The row of the offset in force at `t`. O(1) with an index, else O(log offsets).
    #[inline]
    pub(super) fn piece(self, t: i64) -> usize {
        let bucket = t >> BUCKET;
        if bucket < 0 || bucket >= self.index.len() as i64 {
            return self.offsets.partition_point(|&(from, _)| from <= t).saturating_sub(1);
        }
        let mut piece = self.index[bucket as usize] as usize;
        while self.offsets.get(piece + 1).is_some_and(|&(from, _)| from <= t) {
            piece += 1;
        }
        piece
    }

    /// Whether one offset is in force from one moment to another.
    pub(super) fn is_steady(self, from: i64, to: i64) -> bool {
        self.piece(from) == self.piece(to)
    }

    /// Wall time at `t`, which lies in `piece`, in seconds since 1970-01-01 00:00 on the wall.
    #[inline]
    pub(super) fn wall(self, t: i64, piece: usize) -> i64 {
        t + self.ahead(piece)
    }

    /// How far the wall is ahead of UTC in `piece`.
    #[inline]
    pub(super) fn ahead(self, piece: usize) -> i64 {
        i64::from(self.offsets[piece].1)
    }

    /// When `piece` begins; nothing before the first, or past the last.
    #[inline]
    fn begins(self, piece: usize) -> Option<i64> {
        if piece == 0 { None } else { self.offsets.get(piece).map(|&(from, _)| from) }
    }

    /// The moments within which `piece` is in force.
    #[inline]
    pub(super) fn bounds(self, piece: usize) -> (i64, i64) {
        (self.begins(piece).unwrap_or(i64::MIN), self.begins(piece + 1).unwrap_or(i64::MAX))
    }

    /// Wall times that occur in `piece` once and nowhere else: less its offset they are moments.
    #[inline]
    pub(super) fn plain(self, piece: usize) -> Range<i64> {
        let from = self.begins(piece).map(|change| change + self.ahead(piece).max(self.ahead(piece - 1)));
        let until =
            self.begins(piece + 1).map(|change| change + self.ahead(piece).min(self.ahead(piece + 1)));
        from.unwrap_or(i64::MIN)..until.unwrap_or(i64::MAX)
    }

    /// The first moment at which the wall shows `wall` or later; a skipped wall time gives the change.
    ///
    /// `piece` is any row near the answer: the search walks from it.
    #[inline]
    pub(super) fn first(self, wall: i64, mut piece: usize) -> i64 {
        while self.begins(piece + 1).is_some_and(|change| wall - self.ahead(piece) >= change) {
            piece += 1;
        }
        while self.begins(piece).is_some_and(|change| wall - self.ahead(piece - 1) < change) {
            piece -= 1;
        }
        let at = wall - self.ahead(piece);
        self.begins(piece).map_or(at, |change| at.max(change))
    }

    /// The last moment at which the wall shows `wall`; a skipped wall time gives the change.
    #[inline]
    pub(super) fn last(self, wall: i64, mut piece: usize) -> i64 {
        while self.begins(piece + 1).is_some_and(|change| wall - self.ahead(piece + 1) >= change) {
            piece += 1;
        }
        while self.begins(piece).is_some_and(|change| wall - self.ahead(piece) < change) {
            piece -= 1;
        }
        let at = wall - self.ahead(piece);
        self.begins(piece + 1).map_or(at, |change| at.min(change))
    }

    /// The latest wall time whose last showing is not after `t` (in `piece`): a span is over exactly when its end
    /// is not later than this.
    #[inline]
    pub(super) fn over(self, t: i64, piece: usize) -> i64 {
        let wall = self.wall(t, piece);
        match self.begins(piece + 1) {
            // The coming change turns the wall back: what shows again after it is not over yet.
            Some(change) => wall.min(change + self.ahead(piece + 1) - 1),
            None => wall,
        }
    }
}

/// For each bucket of time the row of the offset in force at its beginning.
pub(super) fn index(offsets: &[(i64, i32)]) -> Vec<u32> {
    let clock = Clock::new(offsets, &[]);
    (0..BUCKETS).map(|bucket| clock.piece(bucket << BUCKET) as u32).collect()
}
