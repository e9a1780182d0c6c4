//! Figures for people, or for machines: a line each.

use serde_json::json;
use std::io::{self, Write};

/// Writes figures as they come.
pub struct Report<'a> {
    suite: &'static str,
    json: bool,
    out: Box<dyn Write + 'a>,
}

impl<'a> Report<'a> {
    /// A report to standard output: aligned text, or a line of JSON a figure.
    pub fn new(suite: &'static str, json: bool) -> Report<'a> {
        Report { suite, json, out: Box::new(io::stdout().lock()) }
    }

    /// One figure.
    ///
    /// # Errors
    /// Whatever the writer reports.
    pub fn figure(&mut self, name: &str, value: f64, unit: &str) -> io::Result<()> {
        if self.json {
            let line = json!({"suite": self.suite, "case": name, "value": value, "unit": unit});
            return writeln!(self.out, "{line}");
        }
        let whole = value.abs() >= 1_000.0 || value.fract() == 0.0;
        let value = if whole { grouped(value.round() as i64) } else { format!("{value:.3}") };
        writeln!(self.out, "{name:<44} {value:>14} {unit}")
    }

    /// A heading; nothing for machines.
    ///
    /// # Errors
    /// Whatever the writer reports.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        if self.json { Ok(()) } else { writeln!(self.out, "\n{text}") }
    }

    /// A table: its columns' units, and rows of a name and a value a column.
    ///
    /// # Errors
    /// Whatever the writer reports.
    pub fn table(&mut self, columns: &[(&str, &str)], rows: &[(String, Vec<f64>)]) -> io::Result<()> {
        if self.json {
            for (name, values) in rows {
                for (&(column, unit), &value) in columns.iter().zip(values) {
                    self.figure(&format!("{name}: {column}"), value, unit)?;
                }
            }
            return Ok(());
        }
        write!(self.out, "{:<22}", "")?;
        for (column, _) in columns {
            write!(self.out, " {column:>16}")?;
        }
        writeln!(self.out)?;
        for (name, values) in rows {
            write!(self.out, "{name:<22}")?;
            for (value, (_, unit)) in values.iter().zip(columns) {
                let whole = value.fract() == 0.0 && *unit != "%";
                let text = if whole { grouped(*value as i64) } else { format!("{value:.2}") };
                write!(self.out, " {text:>16}")?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }
}

/// A whole number with its thousands apart.
pub fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// The value below which so many in a thousand lie. Sorts.
pub fn quantile(values: &mut [f64], thousandths: usize) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_unstable_by(f64::total_cmp);
    values[((values.len() - 1) * thousandths).div_ceil(1_000)]
}
