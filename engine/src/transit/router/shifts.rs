//! Open hours of one calendar as seconds: open when, and so much work done when.

use super::lines::NEVER;

/// Open spans, rising and apart, each with the open seconds before it.
#[derive(Clone, Debug)]
pub(super) struct Shifts {
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: i32,
    end: i32,
    /// Open seconds of all spans before.
    before: i64,
}

impl Shifts {
    /// Lays out spans in any order; those that touch or cross are one.
    pub(super) fn new(mut all: Vec<(i32, i32)>) -> Shifts {
        all.sort_unstable();
        let mut spans: Vec<Span> = Vec::with_capacity(all.len());
        for (start, end) in all {
            match spans.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                _ => spans.push(Span { start, end, before: 0 }),
            }
        }
        let mut before = 0;
        for span in &mut spans {
            span.before = before;
            before += i64::from(span.end) - i64::from(span.start);
        }
        Shifts { spans }
    }

    /// The first open moment from `at` on. O(log).
    pub(super) fn open_from(&self, at: i32) -> i32 {
        let next = self.spans.partition_point(|span| span.end <= at);
        self.spans.get(next).map_or(NEVER, |span| span.start.max(at))
    }

    /// When so much work begun at `at` is done; no work is done at once, open or not. O(log).
    pub(super) fn worked(&self, at: i32, seconds: i32) -> i32 {
        if seconds <= 0 {
            return at;
        }
        let next = self.spans.partition_point(|span| span.end <= at);
        let Some(span) = self.spans.get(next) else { return NEVER };
        let done = span.before + i64::from((at - span.start).max(0)) + i64::from(seconds);
        // Mostly within the span or the one after.
        let last = next + self.spans[next..].iter().take_while(|span| span.before < done).count() - 1;
        let span = self.spans[last];
        let until = i64::from(span.start) + done - span.before;
        if until > i64::from(span.end) { NEVER } else { until as i32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_on_over_nights() {
        let shifts = Shifts::new(vec![(200, 300), (0, 50), (50, 100)]);
        assert_eq!(shifts.worked(150, 0), 150, "nothing to do takes no time, even at night");
        assert_eq!(shifts.worked(90, 10), 100);
        assert_eq!(shifts.worked(90, 11), 201);
        assert_eq!(shifts.worked(150, 100), 300);
        assert_eq!(shifts.worked(150, 101), NEVER);
        assert_eq!((shifts.open_from(20), shifts.open_from(100), shifts.open_from(300)), (20, 200, NEVER));
    }
}
