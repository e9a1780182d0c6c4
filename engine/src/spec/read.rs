//! Reading documents: shape only.

use super::{Order, Plan, World};

/// A text that is not a document of the expected shape: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}, {place}: {text}")]
pub struct ReadError {
    /// Line of the text, from 1.
    pub line: usize,
    /// Column of the line, from 1.
    pub column: usize,
    /// Path into the document, as `skus[3].grams`; `.` for the document itself.
    pub place: String,
    /// What was found and what was expected.
    pub text: String,
}

/// Reads a world document.
///
/// # Errors
/// The first place where the text has not the shape of a world.
pub fn world_from_str(text: &str) -> Result<World, ReadError> {
    serde_json::from_str(text).map_err(|error| ReadError {
        line: error.line(),
        column: error.column(),
        place: ".".to_owned(),
        text: error.to_string(),
    })
}

/// Reads a world document from a stream.
///
/// # Errors
/// As [`world_from_str`]; a failing stream is reported likewise.
pub fn world_from_reader(mut reader: impl std::io::Read) -> Result<World, ReadError> {
    let mut text = String::new();
    reader.read_to_string(&mut text).map_err(|error| ReadError {
        line: 0,
        column: 0,
        place: ".".to_owned(),
        text: error.to_string(),
    })?;
    world_from_str(&text)
}

/// Reads one order document.
///
/// # Errors
/// The first place where the text has not the shape of an order.
pub fn order_from_str(_text: &str) -> Result<Order, ReadError> {
    unreachable!()
}

/// Reads one plan document.
///
/// # Errors
/// The first place where the text has not the shape of a plan.
pub fn plan_from_str(_text: &str) -> Result<Plan, ReadError> {
    unreachable!()
}

/// Orders of a JSON Lines stream, blank lines skipped.
pub fn orders(_reader: impl std::io::BufRead) -> impl Iterator<Item = Result<Order, ReadError>> {
    std::iter::empty()
}

/// JSON Schema of a document kind: `world`, `order` or `plan`.
pub fn schema(_kind: &str) -> Option<String> {
    None
}
