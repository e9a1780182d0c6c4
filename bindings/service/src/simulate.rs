//! `volok simulate`: the same orders under several policies, or in a changed world.

use crate::failure::{FOUND_FAULTS, Failure};
use crate::orders::Stream;
use crate::{files, progress};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use volok::testkit::rules::Rule;
use volok::testkit::simulate::change::scale_stock;
use volok::testkit::simulate::{
    self, Greedy, Hindsight, Myopic, Policy, Priced, Refresh, Windowed, compare, what_if,
};
use volok::world::Order;
use volok::{Budget, Engine};

/// What to play, and under which policies.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// The world document, with the stock as it was before the orders.
    #[arg(long, value_name = "FILE")]
    world: PathBuf,
    /// Order documents, one a line.
    #[arg(long, value_name = "FILE")]
    orders: PathBuf,
    /// Another world: tells for each policy what the same orders cost there, paired, with confidence intervals.
    #[arg(long, value_name = "FILE")]
    changed: Option<PathBuf>,
    /// Policies to play; myopic and hindsight are always in the table. All of them when absent, myopic alone with
    /// --changed.
    #[arg(long, value_enum, value_delimiter = ',')]
    policies: Vec<Choice>,
    /// Minutes of a window of `windowed`.
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    window: u32,
    /// Hundredths of all stock that are there.
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(..=10_000))]
    stock: u32,
    /// Orders of earlier days, one a line, from which is drawn what to expect.
    #[arg(long, value_name = "FILE")]
    past: Option<PathBuf>,
    /// Without --past: hundredths of the orders, the first ones, that are the past and not played.
    #[arg(long, value_name = "PERCENT", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=99))]
    learn: u32,
    /// Scenarios drawn from the past.
    #[arg(long, value_name = "N", default_value_t = 4)]
    scenarios: usize,
    /// The forecast is the very orders that come: what prices could do if it were perfect.
    #[arg(long, conflicts_with_all = ["past", "scenarios"])]
    foreseen: bool,
    /// Orders between two forecasts.
    #[arg(long, value_name = "N", default_value_t = Refresh::default().every)]
    refresh: usize,
    /// Rounds of each batch and each forecast at most; of hindsight six times as many.
    #[arg(long, value_name = "N", default_value_t = Refresh::default().rounds)]
    rounds: u32,
    /// Seed of scenarios and batches: the same seed gives the same table.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Search steps per order.
    #[arg(long, value_name = "N", default_value_t = Budget::default().steps)]
    steps: u64,
    /// One object of JSON: the table, or a line a policy with --changed.
    #[arg(long)]
    json: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  all orders were played and every rule is kept
  1  some orders had defects and were left out, or a policy's plans break rules
  2  arguments, worlds or files that cannot be used";

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Choice {
    /// Sources in a fixed order.
    PriorityWalk,
    /// The source whose fastest lane arrives first.
    NearestSource,
    /// The source that has most.
    HighestStock,
    /// Sources ranked once by how much of the order they cover.
    StaticCoverage,
    /// The source that covers most of what is missing, again and again.
    RecountedCoverage,
    /// The cheapest plan of each order.
    Myopic,
    /// The cheapest plan of each order, with prices of stock by what is expected.
    Priced,
    /// The same with prices that steer between the sources of an SKU and turn no order away.
    Steered,
    /// Orders of a window decided together.
    Windowed,
    /// The same with prices of stock by what is expected.
    WindowedPriced,
    /// All orders decided together.
    Hindsight,
}

impl Arguments {
    fn policy(&self, choice: Choice) -> Box<dyn Policy> {
        let refresh = Refresh {
            every: self.refresh.max(1),
            rounds: self.rounds,
            seed: self.seed,
            between_sources: choice == Choice::Steered,
        };
        let windowed =
            |refresh| Windowed { minutes: self.window, rounds: self.rounds, seed: self.seed, refresh };
        match choice {
            Choice::PriorityWalk => Box::new(Greedy(Rule::PriorityWalk)),
            Choice::NearestSource => Box::new(Greedy(Rule::NearestSource)),
            Choice::HighestStock => Box::new(Greedy(Rule::HighestStock)),
            Choice::StaticCoverage => Box::new(Greedy(Rule::StaticCoverage)),
            Choice::RecountedCoverage => Box::new(Greedy(Rule::RecountedCoverage)),
            Choice::Myopic => Box::new(Myopic),
            Choice::Priced | Choice::Steered => Box::new(Priced { refresh }),
            Choice::Windowed => Box::new(windowed(None)),
            Choice::WindowedPriced => Box::new(windowed(Some(refresh))),
            Choice::Hindsight => Box::new(self.hindsight()),
        }
    }

    fn hindsight(&self) -> Hindsight {
        Hindsight { rounds: self.rounds.saturating_mul(6), seed: self.seed, ..Hindsight::default() }
    }

    /// The policies asked for, those of every table apart.
    fn choices(&self) -> Vec<Choice> {
        if self.changed.is_some() {
            let asked = if self.policies.is_empty() { &[Choice::Myopic][..] } else { &self.policies };
            return asked.to_vec();
        }
        let all = <Choice as clap::ValueEnum>::value_variants();
        let asked = if self.policies.is_empty() { all } else { &self.policies };
        let always = [Choice::Myopic, Choice::Hindsight];
        asked.iter().copied().filter(|choice| !always.contains(choice)).collect()
    }
}

/// Plays the orders.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.changed.is_some() && arguments.orders == Path::new("-") {
        let text = "--orders -: standard input is read once, and --changed reads the orders for each world; give a file";
        return Err(Failure::Other(text.to_owned()));
    }
    let (stream, mut faults) = stream(arguments, &arguments.world)?;
    let choices = arguments.choices();
    let policies: Vec<Box<dyn Policy>> = choices.iter().map(|&choice| arguments.policy(choice)).collect();
    let budget = Budget { steps: arguments.steps, ..Budget::default() };
    let told = match &arguments.changed {
        None => {
            let bar = progress::bar("playing", Some(policies.len() + 2));
            let policies: Vec<&dyn Policy> = policies.iter().map(|policy| &**policy).collect();
            let table = compare(&stream, &policies, &arguments.hindsight(), budget, &|_| bar.inc(1));
            bar.finish_and_clear();
            faults |= table.rows.iter().any(|row| row.broken > 0);
            if arguments.json { line(&table)? } else { table.to_string() }
        }
        Some(changed) => {
            let base = [stream];
            let (changed, defects) = self::stream(arguments, changed)?;
            faults |= defects;
            let changed = [changed];
            let bar = progress::bar("playing", Some(policies.len()));
            let mut told = Vec::new();
            for policy in &policies {
                let difference = what_if(&base, &changed, &**policy, budget)
                    .map_err(|error| Failure::Other(format!("--changed: {error}")))?;
                told.push(if arguments.json { line(&difference)? } else { difference.to_string() });
                bar.inc(1);
            }
            bar.finish_and_clear();
            told.join(if arguments.json { "" } else { "\n" })
        }
    };
    let (mut out, place) = files::output(None)?;
    out.write_all(told.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::write(place, cause))?;
    Ok(if faults { ExitCode::from(FOUND_FAULTS) } else { ExitCode::SUCCESS })
}

fn line(told: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(told).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(text + "\n")
}

/// The orders in the world of a file, and whether some had defects.
fn stream(arguments: &Arguments, world: &Path) -> Result<(simulate::Stream, bool), Failure> {
    let mut document = files::world_document(world)?;
    scale_stock(&mut document, arguments.stock);
    let engine = Engine::from_document(&document)
        .map_err(|defects| Failure::World { path: world.to_owned(), defects })?;
    let mut faults = false;
    let mut read = |path: &Path| -> Result<Vec<Order>, Failure> {
        let mut stream = Stream::open(path)?;
        let orders = stream.all(&engine)?.into_iter().map(|numbered| numbered.order).collect();
        if let Some(summary) = stream.complaints.summary() {
            faults = true;
            // A closed standard error is no reason to stop.
            let _ = writeln!(io::stderr(), "volok: {summary}; the other orders are played");
        }
        Ok(orders)
    };
    let orders = read(&arguments.orders)?;
    let past = arguments.past.as_deref().map(&mut read).transpose()?;
    let stream = simulate::Stream::new(engine.world().clone(), engine.stock().clone(), orders);
    let stream = match past {
        Some(past) => stream.drawing(&past, arguments.scenarios, arguments.seed),
        None => stream.learning(arguments.learn, arguments.scenarios, arguments.seed),
    };
    let stream = match arguments.foreseen {
        true => {
            let to_come = stream.orders().to_vec();
            stream.expecting(vec![to_come])
        }
        false => stream,
    };
    Ok((stream, faults))
}
