//! Lines as flat arrays: which stops, which departures on which day, and the one lookup all searches share.

use super::{ServiceIx, TripIx};

pub(super) const DAY: i32 = 86_400;

/// Later than every moment; two of them still fit.
pub(super) const NEVER: i32 = i32::MAX / 2;

/// No stop, no variant.
pub(super) const NONE: u32 = u32::MAX;

/// Trips with the same calls, none of which overtakes another, not even one of the next day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) service: ServiceIx,
    pub(super) cut_off: i32,
    /// Its first row in `stops` and `alights`.
    pub(super) first: u32,
    /// Number of its calls.
    pub(super) calls: u32,
    /// Where its days begin in `runs`; lines that run on the same days share them.
    pub(super) days: u32,
    /// Its first row in `variants`.
    pub(super) variants: u32,
}

/// The trips of a line that run on one kind of day, in the order in which they depart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variant {
    pub(super) trips: u32,
    /// Where its columns begin in `boards`: call by call, trip by trip.
    pub(super) boards: u32,
    /// Where its rows begin in `arrives` and its names in `names`: trip by trip, call by call.
    pub(super) arrives: u32,
    pub(super) names: u32,
}

/// The first day, from some day on, on which a line runs, and as which of its variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Run {
    pub(super) day: u16,
    pub(super) variant: u16,
}

impl Run {
    pub(super) const NEVER: Run = Run { day: u16::MAX, variant: u16::MAX };
}

/// A line at a stop where it can be boarded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopping {
    pub(super) line: u32,
    pub(super) position: u32,
    /// The second of the day by which its first trip is boarded here.
    pub(super) first: i32,
    /// Where a line of two calls goes; [`NONE`] of others.
    pub(super) next: u32,
    /// How long that takes at least from when one is ready.
    pub(super) ride: i32,
}

/// One dated trip at the call where it is boarded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Boarding {
    /// Midnight of its day.
    pub(super) day: i32,
    /// Its variant, and its row there.
    pub(super) variant: u32,
    pub(super) row: u32,
    /// The last moment at which it is boarded here.
    pub(super) until: i32,
}

#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) days: u32,
    pub(super) lines: Vec<Line>,
    /// Stops of each line, call by call.
    pub(super) stops: Vec<u32>,
    /// The same, [`NONE`] where nobody gets off.
    pub(super) alights: Vec<u32>,
    pub(super) runs: Vec<Run>,
    pub(super) variants: Vec<Variant>,
    pub(super) boards: Vec<i32>,
    pub(super) arrives: Vec<i32>,
    pub(super) names: Vec<TripIx>,
    pub(super) stoppings: Vec<Stopping>,
    pub(super) stoppings_start: Vec<u32>,
}

impl Lines {
    /// Lines that can be boarded at a stop.
    #[inline]
    pub(super) fn at(&self, stop: u32) -> &[Stopping] {
        let starts = &self.stoppings_start[stop as usize..];
        &self.stoppings[starts[0] as usize..starts[1] as usize]
    }

    /// The earliest trip of a line that one who is ready here still boards. O(log trips of a day).
    ///
    /// Because all trips of a line pass a call within less than a day of each other, those of one day pass it before
    /// those of the next, and one day is searched.
    #[inline]
    pub(super) fn board(&self, at: &Stopping, ready: i32) -> Option<Boarding> {
        let line = &self.lines[at.line as usize];
        let today = (ready - at.first).max(0) as u32 / DAY as u32;
        if today >= self.days {
            return None;
        }
        let runs = &self.runs[line.days as usize..line.days as usize + self.days as usize];
        let run = runs[today as usize];
        if run == Run::NEVER {
            return None;
        }
        let found = self.first_from(line, at.position, run, ready);
        if found.is_some() {
            return found;
        }
        // The last one has gone: the first of the next day on which it runs.
        let run = *runs.get(today as usize + 1)?;
        if run == Run::NEVER {
            return None;
        }
        self.first_from(line, at.position, run, ready)
    }

    #[inline]
    fn first_from(&self, line: &Line, position: u32, run: Run, ready: i32) -> Option<Boarding> {
        let row = line.variants + u32::from(run.variant);
        let variant = &self.variants[row as usize];
        let day = i32::from(run.day) * DAY;
        let start = (variant.boards + position * variant.trips) as usize;
        let column = &self.boards[start..start + variant.trips as usize];
        let at = column.partition_point(|&until| until < ready - day);
        let until = *column.get(at)?;
        Some(Boarding { day, variant: row, row: at as u32, until: day + until })
    }

    /// Arrivals of a boarded trip at all its calls, in seconds of its day.
    #[inline]
    pub(super) fn arrivals(&self, line: &Line, boarding: &Boarding) -> &[i32] {
        let variant = &self.variants[boarding.variant as usize];
        let start = (variant.arrives + boarding.row * line.calls) as usize;
        &self.arrives[start..start + line.calls as usize]
    }
}
