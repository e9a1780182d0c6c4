//! Local wall time as data: a zone's changes of offset, and weekly spans less closed dates.
//!
//! Strings and civil times end here; `transit` answers questions about these tables with integer arithmetic only.

use crate::units::Instant;

/// An IANA time zone as the list of its offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Name, as `Europe/Moscow`.
    pub name: Box<str>,
    /// From this moment (UTC seconds, rising; the first is `i64::MIN`) the zone is this many seconds ahead of UTC.
    pub offsets: Vec<(i64, i32)>,
}

/// Seconds in a day of wall time.
pub const DAY: i64 = 86_400;
/// Seconds in a week of wall time.
pub const WEEK: i64 = 7 * DAY;

/// Open spans in local wall time, repeated weekly, less closed dates.
///
/// A span belongs to the local date on which it starts and is gone when that date is closed; it may run to the end
/// of that date but not past it (hours over midnight are two spans that touch).
/// Wall times that a change of offset skips are taken as the moment of the change; wall times that occur twice are
/// taken at their first occurrence for starts and at their second for ends, so that no working minute is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Offsets of its zone.
    pub zone: Zone,
    /// Start and end of each span in seconds of the local week (Monday 00:00 is 0), rising, not touching or crossing
    /// within a date. For departures, start equals end. Nothing: open round the clock less closed dates.
    pub weekly: Option<Vec<(u32, u32)>>,
    /// Local dates without spans, as days since 1970-01-01, rising.
    pub closed: Vec<i32>,
    /// Moments `[from, until)` that are not open whatever the week says: rising, apart. Empty in a world as documents
    /// describe it; see [`World::closing`](super::World::closing).
    pub shut: Vec<Shut>,
}

/// Moments in which something does not take place, from the first to before the second.
pub type Shut = (Instant, Instant);
