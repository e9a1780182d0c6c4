//! The command line as its users meet it: processes, files, pipes, exit codes.

mod check;
mod generate;
mod import;
mod ledger;
mod network;
mod plan;
mod replan;
mod serve;
mod shell;
mod simulate;
mod story;
