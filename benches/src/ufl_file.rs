//! Reads facility location problems: the OR-Library format (J. E. Beasley) and the simple format of UflLib
//! (M. Hoefer), plain or compressed with gzip.
//!
//! Decimal costs become integers: all are multiplied by the power of ten that the longest fraction needs.

use std::io::Read;
use std::path::Path;

use volok::split::facility::{FORBIDDEN, Facilities};

/// A problem read from a file.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Number of facilities.
    pub ways: usize,
    /// Number of customers.
    pub lines: usize,
    /// Opening costs times `scale`.
    pub fixed: Vec<i64>,
    /// Arc costs times `scale`, customer by customer.
    pub cost: Vec<i64>,
    /// Power of ten that the file's numbers were multiplied by.
    pub scale: i64,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or decompressed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The file ends too early.
    #[error("the file ends where {expected} should be")]
    End {
        /// What was to come.
        expected: &'static str,
    },
    /// A word that is not a number.
    #[error("`{word}` is not {expected}")]
    Word {
        /// The word.
        word: String,
        /// What was to come.
        expected: &'static str,
    },
    /// More numbers than the sizes say.
    #[error("{left} words are left over at the end")]
    Left {
        /// How many.
        left: usize,
    },
}

impl Problem {
    /// The problem as the search takes it.
    #[must_use]
    pub fn view(&self) -> Facilities<'_> {
        Facilities { ways: self.ways, lines: self.lines, fixed: &self.fixed, cost: &self.cost }
    }

    /// Reads a file, compressed or not, in either format.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the file cannot be opened or is in neither format.
    pub fn read(path: &Path) -> Result<Problem, ReadError> {
        Problem::parse(&text_of(path)?)
    }

    /// Reads either format: UflLib's begins with the word `FILE:`.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the text is in neither format.
    pub fn parse(text: &str) -> Result<Problem, ReadError> {
        match text.trim_start().strip_prefix("FILE:") {
            Some(rest) => simple(rest.split_once('\n').map_or("", |(_, rest)| rest)),
            None => or_library(text),
        }
    }
}

/// A file's text, unpacked if it is packed with gzip.
pub(crate) fn text_of(path: &Path) -> std::io::Result<String> {
    let bytes = std::fs::read(path)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
        Ok(text)
    } else {
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A decimal as written: digits without the point, and how many of them stand behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal {
    pub digits: i64,
    pub places: u32,
}

/// The words of a file, one after another.
pub(crate) struct Words<'a>(std::str::SplitAsciiWhitespace<'a>);

impl<'a> Words<'a> {
    /// The words of a text.
    pub fn of(text: &'a str) -> Words<'a> {
        Words(text.split_ascii_whitespace())
    }

    fn word(&mut self, expected: &'static str) -> Result<&'a str, ReadError> {
        self.0.next().ok_or(ReadError::End { expected })
    }

    pub fn count(&mut self, expected: &'static str) -> Result<usize, ReadError> {
        let word = self.word(expected)?;
        word.parse().map_err(|_| ReadError::Word { word: word.to_owned(), expected })
    }

    pub fn decimal(&mut self, expected: &'static str) -> Result<Decimal, ReadError> {
        let word = self.word(expected)?;
        let fault = || ReadError::Word { word: word.to_owned(), expected };
        let (mantissa, exponent) = match word.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| fault())?),
            None => (word, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let fraction = fraction.trim_end_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let mut digits = format!("{whole}{fraction}").parse::<i64>().map_err(|_| fault())?;
        let places = (fraction.len() as i32).saturating_sub(exponent).max(-19);
        for _ in places..0 {
            digits = digits.checked_mul(10).ok_or_else(fault)?;
        }
        Ok(Decimal { digits, places: places.max(0) as u32 })
    }

    pub fn end(self) -> Result<(), ReadError> {
        match self.0.count() {
            0 => Ok(()),
            left => Err(ReadError::Left { left }),
        }
    }
}

/// Digits behind the point that are kept at most.
const MOST_PLACES: u32 = 6;

/// The least power of ten that makes all numbers whole, as an exponent (at most six).
pub(crate) fn places_of<'d>(values: impl Iterator<Item = &'d Decimal>) -> u32 {
    values.map(|value| value.places).max().unwrap_or(0).min(MOST_PLACES)
}

/// A number times ten to the power of `places`, rounded to the nearest.
pub(crate) fn times_ten_to(value: &Decimal, places: u32) -> i64 {
    if value.places <= places {
        value.digits.saturating_mul(10_i64.pow(places - value.places))
    } else {
        let cut = 10_i64.pow((value.places - places).min(18));
        value.digits.saturating_add(cut / 2) / cut
    }
}

/// Multiplies all numbers by the least power of ten that makes them whole (at most a million).
fn whole(ways: usize, lines: usize, fixed: &[Decimal], cost: &[Decimal]) -> Problem {
    let most = places_of(fixed.iter().chain(cost));
    let convert = |value: &Decimal| times_ten_to(value, most);
    let usable = |value: &Decimal| match convert(value) {
        cost if cost >= volok::split::facility::LARGEST_COST => FORBIDDEN,
        cost => cost,
    };
    Problem {
        ways,
        lines,
        fixed: fixed.iter().map(convert).collect(),
        cost: cost.iter().map(usable).collect(),
        scale: 10_i64.pow(most),
    }
}

fn simple(text: &str) -> Result<Problem, ReadError> {
    let mut words = Words::of(text);
    let ways = words.count("the number of facilities")?;
    let lines = words.count("the number of customers")?;
    words.word("the third number of the head")?;
    // Every cost takes at least a digit and a space: a head that promises more is not believed.
    if ways.saturating_mul(lines) > text.len() {
        return Err(ReadError::End { expected: "the cost of an arc" });
    }
    let mut fixed = Vec::new();
    let mut cost = vec![Decimal { digits: 0, places: 0 }; ways.saturating_mul(lines)];
    for way in 0..ways {
        words.count("the number of a facility")?;
        fixed.push(words.decimal("an opening cost")?);
        for line in 0..lines {
            cost[line * ways + way] = words.decimal("the cost of an arc")?;
        }
    }
    words.end()?;
    Ok(whole(ways, lines, &fixed, &cost))
}

fn or_library(text: &str) -> Result<Problem, ReadError> {
    let mut words = Words::of(text);
    let ways = words.count("the number of facilities")?;
    let lines = words.count("the number of customers")?;
    let mut fixed = Vec::new();
    for _ in 0..ways {
        words.word("a capacity")?;
        fixed.push(words.decimal("an opening cost")?);
    }
    let mut cost = Vec::new();
    for _ in 0..lines {
        words.decimal("a demand")?;
        for _ in 0..ways {
            cost.push(words.decimal("the cost of an arc")?);
        }
    }
    words.end()?;
    Ok(whole(ways, lines, &fixed, &cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_give_the_same_problem() {
        let simple = Problem::parse("FILE: two\n2 3 0\n1 10.5 1 2 3\n2 20 4 5 6.25\n").expect("well formed");
        let library = Problem::parse("2 3\ncapacity 10.50\n0 20.\n5\n1 4\n5\n2. 5\n5\n3 6.250\n");
        let library = library.expect("well formed");
        for problem in [&simple, &library] {
            assert_eq!((problem.ways, problem.lines, problem.scale), (2, 3, 100));
            assert_eq!(problem.fixed, [1050, 2000]);
            assert_eq!(problem.cost, [100, 400, 200, 500, 300, 625]);
        }
    }

    #[test]
    fn faults_are_told_apart() {
        assert!(matches!(Problem::parse("2 3\n0 1"), Err(ReadError::End { expected: "a capacity" })));
        assert!(matches!(Problem::parse("1 x"), Err(ReadError::Word { .. })));
        assert!(matches!(Problem::parse("FILE: f\n1 1 0\n1 5 7 8"), Err(ReadError::Left { left: 1 })));
        assert!(matches!(Problem::parse("1 1\n0 1\n1 .0000x"), Err(ReadError::Word { .. })));
        let fraction = Problem::parse("1 1\n0 1.5e1\n1 .00000\n").expect("well formed");
        assert_eq!((fraction.fixed[0], fraction.cost[0], fraction.scale), (15, 0, 1));
    }

    #[test]
    fn very_large_costs_are_forbidden() {
        let problem = Problem::parse("1 1\n0 1\n1 1e17\n").expect("well formed");
        assert_eq!(problem.cost, [FORBIDDEN]);
    }
}
