//! A real outbound network of one day: thousands of orders, plants that can send only so many of them, freight by weight.
//! All orders are decided together, checked, and held against first come, first served.
//!
//! Orders, plants, capacities, storing costs and freight rates are real. Storing and freight of an order from a plant are
//! the price of its stock there, since freight depends on the order's service and weight; lanes cost nothing more. What is
//! not sent that day costs a little more than sending it the dearest way.

#![allow(clippy::float_arithmetic)]

mod data;

use clap::Parser;
use data::Data;
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use volok::check::check_all;
use volok::plan::Plan;
use volok::spec;
use volok::testkit::generate::parts;
use volok::world::Order;
use volok::{BatchTerms, Budget, Engine};
use volok_examples::Failure;
use volok_examples::compare::Score;
use volok_examples::report::Report;

/// Decides a day of orders together.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the tables (`OrderList.csv.gz`, `WhCapacities.csv` …).
    #[arg(long, default_value = "../shared/data/brunel")]
    data: PathBuf,
    /// Only the first so many orders.
    #[arg(long)]
    limit: Option<usize>,
    /// Cents that leaving an order for another day costs beyond its dearest way.
    #[arg(long, default_value_t = 10_000)]
    penalty: i64,
    /// How often each order is planned, on average.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// One line of JSON a figure.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "brunel: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The day, and when its parcels depart and arrive.
const DAY: &str = "2013-05-26T00:00:00Z";
const SHELF: [i64; 2] = [15, 25];

fn documents(data: &Data, penalty: i64) -> (spec::World, Vec<spec::Order>) {
    let mut world = parts::world();
    world.currency = Some("USD".to_owned());
    world.sellers = vec![parts::seller("maker")];
    world.channels = vec![parts::channel("sales")];
    for (key, plant) in &data.plants {
        let mut node = parts::node(key, "");
        let mut stores = parts::stores(None, 0, vec![parts::zone("floor", SHELF, (0, 0, 0))]);
        stores.parcels_per_day = Some(plant.a_day);
        node.stores = Some(stores);
        world.nodes.push(node);
    }
    let ports: BTreeMap<&str, ()> = data.orders.iter().map(|order| (order.to.as_str(), ())).collect();
    for port in ports.keys() {
        let mut node = parts::node(port, "");
        node.hands_over = Some(parts::hands_over(None, 0, &[("quay", SHELF)]));
        world.nodes.push(node);
        for key in data.plants.keys() {
            let daily = parts::weekly("UTC", parts::DAILY, &["12:00"]);
            let id = format!("{key}>{port}");
            world.lanes.push(parts::lane(&id, (key, port), &[("body", SHELF)], daily, (0, 60), None));
        }
    }
    let mut orders = Vec::new();
    for wish in &data.orders {
        // An article of its own: its weight and its costs are those of the whole order.
        let grams = (wish.kilograms * 1000.0).round() as i64;
        world.skus.push(parts::sku(&wish.key, &wish.product, grams, 1, None));
        let mut dearest = 0;
        for (key, plant) in &data.plants {
            if let Some(cost) = data.cost(wish, plant) {
                let mut cell = parts::cell("maker", &wish.key, (key, "floor"), 1);
                cell.price = cost;
                world.stock.push(cell);
                dearest = dearest.max(cost);
            }
        }
        let lines = vec![parts::line(&wish.key, 1, dearest + penalty)];
        let mut order = parts::order(&wish.key, "sales", DAY.to_owned(), &wish.to, lines);
        order.policy.latest_useful_hours = Some(24);
        orders.push(order);
    }
    (world, orders)
}

/// First come, first served, each from the first plant that has the product and is not full: what it costs and how many
/// orders are left.
fn first_plant(data: &Data, penalty: i64) -> (i64, usize) {
    let mut room: BTreeMap<&str, i64> =
        data.plants.iter().map(|(key, plant)| (key.as_str(), plant.a_day)).collect();
    let (mut cost, mut left) = (0, 0);
    for wish in &data.orders {
        let costs: Vec<(&str, i64)> = data
            .plants
            .iter()
            .filter_map(|(key, plant)| Some((key.as_str(), data.cost(wish, plant)?)))
            .collect();
        let open = costs.iter().find(|(key, _)| room[key] > 0);
        match open {
            Some(&(key, price)) => {
                cost += price;
                *room.entry(key).or_default() -= 1;
            }
            None => {
                cost += costs.iter().map(|row| row.1).max().unwrap_or(0) + penalty;
                left += 1;
            }
        }
    }
    (cost, left)
}

/// Whether everything was planned and nothing was wrong.
fn run(arguments: &Arguments) -> Result<bool, Failure> {
    if !arguments.data.is_dir() {
        writeln!(
            std::io::stdout(),
            "There is no folder {}: nothing to plan. Name the folder of the tables with --data.",
            arguments.data.display()
        )?;
        return Ok(true);
    }
    let mut report = Report::new("brunel", arguments.json);
    let data = data::read(&arguments.data, arguments.limit.unwrap_or(usize::MAX))?;
    let (document, wishes) = documents(&data, arguments.penalty);
    let mut engine = Engine::from_document(&document)?;
    let orders: Vec<Order> = wishes.iter().map(|wish| engine.order(wish)).collect::<Result<_, _>>()?;
    report.heading("The day")?;
    report.figure("orders", orders.len() as f64, "")?;
    report.figure("plants", data.plants.len() as f64, "")?;
    report.figure(
        "orders they can send",
        data.plants.values().map(|plant| plant.a_day).sum::<i64>() as f64,
        "",
    )?;

    let began = Instant::now();
    let terms = BatchTerms { gap: 0, rounds: arguments.rounds, ..BatchTerms::default() };
    let batch = engine.batch(&orders, &terms, &mut |_| ControlFlow::Continue(()));
    let seconds = began.elapsed().as_secs_f64();
    let pairs: Vec<(&Order, &Plan)> = orders
        .iter()
        .zip(&batch.plans)
        .filter_map(|(order, plan)| Some((order, plan.as_ref().ok()?)))
        .collect();
    let wrong = check_all(engine.world(), engine.stock(), &pairs);
    for violation in wrong.iter().take(10) {
        writeln!(std::io::stderr(), "{violation}")?;
    }
    let score = Score::of("Volok", pairs.iter().map(|(_, plan)| *plan));
    report.heading("All orders together")?;
    report.figure("planned", pairs.len() as f64, "")?;
    report.figure("cost", score.cost as f64, "cents")?;
    report.figure("no plans cost less than", batch.bound.0 as f64, "cents")?;
    report.figure("gap", batch.gap() as f64 / 10_000.0, "%")?;
    report.figure("left for another day", score.unfilled as f64, "orders")?;
    report.figure("plants and days with a price", batch.prices.rooms.len() as f64, "")?;
    report.figure("violations", wrong.len() as f64, "")?;
    report.figure("deciding", seconds, "s")?;

    let in_turn = engine.plan_in_turn(&orders, Budget::default(), &mut |_| ());
    let in_turn = Score::of("in turn", in_turn.iter().flatten());
    let (greedy, left) = first_plant(&data, arguments.penalty);
    let over = |cost: i64| (cost as f64 / score.cost as f64 - 1.0) * 100.0;
    report.heading("First come, first served")?;
    report.figure("each its cheapest way: cost over", over(in_turn.cost), "%")?;
    report.figure("each its cheapest way: left", in_turn.unfilled as f64, "orders")?;
    report.figure("the first plant with room: cost over", over(greedy), "%")?;
    report.figure("the first plant with room: left", left as f64, "orders")?;
    Ok(pairs.len() == orders.len() && wrong.is_empty())
}
