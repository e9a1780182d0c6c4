//! The ledger against a plain one, against faults, and in stories.

#![cfg(feature = "testkit")]
// Seeds and counts are told.
#![allow(clippy::print_stdout)]

mod desk;
mod doors;
mod durable;
#[cfg(all(feature = "postgres", unix))]
mod failover;
mod faults;
mod feed;
mod front;
#[cfg(all(feature = "sqlite", unix))]
mod full;
mod golden;
mod groups;
mod labels;
mod large;
mod model;
mod parcels;
mod parcels_refused;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
#[cfg(all(feature = "postgres", unix))]
mod read_models;
mod regions;
mod replicas;
mod scenes;
mod short;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stories;
mod support;
mod unbought;
mod updates;
