//! A real stream played again under policies.

use crate::Failure;
use std::io::Write;
use volok::testkit::rules::Rule;
use volok::testkit::simulate::change::scale_stock;
use volok::testkit::simulate::{Greedy, Hindsight, Policy, Priced, Refresh, Stream, Windowed, compare};
use volok::{Budget, spec};

/// How a stream is played.
#[derive(clap::Args)]
pub struct Policies {
    /// Prints the table of policies instead: rules, myopic, with prices, batched, hindsight.
    #[arg(long)]
    policies: bool,
    /// With --policies: only those in whose name one of these texts is; myopic and hindsight always are.
    #[arg(long, value_name = "TEXTS", value_delimiter = ',')]
    only: Vec<String>,
    /// With --policies: hundredths of all stock that are there.
    #[arg(long, value_name = "PERCENT", default_value_t = 100)]
    stock: u32,
    /// With --policies: hundredths of the orders, the first ones, that are the past from which is drawn what to expect.
    #[arg(long, value_name = "PERCENT", default_value_t = 30)]
    learn: u32,
    /// With --policies: scenarios drawn from the past.
    #[arg(long, value_name = "N", default_value_t = 4)]
    scenarios: usize,
    /// With --policies: the forecast is the very orders that come, as if it were perfect.
    #[arg(long)]
    foreseen: bool,
    /// With --policies: orders between two forecasts.
    #[arg(long, value_name = "N", default_value_t = Refresh::default().every)]
    refresh: usize,
    /// With --policies: rounds of each batch and forecast at most; of hindsight six times as many.
    #[arg(long, value_name = "N", default_value_t = Refresh::default().rounds)]
    rounds: u32,
    /// With --policies: minutes of a window in which orders are decided together.
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    window: u32,
}

impl Policies {
    /// Whether policies are to be played.
    pub fn asked(&self) -> bool {
        self.policies
    }

    /// Plays orders under all policies and prints the table; whether every rule of the model was kept.
    ///
    /// # Errors
    /// Defects of the documents, and whatever the writer reports.
    pub fn play(
        &self,
        mut world: spec::World,
        orders: &[spec::Order],
        budget: Budget<'_>,
        json: bool,
    ) -> Result<bool, Failure> {
        scale_stock(&mut world, self.stock);
        let stream = Stream::from_documents(&world, orders)?.learning(self.learn, self.scenarios, 1);
        let stream = match self.foreseen {
            true => {
                let to_come = stream.orders().to_vec();
                stream.expecting(vec![to_come])
            }
            false => stream,
        };
        drop(world);
        let refresh = Refresh { every: self.refresh.max(1), rounds: self.rounds, ..Refresh::default() };
        let priced = Priced { refresh };
        let steered = Priced { refresh: Refresh { between_sources: true, ..refresh } };
        let plain = Windowed { minutes: self.window, rounds: self.rounds, ..Windowed::default() };
        let both = Windowed { refresh: Some(refresh), ..plain };
        let rules = Rule::ALL.map(Greedy);
        let mut policies: Vec<&dyn Policy> = rules.iter().map(|rule| rule as &dyn Policy).collect();
        policies.extend([&priced as &dyn Policy, &steered, &plain, &both]);
        let asked = |name: &str| self.only.is_empty() || self.only.iter().any(|text| name.contains(text));
        policies.retain(|policy| asked(&policy.name()));
        let hindsight = Hindsight { rounds: self.rounds.saturating_mul(6), ..Hindsight::default() };
        let table = compare(&stream, &policies, &hindsight, budget, &|row| {
            // A closed standard error is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{}: {}", row.policy, row.score.cost);
        });
        let mut out = std::io::stdout().lock();
        match json {
            true => writeln!(out, "{}", serde_json::to_string(&table)?)?,
            false => writeln!(out, "{} orders\n{table}", table.orders)?,
        }
        Ok(table.rows.iter().all(|row| row.broken == 0))
    }
}
