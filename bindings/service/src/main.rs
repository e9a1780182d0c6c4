//! The command line of Volok.
//!
//! Thin on purpose: each command reads its files, asks the engine, and prints. What is decided is decided in the
//! crate `volok`.

mod check;
mod cli;
mod demo;
mod failure;
mod files;
mod generate;
mod import;
mod ledger;
mod network;
mod orders;
mod plan;
mod progress;
mod replan;
mod schema;
mod serve;
mod simulate;
mod table;
mod together;
mod token;
mod unbought;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is closed too.
            let _ = writeln!(std::io::stderr(), "volok: {failure}");
            ExitCode::from(failure::UNUSABLE)
        }
    }
}
