//! Integers with a unit. Sums are checked where they are formed; see [`super::limits`] for what keeps them small.

use std::fmt;

macro_rules! measure {
    ($(#[$meta:meta])* $name:ident($inner:ty)) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub $inner);

        impl $name {
            /// Nothing.
            pub const ZERO: $name = $name(0);

            /// The sum, or nothing when it does not fit.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map($name)
            }

            /// The difference, or nothing when it does not fit.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map($name)
            }

            /// The product with a count, or nothing when it does not fit.
            pub fn checked_times(self, count: $inner) -> Option<Self> {
                self.0.checked_mul(count).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

measure!(
    /// Money in minor units (kopecks, cents) of the world's one currency.
    Money(i64)
);
measure!(
    /// A count of base units of one SKU: pieces, or grams for goods sold by weight.
    Quantity(u32)
);
measure!(
    /// Weight in grams.
    Grams(u64)
);
measure!(
    /// Volume in cubic centimetres.
    CubicCentimetres(u64)
);
measure!(
    /// A span of time in seconds.
    Seconds(i64)
);
measure!(
    /// A moment: seconds since 1970-01-01T00:00:00Z. Local wall time exists only in calendars.
    Instant(i64)
);

impl Instant {
    /// Before every other moment: stock on hand is available from here on.
    pub const ALWAYS: Instant = Instant(i64::MIN);
    /// After every other moment: goods without an expiry date last until here.
    pub const NEVER: Instant = Instant(i64::MAX);

    /// The moment `span` later, or nothing when it does not fit.
    pub fn after(self, span: Seconds) -> Option<Instant> {
        self.0.checked_add(span.0).map(Instant)
    }

    /// The moment `span` earlier, or nothing when it does not fit.
    pub fn before(self, span: Seconds) -> Option<Instant> {
        self.0.checked_sub(span.0).map(Instant)
    }
}
