//! Moments and dates as text: RFC 3339 with an offset, so that no moment depends on where it is read.

use crate::units::{Instant, limits};

const DAY: i64 = 86_400;

/// A moment as it was said: as text, or by a system that counts seconds itself.
#[derive(Clone, Copy, Debug)]
pub enum Moment<'a> {
    /// RFC 3339.
    Text(&'a str),
    /// UTC seconds.
    At(Instant),
}

impl Moment<'_> {
    /// The moment, within [`limits::YEARS`].
    ///
    /// # Errors
    /// What would be right.
    pub fn instant(self) -> Result<Instant, &'static str> {
        match self {
            Moment::Text(text) => instant(text),
            Moment::At(moment) => in_years(moment),
        }
    }
}

fn in_years(moment: Instant) -> Result<Instant, &'static str> {
    let first = i64::from(days_of(i64::from(*limits::YEARS.start()), 1, 1)) * DAY;
    let end = i64::from(days_of(i64::from(*limits::YEARS.end()) + 1, 1, 1)) * DAY;
    if (first..end).contains(&moment.0) { Ok(moment) } else { Err("a year from 1970 to 2199") }
}

/// The moment an RFC 3339 text names, as `2026-03-02T10:15:00+03:00`; fractions of a second are cut off.
///
/// # Errors
/// What would be right.
pub fn instant(text: &str) -> Result<Instant, &'static str> {
    const RIGHT: &str = "RFC 3339 with seconds and an offset, as 2026-03-02T10:15:00+03:00";
    let bytes = text.as_bytes();
    let (Some(date), Some(clock)) = (bytes.get(..10), bytes.get(10..19)) else { return Err(RIGHT) };
    let days = days(date).ok_or(RIGHT)?;
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] = *clock else { return Err(RIGHT) };
    let seconds = clock_seconds([h1, h2], [m1, m2], [s1, s2], 23).ok_or(RIGHT)?;
    let mut rest = &bytes[19..];
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(RIGHT);
        }
        rest = &fraction[digits..];
    }
    let ahead = match *rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let offset = clock_seconds([h1, h2], [m1, m2], [b'0', b'0'], 23).ok_or(RIGHT)?;
            if sign == b'-' { -offset } else { offset }
        }
        [] => return Err("an offset at the end, as +03:00 or Z: local time alone names no moment"),
        _ => return Err(RIGHT),
    };
    in_years(Instant(i64::from(days) * DAY + seconds - ahead))
}

/// Days from 1970-01-01 to an ISO date, as `2026-01-31`, within [`limits::YEARS`].
pub fn date(text: &str) -> Option<i32> {
    days(text.as_bytes()).filter(|_| {
        let year = text.as_bytes()[..4].iter().fold(0, |year, digit| year * 10 + i16::from(digit - b'0'));
        limits::YEARS.contains(&year)
    })
}

/// Seconds from midnight to a wall time, as `09:30`; `24:00` is the end of the day.
pub fn wall_time(text: &str) -> Option<u32> {
    let [h1, h2, b':', m1, m2] = *text.as_bytes() else { return None };
    let seconds = clock_seconds([h1, h2], [m1, m2], [b'0', b'0'], 24)?;
    u32::try_from(seconds).ok().filter(|&seconds| i64::from(seconds) <= DAY)
}

/// A moment as RFC 3339 UTC, as `2026-03-02T07:15:00Z`. Moments outside the calendar's years print as the nearest one.
pub fn instant_text(instant: Instant) -> String {
    let first = i64::from(days_of(0, 1, 1)) * DAY;
    let last = i64::from(days_of(10_000, 1, 1)) * DAY - 1;
    let moment = instant.0.clamp(first, last);
    let (days, seconds) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// A date as ISO text, as `2026-01-31`, of days from 1970-01-01.
pub fn date_text(days: i32) -> String {
    let (year, month, day) = civil(i64::from(days));
    format!("{year:04}-{month:02}-{day:02}")
}

fn two(digits: [u8; 2]) -> Option<i64> {
    let [tens, ones] = digits;
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn clock_seconds(hour: [u8; 2], minute: [u8; 2], second: [u8; 2], last_hour: i64) -> Option<i64> {
    let (hour, minute, second) = (two(hour)?, two(minute)?, two(second)?);
    (hour <= last_hour && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

fn days(text: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let (year, month, day) = (two([y1, y2])? * 100 + two([y3, y4])?, two([m1, m2])?, two([d1, d2])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    (1..=longest).contains(&day).then(|| days_of(year, month, day))
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days_of(year: i64, month: i64, day: i64) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) as i32
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_taken_off() {
        let moscow = instant("2026-03-02T10:15:00+03:00").unwrap();
        assert_eq!(moscow, instant("2026-03-02T07:15:00Z").unwrap());
        assert_eq!(instant_text(moscow), "2026-03-02T07:15:00Z");
        assert_eq!(instant("2026-03-02T10:15:00.999+03:00").unwrap(), moscow);
    }

    #[test]
    fn local_time_names_no_moment() {
        assert!(instant("2026-03-02T10:15:00").unwrap_err().contains("offset"));
        for wrong in [
            "",
            "2026",
            "2026-02-30T00:00:00Z",
            "2026-03-02T24:00:00Z",
            "2026-03-02T10:15Z",
            "ё",
            "9999-01-01T00:00:00Z",
        ] {
            assert!(instant(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_day_of_the_calendar_comes_back() {
        for day in days_of(1970, 1, 1)..days_of(2200, 1, 1) {
            let (y, m, d) = civil(i64::from(day));
            assert_eq!(days_of(y, m, d), day);
            assert_eq!(date_text(day), format!("{y:04}-{m:02}-{d:02}"));
            assert_eq!(date(&date_text(day)), Some(day));
        }
        assert_eq!(date("2200-01-01"), None);
    }

    #[test]
    fn a_day_ends_at_24_00() {
        assert_eq!(wall_time("24:00"), Some(86_400));
        assert_eq!(wall_time("24:01"), None);
        assert_eq!(wall_time("9:00"), None);
        assert_eq!(wall_time("09:30"), Some(34_200));
    }
}
