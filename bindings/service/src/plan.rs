//! `volok plan`: orders in, plans out, in the same order.

use crate::failure::{FOUND_FAULTS, Failure, count};
use crate::orders::{Complaints, Numbered, open};
use crate::table::{self, Table};
use crate::together::Terms;
use crate::{files, progress};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use volok::plan::{Plan, draw};
use volok::spec::Advice;
use volok::{Budget, Engine, PlanError, Scratch};

/// What to plan, and how to show it.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// The world document.
    #[arg(long, value_name = "FILE")]
    world: PathBuf,
    /// Order documents, one a line; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    orders: PathBuf,
    /// A table for people, JSON Lines for programs, or pictures: Graphviz graphs, SVG, an HTML page. A table on a
    /// terminal, else JSON Lines.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Add why these parcels, and what every rejected source would have cost. JSON Lines become objects of `plan` and
    /// `advice`.
    #[arg(long)]
    explain: bool,
    /// Plan each order against the stock as it is, taking nothing; streams in bounded memory. Else each order in turn,
    /// by `placed_at` and key, takes its stock before the next; all orders are read first.
    #[arg(long)]
    alone: bool,
    /// Search steps per order: the budget that keeps answers the same on every machine.
    #[arg(long, value_name = "N", default_value_t = Budget::default().steps)]
    steps: u64,
    /// Seconds for the whole run, after which each search ends with its best answer and gap. Answers then depend on
    /// the machine.
    #[arg(long, value_name = "S", value_parser = seconds)]
    seconds: Option<Duration>,
    /// Threads; one per core when absent. Answers do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Where to write; standard output when absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    together: Terms,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  every order has a plan
  1  some orders had defects: each is told on standard error with file and line; the others have plans
  2  arguments, world or files that cannot be used";

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// One line a parcel.
    Table,
    /// One plan document a line.
    Json,
    /// One Graphviz graph an order.
    Dot,
    /// Map and timeline of one order.
    Svg,
    /// One page with the pictures of all orders, their costs and the plans in words.
    Html,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let right = "a number of seconds above zero, as 2.5";
    let seconds: f64 = text.parse().map_err(|_| right.to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(right.to_owned()),
    }
}

/// Plans the orders of a stream.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if let Some(threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
        pool.build_global().map_err(|error| Failure::Other(format!("--threads {threads}: {error}")))?;
    }
    let (mut engine, mut stream) = open(&arguments.world, &arguments.orders)?;
    let mut printer = Printer::open(arguments, &engine)?;
    let started = Instant::now();
    let stop = || arguments.seconds.is_some_and(|limit| started.elapsed() >= limit);
    let budget = Budget {
        steps: arguments.steps,
        stop: arguments.seconds.is_some().then_some(&stop),
        ..Budget::default()
    };

    let mut planned = 0;
    if arguments.alone {
        let bar = progress::bar("planning", None);
        // A chunk is planned and written before the next is read: that bounds the memory of a long stream.
        while let Some(read) = stream.next(&engine)? {
            let (orders, at) = part(read);
            let plans = engine.plan_each(&orders, budget);
            for ((order, line), plan) in orders.iter().zip(at).zip(plans) {
                let advised = plan.map(|plan| {
                    let advice =
                        arguments.explain.then(|| engine.explain(order, &plan, &mut Scratch::default()));
                    (plan, advice)
                });
                printer.order(&engine, order, line, advised, &mut stream.complaints)?;
                bar.inc(1);
            }
            planned += orders.len();
        }
        bar.finish_and_clear();
    } else {
        let (orders, at) = part(stream.all(&engine)?);
        if arguments.together.are_wanted() {
            let batch = arguments.together.decide(&engine, &orders, budget, arguments.seconds)?;
            for ((order, line), plan) in orders.iter().zip(at).zip(batch.plans) {
                let plan = plan.map(|plan| (plan, None));
                printer.order(&engine, order, line, plan, &mut stream.complaints)?;
            }
            printer.close()?;
            return Ok(ended(&stream.complaints));
        }
        let bar = progress::bar("planning", Some(orders.len()));
        let plans = in_turn(&mut engine, &orders, arguments.explain, budget, &mut |done| {
            bar.set_position(done as u64)
        });
        bar.finish_and_clear();
        for ((order, line), plan) in orders.iter().zip(at).zip(plans) {
            printer.order(&engine, order, line, plan, &mut stream.complaints)?;
        }
        planned = orders.len();
    }
    printer.close()?;
    if io::stderr().is_terminal() {
        let took = started.elapsed();
        let _ = writeln!(io::stderr(), "{} planned in {took:.2?}", count(planned, "order"));
    }
    Ok(ended(&stream.complaints))
}

/// Tells how many orders have defects, if any have.
fn ended(complaints: &Complaints) -> ExitCode {
    let Some(summary) = complaints.summary() else { return ExitCode::SUCCESS };
    let _ = writeln!(io::stderr(), "volok: {summary}; the other orders have plans");
    ExitCode::from(FOUND_FAULTS)
}

type Advised = Result<(Plan, Option<Advice>), PlanError>;

/// In turn; with reasons one by one, because a reason is about the stock its order saw.
fn in_turn(
    engine: &mut Engine,
    orders: &[volok::world::Order],
    explain: bool,
    budget: Budget<'_>,
    done: &mut dyn FnMut(usize),
) -> Vec<Advised> {
    if !explain {
        let plans = engine.plan_in_turn(orders, budget, done);
        return plans.into_iter().map(|plan| plan.map(|plan| (plan, None))).collect();
    }
    let mut turns: Vec<usize> = (0..orders.len()).collect();
    turns.sort_by(|&one, &other| {
        let key = |row: usize| (orders[row].placed_at, &orders[row].id);
        key(one).cmp(&key(other))
    });
    let mut plans: Vec<Option<Advised>> = (0..orders.len()).map(|_| None).collect();
    let mut scratch = Scratch::default();
    for (turn, row) in turns.into_iter().enumerate() {
        let order = &orders[row];
        let advised = engine.plan(order, budget, &mut scratch).map(|plan| {
            let advice = engine.explain(order, &plan, &mut scratch);
            (plan, Some(advice))
        });
        if let Ok((plan, _)) = &advised {
            // A plan picks only what its stock has free.
            let taken = engine.take(order, plan);
            debug_assert!(taken.is_ok(), "order {}", order.id);
        }
        plans[row] = Some(advised);
        done(turn + 1);
    }
    plans.into_iter().flatten().collect()
}

/// Orders apart from their lines.
fn part(read: Vec<Numbered>) -> (Vec<volok::world::Order>, Vec<usize>) {
    read.into_iter().map(|numbered| (numbered.order, numbered.line)).unzip()
}

/// Writes plans in the wanted format.
struct Printer {
    out: Box<dyn Write>,
    place: String,
    format: Format,
    table: Table,
    /// An SVG file has its one order.
    drawn: bool,
}

impl Printer {
    fn open(arguments: &Arguments, engine: &Engine) -> Result<Printer, Failure> {
        let (out, place) = files::output(arguments.out.as_deref())?;
        let seen = arguments.out.is_none() && io::stdout().is_terminal();
        let format = arguments.format.unwrap_or(if seen { Format::Table } else { Format::Json });
        let mut printer = Printer { out, place, format, table: Table::of(engine.world()), drawn: false };
        let begun = match format {
            Format::Table => printer.table.head(&mut printer.out),
            Format::Html => printer.out.write_all(draw::html::begin("Plans").as_bytes()),
            Format::Json | Format::Dot | Format::Svg => Ok(()),
        };
        printer.told(begun)?;
        Ok(printer)
    }

    fn told(&self, result: io::Result<()>) -> Result<(), Failure> {
        result.map_err(|cause| Failure::write(self.place.clone(), cause))
    }

    fn order(
        &mut self,
        engine: &Engine,
        order: &volok::world::Order,
        line: usize,
        advised: Advised,
        complaints: &mut Complaints,
    ) -> Result<(), Failure> {
        if self.format == Format::Svg && std::mem::replace(&mut self.drawn, true) {
            let id = &order.id;
            return Err(Failure::Other(format!(
                "line {line}: an SVG file holds one order, and order {id:?} is another; --format html draws all on one page"
            )));
        }
        let result = match advised {
            Ok((plan, advice)) => self.plan(engine, order, &plan, advice.as_ref()),
            Err(error) => {
                complaints.tell(line, &[error.to_string()]);
                Ok(())
            }
        };
        self.told(result)
    }

    fn plan(
        &mut self,
        engine: &Engine,
        order: &volok::world::Order,
        plan: &Plan,
        advice: Option<&Advice>,
    ) -> io::Result<()> {
        let out = &mut self.out;
        match self.format {
            Format::Table => {
                self.table.plan(out, engine, order, plan)?;
                if let Some(advice) = advice {
                    let reasons = draw::reasons(engine.world(), order, advice, table::terminal_width() - 2);
                    for line in reasons.lines() {
                        writeln!(out, "{}", format!("  {line}").trim_end())?;
                    }
                    writeln!(out)?;
                }
                Ok(())
            }
            Format::Json => {
                let plan = engine.document(order, plan);
                match advice {
                    Some(advice) => {
                        serde_json::to_writer(
                            &mut *out,
                            &serde_json::json!({ "plan": plan, "advice": advice }),
                        )?;
                    }
                    None => serde_json::to_writer(&mut *out, &plan)?,
                }
                writeln!(out)
            }
            Format::Dot => out.write_all(draw::dot(engine.world(), engine.stock(), order, plan).as_bytes()),
            Format::Svg => out.write_all(draw::svg(engine.world(), engine.stock(), order, plan).as_bytes()),
            Format::Html => {
                let drawn = draw::html::order(engine.world(), engine.stock(), order, plan, advice);
                out.write_all(drawn.as_bytes())
            }
        }
    }

    fn close(mut self) -> Result<(), Failure> {
        if self.format == Format::Html {
            let ended = self.out.write_all(draw::html::END.as_bytes());
            self.told(ended)?;
        }
        let flushed = self.out.flush();
        self.told(flushed)
    }
}
