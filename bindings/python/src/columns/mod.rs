//! Columns in: which columns does a table have, of which types, and what is wrong with them?
//!
//! A table is read column by column; a row is made only of borrowed values. Everything that is wrong is noted with table,
//! row and column and told in one exception together with what the engine finds.

mod flag;
mod moment;
mod number;
mod text;
mod texts;

pub use flag::Flags;
pub use moment::Moments;
pub use number::Numbers;
pub use text::Texts;
pub use texts::Lists;

use crate::capsule;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use pyo3::prelude::*;
use std::collections::HashSet;
use volok::units::limits;
use volok::world::Defects;

/// A table that came in.
pub struct Incoming {
    /// What defects call it.
    name: &'static str,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// First row of each batch.
    starts: Vec<usize>,
    rows: usize,
}

/// Where a row lies.
#[derive(Clone, Copy)]
pub struct Spot {
    batch: usize,
    row: usize,
}

impl Incoming {
    /// The table of an object.
    pub fn read(name: &'static str, object: &Bound<'_, PyAny>) -> PyResult<Incoming> {
        let (schema, mut batches) = capsule::import(object)?;
        batches.retain(|batch| batch.num_rows() > 0);
        let mut rows = 0;
        let starts = batches.iter().map(|batch| {
            rows += batch.num_rows();
            rows - batch.num_rows()
        });
        let starts = starts.collect();
        Ok(Incoming { name, schema, batches, starts, rows })
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where a row lies. O(log batches).
    pub fn spot(&self, row: usize) -> Spot {
        let batch = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
        Spot { batch, row: row - self.starts.get(batch).copied().unwrap_or(0) }
    }
}

/// Whether a value must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The column must be there, without nulls.
    Always,
    /// The column may be absent; a null is an absent value.
    Maybe,
}

/// What is wrong with tables, found while their columns are read.
#[derive(Default)]
pub struct Found {
    defects: Defects,
    places: HashSet<String>,
    unlisted: usize,
    /// A column is missing or of a wrong type: rows cannot be looked at.
    unreadable: bool,
}

impl Found {
    /// Notes something at a place.
    pub fn note(&mut self, place: String, code: &'static str, found: &str, right: impl Into<String>) {
        if self.defects.0.len() >= limits::DEFECTS {
            self.unlisted += 1;
            return;
        }
        self.defects.note(place.clone(), code, found, right);
        self.places.insert(place);
    }

    /// Whether rows cannot be looked at.
    pub fn is_unreadable(&self) -> bool {
        self.unreadable
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.defects.0.is_empty()
    }

    /// These with what was found of the rows. Where a value could not be read, something stood in for it: what the engine
    /// says of that is left out.
    pub fn and(mut self, rows: Defects) -> Defects {
        let of_rows = rows.0.into_iter().filter(|defect| !self.places.contains(&defect.place));
        self.defects.0.extend(of_rows);
        if self.unlisted > 0 {
            let found = format!("{} more defects of columns", self.unlisted);
            self.defects.note("", "too_many", &found, "mend those above; the rest will be listed then");
        }
        self.defects
    }
}

/// Takes columns of a table by name, one after the other.
pub struct Reader<'t, 'f> {
    table: &'t Incoming,
    found: &'f mut Found,
    known: Vec<&'static str>,
}

impl<'t, 'f> Reader<'t, 'f> {
    /// A reader that notes what is wrong.
    pub fn of(table: &'t Incoming, found: &'f mut Found) -> Reader<'t, 'f> {
        Reader { table, found, known: Vec::new() }
    }

    /// The chunks of a column, one for each batch; nothing when it is absent. `accepts` says whether a type is right.
    fn chunks(
        &mut self,
        column: &'static str,
        need: Need,
        right: &str,
        accepts: impl Fn(&DataType) -> bool,
    ) -> Option<Vec<&'t ArrayRef>> {
        self.known.push(column);
        let place = format!("{}.{column}", self.table.name);
        let Ok(at) = self.table.schema.index_of(column) else {
            if need == Need::Always {
                self.found.unreadable = true;
                let names: Vec<&str> =
                    self.table.schema.fields().iter().map(|field| &**field.name()).collect();
                let right = format!("a column of {right}; there are {}", names.join(", "));
                self.found.note(place, "missing", "", right);
            }
            return None;
        };
        let kind = self.table.schema.field(at).data_type();
        // A column of nothing but nulls has no type of its own.
        if *kind != DataType::Null && !accepts(kind) {
            self.found.unreadable = true;
            self.found.note(place, "wrong_type", &kind.to_string(), right);
            return None;
        }
        let chunks: Vec<&ArrayRef> = self.table.batches.iter().map(|batch| batch.column(at)).collect();
        if need == Need::Always {
            self.nulls(column, &chunks, right);
        }
        if *kind == DataType::Null { None } else { Some(chunks) }
    }

    /// Notes every null.
    fn nulls(&mut self, column: &str, chunks: &[&ArrayRef], right: &str) {
        for (chunk, &start) in chunks.iter().zip(&self.table.starts) {
            let Some(nulls) = chunk.logical_nulls().filter(|nulls| nulls.null_count() > 0) else { continue };
            for row in (0..chunk.len()).filter(|&row| nulls.is_null(row)) {
                let place = self.place(start + row, column);
                self.found.note(place, "missing", "null", right);
            }
        }
    }

    fn place(&self, row: usize, column: &str) -> String {
        format!("{}[{row}].{column}", self.table.name)
    }

    /// Notes every column that was not asked for.
    pub fn finish(self) {
        // What pandas writes of an index that is not said to be a column.
        let of_pandas = |name: &str| name.starts_with("__index_level_");
        for field in self.table.schema.fields().iter().filter(|field| !of_pandas(field.name())) {
            if !self.known.contains(&field.name().as_str()) {
                let place = format!("{}.{}", self.table.name, field.name());
                let right = format!("one of {}", self.known.join(", "));
                self.found.note(place, "unknown", &field.data_type().to_string(), right);
            }
        }
    }
}
