//! Order documents from lines, several threads at once; bad ones are told with file and line and passed by.

use crate::failure::{Failure, count};
use crate::files::{self, Line, Lines};
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use volok::{Engine, spec, world::Order};

/// Lines read at a time.
const CHUNK: usize = 4_096;

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
    fn about(source: String) -> Complaints {
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

/// Orders as they are read.
pub struct Stream {
    lines: Lines,
    /// What was wrong so far.
    pub complaints: Complaints,
}

/// An engine on the world in one file, and the orders of another, still to be read: what planning and judging begin
/// with.
pub fn open(world: &Path, orders: &Path) -> Result<(Engine, Stream), Failure> {
    Ok((files::engine(world)?, Stream::open(orders)?))
}

impl Stream {
    /// The orders of a file, or of standard input for `-`.
    pub fn open(orders: &Path) -> Result<Stream, Failure> {
        let lines = Lines::open(orders)?;
        let complaints = Complaints::about(lines.name());
        Ok(Stream { lines, complaints })
    }

    /// The next orders, at most [`CHUNK`]; nothing at the end. Those with defects are told and passed by, so there may
    /// be none although more follow.
    pub fn next(&mut self, engine: &Engine) -> Result<Option<Vec<Numbered>>, Failure> {
        let lines = self.lines.chunk(CHUNK)?;
        if lines.is_empty() {
            return Ok(None);
        }
        Ok(Some(resolve(engine, lines, &mut self.complaints)))
    }

    /// All orders still to come. One whose key came before is told and passed by: nothing would tell them apart.
    pub fn all(&mut self, engine: &Engine) -> Result<Vec<Numbered>, Failure> {
        let mut first: HashMap<Box<str>, usize> = HashMap::new();
        let mut all = Vec::new();
        while let Some(read) = self.next(engine)? {
            for numbered in read {
                let id = &numbered.order.id;
                if let Some(line) = first.get(id) {
                    let key = id.escape_debug();
                    let found =
                        format!("id: found \"{key}\", which line {line} has too; give each order its own");
                    self.complaints.tell(numbered.line, &[found]);
                } else {
                    first.insert(id.clone(), numbered.line);
                    all.push(numbered);
                }
            }
        }
        Ok(all)
    }
}

/// Orders of lines, in their order.
fn resolve(engine: &Engine, lines: Vec<Line>, complaints: &mut Complaints) -> Vec<Numbered> {
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
