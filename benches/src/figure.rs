//! One measured figure, as a line of JSON or a row of a table.

use std::io::Write;

use serde_json::{Map, Value};

/// A measured figure: what was measured, and any further facts by name.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The suite it belongs to.
    pub suite: &'static str,
    /// The case measured.
    pub case: String,
    /// The main value.
    pub value: f64,
    /// Unit of the value.
    pub unit: &'static str,
    /// Number of measurements behind it.
    pub n: usize,
    /// Further facts, in order.
    pub facts: Vec<(&'static str, Value)>,
}

impl Figure {
    /// Writes the figure as one line: JSON, or aligned columns.
    ///
    /// # Errors
    ///
    /// Whatever the writer reports.
    pub fn write(&self, json: bool, out: &mut dyn Write) -> std::io::Result<()> {
        if json {
            let mut map = Map::new();
            map.insert("suite".into(), self.suite.into());
            map.insert("case".into(), self.case.clone().into());
            map.insert("value".into(), self.value.into());
            map.insert("unit".into(), self.unit.into());
            map.insert("n".into(), self.n.into());
            for (name, value) in &self.facts {
                map.insert((*name).into(), value.clone());
            }
            return writeln!(out, "{}", Value::Object(map));
        }
        write!(out, "{:<28} {:>12.3} {:<3}", self.case, self.value, self.unit)?;
        for (name, value) in &self.facts {
            match value.as_f64().filter(|_| value.is_f64()) {
                Some(number) => write!(out, "  {name} {number:.3}")?,
                None => write!(out, "  {name} {}", value.to_string().trim_matches('"'))?,
            }
        }
        writeln!(out)
    }
}

/// Value below which `share` of the measurements lie. Sorts them.
pub fn quantile(values: &mut [f64], share: (usize, usize)) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_unstable_by(f64::total_cmp);
    values[((values.len() - 1) * share.0).div_ceil(share.1)]
}
