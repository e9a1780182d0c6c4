//! Real marketplace orders: every order planned at its real time, proven and checked, then the same orders by the
//! rules that shops ship.
//!
//! Orders, products, weights, sides, places and promises are real; tariffs, lanes and stock are made up.

#![allow(clippy::float_arithmetic)]

mod data;
mod world;

use clap::Parser;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use volok::check::check_all;
use volok::plan::Plan;
use volok::world::Order;
use volok::{Budget, Engine};
use volok_examples::compare::{COLUMNS, Score, rivals, row};
use volok_examples::report::Report;
use volok_examples::{Failure, plot, policies};
use world::Offers;

/// Plans real marketplace orders, each at its real time, and checks every plan.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the orders (`orders.csv.gz`, `order_items.csv.gz`, `products.csv.gz` …).
    #[arg(long, default_value = "../shared/data/olist")]
    data: PathBuf,
    /// Whether any seller that sold a product may fill its lines; else the one that did.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    shared_stock: bool,
    /// Only the first so many orders.
    #[arg(long)]
    limit: Option<usize>,
    /// One line of JSON a figure.
    #[arg(long)]
    json: bool,
    /// Draws cost and parcels against each rule into this SVG file.
    #[arg(long)]
    plot: Option<PathBuf>,
    #[command(flatten)]
    policies: policies::Policies,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "olist: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was planned and nothing was wrong.
fn run(arguments: &Arguments) -> Result<bool, Failure> {
    if !arguments.data.is_dir() {
        writeln!(
            std::io::stdout(),
            "There is no folder {}: nothing to plan. Name the folder of the orders with --data.",
            arguments.data.display()
        )?;
        return Ok(true);
    }
    let mut report = Report::new("olist", arguments.json);
    let offers = if arguments.shared_stock { Offers::Shared } else { Offers::Own };
    let began = Instant::now();
    let data = data::read(&arguments.data, arguments.limit.unwrap_or(usize::MAX))?;
    let document = world::world(&data, offers);
    let wishes = world::orders(&data, offers)?;
    if arguments.policies.asked() {
        drop(data);
        return arguments.policies.play(document, &wishes, Budget::default(), arguments.json);
    }
    let mut engine = Engine::from_document(&document)?;
    let orders: Vec<Order> = wishes.iter().map(|wish| engine.order(wish)).collect::<Result<_, _>>()?;
    let fresh = engine.stock().clone();
    report.heading("The world")?;
    report.figure("orders", orders.len() as f64, "")?;
    report.figure("lines", orders.iter().map(|order| order.lines.len()).sum::<usize>() as f64, "")?;
    report.figure("sellers", document.sellers.len() as f64, "")?;
    report.figure("cities", data.cities.len() as f64, "")?;
    report.figure("products", document.skus.len() as f64, "")?;
    report.figure("lanes", document.lanes.len() as f64, "")?;
    report.figure("stock cells", fresh.len() as f64, "")?;
    report.figure("reading and building", began.elapsed().as_secs_f64(), "s")?;

    let began = Instant::now();
    let planned = engine.plan_in_turn(&orders, Budget::default(), &mut |_| ());
    let planning = began.elapsed().as_secs_f64();
    let mut pairs: Vec<(&Order, &Plan)> = Vec::with_capacity(orders.len());
    for (order, plan) in orders.iter().zip(&planned) {
        match plan {
            Ok(plan) => pairs.push((order, plan)),
            Err(error) => writeln!(std::io::stderr(), "{error}")?,
        }
    }
    let began = Instant::now();
    let wrong = check_all(engine.world(), &fresh, &pairs);
    let checking = began.elapsed().as_secs_f64();
    for violation in wrong.iter().take(10) {
        writeln!(std::io::stderr(), "{violation}")?;
    }

    let score = Score::of("Volok", pairs.iter().map(|(_, plan)| *plan));
    let proven = pairs.iter().filter(|(_, plan)| plan.is_optimal()).count();
    let late = pairs.iter().filter(|(_, plan)| plan.costs.lateness.0 > 0).count();
    report.heading("All orders, in turn, each from what the earlier ones left")?;
    report.figure("planned", pairs.len() as f64, "")?;
    report.figure("parcels", score.parcels as f64, "")?;
    report.figure("cost", score.cost as f64, "minor")?;
    report.figure("units unfilled", score.unfilled as f64, "")?;
    report.figure("orders late", late as f64, "")?;
    report.figure("proven optimal", proven as f64 * 100.0 / pairs.len().max(1) as f64, "%")?;
    report.figure("violations", wrong.len() as f64, "")?;
    report.figure("planning", planning, "s")?;
    report.figure("checking", checking, "s")?;

    let mut turn: Vec<&Order> = orders.iter().collect();
    turn.sort_by_key(|order| (order.placed_at, &order.id));
    let mut scores = vec![score.clone()];
    scores.extend(rivals(engine.world(), &fresh, &turn));
    report.heading("Against rules that shops ship, all orders, in turn")?;
    report.table(&COLUMNS, &scores.iter().map(|other| row(other, &score)).collect::<Vec<_>>())?;
    if let Some(path) = &arguments.plot {
        std::fs::write(path, plot::bars("Marketplace orders: cost and parcels by rule", &scores))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(pairs.len() == orders.len() && wrong.is_empty())
}
