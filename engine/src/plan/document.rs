//! A plan as a document: names for indices, UTC text for moments. Nothing is decided and nothing is put right here.

mod read;
mod totals;
mod write;

pub use read::from_document;
pub(crate) use write::letters;
pub use write::{code, to_document};

#[cfg(test)]
mod tests;
