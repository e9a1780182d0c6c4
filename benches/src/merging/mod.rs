//! What merging is worth: the same orders planned where parcels may be merged and where a merge costs more than any
//! plan. Chains of lanes stay in both, so that the difference is that of merging alone. Every plan goes before the judge.

use std::io::Write;
use std::path::PathBuf;

use volok::check::check;
use volok::plan::Plan;
use volok::testkit::generate::{Generated, Size, built, country, grocery};
use volok::world::Defects;
use volok::{Budget, Engine, PlanError, Scratch, spec};

use crate::bars::{self, Block, Picture};
use crate::figure::Figure;
use crate::sample::thousandths;

/// What is asked.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// One line of JSON for each figure.
    #[arg(long)]
    pub json: bool,
    /// SKUs of the country; the grocery network has a tenth, at most 3,000.
    #[arg(long, default_value_t = 20_000)]
    pub skus: usize,
    /// Orders of each world.
    #[arg(long, default_value_t = 2_000)]
    pub orders: usize,
    /// Draw the figures into this SVG file.
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum MergingError {
    /// A generated world has a defect.
    #[error("generated world: {0}")]
    World(#[from] Defects),
    /// An order has no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Figures could not be written.
    #[error("writing: {0}")]
    Write(#[from] std::io::Error),
    /// A plan breaks a rule of the model.
    #[error("{0} plans break a rule of the model")]
    Broken(usize),
}

/// Seed of the worlds.
const SEED: u64 = 3;

/// A merge that no plan can afford.
const NEVER: i64 = 900_000_000_000;

/// Orders with this many lines are looked at apart too.
const LINES: usize = 4;

/// Plans of some orders, added up.
#[derive(Default)]
struct Sum {
    orders: usize,
    cost: i64,
    parcels: usize,
    merged: usize,
    unfilled: u64,
    proven: usize,
}

impl Sum {
    fn add(&mut self, plan: &Plan) {
        self.orders += 1;
        self.cost += plan.cost().0;
        self.parcels += plan.deliveries();
        self.merged += usize::from(plan.parcels.iter().any(|parcel| !parcel.parts.is_empty()));
        self.unfilled += plan.unfilled.iter().map(|unfilled| u64::from(unfilled.qty.0)).sum::<u64>();
        self.proven += usize::from(plan.is_optimal());
    }
}

/// Some orders of a world, without merging and with it.
struct Pair {
    name: String,
    without: Sum,
    with: Sum,
}

impl Pair {
    fn cost(&self) -> i64 {
        thousandths(self.with.cost, self.without.cost)
    }

    fn parcels(&self) -> i64 {
        thousandths(self.with.parcels as i64, self.without.parcels as i64)
    }

    fn figures(&self) -> [Figure; 2] {
        [("without", &self.without), ("with", &self.with)].map(|(what, sum)| {
            let facts = vec![
                ("cost_thousandths", thousandths(sum.cost, self.without.cost).into()),
                ("parcels", sum.parcels.into()),
                ("parcels_thousandths", thousandths(sum.parcels as i64, self.without.parcels as i64).into()),
                ("merged", sum.merged.into()),
                ("unfilled", sum.unfilled.into()),
                ("proven", sum.proven.into()),
            ];
            let value = (sum.cost / sum.orders.max(1) as i64).into();
            Figure {
                suite: "merging",
                case: format!("{}, {what}", self.name),
                value,
                unit: "cost",
                n: sum.orders,
                facts,
            }
        })
    }
}

/// Plans every order of both worlds twice.
///
/// # Errors
///
/// See [`MergingError`].
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), MergingError> {
    let Options { skus, orders, .. } = *options;
    let made = [
        (
            "country",
            country(SEED, Size { skus, storing: 64, hand_over: 500, orders, docks: 12, limited: false }),
        ),
        (
            "grocery",
            grocery(
                SEED,
                Size {
                    skus: (skus / 10).min(3_000),
                    storing: 12,
                    hand_over: 24,
                    orders,
                    docks: 3,
                    limited: false,
                },
            ),
        ),
    ];
    let mut pairs = Vec::new();
    for (name, made) in &made {
        for pair in compare(name, made)? {
            for figure in pair.figures() {
                figure.write(options.json, out)?;
            }
            pairs.push(pair);
        }
        out.flush()?;
    }
    if let Some(path) = &options.plot {
        std::fs::write(path, bars::svg(&picture(&pairs)))?;
    }
    Ok(())
}

fn picture(pairs: &[Pair]) -> Picture<'_> {
    let blocks = pairs.iter().map(|pair| Block {
        name: &pair.name,
        orders: pair.with.orders,
        bars: vec![("with merging", [pair.cost(), pair.parcels()]), ("without merging", [1_000, 1_000])],
    });
    Picture {
        title: "What merging is worth",
        note: "The same orders, parcels merged on the way or each handed over alone. Shorter is better.",
        panels: ["Cost, % of that without", "Parcels handed over, % of those without"],
        blocks: blocks.collect(),
    }
}

/// All orders, and those with many lines.
fn compare(name: &str, made: &Generated) -> Result<[Pair; 2], MergingError> {
    let mut pairs = [name.to_owned(), format!("{name}, {LINES} lines and more")].map(|name| Pair {
        name,
        without: Sum::default(),
        with: Sum::default(),
    });
    let mut broken = 0;
    for merging in [false, true] {
        let made = if merging { made.clone() } else { without(made.clone()) };
        let (world, stock, orders) = built(&made)?;
        let engine = Engine::new(world, stock);
        let mut scratch = Scratch::default();
        for order in &orders {
            let plan = engine.plan(order, Budget::default(), &mut scratch)?;
            broken += usize::from(!check(engine.world(), engine.stock(), order, &plan).is_empty());
            let long = usize::from(order.lines.len() >= LINES);
            for pair in &mut pairs[..=long] {
                if merging { &mut pair.with } else { &mut pair.without }.add(&plan);
            }
        }
    }
    if broken > 0 { Err(MergingError::Broken(broken)) } else { Ok(pairs) }
}

fn without(mut made: Generated) -> Generated {
    let docks = made.world.nodes.iter_mut().filter_map(|node: &mut spec::Node| node.cross_docks.as_mut());
    docks.for_each(|docks| docks.cost_per_merge = NEVER);
    made
}
