//! `volok check`: judges plans, own or foreign, by the rules of the model.

use crate::failure::{FOUND_FAULTS, Failure, count};
use crate::orders::{Numbered, open, shape};
use crate::{files, progress};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use volok::plan::Plan;
use volok::world::Order;
use volok::{Engine, check, spec};

/// What to judge.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// The world document, with the stock as it was before the orders.
    #[arg(long, value_name = "FILE")]
    world: PathBuf,
    /// Order documents, one a line.
    #[arg(long, value_name = "FILE")]
    orders: PathBuf,
    /// Plan documents, one a line, in any order; `-` reads standard input. What `volok plan --explain` prints is read, too.
    #[arg(long, value_name = "FILE")]
    plans: PathBuf,
    /// Judge each plan as if it were the only one: for plans made with `volok plan --alone`. Else all plans share the
    /// stock.
    #[arg(long)]
    alone: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every plan keeps every rule
  1  some plan breaks a rule, cannot be read, or belongs to no order; some order has no plan or has defects
  2  arguments, world or files that cannot be used";

/// Judges the plans.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (engine, mut stream) = open(&arguments.world, &arguments.orders)?;
    let (mut out, place) = files::output(None)?;
    let orders = stream.all(&engine)?;
    let mut findings = Findings { faults: stream.complaints.defects, lines: Vec::new() };
    let pairs = pairs(&engine, arguments, &orders, &mut findings)?;

    let violations = if arguments.alone {
        let bar = progress::bar("judging", Some(pairs.len()));
        let judge = |(order, plan): &(&Order, Plan)| {
            bar.inc(1);
            check::check(engine.world(), engine.stock(), order, plan)
        };
        let violations = pairs.iter().flat_map(judge).collect();
        bar.finish_and_clear();
        violations
    } else {
        let pairs: Vec<(&Order, &Plan)> = pairs.iter().map(|(order, plan)| (*order, plan)).collect();
        check::check_all(engine.world(), engine.stock(), &pairs)
    };
    findings.lines.extend(violations.iter().map(ToString::to_string));
    findings.faults += violations.len();

    let verdict = match findings.faults {
        0 => format!("{}: every rule is kept", count(pairs.len(), "plan")),
        faults => format!("{}: {}", count(pairs.len(), "plan"), count(faults, "fault")),
    };
    let mut write = || -> std::io::Result<()> {
        for line in &findings.lines {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{verdict}")?;
        out.flush()
    };
    write().map_err(|cause| Failure::write(place, cause))?;
    Ok(if findings.faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

/// What is wrong beside the rules: plans that cannot be read, orders without one.
struct Findings {
    faults: usize,
    lines: Vec<String>,
}

impl Findings {
    fn note(&mut self, line: String) {
        self.faults += 1;
        self.lines.push(line);
    }
}

/// Plans with the orders they are of.
fn pairs<'o>(
    engine: &Engine,
    arguments: &Arguments,
    orders: &'o [Numbered],
    findings: &mut Findings,
) -> Result<Vec<(&'o Order, Plan)>, Failure> {
    let by_id: HashMap<&str, &Order> =
        orders.iter().map(|numbered| (&*numbered.order.id, &numbered.order)).collect();
    let mut lines = files::Lines::open(&arguments.plans)?;
    let name = lines.name();
    let mut planned: HashMap<&str, usize> = HashMap::new();
    let mut pairs = Vec::new();
    while let Some(line) = lines.next()? {
        let at = format!("{name}:{}", line.number);
        let document = match line.text.and_then(|text| document(&text)) {
            Ok(document) => document,
            Err(defect) => {
                findings.note(format!("{at}: {defect}"));
                continue;
            }
        };
        let Some(&order) = by_id.get(document.order.as_str()) else {
            let key = document.order.escape_debug();
            findings.note(format!(
                "{at}: order: found \"{key}\"; the key of an order of {}",
                arguments.orders.display()
            ));
            continue;
        };
        if let Some(first) = planned.insert(&order.id, line.number) {
            let key = order.id.escape_debug();
            findings.note(format!(
                "{at}: order: found \"{key}\", which line {first} plans already; one plan an order"
            ));
            continue;
        }
        match volok::plan::from_document(engine.world(), engine.stock(), order, &document) {
            Ok(plan) => pairs.push((order, plan)),
            Err(defects) => defects.0.iter().for_each(|defect| findings.note(format!("{at}: {defect}"))),
        }
    }
    for Numbered { line, order } in
        orders.iter().filter(|numbered| !planned.contains_key(&*numbered.order.id))
    {
        let (file, key) = (arguments.orders.display(), order.id.escape_debug());
        findings.note(format!(
            "{file}:{line}: order \"{key}\" has no plan; an order that nothing serves has an empty one"
        ));
    }
    Ok(pairs)
}

/// A plan document, bare, beside its reasons, or beside what changed when it was made again.
pub fn document(text: &str) -> Result<spec::Plan, String> {
    #[derive(serde::Deserialize)]
    struct Explained {
        plan: spec::Plan,
    }
    match serde_json::from_str::<Explained>(text) {
        Ok(explained) => Ok(explained.plan),
        Err(_) => spec::plan_from_str(text).map_err(|error| shape(&error)),
    }
}
