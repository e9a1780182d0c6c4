//! How is it written? A compact binary form of commands, records and snapshots, each with the number of its version.
//!
//! Numbers are variable in length (seven bits a byte, the low ones first), signed ones zigzag. The same value has one
//! form only, so that the digest of a form is the digest of a value.

mod body;
mod group;
mod history;
mod later;
mod outcome;
mod parts;
mod read;
mod snapshot;
mod write;

pub(super) use body::{read_body, write_body};
pub use group::{Chain, Record};
pub(super) use group::{GroupWriter, read_group};
pub(super) use outcome::{read_outcome, write_outcome};
pub use read::Damage;
pub(super) use read::Reader;
pub(super) use snapshot::{read_snapshot, write_snapshot, write_state};
pub(super) use write::Writer;
