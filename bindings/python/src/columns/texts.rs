//! Columns of several keys a row: lists of text, or one text each.

use super::text::{Chunk as Text, is_text};
use super::{Need, Reader, Spot};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeListArray, ListArray};
use arrow_schema::DataType;

/// What a column of keys must be.
const RIGHT: &str = "lists of text, or text for one key a row";

/// A column of lists of keys; empty when it is absent.
pub struct Lists<'t>(Vec<Chunk<'t>>);

enum Chunk<'t> {
    Short(&'t ListArray, Text<'t>),
    Long(&'t LargeListArray, Text<'t>),
    One(Text<'t>),
}

impl<'t> Reader<'t, '_> {
    /// A column of lists of keys. A null within a list is no key and is told as one that is empty.
    pub fn lists(&mut self, column: &'static str, need: Need) -> Lists<'t> {
        let chunks = self.chunks(column, need, RIGHT, is_list).unwrap_or_default();
        Lists(chunks.into_iter().map(Chunk::of).collect())
    }
}

fn is_list(kind: &DataType) -> bool {
    match kind {
        DataType::List(of) | DataType::LargeList(of) => is_text(of.data_type()),
        kind => is_text(kind),
    }
}

impl<'t> Chunk<'t> {
    fn of(array: &'t ArrayRef) -> Chunk<'t> {
        match array.data_type() {
            DataType::List(_) => Chunk::Short(array.as_list(), Text::of(array.as_list::<i32>().values())),
            DataType::LargeList(_) => Chunk::Long(array.as_list(), Text::of(array.as_list::<i64>().values())),
            _ => Chunk::One(Text::of(array)),
        }
    }
}

impl Lists<'_> {
    /// The keys of a row; nothing when it is null or the column is absent.
    pub fn at(&self, spot: Spot) -> Option<Vec<String>> {
        let keys = |text: &Text<'_>, rows: std::ops::Range<usize>| {
            Some(rows.map(|row| text.at(row).unwrap_or_default().to_owned()).collect())
        };
        match self.0.get(spot.batch)? {
            Chunk::One(text) => text.at(spot.row).map(|key| vec![key.to_owned()]),
            Chunk::Short(list, _) if list.is_null(spot.row) => None,
            Chunk::Long(list, _) if list.is_null(spot.row) => None,
            Chunk::Short(list, text) => {
                let ends = list.value_offsets();
                keys(text, ends[spot.row] as usize..ends[spot.row + 1] as usize)
            }
            Chunk::Long(list, text) => {
                let ends = list.value_offsets();
                keys(text, ends[spot.row] as usize..ends[spot.row + 1] as usize)
            }
        }
    }
}
