//! One page of limits. Each maximum stands here once, with its reason.
//!
//! Together they keep every sum the engine forms below 2^63: a plan's cost is at most
//! [`LINES_PER_ORDER`] × [`QUANTITY`] × [`MONEY_PER_UNIT`] for picks plus as much for unfilled penalties, which is
//! 500 × 10^7 × 10^9 = 5 × 10^18 < 9.2 × 10^18 only in the extreme; the sums are checked all the same.

/// Rows of one kind (SKUs, cells, nodes …): indices are 32 bits wide.
pub const ROWS: usize = u32::MAX as usize - 1;

/// Lines in one order. Real baskets stop near 80; past 500 an order is a replenishment and wants the batch room.
pub const LINES_PER_ORDER: usize = 500;

/// Units in one order line: ten tonnes in grams.
pub const QUANTITY: i64 = 10_000_000;

/// Units of stock in one cell.
pub const STOCK: i64 = u32::MAX as i64;

/// Any price, cost or penalty per unit, in minor units: ten million in a currency of hundredths.
pub const MONEY_PER_UNIT: i64 = 1_000_000_000;

/// Any cost per line, parcel or hour, in minor units.
pub const MONEY: i64 = 1_000_000_000_000;

/// The total cost of one order's plan may not pass this, so that sums over a million orders still fit.
pub const MONEY_PER_ORDER: i64 = 1_000_000_000_000_000;

/// Weight of one base unit, in grams: a hundred tonnes.
pub const GRAMS_PER_UNIT: i64 = 100_000_000;

/// One side of one base unit, in millimetres: a hundred metres.
pub const MILLIMETRES: i64 = 100_000;

/// Volume of one base unit, in cubic centimetres: a thousand cubic metres.
pub const CUBIC_CENTIMETRES_PER_UNIT: i64 = 1_000_000_000;

/// Days of shelf life, or of being kept at a pickup point: a century.
pub const DAYS: i64 = 36_500;

/// Minutes of any lead, cut-off, handling or transit time: one year.
pub const MINUTES: i64 = 527_040;

/// Days after placement within which an order must be handed over unless its policy says less.
pub const HORIZON_DAYS: i64 = 60;

/// Days a question about a calendar or a schedule looks ahead: past the longest wait an order may have, and past a
/// place that opens for one season of the year. It bounds every walk over spans and departures.
pub const LOOK_AHEAD_DAYS: i64 = 400;

/// Distance of any moment from 1970 that a calendar answers about, in seconds (34,000 years): far past
/// [`YEARS`], and near enough that local times computed from it never overflow.
pub const CALENDAR_REACH: i64 = 1 << 40;

/// Legs on one route.
pub const LEGS_PER_ROUTE: usize = 8;

/// Legs on one route where the world does not say: first mile, two trunks, last mile.
pub const USUAL_LEGS_PER_ROUTE: u32 = 4;

/// Parcels of one plan: their rows are 16 bits wide.
pub const PARCELS_PER_ORDER: usize = u16::MAX as usize;

/// Weight of one parcel, in grams: a million tonnes. A limit above it limits nothing and is better left out.
pub const GRAMS_PER_PARCEL: i64 = 1_000_000_000_000;

/// Volume of one parcel, in cubic centimetres: a million cubic metres.
pub const CUBIC_CENTIMETRES_PER_PARCEL: i64 = 1_000_000_000_000;

/// Weight one departure can be said to take, in grams: a million tonnes, more than any ship.
pub const GRAMS_PER_DEPARTURE: i64 = 1_000_000_000_000;

/// Volume one departure can be said to take, in cubic centimetres: a million cubic metres.
pub const CUBIC_CENTIMETRES_PER_DEPARTURE: i64 = 1_000_000_000_000;

/// Parcels or lines that a departure, a day, a buffer or a hand-over point can be said to take: a thousand million.
pub const PARCELS: i64 = 1_000_000_000;

/// Temperature zones of one node, compartments of one lane, storages of one hand-over point, rows a cross-dock keeps.
pub const TEMPERATURE_ZONES: usize = 8;

/// Weight steps of one tariff.
pub const TARIFF_STEPS: usize = 256;

/// Bytes of one identifier: longer ones are a sign of a broken export.
pub const IDENTIFIER_BYTES: usize = 256;

/// Bytes of one line of an order stream: an order of [`LINES_PER_ORDER`] lines with long keys stays far below.
pub const ORDER_BYTES: usize = 4 << 20;

/// Defects listed of one input: whoever has more has one cause for most of them.
pub const DEFECTS: usize = 10_000;

/// Segregation classes in one world.
pub const CLASSES: usize = 4_096;

/// Earliest and latest year of any instant: four-digit years that calendars can expand.
pub const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;
