//! What would another policy, or another world, have cost? Streams of orders played again.
//!
//! A [`Stream`] is a world, its stock, and orders as they came in. A [`Policy`] decides them one after another, knowing
//! at each only what was known then; [`Hindsight`] alone knows them all. [`compare`] plays a stream under policies and
//! prints a [`Table`]: cost, parcels, lateness, units unfilled, and how much of what hindsight would have saved each
//! policy saves. [`what_if`] plays one policy in two worlds and tells the paired [`Difference`] with its confidence
//! interval; [`change`] has the usual changes of a world.
//!
//! | policy | what it knows at each order |
//! | --- | --- |
//! | [`Greedy`] | the order and the stock, by a rule that shops ship |
//! | [`Myopic`] | the order and the stock: the cheapest plan of each |
//! | [`Priced`] | besides, what stock is worth to orders that are expected |
//! | [`Windowed`] | all orders of the last so many minutes, decided together |
//! | [`Hindsight`] | all orders there will be |
//!
//! Costs are compared without stock prices: those steer a policy, and nobody pays them. Prices that a world document
//! gives its cells are left out for the same reason.
//!
//! This part of the testkit plays with the engine itself; the rest of the testkit, which judges it, must not know it.

#![allow(clippy::float_arithmetic, reason = "statistics for people to read; no plan depends on them")]

pub mod change;
mod forecast;
mod greedy;
mod hindsight;
mod myopic;
mod policy;
mod priced;
mod refresh;
mod score;
mod stream;
mod student;
mod table;
mod what_if;
mod windowed;

pub use forecast::{resampled, shifted};
pub use greedy::Greedy;
pub use hindsight::Hindsight;
pub use myopic::Myopic;
pub use policy::{Played, Policy, nothing};
pub use priced::Priced;
pub use refresh::Refresh;
pub use score::Score;
pub use stream::Stream;
pub use student::{Interval, mean_within};
pub use table::{Row, Table, compare};
pub use what_if::{Difference, Paired, Unpaired, what_if};
pub use windowed::Windowed;
