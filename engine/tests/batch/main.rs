//! Many orders at once: plans fit together, the bound holds, the same orders give the same plans.
//!
//! `VOLOK_BATCHES=2000 cargo test --release --test batch --features testkit` looks at as many small batches;
//! `VOLOK_SEED` says from which seed on.

#![cfg(feature = "testkit")]

mod parts;
mod properties;
mod stories;
mod whole;
