//! What can we play with?
//!
//! Worlds made from a seed ([`generate`]), the exhaustive answer for small ones ([`oracle`]), the rules shops ship
//! ([`rules`]), streams of orders played again under policies and in changed worlds ([`simulate`]), and stories in files
//! ([`scenario`]), a database server that can be broken (`postgres`). For tests, benches, demonstrations; behind feature `testkit`.
//!
//! Nothing here is used by the engine, and the oracle shares no code with the search it judges: it reads the world and
//! the stock, and derives everything else from `docs/model.md` on its own. Only [`simulate`] knows the engine.

pub mod generate;
pub mod ledger;
pub mod oracle;
#[cfg(all(feature = "postgres", unix))]
pub mod postgres;
mod random;
pub mod rules;
pub mod scenario;
pub mod simulate;

pub use random::Random;
