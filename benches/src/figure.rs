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
    pub value: Value,
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
            map.insert("value".into(), self.value.clone());
            map.insert("unit".into(), self.unit.into());
            map.insert("n".into(), self.n.into());
            for (name, value) in &self.facts {
                map.insert((*name).into(), value.clone());
            }
            return writeln!(out, "{}", Value::Object(map));
        }
        write!(out, "{:<34} {:>12} {:<8}", self.case, plain(&self.value), self.unit)?;
        for (name, value) in &self.facts {
            write!(out, "  {name} {}", plain(value))?;
        }
        writeln!(out)
    }
}

fn plain(value: &Value) -> String {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(number) => format!("{number:.3}"),
        None => value.to_string().trim_matches('"').to_owned(),
    }
}
