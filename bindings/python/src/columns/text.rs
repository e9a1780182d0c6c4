//! Columns of text: plain, long, views, and any of them behind a dictionary.

use super::{Need, Reader, Spot};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

/// What a column of text must be.
const RIGHT: &str = "text (string, large_string, string_view, or a dictionary of one)";

/// A column of text; empty when it is absent.
pub struct Texts<'t>(Vec<Chunk<'t>>);

/// The part of a column in one batch.
pub(super) enum Chunk<'t> {
    Short(&'t StringArray),
    Long(&'t LargeStringArray),
    View(&'t StringViewArray),
    /// Which value each row has; the keys are widened once, so that rows are read alike.
    Dictionary(Vec<usize>, Option<NullBuffer>, Box<Chunk<'t>>),
    Nothing,
}

impl<'t> Reader<'t, '_> {
    /// A column of text.
    pub fn texts(&mut self, column: &'static str, need: Need) -> Texts<'t> {
        let chunks = self.chunks(column, need, RIGHT, is_text).unwrap_or_default();
        Texts(chunks.into_iter().map(Chunk::of).collect())
    }
}

/// Whether a type is text.
pub(super) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

impl<'t> Texts<'t> {
    /// The text of a row; nothing when it is null or the column is absent.
    #[inline]
    pub fn at(&self, spot: Spot) -> Option<&'t str> {
        self.0.get(spot.batch)?.at(spot.row)
    }

    /// The text of a row that is there. What stands in for a null is no key: it has been noted already.
    #[inline]
    pub fn of(&self, spot: Spot) -> &'t str {
        self.at(spot).unwrap_or("")
    }
}

impl<'t> Chunk<'t> {
    pub(super) fn of(array: &'t ArrayRef) -> Chunk<'t> {
        match array.data_type() {
            DataType::Utf8 => Chunk::Short(array.as_string()),
            DataType::LargeUtf8 => Chunk::Long(array.as_string()),
            DataType::Utf8View => Chunk::View(array.as_string_view()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                if dictionary.values().is_empty() {
                    return Chunk::Nothing;
                }
                let nulls = dictionary.keys().nulls().cloned();
                let values = Box::new(Chunk::of(dictionary.values()));
                Chunk::Dictionary(dictionary.normalized_keys(), nulls, values)
            }
            _ => Chunk::Nothing,
        }
    }

    #[inline]
    pub(super) fn at(&self, row: usize) -> Option<&'t str> {
        match self {
            Chunk::Short(array) => array.is_valid(row).then(|| array.value(row)),
            Chunk::Long(array) => array.is_valid(row).then(|| array.value(row)),
            Chunk::View(array) => array.is_valid(row).then(|| array.value(row)),
            Chunk::Dictionary(keys, nulls, values) => {
                if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                    return None;
                }
                values.at(keys[row])
            }
            Chunk::Nothing => None,
        }
    }
}
