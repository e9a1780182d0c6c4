//! Tables over the border: Arrow's C interface in Python capsules, both ways, without a copy.
//!
//! This is the only module with `unsafe`. What it relies on is the contract of the interface
//! (<https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>): a capsule of the right name holds a
//! structure of the right layout, whose buffers are as the schema says. Moving the structure out marks it as released,
//! so nobody frees it twice. A producer that breaks the contract breaks every consumer.

#![allow(unsafe_code)]

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, RecordBatch, RecordBatchIterator, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use std::ffi::CStr;

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
        let reader = unsafe { ArrowArrayStreamReader::from_raw(stream.cast().as_ptr()) }.map_err(wrong)?;
        let schema = reader.schema();
        let batches = reader.collect::<Result<Vec<RecordBatch>, ArrowError>>().map_err(wrong)?;
        return Ok((schema, batches));
    }
    if object.hasattr("__arrow_c_array__")? {
        let pair = object.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
        let (schema, array) = (pair.get_item(0)?, pair.get_item(1)?);
        let schema = schema.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?;
        let array = array.cast::<PyCapsule>()?.pointer_checked(Some(ARRAY))?;
        // SAFETY: capsules of these names hold a schema and an array of it. The array is moved out and left marked as
        // released; the schema stays the capsule's, which lives until the end of this block.
        let data = unsafe {
            let schema = schema.cast::<FFI_ArrowSchema>();
            from_ffi(FFI_ArrowArray::from_raw(array.cast().as_ptr()), schema.as_ref()).map_err(wrong)?
        };
        if !matches!(data.data_type(), DataType::Struct(_)) {
            return Err(wrong(format!("found an array of {}, not a table", data.data_type())));
        }
        let array = StructArray::from(data);
        if array.null_count() > 0 {
            return Err(wrong("found rows that are null as a whole"));
        }
        let batch = RecordBatch::from(array);
        return Ok((batch.schema(), vec![batch]));
    }
    let found = object.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "found {found}; a table is any object with `__arrow_c_stream__`: a frame of polars, pandas or pyarrow, a DuckDB relation"
    )))
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
