//! Opening hours against the plain model.

use super::naive::{after_working, hours_and_moment, joined};
use super::worlds::world;
use crate::transit::{Hours, Transit};
use crate::units::{Instant, Seconds};
use crate::world::CalendarIx;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn open_moments_are_those_of_the_plain_model((calendar, t) in hours_and_moment()) {
        let days = 45;
        let spans = joined(&calendar, t, days);
        let hours = Hours::of(&calendar);
        let world = world(1, vec![calendar.clone()], Vec::new());
        let transit = Transit::new(&world);
        let within = spans.iter().find(|span| span.0 <= t && t < span.1);
        prop_assert_eq!(hours.is_open(Instant(t)), within.is_some());
        let next = spans.iter().find(|span| span.1 > t).map(|span| Instant(span.0.max(t)));
        let seen = hours.next_open(Instant(t));
        match next {
            Some(_) => prop_assert_eq!(seen, next),
            None => prop_assert!(seen.is_none_or(|seen| seen.0 > t + (days - 1) * 86_400)),
        }
        // What ends beyond the model's window may go on there.
        let end = within.map(|span| Instant(span.1)).filter(|end| end.0 < t + (days - 2) * 86_400);
        if end.is_some() || within.is_none() {
            prop_assert_eq!(hours.open_end(Instant(t)), end);
        }
        let laid_out = transit.hours(CalendarIx(0));
        prop_assert_eq!(laid_out.next_open(Instant(t)), seen);
        prop_assert_eq!(laid_out.open_end(Instant(t)), hours.open_end(Instant(t)));
        prop_assert_eq!(transit.hand_over_at(crate::world::NodeIx(0), Instant(t)), seen);
    }

    #[test]
    fn leads_count_the_open_seconds_of_the_plain_model(
        (calendar, t) in hours_and_moment(),
        lead in prop_oneof![0..7_200i64, 0..400_000i64, 0..8_000_000i64],
        more in 0..100_000i64,
    ) {
        let hours = Hours::of(&calendar);
        let done = hours.after_working(Instant(t), Seconds(lead));
        if lead == 0 {
            prop_assert_eq!(done, Some(Instant(t)));
            return Ok(());
        }
        let days = 200;
        match after_working(&joined(&calendar, t, days), t, lead) {
            Some(expected) if expected < t + (days - 2) * 86_400 => {
                prop_assert_eq!(done, Some(Instant(expected)));
            }
            _ => prop_assert!(done.is_none_or(|done| done.0 >= t + (days - 2) * 86_400)),
        }
        // Longer leads and later starts never end earlier.
        if let Some(longer) = hours.after_working(Instant(t), Seconds(lead + more)) {
            prop_assert!(done.is_some_and(|done| done <= longer));
        }
        if let (Some(done), Some(later)) = (done, hours.after_working(Instant(t + more), Seconds(lead))) {
            prop_assert!(done <= later);
        }
    }

    #[test]
    fn walking_minute_by_minute_sees_the_same_hours((calendar, t) in hours_and_moment()) {
        let spans = joined(&calendar, t, 5);
        let hours = Hours::of(&calendar);
        let mut opened = 0;
        for minute in (t - t.rem_euclid(60)..t + 3 * 86_400).step_by(60) {
            let open = spans.iter().any(|span| span.0 <= minute && minute < span.1);
            prop_assert_eq!(hours.is_open(Instant(minute)), open);
            if minute >= t && open {
                opened += 60;
                let from = Instant(t + (60 - t.rem_euclid(60)) % 60);
                prop_assert_eq!(hours.after_working(from, Seconds(opened)), Some(Instant(minute + 60)));
            }
        }
    }

    #[test]
    fn no_moment_however_far_panics(
        (calendar, _) in hours_and_moment(),
        t in prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -(1 << 40)..(1i64 << 40)],
        lead in any::<i64>(),
    ) {
        let hours = Hours::of(&calendar);
        let _ = (hours.is_open(Instant(t)), hours.open_end(Instant(t)), hours.after_working(Instant(t), Seconds(lead)));
    }
}
