//! `volok replan`: an order, its plan and what went wrong in; the new plan out.

use crate::check::document;
use crate::failure::{FOUND_FAULTS, Failure};
use crate::files;
use crate::orders::{open, shape};
use crate::table::Table;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use volok::plan::{disruption_from_document, draw, from_document};
use volok::world::{Defects, Order};
use volok::{Budget, Engine, Scratch, check, spec};

/// What to plan again, and how to show it.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// The world document, with the stock as it was before the order.
    #[arg(long, value_name = "FILE")]
    world: PathBuf,
    /// Order documents, one a line, the plan's order among them.
    #[arg(long, value_name = "FILE")]
    orders: PathBuf,
    /// The plan document, as `volok plan` or `volok replan` prints it.
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// What went wrong, as of when, and what a changed parcel costs: see `volok schema disruption`.
    #[arg(long, value_name = "FILE")]
    disruption: PathBuf,
    /// A table with what became of each parcel, one JSON document, or a picture of the new plan. A table on a terminal,
    /// else JSON.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Search steps for each way to take parcels over.
    #[arg(long, value_name = "N", default_value_t = Budget::default().steps)]
    steps: u64,
    /// Where to write; standard output when absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the order is planned again
  1  the new plan breaks a rule: what is wrong is told on standard error
  2  arguments or files that cannot be used";

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// One line a parcel, then what became of each.
    Table,
    /// One document: the new plan, its cost with the changes, and what became of each parcel.
    Json,
    /// Map and timeline of the new plan.
    Svg,
}

/// Plans the order again.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (engine, mut stream) = open(&arguments.world, &arguments.orders)?;
    let text = read(&arguments.plan)?;
    let old = document(text.trim()).map_err(|error| unusable(&arguments.plan, &error))?;
    let orders = stream.all(&engine)?;
    let order = orders.into_iter().map(|numbered| numbered.order).find(|order| *order.id == *old.order);
    let order = order.ok_or_else(|| {
        let right = format!("no order {:?} in {}", old.order, arguments.orders.display());
        unusable(&arguments.plan, &right)
    })?;
    let codes: Vec<String> = old.parcels.iter().map(|parcel| parcel.code.clone()).collect();
    let wrong = |path: &Path, defects: &Defects| unusable(path, &defects.to_string());
    let plan = from_document(engine.world(), engine.stock(), &order, &old)
        .map_err(|defects| wrong(&arguments.plan, &defects))?;
    let happened = spec::disruption_from_str(&read(&arguments.disruption)?)
        .map_err(|error| unusable(&arguments.disruption, &shape(&error)))?;
    let disruption =
        disruption_from_document(engine.world(), engine.stock(), &order, (&plan, &codes), &happened)
            .map_err(|defects| wrong(&arguments.disruption, &defects))?;

    let budget = Budget { steps: arguments.steps, ..Budget::default() };
    let replanned = engine
        .replan(&order, &plan, &disruption, budget, &mut Scratch::default())
        .map_err(|error| unusable(&arguments.disruption, &error.to_string()))?;
    let told = engine.replanned_document(&order, (&plan, &codes), &disruption, &replanned);
    show(arguments, &engine, &order, &replanned, &told)?;

    let violations = check::check_replanned(
        engine.world(),
        engine.stock(),
        &order,
        (&plan, &disruption),
        (&replanned.plan, &replanned.stranded),
    );
    for violation in &violations {
        // A closed standard error is no reason to stop.
        let _ = writeln!(io::stderr(), "volok: {violation}");
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|cause| Failure::read(path, cause))
}

fn unusable(path: &Path, what: &str) -> Failure {
    Failure::Other(format!("{}: {what}", path.display()))
}

fn show(
    arguments: &Arguments,
    engine: &Engine,
    order: &Order,
    replanned: &volok::Replanned,
    told: &spec::Replanned,
) -> Result<(), Failure> {
    let (mut out, place) = files::output(arguments.out.as_deref())?;
    let seen = arguments.out.is_none() && io::stdout().is_terminal();
    let mut write = || -> io::Result<()> {
        match arguments.format.unwrap_or(if seen { Format::Table } else { Format::Json }) {
            Format::Table => {
                let table = Table::of(engine.world());
                table.head(&mut out)?;
                table.document(&mut out, engine, order, &replanned.plan, &told.plan)?;
                writeln!(out)?;
                for fate in &told.parcels {
                    writeln!(out, "  {}", fate.text)?;
                }
                let money = |amount| draw::money(amount, engine.world().currency());
                let verdict = match told.status {
                    spec::PlanStatus::Optimal => "proven: nothing costs less".to_owned(),
                    spec::PlanStatus::Gap => format!("nothing costs less than {}", money(told.bound)),
                };
                let (cost, changed) = (money(told.cost), told.changed);
                writeln!(out, "\nCosts {cost} with {changed} changed parcels counted; {verdict}.")?;
            }
            Format::Json => {
                serde_json::to_writer(&mut out, told)?;
                writeln!(out)?;
            }
            Format::Svg => {
                let (world, stock) = (engine.world(), engine.stock());
                out.write_all(draw::svg(world, stock, order, &replanned.plan).as_bytes())?;
            }
        }
        out.flush()
    };
    write().map_err(|cause| Failure::write(place, cause))
}
