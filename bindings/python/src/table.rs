//! Columns out: tables that polars, pandas, pyarrow and DuckDB take as they are.

use crate::capsule;
use crate::writer::{Column, Writer};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int64Type, TimestampMicrosecondType, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};
use std::sync::Arc;

/// A table of results: any library that reads Arrow takes it as it is, as in `polars.DataFrame(table)`,
/// `pyarrow.table(table)`, `pandas.DataFrame.from_arrow(table)` or DuckDB's `FROM table`.
#[pyclass(frozen, module = "volok")]
pub struct Table {
    columns: &'static [Column],
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of batches that have these columns.
    pub fn new(columns: &'static [Column], batches: Vec<RecordBatch>) -> Table {
        Table { columns, schema: Arc::new(crate::writer::schema(columns)), batches }
    }

    /// A table of about so many rows, as they are written.
    pub fn of(columns: &'static [Column], rows: usize, write: impl FnOnce(&mut Writer)) -> Table {
        let mut writer = Writer::of(columns, rows);
        write(&mut writer);
        Table::new(columns, writer.finish().into_iter().collect())
    }
}

#[pymethods]
impl Table {
    /// Arrow's C stream in a capsule. The columns are shared, not copied; another schema is not made.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface leaves it to us whether to follow the wish.
        let _ = requested_schema;
        capsule::export(py, self.schema.clone(), self.batches.clone())
    }

    /// Arrow's C schema in a capsule.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::export_schema(py, &self.schema)
    }

    /// Names of the columns.
    #[getter]
    fn columns(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// What each column says, with its unit.
    fn describe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for column in self.columns {
            dict.set_item(column.name, column.about)?;
        }
        Ok(dict)
    }

    /// The rows as dicts, for small tables and for those who have no library of frames.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for batch in &self.batches {
            for row in 0..batch.num_rows() {
                let dict = PyDict::new(py);
                for (column, array) in self.columns.iter().zip(batch.columns()) {
                    dict.set_item(column.name, value(py, array, row)?)?;
                }
                list.append(dict)?;
            }
        }
        Ok(list)
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("<volok.Table: {} rows of {}>", self.__len__(), self.columns().join(", "))
    }
}

/// A value as Python has it; a moment as an aware `datetime` in UTC.
fn value<'py>(py: Python<'py>, array: &ArrayRef, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if array.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).into_bound_py_any(py),
        DataType::List(_) => {
            let texts = array.as_list::<i32>().value(row);
            let texts: Vec<Option<&str>> = texts.as_string::<i32>().iter().collect();
            texts.into_bound_py_any(py)
        }
        DataType::Boolean => array.as_boolean().value(row).into_bound_py_any(py),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into_bound_py_any(py),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into_bound_py_any(py),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into_bound_py_any(py),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into_bound_py_any(py),
        _ => {
            let datetime = py.import("datetime")?;
            let utc = datetime.getattr("timezone")?.getattr("utc")?;
            let seconds = array.as_primitive::<TimestampMicrosecondType>().value(row).div_euclid(1_000_000);
            datetime.getattr("datetime")?.call_method1("fromtimestamp", (seconds, utc))
        }
    }
}
