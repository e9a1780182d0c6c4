//! Volok for Python: documents in, documents out, and the interpreter free meanwhile.
//!
//! Dicts cross the border as JSON text, through the interpreter's own `json`: what Python and the command line read
//! and write is the same to the byte.

mod errors;
mod world;

use pyo3::prelude::*;

/// The native part of the package `volok`.
#[pymodule(gil_used = false)]
fn _volok(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<world::World>()
}
