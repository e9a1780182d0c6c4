//! What is asked: the arrays of one problem, what they may hold, and what is wrong when they do not.

/// Cost of an arc that may not be used. Every cost at or above it means the same.
pub const FORBIDDEN: i64 = i64::MAX / 4;

/// Largest fixed charge, and largest cost of an arc that may be used (about 7 × 10¹³).
pub const LARGEST_COST: i64 = (1 << 46) - 1;

/// Largest sum of all fixed charges and of every line's dearest usable arc (about 1.4 × 10¹⁷).
pub const LARGEST_TOTAL: i64 = 1 << 57;

/// Largest number of ways.
pub const MOST_WAYS: usize = 1 << 16;

/// Largest number of arcs, usable or not (ways times lines).
pub const MOST_ARCS: usize = 1 << 30;

/// One uncapacitated facility location problem, as flat arrays.
///
/// Choose ways to open and for every line one open way, so that the fixed charges of the open ways plus the
/// costs of the chosen arcs are least. Costs are in any one unit (for instance minor units of a currency).
#[derive(Clone, Copy, Debug)]
pub struct Facilities<'a> {
    /// Number of ways (facilities).
    pub ways: usize,
    /// Number of lines (customers).
    pub lines: usize,
    /// Charge for opening each way: `ways` entries from 0 to [`LARGEST_COST`].
    pub fixed: &'a [i64],
    /// Cost of each arc, line by line: `cost[line * ways + way]`, from 0 to [`LARGEST_COST`], or
    /// [`FORBIDDEN`].
    pub cost: &'a [i64],
}

/// Why a problem cannot be taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FacilityError {
    /// An array is not as long as the numbers of ways and lines say.
    #[error("{what}: {got} entries where {expected} are needed")]
    Length {
        /// Which array.
        what: &'static str,
        /// Entries it has.
        got: usize,
        /// Entries it needs.
        expected: usize,
    },
    /// More ways or arcs than [`MOST_WAYS`] and [`MOST_ARCS`].
    #[error("{ways} ways by {lines} lines is more than this search can hold")]
    TooLarge {
        /// Number of ways.
        ways: usize,
        /// Number of lines.
        lines: usize,
    },
    /// A fixed charge is negative or above [`LARGEST_COST`].
    #[error("the fixed charge of way {way} is out of range")]
    FixedRange {
        /// The way.
        way: usize,
    },
    /// The cost of an arc is negative, or above [`LARGEST_COST`] and below [`FORBIDDEN`].
    #[error("the cost of line {line} by way {way} is out of range")]
    CostRange {
        /// The line.
        line: usize,
        /// The way.
        way: usize,
    },
    /// The costs of one answer could add up to more than [`LARGEST_TOTAL`].
    #[error("the costs add up to more than this search can hold")]
    TotalRange,
    /// A line that no way can serve.
    #[error("line {line} has no way that can serve it")]
    Unservable {
        /// The line.
        line: usize,
    },
    /// The start given with the limits is not an answer to this problem.
    #[error("the start does not serve line {line}")]
    BadStart {
        /// The first line that it does not serve.
        line: usize,
    },
}

/// What one look over a problem tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// Upper limit of every sum of an answer.
    pub total: i64,
}

impl Facilities<'_> {
    /// The costs of one line.
    #[inline]
    pub(super) fn row(&self, line: usize) -> &[i64] {
        &self.cost[line * self.ways..(line + 1) * self.ways]
    }

    /// Looks at every number once, so that nothing later has to doubt them.
    pub(super) fn check(&self) -> Result<Measure, FacilityError> {
        let (ways, lines) = (self.ways, self.lines);
        let cells = ways.checked_mul(lines).filter(|&cells| ways <= MOST_WAYS && cells <= MOST_ARCS);
        let Some(cells) = cells else { return Err(FacilityError::TooLarge { ways, lines }) };
        if self.fixed.len() != ways {
            return Err(FacilityError::Length { what: "fixed", got: self.fixed.len(), expected: ways });
        }
        if self.cost.len() != cells || lines > MOST_ARCS {
            return Err(FacilityError::Length { what: "cost", got: self.cost.len(), expected: cells });
        }
        let mut total = 0_i64;
        for (way, &fixed) in self.fixed.iter().enumerate() {
            if !(0..=LARGEST_COST).contains(&fixed) {
                return Err(FacilityError::FixedRange { way });
            }
            total += fixed;
        }
        for line in 0..lines {
            let row = self.row(line);
            // One pass without a branch: the exact place of a fault is looked for only when there is one.
            let (mut dearest, mut fault) = (-1_i64, false);
            for &cost in row {
                let usable = cost < FORBIDDEN;
                dearest = dearest.max(if usable { cost } else { -1 });
                fault |= cost < 0;
            }
            if fault || dearest > LARGEST_COST {
                let way = row.iter().position(|&c| c < 0 || (LARGEST_COST < c && c < FORBIDDEN));
                return Err(FacilityError::CostRange { line, way: way.unwrap_or(0) });
            }
            if dearest < 0 {
                return Err(FacilityError::Unservable { line });
            }
            total = total.saturating_add(dearest);
        }
        if total > LARGEST_TOTAL {
            return Err(FacilityError::TotalRange);
        }
        Ok(Measure { total })
    }

    /// Cost of an assignment: its arcs, and the fixed charge of every way used at least once.
    ///
    /// `None` when a line is given no way, a way that does not exist or a forbidden arc.
    #[must_use]
    pub fn cost_of(&self, way_of: &[u32]) -> Option<i64> {
        if way_of.len() != self.lines {
            return None;
        }
        let mut used = vec![false; self.ways];
        let mut cost = 0_i64;
        for (line, &way) in way_of.iter().enumerate() {
            let way = way as usize;
            let arc = *self.row(line).get(way)?;
            if arc >= FORBIDDEN {
                return None;
            }
            cost = cost.checked_add(arc)?;
            if !used[way] {
                used[way] = true;
                cost = cost.checked_add(self.fixed[way])?;
            }
        }
        Some(cost)
    }
}
