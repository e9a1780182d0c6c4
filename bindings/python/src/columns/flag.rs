//! Columns of yes and no.

use super::{Need, Reader, Spot};
use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray};
use arrow_schema::DataType;

/// A column of booleans; empty when it is absent.
pub struct Flags<'t>(Vec<&'t BooleanArray>);

impl<'t> Reader<'t, '_> {
    /// A column of booleans.
    pub fn flags(&mut self, column: &'static str, need: Need) -> Flags<'t> {
        let is_flag = |kind: &DataType| *kind == DataType::Boolean;
        let chunks = self.chunks(column, need, "booleans", is_flag).unwrap_or_default();
        Flags(chunks.into_iter().map(|chunk| chunk.as_boolean()).collect())
    }
}

impl Flags<'_> {
    /// Yes or no; nothing when it is null or the column is absent.
    pub fn at(&self, spot: Spot) -> Option<bool> {
        let array = self.0.get(spot.batch)?;
        array.is_valid(spot.row).then(|| array.value(spot.row))
    }
}
