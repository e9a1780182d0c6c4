//! How is it written? A compact binary form of commands, records and snapshots, each with the number of its version.
//!
//! Numbers are variable in length (seven bits a byte, the low ones first), signed ones zigzag. The same value has one
//! form only, so that the digest of a form is the digest of a value.

mod body;
mod outcome;
mod read;
mod write;

pub(super) use body::{read_body, write_body};
pub(super) use outcome::{read_outcome, write_outcome};
pub use read::Damage;
pub(super) use read::Reader;
pub(super) use write::Writer;
