//! Tables of comma-separated values, compressed or not.

use crate::Failure;
use csv::StringRecord;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Rows of `folder/name.csv.gz`, or of `folder/name.csv`, with the header left out.
///
/// # Errors
/// Which file cannot be read, and why.
pub fn rows(folder: &Path, name: &str) -> Result<Vec<StringRecord>, Failure> {
    let packed = folder.join(format!("{name}.csv.gz"));
    let plain = folder.join(format!("{name}.csv"));
    let path = if packed.exists() { packed } else { plain };
    let told = |error: &dyn std::fmt::Display| -> Failure { format!("{}: {error}", path.display()).into() };
    let file = BufReader::new(File::open(&path).map_err(|error| told(&error))?);
    let packed = path.extension().is_some_and(|end| end == "gz");
    let source: Box<dyn Read> = if packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    csv::Reader::from_reader(source).into_records().collect::<Result<_, _>>().map_err(|error| told(&error))
}

/// A number of a row; nothing when the field is empty or no number.
pub fn number(row: &StringRecord, field: usize) -> Option<f64> {
    row.get(field)?.parse().ok()
}

/// A whole number of a row; 0 when the field is none.
pub fn count(row: &StringRecord, field: usize) -> usize {
    row.get(field).and_then(|text| text.parse().ok()).unwrap_or(0)
}
