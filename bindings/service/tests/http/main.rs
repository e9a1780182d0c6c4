//! The service as its clients see it: over sockets of this machine.

// Counts and seeds of long runs are told.
#![allow(clippy::print_stdout)]

mod browser;
mod client;
mod cut;
mod edges;
#[cfg(unix)]
mod failover;
mod faults;
mod follow;
mod kept;
mod kill;
mod page;
#[cfg(unix)]
mod replicas;
mod resources;
mod schema;
mod story;
mod tokens;
mod worlds;
