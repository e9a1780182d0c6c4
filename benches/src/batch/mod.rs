//! Orders that compete for stock, decided together: what it costs, what is proven, how the gap closes with time. Every plan
//! goes before the judge.

#![allow(clippy::float_arithmetic, reason = "shares and seconds for people to read")]

mod export;

use std::io::Write;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use volok::check::check_all;
use volok::plan::Plan;
use volok::testkit::generate::{Size, built, competing};
use volok::world::{Defects, Order};
use volok::{BatchTerms, Budget, Engine};

use crate::figure::Figure;

/// What is asked.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Numbers of orders.
    #[arg(long, value_delimiter = ',', default_value = "1000,3000")]
    pub orders: Vec<usize>,
    /// Longest time for each, in seconds.
    #[arg(long, default_value_t = 60.0)]
    pub seconds: f64,
    /// A gap that is small enough, in millionths.
    #[arg(long, default_value_t = 0)]
    pub gap: u32,
    /// How often each order is planned at most, on average.
    #[arg(long, default_value_t = 100_000)]
    pub rounds: u32,
    /// Seed of the worlds.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Articles for a hundred orders: the fewer, the more orders want the same ones.
    #[arg(long, default_value_t = 10)]
    pub skus: usize,
    /// Write the problems into this folder for other solvers and measure nothing.
    #[arg(long, value_name = "DIR")]
    pub export: Option<std::path::PathBuf>,
    /// Without the judge, who is slow.
    #[arg(long)]
    pub unchecked: bool,
    /// Each improvement as it is found.
    #[arg(long)]
    pub curve: bool,
    /// One line of JSON for each figure.
    #[arg(long)]
    pub json: bool,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A generated world has a defect.
    #[error("generated world: {0}")]
    World(#[from] Defects),
    /// Figures could not be written.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
    /// An order is too large.
    #[error("order {0} is too large to be written down")]
    TooBig(Box<str>),
    /// Plans break rules of the model.
    #[error("{0} rules of the model are broken")]
    Broken(usize),
}

/// Runs the suite.
///
/// # Errors
/// See [`BatchError`].
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), BatchError> {
    for &many in &options.orders {
        one(many, options, out)?;
    }
    Ok(())
}

fn one(many: usize, options: &Options, out: &mut dyn Write) -> Result<(), BatchError> {
    let size = Size {
        skus: (many * options.skus / 100).max(10),
        storing: 24,
        hand_over: 24,
        orders: many,
        docks: 0,
        limited: false,
    };
    let (world, stock, orders) = built(&competing(options.seed, size))?;
    if let Some(folder) = &options.export {
        std::fs::create_dir_all(folder)?;
        return export::export(&world, &stock, &orders, &folder.join(format!("batch-{many}.jsonl")));
    }
    let mut engine = Engine::new(world, stock);
    let terms = BatchTerms { gap: options.gap, rounds: options.rounds, ..BatchTerms::default() };
    let began = Instant::now();
    let mut curve = Vec::new();
    let mut last = f64::INFINITY;
    let found = engine.batch(&orders, &terms, &mut |progress| {
        let gap = (progress.cost.0 - progress.bound.0) as f64 / progress.cost.0 as f64 * 100.0;
        if gap < last * 0.98 {
            last = gap;
            curve.push((began.elapsed(), progress.round, gap, *progress));
        }
        match began.elapsed() > Duration::from_secs_f64(options.seconds) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    if options.curve {
        for (at, round, gap, progress) in &curve {
            let facts = vec![
                ("round", (*round).into()),
                ("cost", progress.cost.0.into()),
                ("bound", progress.bound.0.into()),
                ("seconds", at.as_secs_f64().into()),
            ];
            write(&format!("{many} orders, gap"), (*gap).into(), "%", facts, options, out)?;
        }
    }
    if !options.unchecked {
        let pairs: Vec<(&Order, &Plan)> = orders
            .iter()
            .zip(&found.plans)
            .filter_map(|(order, plan)| Some((order, plan.as_ref().ok()?)))
            .collect();
        let broken = check_all(engine.world(), engine.stock(), &pairs);
        if !broken.is_empty() {
            writeln!(out, "{}", broken[0])?;
            return Err(BatchError::Broken(broken.len()));
        }
    }
    let unfilled = |plans: &mut dyn Iterator<Item = &Plan>| -> u64 {
        plans.flat_map(|plan| &plan.unfilled).map(|row| u64::from(row.qty.0)).sum()
    };
    let facts = vec![
        ("seconds", seconds.into()),
        ("cost", found.cost().0.into()),
        ("bound", found.bound.0.into()),
        ("rounds", found.rounds.into()),
        ("prices", found.prices.cells.len().into()),
        ("unfilled", unfilled(&mut found.plans.iter().flatten()).into()),
    ];
    write(&format!("{many} orders, gap"), (found.gap() as f64 / 10_000.0).into(), "%", facts, options, out)?;
    let began = Instant::now();
    let in_turn = engine.plan_in_turn(&orders, Budget::default(), &mut |_| {});
    let cost: i64 = in_turn.iter().flatten().map(|plan| plan.cost().0).sum();
    let over = (cost - found.cost().0) as f64 / found.cost().0 as f64 * 100.0;
    let facts = vec![
        ("seconds", began.elapsed().as_secs_f64().into()),
        ("cost", cost.into()),
        ("unfilled", unfilled(&mut in_turn.iter().flatten()).into()),
    ];
    write(&format!("{many} orders, one by one, over"), over.into(), "%", facts, options, out)
}

fn write(
    case: &str,
    value: serde_json::Value,
    unit: &'static str,
    facts: Vec<(&'static str, serde_json::Value)>,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), BatchError> {
    Ok(Figure { suite: "batch", case: case.to_owned(), value, unit, n: 1, facts }.write(options.json, out)?)
}
