//! The simulator: streams of orders played again under policies, and in changed worlds.

#![cfg(feature = "testkit")]
#![allow(clippy::float_arithmetic)]

mod intervals;
mod properties;
mod scenarios;
mod shop;
mod stories;
mod together;
mod what_if;
