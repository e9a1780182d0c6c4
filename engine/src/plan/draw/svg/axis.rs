//! Time from left to right: where a moment stands, and which moments are marked.

use crate::plan::words::Wall;
use crate::units::Instant;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps between marks within a day.
const STEPS: [i64; 9] =
    [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR];
/// Pixels that a time of day and a day need.
const ROOM: (i64, i64) = (46, 84);

/// A stretch of time on a stretch of paper.
pub struct Axis {
    start: i64,
    /// At least an hour.
    span: i64,
    left: i64,
    width: i64,
}

/// A moment marked on the axis.
pub struct Mark {
    pub x: i64,
    pub at: Instant,
}

impl Axis {
    pub fn new(start: Instant, end: Instant, left: i64, width: i64) -> Axis {
        Axis { start: start.0, span: end.0.saturating_sub(start.0).max(HOUR), left, width }
    }

    /// Where a moment stands; moments beyond the ends stand at them.
    pub fn x(&self, at: Instant) -> i64 {
        let since = at.0.saturating_sub(self.start).clamp(0, self.span);
        self.left + (i128::from(since) * i128::from(self.width) / i128::from(self.span)) as i64
    }

    /// Whether a moment stands on the axis.
    pub fn has(&self, at: Instant) -> bool {
        (self.start..=self.start.saturating_add(self.span)).contains(&at.0)
    }

    fn pixels(&self, time: i64) -> i64 {
        (i128::from(time) * i128::from(self.width) / i128::from(self.span)) as i64
    }

    /// Times of day with room for their names; midnights are left to [`Axis::days`].
    pub fn times(&self, wall: &Wall) -> Vec<Mark> {
        let Some(&step) = STEPS.iter().find(|&&step| self.pixels(step) >= ROOM.0) else { return Vec::new() };
        self.marks(wall, step).filter(|(local, _)| local.rem_euclid(DAY) != 0).map(|(_, mark)| mark).collect()
    }

    /// Midnights with room for the names of their days.
    pub fn days(&self, wall: &Wall) -> Vec<Mark> {
        let mut step = DAY;
        while self.pixels(step) < ROOM.1 {
            step = step.saturating_mul(2);
        }
        self.marks(wall, step).map(|(_, mark)| mark).collect()
    }

    /// Local times that are multiples of a step, with where they stand. There are no more than fit on the paper.
    fn marks<'a>(&'a self, wall: &'a Wall, step: i64) -> impl Iterator<Item = (i64, Mark)> + 'a {
        let first = self.start.saturating_add(wall.ahead(Instant(self.start)).into()).div_euclid(step);
        (first..=first + self.span / step + 2).filter_map(move |count| {
            let local = count.saturating_mul(step);
            // Twice, because near a change of clocks the first guess may be read off the wrong offset.
            let guess = local.saturating_sub(wall.ahead(Instant(local)).into());
            let at = Instant(local.saturating_sub(wall.ahead(Instant(guess)).into()));
            self.has(at).then(|| (local, Mark { x: self.x(at), at }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(marks: &[Mark], wall: &Wall) -> Vec<String> {
        marks.iter().map(|mark| wall.day_time(mark.at)).collect()
    }

    #[test]
    fn marks_are_round_and_have_room() {
        let wall = Wall::of(None);
        // From Thursday, half past seven, for a day.
        let axis = Axis::new(Instant(7 * HOUR + 30 * MINUTE), Instant(31 * HOUR + 30 * MINUTE), 100, 480);
        let times = axis.times(&wall);
        assert_eq!(texts(&times, &wall).first().unwrap(), "Thu 1 Jan 09:00");
        assert!(times.windows(2).all(|pair| pair[1].x - pair[0].x >= ROOM.0));
        assert_eq!(texts(&axis.days(&wall), &wall), ["Fri 2 Jan 00:00"]);
        assert_eq!((axis.x(Instant(0)), axis.x(Instant(i64::MAX))), (100, 580));
        assert_eq!(axis.x(Instant(19 * HOUR + 30 * MINUTE)), 340);
    }

    #[test]
    fn a_year_and_all_time_have_marks_too() {
        let wall = Wall::of(None);
        for end in [365 * DAY, i64::MAX] {
            let axis = Axis::new(Instant(0), Instant(end), 0, 480);
            assert!(axis.times(&wall).is_empty());
            let days = axis.days(&wall);
            assert!((1..8).contains(&days.len()), "{}", days.len());
        }
    }
}
