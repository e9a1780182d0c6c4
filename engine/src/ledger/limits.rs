//! One page of limits of the ledger, each with its reason.

/// Lines of one hold, those left empty by swaps counted too: a basket of a fitting room has a dozen.
pub const LINES: usize = 200;

/// Capacity claims of one hold: parcels of an order times what each takes on its way.
pub const CLAIMS: usize = 1_000;

/// Parcels of one order, those that go back included: one a line at the worst, and as many merged ones.
pub const PARCELS: usize = 400;

/// Places a parcel comes through, from where it is packed to where it ends.
pub const STOPS: usize = 16;

/// Commands of one batch: a group commit writes them as one row.
pub const BATCH: usize = 4_096;

/// Commands of one group: an order of many parcels; while a group runs, what it touched is kept twice.
pub const GROUP: usize = 100;

/// Commands whose rows are read ahead at a time: what they touch stays in the innermost cache until they are done.
pub const AHEAD: usize = 32;

/// Bytes of operations after which a commit goes on in another row: stores take rows of a gigabyte at the most, and one
/// command makes a few million bytes at the most.
pub const ROW_BYTES: usize = 1 << 22;

/// Units in one line or one stock event.
pub const UNITS: u32 = 1_000_000_000;

/// Cells opened, or names registered, by one command: one command is one record of the log.
pub const AT_ONCE: usize = 4_096;

/// Bytes of one name.
pub const NAME_BYTES: usize = 600;

/// Names of one kind, cells and fences of a book; numbers are 32 bits wide and the highest bit marks fences.
pub const ROWS: usize = 1 << 31;

/// Seconds a hold may live where settings do not say: thirty days.
pub const USUAL_LIFE: u32 = 30 * 86_400;

/// The longest life settings may allow: one year.
pub const LONGEST_LIFE: u32 = 366 * 86_400;

/// Seconds for which keys, outcomes, sales and ended holds are kept, at the least: three days, so that a client that
/// was down over a weekend's night still finds out what became of its request.
pub const KEPT: u32 = 72 * 3_600;

/// Entries looked at by one forgetting, so that it never stalls others for long.
pub const FORGET_AT_ONCE: u32 = 100_000;

/// Repeat rules of a book.
pub const RULES: usize = 16;

/// The longest window of a repeat rule, in seconds: one year.
pub const WINDOW: u32 = 366 * 86_400;

/// The highest number of unbought holds in a row a rule may wait for; with [`HISTORY`] it bounds what one place reads.
pub const IN_A_ROW: u32 = 64;

/// Holds remembered of one customer: older ones no longer count, whatever the window.
pub const HISTORY: usize = 256;

/// Ring-fences of one (seller, sku, node).
pub const FENCES: usize = 16;

/// Channels of one fence.
pub const FENCE_CHANNELS: usize = 64;

/// A clock that jumps forward further than this at once is not believed until it is confirmed: one hour.
pub const USUAL_JUMP: u32 = 3_600;
