//! The same orders in two worlds under one policy: what the change is worth, and how sure that is.
//!
//! Orders of one stream compete for the same stock, so they are not independent and an interval over single orders would
//! be far too narrow. The unit of pairing is a whole stream (a day, a seed) where several are given; of one stream it
//! is a block of consecutive orders (batch means: Law, *Simulation Modeling and Analysis*, section 9.5.3), within which
//! most of the competition happens. Both worlds see the same orders, so what all of a unit share falls out of the
//! difference.

use super::student::{Interval, mean_within};
use super::{Policy, Score, Stream};
use crate::plan::draw::money;
use crate::split::Budget;
use rayon::prelude::*;
use serde::Serialize;
use std::fmt;

/// Blocks that one stream is cut into: enough for an interval, few enough that each is long.
const BLOCKS: usize = 20;
/// Orders of a block at least.
const LEAST: usize = 10;

/// One figure in both worlds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Paired {
    /// Of all orders in the base world.
    pub base: i64,
    /// Of all orders in the changed world.
    pub changed: i64,
    /// Changed less base, of one order on average, with its interval; none of fewer than two units.
    pub per_order: Option<Interval>,
}

impl Paired {
    /// Changed less base, of all orders.
    pub fn difference(&self) -> i64 {
        self.changed.saturating_sub(self.base)
    }
}

/// What a changed world is worth under a policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Name of the policy.
    pub policy: String,
    /// Orders of all streams.
    pub orders: usize,
    /// Streams, or blocks of the one stream, that were paired.
    pub units: usize,
    /// Whether they are blocks of one stream.
    pub blocks: bool,
    /// ISO 4217 code of the base world's currency.
    pub currency: String,
    /// Cost without stock prices, minor units.
    pub cost: Paired,
    /// Parcels handed over.
    pub parcels: Paired,
    /// Parcels handed over after the promise.
    pub late_parcels: Paired,
    /// Started hours after the promise.
    pub late_hours: Paired,
    /// Units not delivered.
    pub unfilled: Paired,
}

/// Why streams cannot be paired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpaired {
    /// Not as many of one world as of the other.
    #[error("{base} streams of the base world and {changed} of the changed one; each needs its partner")]
    Streams {
        /// Streams of the base world.
        base: usize,
        /// Streams of the changed world.
        changed: usize,
    },
    /// A stream and its partner are of different orders.
    #[error("stream {stream}: its orders are not those of its partner, from the {order}. order on")]
    Orders {
        /// Which stream, from 1.
        stream: usize,
        /// The first order that differs, from 1.
        order: usize,
    },
}

/// Plays the streams of two worlds under one policy: `changed[k]` has the orders of `base[k]`.
///
/// # Errors
/// When the streams are not of the same orders.
pub fn what_if(
    base: &[Stream],
    changed: &[Stream],
    policy: &dyn Policy,
    budget: Budget<'_>,
) -> Result<Difference, Unpaired> {
    inspect(base, changed)?;
    let scores = |stream: &Stream| -> Vec<Score> {
        let played = policy.play(stream, budget);
        played.orders.iter().zip(&played.plans).map(|(order, plan)| Score::of(order, plan)).collect()
    };
    let both: Vec<(Vec<Score>, Vec<Score>)> =
        base.par_iter().zip(changed).map(|(base, changed)| (scores(base), scores(changed))).collect();
    let units: Vec<(Score, Score)> = match &both[..] {
        [(base, changed)] => blocks(base, changed),
        all => all
            .iter()
            .map(|(base, changed)| (base.iter().copied().sum(), changed.iter().copied().sum()))
            .collect(),
    };
    let orders = both.iter().map(|(scores, _)| scores.len()).sum();
    let paired = |of: fn(&Score) -> i64| {
        let values: Vec<f64> = units.iter().map(|(base, changed)| (of(changed) - of(base)) as f64).collect();
        let share = units.len() as f64 / f64::max(orders as f64, 1.0);
        Paired {
            base: units.iter().map(|(base, _)| of(base)).sum(),
            changed: units.iter().map(|(_, changed)| of(changed)).sum(),
            per_order: mean_within(&values).map(|interval| interval.times(share)),
        }
    };
    Ok(Difference {
        policy: policy.name(),
        orders,
        units: units.len(),
        blocks: both.len() == 1,
        currency: base.first().map_or("", |stream| stream.world().currency()).to_owned(),
        cost: paired(|score| score.cost),
        parcels: paired(|score| score.parcels),
        late_parcels: paired(|score| score.late_parcels),
        late_hours: paired(|score| score.late_hours),
        unfilled: paired(|score| score.unfilled),
    })
}

fn inspect(base: &[Stream], changed: &[Stream]) -> Result<(), Unpaired> {
    if base.len() != changed.len() {
        return Err(Unpaired::Streams { base: base.len(), changed: changed.len() });
    }
    for (number, (base, changed)) in base.iter().zip(changed).enumerate() {
        let (base, changed) = (base.orders(), changed.orders());
        let same = base.iter().zip(changed).take_while(|(one, other)| {
            (&one.id, one.placed_at, one.lines.len()) == (&other.id, other.placed_at, other.lines.len())
        });
        let same = same.count();
        if same < base.len().max(changed.len()) {
            return Err(Unpaired::Orders { stream: number + 1, order: same + 1 });
        }
    }
    Ok(())
}

/// One stream as blocks of consecutive orders, of nearly the same size.
fn blocks(base: &[Score], changed: &[Score]) -> Vec<(Score, Score)> {
    let many = (base.len() / LEAST).clamp(1, BLOCKS);
    (0..many)
        .map(|block| {
            let rows = block * base.len() / many..(block + 1) * base.len() / many;
            (base[rows.clone()].iter().copied().sum(), changed[rows].iter().copied().sum())
        })
        .collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.blocks, self.units) {
            (true, 1) => "one block of orders".to_owned(),
            (true, units) => format!("{units} blocks of consecutive orders"),
            (false, units) => format!("{units} streams"),
        };
        writeln!(f, "{}: {} orders in both worlds, paired by {what}", self.policy, self.orders)?;
        writeln!(
            f,
            "{:<13} {:>18} {:>18} {:>16} {:>36}",
            "", "BASE", "CHANGED", "DIFFERENCE", "AN ORDER, 95 % CONFIDENCE"
        )?;
        let whole: fn(&Difference, i64) -> String = |_, value| value.to_string();
        let paid: fn(&Difference, i64) -> String = |told, value| money(value, &told.currency);
        let rows = [
            ("cost", &self.cost, paid),
            ("parcels", &self.parcels, whole),
            ("late parcels", &self.late_parcels, whole),
            ("late hours", &self.late_hours, whole),
            ("unfilled", &self.unfilled, whole),
        ];
        for (name, paired, shown) in rows {
            let told = paired.per_order.map_or_else(
                || "too few orders".to_owned(),
                |Interval { mean, low, high }| format!("{mean:+.4} ({low:+.4} to {high:+.4})"),
            );
            let (base, changed) = (shown(self, paired.base), shown(self, paired.changed));
            let difference = shown(self, paired.difference());
            writeln!(f, "{name:<13} {base:>18} {changed:>18} {difference:>16} {told:>36}")?;
        }
        writeln!(f, "An order's cost is in minor units.")
    }
}
