//! The ledger against a plain one, against faults, and in stories.

#![cfg(feature = "testkit")]

mod model;
