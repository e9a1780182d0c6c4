//! What is wrong with an input: where, what was found, what would be right. All of it at once.

use std::fmt;

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Where, as a path into the document: `skus[3].temperature`.
    pub place: String,
    /// Stable code: `unknown`, `duplicate`, `out_of_range`, `empty`, `malformed`, `conflict`, `too_many`, `missing`.
    pub code: &'static str,
    /// What stands there, shortened when long.
    pub found: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}; {}", self.place, self.found, self.right)
    }
}

/// Every defect of one input, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defects(pub Vec<Defect>);

impl Defects {
    /// Notes one more. `found` is shortened to what an error line can carry.
    pub fn note(
        &mut self,
        place: impl Into<String>,
        code: &'static str,
        found: &str,
        right: impl Into<String>,
    ) {
        const SHOWN: usize = 64;
        let shown = match found.char_indices().nth(SHOWN) {
            Some((cut, _)) => format!("{}… ({} bytes)", &found[..cut], found.len()),
            None => found.to_owned(),
        };
        self.0.push(Defect { place: place.into(), code, found: shown, right: right.into() });
    }

    /// These and then those of a later part of the same input.
    pub(crate) fn and(mut self, later: Defects) -> Defects {
        self.0.extend(later.0);
        self
    }

    /// `value` if there are none, else all of them.
    pub fn or<T>(self, value: T) -> Result<T, Defects> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, defect) in self.0.iter().enumerate() {
            if k > 0 {
                writeln!(f)?;
            }
            write!(f, "{defect}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Defects {}
