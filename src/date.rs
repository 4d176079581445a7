//! Dates of meta, as feeds and archives write them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::rfc2822,
    tz::TimeZone,
};
use serde_json::Value;

/// Seconds since 1970 of a JSON value: a date or time of ISO 8601 (without a zone it is in UTC), a date of RFC 2822 (as RSS has
/// them), or a number of seconds or milliseconds since 1970.
pub(crate) fn seconds(json: &str) -> Option<i64> {
    match serde_json::from_str(json).ok()? {
        Value::String(text) => of_text(text.trim()),
        Value::Number(number) => of_number(number.as_f64()?),
        _ => None,
    }
}

/// The day, in UTC, of what [`seconds`] reads.
pub(crate) fn day(json: &str) -> Option<Date> {
    day_at(seconds(json)?)
}

fn day_at(seconds: i64) -> Option<Date> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned(TimeZone::UTC).date())
}

/// The day of what [`seconds`] reads as a number: 20180419.
pub(crate) fn day_number(json: &str) -> Option<u32> {
    day(json).and_then(number)
}

/// The same of a text that stands alone, without quotation marks.
pub(crate) fn day_number_of(text: &str) -> Option<u32> {
    day_at(of_text(text.trim())?).and_then(number)
}

/// The first and the last day of a date without a time, `2018-04-19`, `2018-04` or `2018`, as numbers.
pub(crate) fn days(text: &str) -> Option<(u32, u32)> {
    let digits = |part: &str, n: usize| {
        (part.len() == n && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i8>().ok())?
    };
    let (year, rest) = text.split_at_checked(4)?;
    let year = year
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| year.parse::<i16>().ok())??;
    let (first, last) = match rest.split('-').collect::<Vec<_>>()[..] {
        [""] => (Date::new(year, 1, 1), Date::new(year, 12, 31)),
        ["", month] => {
            let first = Date::new(year, digits(month, 2)?, 1);
            (first.clone(), first.map(Date::last_of_month))
        }
        ["", month, day] => {
            let day = Date::new(year, digits(month, 2)?, digits(day, 2)?);
            (day.clone(), day)
        }
        _ => return None,
    };
    Some((number(first.ok()?)?, number(last.ok()?)?))
}

fn number(day: Date) -> Option<u32> {
    let year = u32::try_from(day.year()).ok()?;
    Some(year * 10_000 + day.month() as u32 * 100 + day.day() as u32)
}

/// The day of a time in UTC, `2026-05-01`; none of what lies outside the years that have four digits.
pub(crate) fn day_of(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?;
    let day = time.to_zoned(TimeZone::UTC).date();
    (0..=9999).contains(&day.year()).then(|| day.to_string())
}

fn of_text(text: &str) -> Option<i64> {
    let with_zone = || text.parse::<Timestamp>().ok();
    let without = || {
        let time = text.parse::<DateTime>().ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let of_mail = || Some(rfc2822::parse(text).ok()?.timestamp());
    let time = with_zone().or_else(without).or_else(of_mail);
    match time {
        Some(time) => Some(time.as_second()),
        None => of_number(text.parse().ok()?),
    }
}

fn of_number(number: f64) -> Option<i64> {
    match number {
        // 20260501 is a day.
        19_000_101.0..=20_991_231.0 if number.fract() == 0.0 => {
            let day = format!("{number}T00:00:00");
            let time = day.parse::<DateTime>().ok()?;
            Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
        }
        // From 1973 on, so that a year or a number of a page is no time.
        1e8..1e11 => Some(number as i64),
        1e11..1e14 => Some((number / 1000.0) as i64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{day_of, seconds};

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        let first_of_may = 1_777_593_600;
        assert_eq!(day_of(first_of_may + 86_399).as_deref(), Some("2026-05-01"));
        assert_eq!(day_of(i64::MAX), None);
        for json in [
            "\"2026-05-01\"",
            "\"2026-05-01T00:00:00Z\"",
            "\"2026-05-01 00:00:00\"",
            "\"2026-05-01T02:00:00.000+02:00\"",
            "\" 20260501 \"",
            "20260501",
            "\"Fri, 01 May 2026 00:00:00 GMT\"",
            "\"Fri, 1 May 2026 02:00:00 +0200\"",
            "1777593600",
            "1777593600.25",
            "1777593600000",
            "\"1777593600\"",
        ] {
            assert_eq!(seconds(json), Some(first_of_may), "{json}");
            assert_eq!(super::day(json), "2026-05-01".parse().ok(), "{json}");
        }
        for json in [
            "\"\"",
            "null",
            "\"last week\"",
            "2026",
            "12",
            "\"2026-13-01\"",
            "[1777593600]",
            "-1e300",
            "20261301",
        ] {
            assert_eq!(seconds(json), None, "{json}");
        }
    }
}
