//! Columns of moments: timestamps with a zone, or RFC 3339 text.

use super::text::{Chunk as Text, is_text};
use super::{Need, Reader, Spot};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use volok::spec::Moment;
use volok::units::Instant;

/// What a column of moments must be.
const RIGHT: &str = "timestamps with a zone, or RFC 3339 text: local time alone names no moment";

/// A column of moments; empty when it is absent.
pub struct Moments<'t>(Vec<Chunk<'t>>);

enum Chunk<'t> {
    /// Counts since 1970, and how many of them are a second.
    Counted(&'t [i64], i64, Option<&'t NullBuffer>),
    Said(Text<'t>),
}

impl<'t> Reader<'t, '_> {
    /// A column of moments. Parts of a second are cut off.
    pub fn moments(&mut self, column: &'static str, need: Need) -> Moments<'t> {
        let chunks = self.chunks(column, need, RIGHT, is_moment).unwrap_or_default();
        Moments(chunks.into_iter().map(Chunk::of).collect())
    }
}

fn is_moment(kind: &DataType) -> bool {
    matches!(kind, DataType::Timestamp(_, Some(_))) || is_text(kind)
}

impl<'t> Moments<'t> {
    /// The moment of a row; nothing when it is null or the column is absent.
    #[inline]
    pub fn at(&self, spot: Spot) -> Option<Moment<'t>> {
        match self.0.get(spot.batch)? {
            Chunk::Said(text) => text.at(spot.row).map(Moment::Text),
            Chunk::Counted(_, _, Some(nulls)) if nulls.is_null(spot.row) => None,
            Chunk::Counted(counts, a_second, _) => {
                Some(Moment::At(Instant(counts[spot.row].div_euclid(*a_second))))
            }
        }
    }

    /// The moment of a row that is there; a null has been noted already.
    pub fn of(&self, spot: Spot) -> Moment<'t> {
        self.at(spot).unwrap_or(Moment::At(Instant(0)))
    }
}

impl<'t> Chunk<'t> {
    fn of(array: &'t ArrayRef) -> Chunk<'t> {
        let (counts, a_second): (&[i64], i64) = match array.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => {
                (array.as_primitive::<TimestampSecondType>().values(), 1)
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                (array.as_primitive::<TimestampMillisecondType>().values(), 1_000)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                (array.as_primitive::<TimestampMicrosecondType>().values(), 1_000_000)
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                (array.as_primitive::<TimestampNanosecondType>().values(), 1_000_000_000)
            }
            _ => return Chunk::Said(Text::of(array)),
        };
        Chunk::Counted(counts, a_second, array.nulls())
    }
}
