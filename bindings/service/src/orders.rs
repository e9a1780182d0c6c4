//! Order documents from lines, several threads at once; bad ones are told with file and line and passed by.

use crate::failure::count;
use crate::files::Line;
use rayon::prelude::*;
use std::io::Write;
use volok::{Engine, spec, world::Order};

/// An order with the line it stood on.
pub struct Numbered {
    /// From 1.
    pub line: usize,
    /// What stood there.
    pub order: Order,
}

/// Where bad orders are told, and how many there were.
pub struct Complaints {
    source: String,
    /// Orders that had defects.
    pub orders: usize,
    /// Defects in all.
    pub defects: usize,
}

impl Complaints {
    /// About a stream of this name.
    pub fn about(source: String) -> Complaints {
        Complaints { source, orders: 0, defects: 0 }
    }

    /// Tells what is wrong with the order on a line.
    pub fn tell(&mut self, line: usize, defects: &[String]) {
        self.orders += 1;
        self.defects += defects.len();
        let mut err = std::io::stderr().lock();
        for defect in defects {
            // A closed standard error is no reason to stop planning.
            let _ = writeln!(err, "{}:{line}: {defect}", self.source);
        }
    }

    /// One closing sentence; nothing when all was well.
    pub fn summary(&self) -> Option<String> {
        (self.orders > 0).then(|| {
            format!("{} in {} of {}", count(self.defects, "defect"), count(self.orders, "order"), self.source)
        })
    }
}

/// Orders of lines, in their order.
pub fn resolve(engine: &Engine, lines: Vec<Line>, complaints: &mut Complaints) -> Vec<Numbered> {
    let read: Vec<_> = lines.into_par_iter().map(|line| (line.number, one(engine, line))).collect();
    let mut orders = Vec::with_capacity(read.len());
    for (line, read) in read {
        match read {
            Ok(order) => orders.push(Numbered { line, order }),
            Err(defects) => complaints.tell(line, &defects),
        }
    }
    orders
}

fn one(engine: &Engine, line: Line) -> Result<Order, Vec<String>> {
    let text = line.text.map_err(|defect| vec![defect])?;
    let document = spec::order_from_str(&text).map_err(|error| vec![shape(&error)])?;
    engine.order(&document).map_err(|defects| defects.0.iter().map(ToString::to_string).collect())
}

/// A shape error of one line of JSON Lines: the column counts, the line is the file's.
pub fn shape(error: &spec::ReadError) -> String {
    match error.place.as_str() {
        "" | "." => format!("column {}: {}", error.column, error.text),
        place => format!("column {}, {place}: {}", error.column, error.text),
    }
}
