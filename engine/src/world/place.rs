//! Where in a document: a path that costs nothing until it is printed.

use std::fmt;

/// A path into a document, as `nodes[2].stores.zones[0]`: each step borrows the one before, so that a million sound
/// rows build no text.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// The document itself.
    Document,
    /// A field of a place.
    Field(&'a Place<'a>, &'a str),
    /// A row of a place, from 0.
    Row(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// A field of this place.
    pub(crate) fn at(&'a self, field: &'a str) -> Place<'a> {
        Place::Field(self, field)
    }

    /// A row of this place.
    pub(crate) fn row(&'a self, row: usize) -> Place<'a> {
        Place::Row(self, row)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Document => Ok(()),
            Place::Field(Place::Document, field) => f.write_str(field),
            Place::Field(before, field) => write!(f, "{before}.{field}"),
            Place::Row(before, row) => write!(f, "{before}[{row}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_one_would_write_it() {
        let nodes = Place::Document.at("nodes");
        assert_eq!(nodes.row(2).at("stores").at("zones").row(0).to_string(), "nodes[2].stores.zones[0]");
    }
}
