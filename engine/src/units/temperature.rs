//! Temperature is an interval everywhere: what goods tolerate and what places keep.

use std::fmt;

/// A closed interval of whole degrees Celsius, `lo <= hi`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Temperatures {
    lo: i8,
    hi: i8,
}

impl Temperatures {
    /// Every temperature there is a number for: the tolerance of a stone.
    pub const ANY: Temperatures = Temperatures { lo: i8::MIN, hi: i8::MAX };

    /// The interval `lo..=hi`, or nothing when it is empty.
    pub fn new(lo: i8, hi: i8) -> Option<Temperatures> {
        (lo <= hi).then_some(Temperatures { lo, hi })
    }

    /// The coldest degree.
    pub fn lo(self) -> i8 {
        self.lo
    }

    /// The warmest degree.
    pub fn hi(self) -> i8 {
        self.hi
    }

    /// Whether goods that tolerate `self` may stand where `kept` is kept: `kept` lies inside `self`.
    pub fn tolerates(self, kept: Temperatures) -> bool {
        self.lo <= kept.lo && kept.hi <= self.hi
    }

    /// What both tolerate, or nothing when there is no such degree.
    pub fn intersect(self, other: Temperatures) -> Option<Temperatures> {
        Temperatures::new(self.lo.max(other.lo), self.hi.min(other.hi))
    }
}

impl fmt::Display for Temperatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{} °C", self.lo, self.hi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pen_rides_with_sour_cream_and_ice_cream_does_not() {
        let pen = Temperatures::new(-30, 40).unwrap();
        let sour_cream = Temperatures::new(2, 6).unwrap();
        let ice_cream = Temperatures::new(-30, -18).unwrap();
        let chilled_van = Temperatures::new(2, 6).unwrap();
        assert!(pen.intersect(sour_cream).unwrap().tolerates(chilled_van));
        assert_eq!(ice_cream.intersect(sour_cream), None);
        assert!(pen.intersect(ice_cream).is_some());
    }

    #[test]
    fn an_empty_interval_cannot_be_made() {
        assert_eq!(Temperatures::new(6, 2), None);
        assert!(Temperatures::new(6, 6).is_some());
    }
}
