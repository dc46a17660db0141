//! Days and moments that are written as texts, counted from 1970.

/// Days from 1970 to a day, `YYYY-MM-DD`, alone or before a time.
pub(super) fn day(text: &str) -> Option<i32> {
    let text = text.as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let is_day = matches!(rest.first(), None | Some(b'T' | b't' | b' '));
    days(date).filter(|_| is_day)
}

/// Microseconds from 1970 to a moment of RFC 3339. One that does not tell its zone is none.
pub(super) fn moment(text: &str) -> Option<i64> {
    let text = text.as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let days = i64::from(days(date)?);
    let [b'T' | b't' | b' ', time @ ..] = rest else { return None };
    let (clock, mut rest) = time.split_at_checked(5)?;
    let clock_of = |clock: &[u8]| match clock {
        [a, b, b':', c, d] => {
            let (hour, minute) = (digits(&[*a, *b])?, digits(&[*c, *d])?);
            (hour < 24 && minute < 60).then_some(i64::from(hour * 60 + minute))
        }
        _ => None,
    };
    let minutes = clock_of(clock)?;
    let (mut seconds, mut micros) = (0, 0);
    if let [b':', a, b, after @ ..] = rest {
        seconds = i64::from(digits(&[*a, *b]).filter(|second| *second < 61)?);
        rest = after;
        if let [b'.' | b',', after @ ..] = rest {
            let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let kept = digits(&after[..count.min(6)]).filter(|_| count > 0)?;
            micros = i64::from(kept) * 10_i64.pow(6 - count.min(6) as u32);
            rest = &after[count..];
        }
    }
    let zone = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), zone @ ..] => {
            let minutes = match zone {
                [a, b] => clock_of(&[*a, *b, b':', b'0', b'0'])?,
                [a, b, c, d] => clock_of(&[*a, *b, b':', *c, *d])?,
                zone => clock_of(zone)?,
            };
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    Some(((days * 1_440 + minutes - zone) * 60 + seconds) * 1_000_000 + micros)
}

/// Days from 1970 to a date.
fn days(date: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let year = digits(&[*y1, *y2, *y3, *y4])? as i32;
    let (month, day) = (digits(&[*m1, *m2])? as i32, digits(&[*d1, *d2])? as i32);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted() {
        for (text, wanted) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-03-01", Some(11_017)),
            ("2024-02-29", Some(19_782)),
            ("2026-01-01T05:00:00Z", Some(20_454)),
            ("0000-01-01", Some(-719_528)),
            ("9999-12-31 ", Some(2_932_896)),
            ("2023-02-29", None),
            ("1900-02-29", None),
            ("2026-13-01", None),
            ("2026-00-01", None),
            ("2026-04-31", None),
            ("2026-1-01", None),
            ("2026-01-01x", None),
            ("31-12-1990", None),
            ("é026-01-01", None),
            ("", None),
        ] {
            assert_eq!(day(text), wanted, "{text}");
        }
    }

    #[test]
    fn moments_are_counted() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1969-12-31T23:59:59.5Z", Some(-500_000)),
            ("2026-03-04T05:06:07.891+01:00", Some(1_772_597_167_891_000)),
            ("2026-03-04 05:06:07,123456789-0330", Some(1_772_613_367_123_456)),
            ("2026-03-04t05:06z", Some(1_772_600_760_000_000)),
            ("1970-01-01T01:00:00+01", Some(0)),
            ("2016-12-31T23:59:60Z", Some(1_483_228_800_000_000)),
            ("1970-01-01T00:00:00", None),
            ("1970-01-01", None),
            ("1970-01-01T24:00:00Z", None),
            ("1970-01-01T00:60:00Z", None),
            ("1970-01-01T00:00:61Z", None),
            ("1970-01-01T00:00:00.Z", None),
            ("1970-01-01T00:00:00+1", None),
            ("1970-01-01T00:00:00+é0", None),
            ("1970-01-01T00:00:00Z ", None),
        ] {
            assert_eq!(moment(text), wanted, "{text}");
        }
    }
}
