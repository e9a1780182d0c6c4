//! Real grocery baskets in three temperatures: every basket planned, proven and checked, then the same baskets by the
//! rules that shops ship.
//!
//! Baskets, products and aisles are real; sources, stock, weights, quantities and tariffs are made up from a seed.

#![allow(clippy::float_arithmetic)]

mod data;
mod goods;
mod world;

use clap::Parser;
use rayon::prelude::*;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use volok::check::check_all;
use volok::plan::Plan;
use volok::world::Order;
use volok::{Budget, Engine, Scratch};
use volok_examples::compare::{COLUMNS, Score, rivals, row};
use volok_examples::report::{Report, quantile};
use volok_examples::{Failure, plot, policies};

/// Plans real grocery baskets over dark stores and distribution centres, and checks every plan.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the baskets (`order_products.csv.gz`, `products.csv.gz`, `aisle_temperature.csv`).
    #[arg(long, default_value = "../shared/data/instacart")]
    data: PathBuf,
    /// Places that store: two distribution centres and so many dark stores.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(3..=64))]
    sources: u64,
    /// Pickup points.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=99))]
    points: u64,
    /// Days over which the baskets are ordered.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(i64).range(1..=30))]
    days: i64,
    /// Seed of everything made up.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only the first so many baskets.
    #[arg(long)]
    limit: Option<usize>,
    /// Rival rules plan every so-manieth basket; 0 for none.
    #[arg(long, default_value_t = 1)]
    rivals: usize,
    /// Most search steps for one basket.
    #[arg(long)]
    steps: Option<u64>,
    /// One line of JSON a figure.
    #[arg(long)]
    json: bool,
    /// Draws cost and parcels against each rule into this SVG file.
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Names the baskets that are not proven.
    #[arg(long)]
    unproven: bool,
    #[command(flatten)]
    policies: policies::Policies,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "grocery: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was planned and nothing was wrong.
fn run(arguments: &Arguments) -> Result<bool, Failure> {
    if !arguments.data.is_dir() {
        writeln!(
            std::io::stdout(),
            "There is no folder {}: nothing to plan. Name the folder of the baskets with --data.",
            arguments.data.display()
        )?;
        return Ok(true);
    }
    let mut report = Report::new("grocery", arguments.json);
    let shape = world::Shape {
        seed: arguments.seed,
        sources: arguments.sources as usize,
        points: arguments.points as usize,
        days: arguments.days,
    };
    let began = Instant::now();
    let mut data = data::read(&arguments.data)?;
    data.baskets.truncate(arguments.limit.unwrap_or(usize::MAX));
    let mut document = world::network(&data, shape);
    let wishes = world::orders(&data, shape, &document);
    world::stock(&data, shape, &wishes, &mut document);
    let mut budget = Budget::default();
    budget.steps = arguments.steps.unwrap_or(budget.steps);
    if arguments.policies.asked() {
        drop(data);
        return arguments.policies.play(document, &wishes, budget, arguments.json);
    }
    let world = volok::world::build(&document)?;
    let fresh = volok::stock::build(&world, &document)?;
    let mut engine = Engine::new(world, fresh.clone());
    let orders: Vec<Order> = wishes.iter().map(|wish| engine.order(wish)).collect::<Result<_, _>>()?;
    report.heading("The world")?;
    report.figure("baskets", orders.len() as f64, "")?;
    report.figure("lines", orders.iter().map(|order| order.lines.len()).sum::<usize>() as f64, "")?;
    report.figure("products", document.skus.len() as f64, "")?;
    report.figure("sources", shape.sources as f64, "")?;
    report.figure("pickup points", shape.points as f64, "")?;
    report.figure("stock cells", fresh.len() as f64, "")?;
    report.figure("reading and building", began.elapsed().as_secs_f64(), "s")?;
    drop((wishes, data));

    let began = Instant::now();
    let planned = engine.plan_in_turn(&orders, budget, &mut |_| ());
    let planning = began.elapsed().as_secs_f64();
    let mut plans = Vec::with_capacity(planned.len());
    let mut failed = 0;
    for (order, plan) in orders.iter().zip(planned) {
        match plan {
            Ok(plan) => plans.push((order, plan)),
            Err(error) => {
                failed += 1;
                writeln!(std::io::stderr(), "{error}")?;
            }
        }
    }
    let began = Instant::now();
    let pairs: Vec<(&Order, &Plan)> = plans.iter().map(|(order, plan)| (*order, plan)).collect();
    let wrong = check_all(engine.world(), &fresh, &pairs);
    let checking = began.elapsed().as_secs_f64();
    for violation in wrong.iter().take(10) {
        writeln!(std::io::stderr(), "{violation}")?;
    }

    let proven = plans.iter().filter(|(_, plan)| plan.is_optimal()).count();
    let score = Score::of("Volok", plans.iter().map(|(_, plan)| plan));
    let bound: i64 = plans.iter().map(|(_, plan)| plan.bound.0).sum();
    report.heading("All baskets, in turn, each from what the earlier ones left")?;
    report.figure("planned", plans.len() as f64, "")?;
    report.figure("failed", failed as f64, "")?;
    report.figure("parcels", score.parcels as f64, "")?;
    report.figure("cost", score.cost as f64, "minor")?;
    report.figure("gap of all", (score.cost - bound) as f64 * 100.0 / score.cost.max(1) as f64, "%")?;
    report.figure("units unfilled", score.unfilled as f64, "")?;
    report.figure("proven optimal", proven as f64 * 100.0 / plans.len().max(1) as f64, "%")?;
    report.figure("not proven", (plans.len() - proven) as f64, "")?;
    report.figure("violations", wrong.len() as f64, "")?;
    report.figure("planning", planning, "s")?;
    report.figure("checking", checking, "s")?;
    if arguments.unproven {
        for (order, plan) in plans.iter().filter(|(_, plan)| !plan.is_optimal()) {
            let gap = plan.cost().0 - plan.bound.0;
            report.figure(&format!("{}, {} lines, gap", order.id, order.lines.len()), gap as f64, "minor")?;
        }
    }
    drop(plans);

    // Again from the start: nothing is taken yet.
    let engine = Engine::from_document(&document)?;
    drop(document);
    times(&engine, &orders, budget, &mut report)?;
    if arguments.rivals > 0 {
        compare(arguments, engine, &fresh, &orders, budget, score, &mut report)?;
    }
    Ok(failed == 0 && wrong.is_empty())
}

/// Time of one basket, each alone on all the stock, by number of lines.
fn times(
    engine: &Engine,
    orders: &[Order],
    budget: Budget<'_>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    const SIZES: [(&str, usize); 6] = [
        ("1 to 4 lines", 4),
        ("5 to 9", 9),
        ("10 to 19", 19),
        ("20 to 39", 39),
        ("40 and more", usize::MAX),
        ("all", 0),
    ];
    let time = |scratch: &mut Scratch, order: &Order| {
        let began = Instant::now();
        let plan = engine.plan(order, budget, scratch);
        let micros = began.elapsed().as_secs_f64() * 1e6;
        (order.lines.len(), micros, plan.is_ok_and(|plan| plan.is_optimal()))
    };
    let times: Vec<(usize, f64, bool)> =
        orders.par_iter().with_min_len(64).map_init(Scratch::default, time).collect();
    let mut rows = Vec::new();
    let mut from = 0;
    for (name, to) in SIZES {
        let all = to == 0;
        let inside = |lines: usize| all || (from < lines && lines <= to);
        let mut micros: Vec<f64> =
            times.iter().filter(|(lines, _, _)| inside(*lines)).map(|(_, micros, _)| *micros).collect();
        let open = times.iter().filter(|(lines, _, proven)| inside(*lines) && !proven).count();
        let mean = micros.iter().sum::<f64>() / micros.len().max(1) as f64;
        let at = |micros: &mut Vec<f64>, share| quantile(micros, share);
        let (p50, p90, p99) = (at(&mut micros, 500), at(&mut micros, 900), at(&mut micros, 990));
        let most = micros.last().copied().unwrap_or(0.0);
        rows.push((name.to_owned(), vec![micros.len() as f64, mean, p50, p90, p99, most, open as f64]));
        from = to;
    }
    report.heading("Planning one basket, each alone on all the stock, microseconds")?;
    let columns = [
        ("baskets", ""),
        ("mean", "us"),
        ("p50", "us"),
        ("p90", "us"),
        ("p99", "us"),
        ("most", "us"),
        ("not proven", ""),
    ];
    report.table(&columns, &rows)?;
    Ok(())
}

/// The same baskets by the rules that shops ship.
fn compare(
    arguments: &Arguments,
    mut engine: Engine,
    fresh: &volok::stock::Stock,
    orders: &[Order],
    budget: Budget<'_>,
    score: Score,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let every = arguments.rivals;
    let some: Vec<Order> = orders.iter().step_by(every).cloned().collect();
    let best = if every == 1 {
        score
    } else {
        let plans: Vec<Plan> =
            engine.plan_in_turn(&some, budget, &mut |_| ()).into_iter().flatten().collect();
        Score::of("Volok", &plans)
    };
    let some: Vec<&Order> = some.iter().collect();
    let mut scores = vec![best.clone()];
    scores.extend(rivals(engine.world(), fresh, &some));
    let which = if every == 1 { "all baskets".to_owned() } else { format!("every {every}th basket") };
    report.heading(&format!("Against rules that shops ship, {which}, in turn"))?;
    report.table(&COLUMNS, &scores.iter().map(|score| row(score, &best)).collect::<Vec<_>>())?;
    if let Some(path) = &arguments.plot {
        let title = format!("Grocery baskets ({which}): cost and parcels by rule");
        std::fs::write(path, plot::bars(&title, &scores))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
