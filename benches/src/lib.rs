//! Speed, proof and quality figures of Volok: readers of published problems, seeded generators, one suite each.

use std::io::Write;
use std::process::ExitCode;

pub mod bars;
pub mod batch;
pub mod cfl;
pub mod clients;
pub mod figure;
pub mod gtfs;
pub mod merging;
pub mod quality;
pub mod routes;
pub mod sample;
pub mod split;
pub mod timetable;
pub mod typical;
pub mod ufl;
pub mod ufl_file;

/// What can go wrong in any suite.
pub type Failure = Box<dyn std::error::Error>;

/// How a program of this crate ends: a failure is told on standard error under the program's name.
pub fn ended(program: &str, result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed standard error cannot be told of anything.
            let _ = writeln!(std::io::stderr(), "{program}: {failure}");
            ExitCode::FAILURE
        }
    }
}
