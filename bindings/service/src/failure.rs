//! Why a command could not do its work at all. Defects of single orders are no failure: they are told and passed by.

use std::io;
use std::path::{Path, PathBuf};
use volok::spec::ReadError;
use volok::world::Defects;

/// Exit code: some orders had defects, or some plans violate the rules.
pub const FOUND_FAULTS: u8 = 1;
/// Exit code: arguments or files that cannot be used.
pub const UNUSABLE: u8 = 2;

/// Why a command could not do its work: where, what was found, what would be right.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file that cannot be opened or read.
    #[error("{}: {cause}; give the path of a readable file", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A text that has not the shape of its kind.
    #[error("{}: {cause}", path.display())]
    Shape {
        /// Which file.
        path: PathBuf,
        /// Where in it, and what was expected.
        cause: ReadError,
    },
    /// A document that has the shape and contradicts itself.
    #[error("{}: {} in this world document:\n{defects}", path.display(), count(defects.0.len(), "defect"))]
    World {
        /// Which file.
        path: PathBuf,
        /// All of them.
        defects: Defects,
    },
    /// A place that cannot be written.
    #[error("{place}: {cause}; give a place that can be written")]
    Write {
        /// Which file, or standard output.
        place: String,
        /// What the system said.
        cause: io::Error,
    },
    /// An address that cannot be listened on.
    #[error("{address}: {cause}; free the address or give another with --listen")]
    Listen {
        /// Which one.
        address: std::net::SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// A file that cannot be read.
    pub fn read(path: &Path, cause: io::Error) -> Failure {
        Failure::Read { path: path.to_owned(), cause }
    }

    /// A place that cannot be written.
    pub fn write(place: impl Into<String>, cause: io::Error) -> Failure {
        Failure::Write { place: place.into(), cause }
    }

    /// Whether the reader of our output has gone, as `head` does: nothing to complain about.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Failure::Write { cause, .. } if cause.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// A number with its noun: `1 defect`, `1,204 defects`.
pub fn count(number: usize, noun: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + " " + noun + if number == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_read_as_people_write_them() {
        assert_eq!(super::count(1, "order"), "1 order");
        assert_eq!(super::count(0, "order"), "0 orders");
        assert_eq!(super::count(1_234_567, "order"), "1,234,567 orders");
    }
}
