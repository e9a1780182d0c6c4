//! Looks at every value of an input once and notes what is wrong with it, so that one run shows all defects.

use super::place::Place;
use super::{Defect, Defects, Names};
use crate::spec;
use crate::units::{Index, Instant, Money, Seconds, Temperatures, limits};
use std::ops::RangeInclusive;

/// What was found so far. Rows may be looked at in any order: defects come out in the order of their ranks, which are
/// the rows' places in the document.
///
/// Every check returns a value that can be used further, right or not: an input with defects is never used, so what
/// stands in for a wrong value does not matter as long as the next check can run.
#[derive(Default)]
pub(crate) struct Inspection {
    rank: (u8, u32),
    noted: Vec<((u8, u32), Defect)>,
    unlisted: usize,
    hints: usize,
}

/// Looking for a similar key reads up to ten thousand keys, so only so many unknown ones get a hint.
const HINTS: usize = 64;

impl Inspection {
    /// One for reading ahead: it only tells whether a row is sound, and looks for no similar keys.
    pub(crate) fn trial() -> Inspection {
        Inspection { hints: HINTS, ..Inspection::default() }
    }

    /// Whether nothing was noted since this was last asked.
    pub(crate) fn was_sound(&mut self) -> bool {
        let sound = self.noted.is_empty();
        self.noted.clear();
        sound
    }

    /// From here on the defects belong to this row of this section.
    pub(crate) fn rank(&mut self, section: u8, row: usize) {
        self.rank = (section, row as u32);
    }

    /// Notes a defect.
    pub(crate) fn note(
        &mut self,
        place: &Place<'_>,
        code: &'static str,
        found: &str,
        right: impl Into<String>,
    ) {
        if self.noted.len() >= limits::DEFECTS {
            self.unlisted += 1;
            return;
        }
        let mut one = Defects::default();
        one.note(place.to_string(), code, found, right);
        self.noted.extend(one.0.pop().map(|defect| (self.rank, defect)));
    }

    /// `value` if nothing was noted, else all that was.
    pub(crate) fn or<T>(mut self, value: T) -> Result<T, Defects> {
        if self.noted.is_empty() {
            return Ok(value);
        }
        self.noted.sort_by_key(|(rank, _)| *rank);
        let mut defects = Defects(self.noted.into_iter().map(|(_, defect)| defect).collect());
        if self.unlisted > 0 {
            let found = format!("{} more defects", self.unlisted);
            defects.note("", "too_many", &found, "mend those above; the rest will be listed then");
        }
        Err(defects)
    }

    /// A whole number within its limits.
    #[inline]
    pub(crate) fn number(&mut self, place: &Place<'_>, found: i64, range: RangeInclusive<i64>) -> i64 {
        if range.contains(&found) {
            return found;
        }
        let right = format!("a whole number from {} to {}", range.start(), range.end());
        self.note(place, "out_of_range", &found.to_string(), right);
        *range.start()
    }

    /// A cost per line, parcel or hour.
    pub(crate) fn money(&mut self, place: &Place<'_>, found: i64) -> Money {
        Money(self.number(place, found, 0..=limits::MONEY))
    }

    /// A price, cost or penalty of one unit.
    pub(crate) fn money_per_unit(&mut self, place: &Place<'_>, found: i64) -> Money {
        Money(self.number(place, found, 0..=limits::MONEY_PER_UNIT))
    }

    /// A span stated in minutes.
    pub(crate) fn minutes(&mut self, place: &Place<'_>, found: i64, least: i64) -> Seconds {
        Seconds(60 * self.number(place, found, least..=limits::MINUTES))
    }

    /// A key or the name of one: neither empty nor longer than a key ever is.
    #[inline]
    pub(crate) fn key(&mut self, place: &Place<'_>, found: &str) {
        if found.is_empty() {
            self.note(place, "empty", "\"\"", "a key of at least one letter");
        } else if found.len() > limits::IDENTIFIER_BYTES {
            self.note(place, "out_of_range", found, format!("at most {} bytes", limits::IDENTIFIER_BYTES));
        }
    }

    /// A closed interval of degrees.
    pub(crate) fn temperature(&mut self, place: &Place<'_>, found: spec::Temperature) -> Temperatures {
        let [lo, hi] = found;
        let shown = || format!("[{lo}, {hi}]");
        match (i8::try_from(lo), i8::try_from(hi)) {
            (Ok(lo), Ok(hi)) => Temperatures::new(lo, hi).unwrap_or_else(|| {
                self.note(place, "empty", &shown(), "the colder degree first: `[lo, hi]` with lo ≤ hi");
                Temperatures::ANY
            }),
            _ => {
                self.note(place, "out_of_range", &shown(), "whole degrees Celsius from -128 to 127");
                Temperatures::ANY
            }
        }
    }

    /// A moment in RFC 3339.
    pub(crate) fn instant(&mut self, place: &Place<'_>, found: &str) -> Instant {
        self.moment(place, spec::Moment::Text(found))
    }

    /// A moment as text or in seconds.
    pub(crate) fn moment(&mut self, place: &Place<'_>, found: spec::Moment<'_>) -> Instant {
        found.instant().unwrap_or_else(|right| {
            let (code, shown) = match found {
                spec::Moment::Text(text) => ("malformed", format!("{text:?}")),
                spec::Moment::At(moment) => ("out_of_range", format!("{} seconds from 1970", moment.0)),
            };
            self.note(place, code, &shown, right);
            Instant(0)
        })
    }

    /// The index of a key that must be known.
    #[inline]
    pub(crate) fn find<I: Index>(
        &mut self,
        place: &Place<'_>,
        names: &Names<I>,
        key: &str,
        kind: &'static str,
    ) -> Option<I> {
        let known = names.find(key);
        if known.is_none() {
            self.unknown(place, names, key, kind);
        }
        known
    }

    #[cold]
    fn unknown<I: Index>(&mut self, place: &Place<'_>, names: &Names<I>, key: &str, kind: &'static str) {
        self.hints += 1;
        let near = if self.hints <= HINTS { names.similar(key) } else { None };
        let right = match near {
            Some(near) => format!("the id of a {kind}; did you mean {near:?}?"),
            None if names.is_empty() => format!("the id of a {kind}; there are none"),
            None => format!("the id of a {kind}"),
        };
        self.note(place, "unknown", &format!("{key:?}"), right);
    }
}
