//! Reading documents: shape only.

use super::{Disruption, Order, Plan, Price, Replanned, VERSION, World};
use crate::units::limits;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use std::io::{self, BufRead, Read};

/// A text that is not a document of the expected shape: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}, {place}: {text}")]
pub struct ReadError {
    /// Line of the text, from 1; 0 when the text could not be read at all.
    pub line: usize,
    /// Column of the line, from 1.
    pub column: usize,
    /// Path into the document, as `skus[3].grams`; `.` for the document itself.
    pub place: String,
    /// What was found, what was expected, and what may help.
    pub text: String,
}

/// Reads a world document.
///
/// # Errors
/// The first place where the text has not the shape of a world, or is of another version.
pub fn world_from_str(text: &str) -> Result<World, ReadError> {
    versioned(text, |world: &World| world.volok)
}

/// Reads a world document from a stream.
///
/// # Errors
/// As [`world_from_str`]; a failing stream is reported likewise.
pub fn world_from_reader(mut reader: impl Read) -> Result<World, ReadError> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|error| unreadable(0, &error))?;
    world_from_str(utf8(&bytes)?)
}

/// Reads one order document.
///
/// # Errors
/// The first place where the text has not the shape of an order.
pub fn order_from_str(text: &str) -> Result<Order, ReadError> {
    let text = without_mark(text);
    serde_json::from_str(text).map_err(|_| explained::<Order>(text))
}

/// Reads one plan document.
///
/// # Errors
/// The first place where the text has not the shape of a plan, or is of another version.
pub fn plan_from_str(text: &str) -> Result<Plan, ReadError> {
    versioned(text, |plan: &Plan| plan.volok)
}

/// Reads one document of what went wrong with a plan.
///
/// # Errors
/// The first place where the text has not the shape of a disruption, or is of another version.
pub fn disruption_from_str(text: &str) -> Result<Disruption, ReadError> {
    versioned(text, |disruption: &Disruption| disruption.volok)
}

/// Orders of a JSON Lines stream, blank lines skipped. A line that is no order is an error and the next line goes on;
/// a stream that fails ends after its error. No more than one line is in memory, and no line of more than
/// [`limits::ORDER_BYTES`].
pub fn orders(reader: impl BufRead) -> impl Iterator<Item = Result<Order, ReadError>> {
    Orders { reader, buffer: Vec::new(), line: 0, ended: false }
}

/// JSON Schema of a document kind: `world`, `order`, `plan`, `disruption` or `replanned`.
pub fn schema(kind: &str) -> Option<String> {
    let schema = match kind {
        "world" => schemars::schema_for!(World),
        "order" => schemars::schema_for!(Order),
        "plan" => schemars::schema_for!(Plan),
        "disruption" => schemars::schema_for!(Disruption),
        "replanned" => schemars::schema_for!(Replanned),
        "price" => schemars::schema_for!(Price),
        _ => return None,
    };
    serde_json::to_string_pretty(&schema).ok()
}

struct Orders<R> {
    reader: R,
    buffer: Vec<u8>,
    line: usize,
    ended: bool,
}

impl<R: BufRead> Iterator for Orders<R> {
    type Item = Result<Order, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.line += 1;
            let line = self.line;
            match self.next_line() {
                Err(error) => {
                    self.ended = true;
                    return Some(Err(unreadable(line, &error)));
                }
                Ok(None) => self.ended = true,
                Ok(Some(whole)) if !whole => return Some(Err(too_long(line))),
                Ok(Some(_)) if self.buffer.trim_ascii().is_empty() => {}
                Ok(Some(_)) => {
                    let read = utf8(&self.buffer).and_then(order_from_str);
                    return Some(read.map_err(|error| ReadError { line, ..error }));
                }
            }
        }
        None
    }
}

impl<R: BufRead> Orders<R> {
    /// Reads the next line into the buffer: nothing at the end, else whether all of it fits. What does not fit is
    /// passed over without being kept.
    fn next_line(&mut self) -> io::Result<Option<bool>> {
        self.buffer.clear();
        let most = limits::ORDER_BYTES as u64 + 1;
        let read = self.reader.by_ref().take(most).read_until(b'\n', &mut self.buffer)?;
        if self.buffer.len() <= limits::ORDER_BYTES || self.buffer.ends_with(b"\n") {
            return Ok((read > 0).then_some(true));
        }
        loop {
            let ahead = self.reader.fill_buf()?;
            let (passed, ended) = match ahead.iter().position(|&byte| byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (ahead.len(), ahead.is_empty()),
            };
            self.reader.consume(passed);
            if ended {
                return Ok(Some(false));
            }
        }
    }
}

fn unreadable(line: usize, error: &io::Error) -> ReadError {
    ReadError { line, column: 0, place: ".".to_owned(), text: format!("the text cannot be read: {error}") }
}

fn too_long(line: usize) -> ReadError {
    let text = format!("the line has more than {} bytes; an order never has", limits::ORDER_BYTES);
    ReadError { line, column: limits::ORDER_BYTES + 1, place: ".".to_owned(), text }
}

/// Some editors put a byte order mark in front of UTF-8.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let sound = &bytes[..error.valid_up_to()];
        let line_start = sound.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        ReadError {
            line: 1 + sound.iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + sound.len() - line_start,
            place: ".".to_owned(),
            text: "the text is not UTF-8 from here on; save it as UTF-8".to_owned(),
        }
    })
}

/// Of a document only the version, which is looked at before its shape: another version has another shape.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "volok")]
    _volok: Version,
}

struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let version = u64::deserialize(from)?;
        if version == u64::from(VERSION) {
            return Ok(Version);
        }
        Err(D::Error::custom(format_args!("version {version}, but this build reads version {VERSION}")))
    }
}

fn versioned<T: DeserializeOwned>(text: &str, version: impl Fn(&T) -> u32) -> Result<T, ReadError> {
    let text = without_mark(text);
    match serde_json::from_str(text) {
        Ok(document) if version(&document) == VERSION => Ok(document),
        _ => Err(mistake::<Head>(text)
            .filter(|error| error.place == "volok")
            .unwrap_or_else(|| explained::<T>(text))),
    }
}

/// Paths are only followed once a text is known to be wrong: sound documents are read at full speed.
fn explained<T: DeserializeOwned>(text: &str) -> ReadError {
    mistake::<T>(text).unwrap_or_else(|| ReadError {
        line: 1,
        column: 1,
        place: ".".to_owned(),
        text: "the document cannot be read".to_owned(),
    })
}

fn mistake<T: DeserializeOwned>(text: &str) -> Option<ReadError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => reader.end().err().map(|error| told(".".to_owned(), &error)),
        Err(error) => Some(told(error.path().to_string(), error.inner())),
    }
}

fn told(place: String, error: &serde_json::Error) -> ReadError {
    let full = error.to_string();
    let message = full.rsplit_once(" at line ").map_or(full.as_str(), |(message, _)| message);
    let text = match help(message, error) {
        Some(help) => format!("{}; {help}", shortened(message)),
        None => shortened(message),
    };
    ReadError { line: error.line(), column: error.column(), place: shortened(&place), text }
}

/// What may help, beyond what was expected.
fn help(message: &str, error: &serde_json::Error) -> Option<&'static str> {
    if error.is_eof() {
        return Some("the text ends before the document does: it may have been cut off");
    }
    if message.starts_with("recursion limit") {
        return Some("no document nests so deeply");
    }
    if message.starts_with("trailing characters") {
        return Some("one document was expected; streams hold one order a line");
    }
    if message.contains("floating point") {
        return Some("quantities, money, weights and degrees are whole numbers of the unit the field names");
    }
    if message.starts_with("missing field `volok`") {
        return Some("documents name their version: \"volok\": 1");
    }
    message.starts_with("number out of range").then_some("no quantity is so large")
}

/// Messages and paths repeat what was found, which may be a megabyte.
fn shortened(message: &str) -> String {
    const SHOWN: usize = 240;
    match message.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}… ({} bytes)", &message[..cut], message.len()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixture::{ORDER, WORLD};

    #[test]
    fn a_wrong_shape_is_found_by_line_column_and_path() {
        let text = WORLD.replace("\"grams\": 1000, \"cm3\"", "\"grams\": \"heavy\", \"cm3\"");
        let error = world_from_str(&text).unwrap_err();
        assert_eq!((error.line, error.place.as_str()), (8, "skus[1].grams"));
        assert!(error.text.contains("expected i64"), "{error}");
        let error = world_from_str(&WORLD.replace("\"kept_days\": 7", "\"kept_days\": 7.5")).unwrap_err();
        assert!(error.text.contains("whole numbers"), "{error}");
        assert_eq!(error.place, "nodes[2].hands_over.kept_days");
    }

    #[test]
    fn another_version_is_named_before_its_shape_is_judged() {
        let text = WORLD.replace("\"volok\": 1,", "\"volok\": 2, \"fleet\": [],");
        let error = world_from_str(&text).unwrap_err();
        assert_eq!(error.place, "volok");
        assert!(error.text.contains("version 2, but this build reads version 1"), "{error}");
        let error = world_from_str(&WORLD.replace("\"volok\": 1,", "")).unwrap_err();
        assert!(error.text.contains("missing field `volok`"), "{error}");
    }

    #[test]
    fn cut_off_at_any_byte_a_text_is_an_error_and_no_panic() {
        for end in (0..WORLD.len() - 1).filter(|&end| WORLD.is_char_boundary(end)) {
            assert!(world_from_str(&WORLD[..end]).is_err());
        }
        let error = world_from_str(&WORLD[..2000]).unwrap_err();
        assert!(error.text.contains("cut off"), "{error}");
    }

    #[test]
    fn depth_and_length_are_errors_and_no_panics() {
        let deep = format!("{{\"volok\": 1, \"skus\": {}", "[".repeat(1 << 20));
        assert!(world_from_str(&deep).is_err());
        assert!(order_from_str(&"[".repeat(1 << 20)).is_err());
        let long = format!("{{\"id\": 1, \"channel\": \"{}\"}}", "x".repeat(1 << 20));
        assert!(order_from_str(&long).unwrap_err().text.len() < 400);
        let long = format!("{{\"id\": \"a\", \"lines\": \"{}\"}}", "ё".repeat(1 << 20));
        assert!(order_from_str(&long).unwrap_err().text.len() < 600);
        let error = world_from_reader(&b"{\n  \"volok\": \xff"[..]).unwrap_err();
        assert_eq!((error.line, error.column), (2, 12));
    }

    #[test]
    fn a_stream_of_orders_goes_on_after_a_bad_line() {
        let order = ORDER.replace('\n', " ");
        let huge = "x".repeat(limits::ORDER_BYTES + 10);
        let stream = format!("{order}\n\n{{\"id\": 7}}\n{huge}\r\n{order}\n{order}");
        let read: Vec<_> = orders(stream.as_bytes()).collect();
        let lines: Vec<_> = read.iter().map(|row| row.as_ref().map_err(|error| error.line).err()).collect();
        assert_eq!(lines, [None, Some(3), Some(4), None, None]);
        assert_eq!(read[1].as_ref().unwrap_err().place, "id");
        assert_eq!(orders(&b"\n \n"[..]).count(), 0);
    }

    #[test]
    fn a_stream_that_fails_ends() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unplugged"))
            }
        }
        let read: Vec<_> = orders(io::BufReader::new(Broken)).collect();
        assert_eq!(read.len(), 1);
        assert!(read[0].as_ref().unwrap_err().text.contains("unplugged"));
    }

    #[test]
    fn every_document_has_a_schema() {
        for kind in ["world", "order", "plan", "disruption", "replanned", "price"] {
            let schema: serde_json::Value = serde_json::from_str(&schema(kind).unwrap()).unwrap();
            assert!(schema["properties"].is_object(), "{kind}");
        }
        assert_eq!(schema("recipe"), None);
    }
}
