//! Tables over the border: Arrow's C interface in Python capsules, both ways, without a copy.
//!
//! This is the only module with `unsafe`. What it relies on is the contract of the interface
//! (<https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>): a capsule of the right name holds a
//! structure of the right layout, whose buffers are as the schema says. Moving the structure out marks it as released,
//! so nobody frees it twice. A producer that breaks the contract breaks every consumer.

#![allow(unsafe_code)]

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, RecordBatch, RecordBatchIterator, RecordBatchOptions, StructArray};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use std::ffi::CStr;
use std::sync::Arc;

const STREAM: &CStr = c"arrow_array_stream";
const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";

/// Whether an object can hand over a table.
pub fn is_table(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?)
}

/// A table of any object with `__arrow_c_stream__` or `__arrow_c_array__`: its columns lie where they lay.
pub fn import(object: &Bound<'_, PyAny>) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
    if object.hasattr("__arrow_c_stream__")? {
        let capsule = object.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
        let stream = capsule.pointer_checked(Some(STREAM))?;
        // SAFETY: a capsule of this name holds a stream; it is moved out and left marked as released.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.cast().as_ptr()) };
        return read(stream).map_err(wrong);
    }
    if object.hasattr("__arrow_c_array__")? {
        let pair = object.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
        let (schema, array) = (pair.get_item(0)?, pair.get_item(1)?);
        let schema = schema.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?;
        let array = array.cast::<PyCapsule>()?.pointer_checked(Some(ARRAY))?;
        // SAFETY: capsules of these names hold a schema and an array of it. The array is moved out and left marked as
        // released; the schema stays the capsule's, which lives until the end of this block.
        let (schema, array) = unsafe {
            let schema = schema.cast::<FFI_ArrowSchema>();
            (Schema::try_from(schema.as_ref()), FFI_ArrowArray::from_raw(array.cast().as_ptr()))
        };
        let schema = Arc::new(schema.map_err(wrong)?);
        let batch = batch(&schema, array).map_err(wrong)?;
        return Ok((schema, vec![batch]));
    }
    let found = object.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "found {found}; a table is any object with `__arrow_c_stream__`: a frame of polars, pandas or pyarrow, a DuckDB relation"
    )))
}

/// The batches of a stream.
fn read(mut stream: FFI_ArrowArrayStream) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let broken = |what: &str| ArrowError::CDataInterface(what.to_owned());
    let (Some(get_schema), Some(get_next), Some(_)) = (stream.get_schema, stream.get_next, stream.release)
    else {
        return Err(broken("the stream was read before"));
    };
    let failed = |stream: &mut FFI_ArrowArrayStream| {
        // SAFETY: the stream is not released, and the text lives until its next call.
        let text = unsafe {
            let text = stream.get_last_error.map_or(std::ptr::null(), |last_error| last_error(stream));
            (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
        };
        broken(&text.unwrap_or_else(|| "its producer says no more".to_owned()))
    };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: the stream is not released; what it writes is a schema that is dropped once.
    if unsafe { get_schema(&mut stream, &mut schema) } != 0 {
        return Err(failed(&mut stream));
    }
    let schema = Arc::new(Schema::try_from(&schema)?);
    let mut batches = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: as above; a released array says that there are no more.
        if unsafe { get_next(&mut stream, &mut array) } != 0 {
            return Err(failed(&mut stream));
        }
        if array.is_released() {
            return Ok((schema, batches));
        }
        batches.push(batch(&schema, array)?);
    }
}

/// The batch of a structure of columns.
fn batch(schema: &SchemaRef, array: FFI_ArrowArray) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().len();
    if usize::try_from(array.n_children) != Ok(columns) {
        return Err(ArrowError::CDataInterface(format!("{} columns, not {columns}", array.n_children)));
    }
    for (row, field) in schema.fields().iter().enumerate() {
        if *field.data_type() == DataType::Null {
            // Some producers give columns of nothing a buffer all the same, which has nothing in it.
            // SAFETY: there are as many children as columns, and they are the array's until it is released.
            unsafe { (**array.children.add(row)).n_buffers = 0 };
        }
    }
    // SAFETY: the array is one of the schema, as the interface has it.
    let data = unsafe { from_ffi_and_data_type(array, DataType::Struct(schema.fields().clone())) }?;
    let array = StructArray::from(data);
    if array.null_count() > 0 {
        return Err(ArrowError::CDataInterface("found rows that are null as a whole".to_owned()));
    }
    let rows = RecordBatchOptions::new().with_row_count(Some(array.len()));
    RecordBatch::try_new_with_options(schema.clone(), array.into_parts().1, &rows)
}

/// A table as a capsule that can be read once; the columns are shared, not copied.
pub fn export<'py>(
    py: Python<'py>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let batches = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}

/// The schema of a table as a capsule.
pub fn export_schema<'py>(py: Python<'py>, schema: &SchemaRef) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowSchema::try_from(&**schema).map_err(wrong)?, SCHEMA)
}

fn wrong(error: impl ToString) -> PyErr {
    PyValueError::new_err(format!("a table that cannot be read: {}", error.to_string()))
}
