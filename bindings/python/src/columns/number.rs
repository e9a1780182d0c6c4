//! Columns of whole numbers of any width.

use super::{Need, Reader, Spot};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use std::borrow::Cow;

/// What a column of numbers must be.
const RIGHT: &str = "whole numbers (int8 to int64, uint8 to uint64; `Int64` for a pandas column with gaps)";

/// A column of whole numbers; empty when it is absent.
pub struct Numbers<'t>(Vec<(Cow<'t, [i64]>, Option<&'t NullBuffer>)>);

impl<'t> Reader<'t, '_> {
    /// A column of whole numbers. Those past 63 bits are noted.
    pub fn numbers(&mut self, column: &'static str, need: Need) -> Numbers<'t> {
        let chunks = self.chunks(column, need, RIGHT, DataType::is_integer).unwrap_or_default();
        for (chunk, &start) in chunks.iter().zip(&self.table.starts) {
            let Some(array) = chunk.as_primitive_opt::<UInt64Type>() else { continue };
            for (row, value) in array.iter().enumerate() {
                if let Some(value) = value.filter(|&value| i64::try_from(value).is_err()) {
                    let place = self.place(start + row, column);
                    self.found.note(
                        place,
                        "out_of_range",
                        &value.to_string(),
                        "a whole number of at most 63 bits",
                    );
                }
            }
        }
        Numbers(chunks.into_iter().map(|chunk| (widened(chunk), chunk.nulls())).collect())
    }
}

impl Numbers<'_> {
    /// The number of a row; nothing when it is null or the column is absent.
    #[inline]
    pub fn at(&self, spot: Spot) -> Option<i64> {
        let (values, nulls) = self.0.get(spot.batch)?;
        match nulls {
            Some(nulls) if nulls.is_null(spot.row) => None,
            _ => Some(values[spot.row]),
        }
    }

    /// The number of a row, nought when it is absent. A null where a number must be has been noted already.
    #[inline]
    pub fn of(&self, spot: Spot) -> i64 {
        self.at(spot).unwrap_or(0)
    }
}

/// Numbers in 64 bits: those that have them already are not copied. Larger ones have been noted already.
fn widened(array: &ArrayRef) -> Cow<'_, [i64]> {
    fn of<T: ArrowPrimitiveType>(array: &ArrayRef) -> Cow<'_, [i64]>
    where
        i64: TryFrom<T::Native>,
    {
        let values = array.as_primitive::<T>().values().iter();
        values.map(|&value| i64::try_from(value).unwrap_or(i64::MAX)).collect()
    }
    match array.data_type() {
        DataType::Int8 => of::<Int8Type>(array),
        DataType::Int16 => of::<Int16Type>(array),
        DataType::Int32 => of::<Int32Type>(array),
        DataType::Int64 => Cow::Borrowed(array.as_primitive::<Int64Type>().values()),
        DataType::UInt8 => of::<UInt8Type>(array),
        DataType::UInt16 => of::<UInt16Type>(array),
        DataType::UInt32 => of::<UInt32Type>(array),
        _ => of::<UInt64Type>(array),
    }
}
