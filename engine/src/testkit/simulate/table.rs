//! Policies side by side on one stream.

use super::{Hindsight, Myopic, Played, Policy, Score, Stream};
use crate::plan::draw::money;
use crate::split::Budget;
use rayon::prelude::*;
use serde::Serialize;
use std::fmt;

/// One policy's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Name of the policy.
    pub policy: String,
    /// What its plans come to.
    pub score: Score,
    /// How much of what hindsight's answer saves of the myopic cost this policy saves, parts per million: 0 is myopic,
    /// 1,000,000 hindsight; less than 0 costs more than myopic. Nothing when hindsight saves nothing.
    pub captured: Option<i64>,
    /// The same against hindsight's bound, which no policy reaches: of the truth it is the least that can be said.
    pub captured_of_bound: Option<i64>,
    /// Rules of the model that its plans break: 0.
    pub broken: usize,
    /// What of this world the policy cannot make use of; nothing when it sees all there is.
    pub blind_to: Option<&'static str>,
}

/// Policies side by side on one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Orders of the stream.
    pub orders: usize,
    /// ISO 4217 code of the world's currency.
    pub currency: String,
    /// Proven: no policy costs less, minor units.
    pub bound: i64,
    /// A row a policy: myopic first, hindsight last.
    pub rows: Vec<Row>,
}

/// Plays a stream under [`Myopic`], the policies given, and hindsight. `told` hears each row as soon as it is there, from
/// any thread. The same stream, policies and budget in steps give the same table.
pub fn compare(
    stream: &Stream,
    policies: &[&dyn Policy],
    hindsight: &Hindsight,
    budget: Budget<'_>,
    told: &(dyn Fn(&Row) + Sync),
) -> Table {
    let first = Myopic.play(stream, budget);
    let last = hindsight.play(stream, budget);
    let (myopic, best) = (score(&first), score(&last));
    let bound = last.bound.map_or(best.cost, |bound| bound.0);
    let row = |policy: &dyn Policy, played: &Played| {
        let score = score(played);
        let row = Row {
            policy: policy.name(),
            score,
            captured: captured(myopic.cost, score.cost, best.cost),
            captured_of_bound: captured(myopic.cost, score.cost, bound),
            broken: played.judge(stream).len(),
            blind_to: policy.blind_to(stream.world()),
        };
        told(&row);
        row
    };
    let mut rows = vec![row(&Myopic, &first)];
    drop(first);
    let last = row(hindsight, &last);
    let others: Vec<Row> =
        policies.par_iter().map(|policy| row(*policy, &policy.play(stream, budget))).collect();
    rows.extend(others);
    rows.push(last);
    let currency = stream.world().currency().to_owned();
    Table { orders: stream.orders().len(), currency, bound, rows }
}

fn score(played: &Played) -> Score {
    played.orders.iter().zip(&played.plans).map(|(order, plan)| Score::of(order, plan)).sum()
}

/// Parts per million of the way from the myopic cost down to the best that a cost has gone.
fn captured(myopic: i64, cost: i64, best: i64) -> Option<i64> {
    let gap = i128::from(myopic) - i128::from(best);
    let saved = i128::from(myopic) - i128::from(cost);
    (gap > 0).then(|| i64::try_from(saved * 1_000_000 / gap).unwrap_or(i64::MIN))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<36} {:>18} {:>9} {:>8} {:>9} {:>8} {:>9} {:>9} {:>6}",
            "POLICY", "COST", "PARCELS", "LATE", "HOURS", "UNFILLED", "CAPTURED", "OF BOUND", "BROKEN"
        )?;
        for row in &self.rows {
            let Row { policy, score, captured, captured_of_bound, broken, blind_to } = row;
            let cost = money(score.cost, &self.currency);
            let Score { parcels, late_parcels, late_hours, unfilled, .. } = score;
            let (captured, of_bound) = (percent(*captured), percent(*captured_of_bound));
            write!(
                f,
                "{policy:<36} {cost:>18} {parcels:>9} {late_parcels:>8} {late_hours:>9} {unfilled:>8} {captured:>9} \
                 {of_bound:>9} {broken:>6}"
            )?;
            if let Some(blind) = blind_to {
                write!(f, "  knows no {blind}")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "{:<36} {:>18}", "no policy costs less than", money(self.bound, &self.currency))
    }
}

/// Parts per million as a percentage with one decimal, rounded down.
fn percent(share: Option<i64>) -> String {
    let Some(share) = share else { return "–".to_owned() };
    let tenths = share.div_euclid(1_000);
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{} %", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}
