//! `volok plan --together`: all orders decided at once, with a proof.

use crate::failure::Failure;
use crate::{files, progress};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use volok::world::Order;
use volok::{Batch, BatchTerms, Budget, Engine};

/// How far orders are decided together.
#[derive(clap::Args)]
pub struct Terms {
    /// Decide all orders together: those of higher priority first, among the others nobody before another. Told on standard
    /// error: what all cost, and how far from the best that can be at most.
    #[arg(long, conflicts_with_all = ["alone", "explain"])]
    together: bool,
    /// With --together: a gap that is small enough, of a hundred.
    #[arg(long, value_name = "PERCENT", default_value = "0.1", value_parser = millionths, requires = "together")]
    gap: u32,
    /// With --together: how often each order is planned at most, on average.
    #[arg(long, value_name = "N", default_value_t = BatchTerms::default().rounds, requires = "together")]
    rounds: u32,
    /// With --together: what chance does. The same seed gives the same plans.
    #[arg(long, value_name = "N", default_value_t = BatchTerms::default().seed, requires = "together")]
    seed: u64,
    /// With --together: where to write what scarce stock and room were worth, and to which orders; a JSON line each.
    #[arg(long, value_name = "FILE", requires = "together")]
    prices: Option<PathBuf>,
}

/// Millionths of a share of a hundred, as 0.5.
fn millionths(text: &str) -> Result<u32, String> {
    let right = "a share of a hundred from 0 to 100, with at most four places, as 0.5";
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 4 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(right.to_owned());
    }
    let part: u32 = format!("{part:0<4}").parse().map_err(|_| right.to_owned())?;
    match whole.parse::<u32>() {
        Ok(whole) if whole < 100 || whole == 100 && part == 0 => Ok(whole * 10_000 + part),
        _ => Err(right.to_owned()),
    }
}

impl Terms {
    /// Whether orders are decided together.
    pub fn are_wanted(&self) -> bool {
        self.together
    }

    /// Decides orders together and tells how well.
    pub fn decide(
        &self,
        engine: &Engine,
        orders: &[Order],
        budget: Budget<'_>,
        limit: Option<Duration>,
    ) -> Result<Batch, Failure> {
        let started = Instant::now();
        let bar = progress::bar("deciding together, rounds", Some(self.rounds as usize));
        let terms = BatchTerms { budget, gap: self.gap, rounds: self.rounds, seed: self.seed, prices: None };
        let batch = engine.batch(orders, &terms, &mut |progress| {
            bar.set_position(progress.round.into());
            match limit.is_some_and(|limit| started.elapsed() >= limit) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        bar.finish_and_clear();
        let (gap, many) = (batch.gap().div_ceil(100), orders.len());
        let (cost, bound) = (batch.cost(), batch.bound);
        let _ = writeln!(
            std::io::stderr(),
            "{many} orders together cost {cost}, at most {}.{:02} % from the best: none can cost less than {bound}",
            gap / 100,
            gap % 100,
        );
        if let Some(path) = &self.prices {
            let (mut out, place) = files::output(Some(path))?;
            for price in engine.price_documents(&batch.prices, orders) {
                let written = serde_json::to_string(&price).map_err(std::io::Error::from);
                let written = written.and_then(|line| writeln!(out, "{line}"));
                written.map_err(|cause| Failure::write(place.clone(), cause))?;
            }
            out.flush().map_err(|cause| Failure::write(place, cause))?;
        }
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_hundred_is_read_to_the_millionth() {
        assert_eq!(millionths("0.1"), Ok(1_000));
        assert_eq!(millionths("2"), Ok(20_000));
        assert_eq!(millionths("0.0001"), Ok(1));
        assert_eq!(millionths("100"), Ok(1_000_000));
        for wrong in ["", "-1", "0.00001", "101", "100.1", "a", "1.x", "1e3"] {
            assert!(millionths(wrong).is_err(), "{wrong}");
        }
    }
}
