//! Volok for Python: columns and documents in, columns and documents out, and the interpreter free meanwhile.
//!
//! | module | the question it answers |
//! | --- | --- |
//! | `capsule` | How does a table cross the border? (the only `unsafe`) |
//! | `columns`, `tables` | Which columns came in, and what is wrong with them? |
//! | `writer`, `table`, `plans` | Which columns go out? |
//! | `documents`, `orders`, `errors` | How do dicts, JSON and exceptions cross it? |
//! | `watch`, `workers`, `progress` | Who computes, who may interrupt, who is told how far it is? |
//! | `world`, `ground` | What is asked, and what do several answers stand on? |
//! | `quote`, `check`, `together`, `prices`, `again`, `simulated` | What can be asked of a world? |
//! | `drawing` | How does a plan look? |
//! | `ledger` | How does what was decided become binding? |
//! | `generated`, `split` | What can be played with, and what is the bare problem? |

mod again;
mod capsule;
mod check;
mod columns;
mod documents;
mod drawing;
mod errors;
mod generated;
mod ground;
mod ledger;
mod orders;
mod parts;
mod plans;
mod prices;
mod progress;
mod quote;
mod simulated;
mod split;
mod table;
mod tables;
mod together;
mod watch;
mod workers;
mod world;
mod writer;

use pyo3::prelude::*;

/// The native part of the package `volok`.
#[pymodule(gil_used = false)]
fn _volok(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<generated::Generated>()?;
    module.add_class::<again::Rebatched>()?;
    module.add_class::<drawing::Drawing>()?;
    module.add_class::<prices::Prices>()?;
    module.add_class::<together::Batch>()?;
    module.add_class::<ledger::Desk>()?;
    module.add_class::<ledger::Ledger>()?;
    module.add_class::<parts::Part>()?;
    module.add_class::<plans::Plans>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<world::World>()?;
    module.add_function(wrap_pyfunction!(generated::generate, module)?)?;
    module.add_function(wrap_pyfunction!(ledger::refusal_codes, module)?)?;
    module.add_function(wrap_pyfunction!(split::solve_split, module)?)
}
