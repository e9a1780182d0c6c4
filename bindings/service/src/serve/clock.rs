//! The one place that reads a clock.

use std::time::{SystemTime, UNIX_EPOCH};
use volok::ledger::{Second, Stamp};

/// What the machine's clock shows.
pub fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// The second a reader sees: that of the clock, and never one before the last operation.
pub fn second(last: Stamp) -> Second {
    now().second().max(last.second())
}
