//! Moments and days as text.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// `2026-11-23T09:00:00.000Z`.
pub fn rfc3339(milliseconds: i64) -> String {
    let moment = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    format!("{moment:.3}")
}

/// `2026-11-23`, in UTC.
pub fn day(milliseconds: i64) -> String {
    rfc3339(milliseconds)[..10].to_owned()
}

/// Reads a moment in RFC 3339 form, with any zone; a time without zone counts as UTC, a day as its
/// first moment.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Reads a day, `YYYY-MM-DD`, as its first moment in UTC.
pub fn parse_day(text: &str) -> Option<i64> {
    let date = text.parse::<Date>().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}
