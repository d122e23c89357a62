//! Go's layouts: a date is written as the reference time, Monday 2 January 2006, 15:04:05, would be.

use super::civil::Civil;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// What a piece of a layout stands for.
#[derive(Clone, Copy)]
enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongDay,
    Day,
    NumDay,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperHalf,
    LowerHalf,
    Zone,
    /// Hours, minutes and seconds shown, a colon between, `Z` for zero.
    Offset {
        digits: u8,
        colon: bool,
        z: bool,
    },
}

const fn offset(digits: u8, colon: bool, z: bool) -> Part {
    Part::Offset { digits, colon, z }
}

/// The pieces, longer ones before those they begin with.
const PARTS: [(&str, Part); 34] = [
    ("January", Part::LongMonth),
    ("Jan", Part::Month),
    ("Monday", Part::LongDay),
    ("Mon", Part::Day),
    ("MST", Part::Zone),
    ("002", Part::ZeroYearDay),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("15", Part::Hour),
    ("1", Part::NumMonth),
    ("2006", Part::LongYear),
    ("2", Part::NumDay),
    ("__2", Part::UnderYearDay),
    // Go takes `_2006` for a line and a year.
    ("_2006", Part::LongYear),
    ("_2", Part::UnderDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperHalf),
    ("pm", Part::LowerHalf),
    ("-07:00:00", offset(6, true, false)),
    ("-070000", offset(6, false, false)),
    ("-07:00", offset(4, true, false)),
    ("-0700", offset(4, false, false)),
    ("-07", offset(2, false, false)),
    ("Z07:00:00", offset(6, true, true)),
    ("Z070000", offset(6, false, true)),
    ("Z07:00", offset(4, true, true)),
    ("Z0700", offset(4, false, true)),
    ("Z07", offset(2, false, true)),
];

/// A date and a time as a layout says.
pub(super) fn format(layout: &str, civil: &Civil, nanoseconds: u32, offset: i64) -> String {
    let mut text = String::new();
    let mut rest = layout;
    while let Some(first) = rest.chars().next() {
        if let Some((fraction, length)) = fraction(rest, nanoseconds) {
            text.push_str(&fraction);
            rest = &rest[length..];
            continue;
        }
        let found = PARTS.iter().find(|(piece, part)| rest.starts_with(piece) && stands(*part, rest, piece));
        match found {
            Some((piece, part)) => {
                if piece.starts_with("_2006") {
                    text.push('_');
                }
                text.push_str(&written(*part, civil, offset));
                rest = &rest[piece.len()..];
            }
            None => {
                text.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    text
}

/// `Jan` inside of a longer word with a small letter next, such as `Janet`, is a word.
fn stands(part: Part, rest: &str, piece: &str) -> bool {
    match part {
        Part::Month => !rest[piece.len()..].starts_with(|next: char| next.is_ascii_lowercase()),
        _ => true,
    }
}

/// `.000` or `,999` and their like: digits of a second, if no digit follows.
fn fraction(rest: &str, nanoseconds: u32) -> Option<(String, usize)> {
    let mut chars = rest.chars();
    let separator = chars.next().filter(|first| matches!(first, '.' | ','))?;
    let digit = chars.next().filter(|first| matches!(first, '0' | '9'))?;
    let count = rest[1..].chars().take_while(|next| *next == digit).count();
    if count > 9 || rest[1 + count..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{nanoseconds:09}");
    let kept = &digits[..count];
    let kept = if digit == '9' { kept.trim_end_matches('0') } else { kept };
    let text = if kept.is_empty() { String::new() } else { format!("{separator}{kept}") };
    Some((text, 1 + count))
}

fn written(part: Part, civil: &Civil, offset: i64) -> String {
    let name = |names: &[&'static str], index: i64| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
    };
    let hour = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    match part {
        Part::LongMonth => name(&MONTHS, civil.month - 1).to_owned(),
        Part::Month => name(&MONTHS, civil.month - 1)[..3].to_owned(),
        Part::NumMonth => civil.month.to_string(),
        Part::ZeroMonth => format!("{:02}", civil.month),
        Part::LongDay => name(&DAYS, civil.weekday).to_owned(),
        Part::Day => name(&DAYS, civil.weekday)[..3].to_owned(),
        Part::NumDay => civil.day.to_string(),
        Part::UnderDay => format!("{:>2}", civil.day),
        Part::ZeroDay => format!("{:02}", civil.day),
        Part::UnderYearDay => format!("{:>3}", civil.year_day),
        Part::ZeroYearDay => format!("{:03}", civil.year_day),
        Part::Hour => format!("{:02}", civil.hour),
        Part::Hour12 => hour.to_string(),
        Part::ZeroHour12 => format!("{hour:02}"),
        Part::Minute => civil.minute.to_string(),
        Part::ZeroMinute => format!("{:02}", civil.minute),
        Part::Second => civil.second.to_string(),
        Part::ZeroSecond => format!("{:02}", civil.second),
        Part::LongYear => format!("{:04}", civil.year),
        Part::Year => format!("{:02}", civil.year.rem_euclid(100)),
        Part::UpperHalf => if civil.hour < 12 { "AM" } else { "PM" }.to_owned(),
        Part::LowerHalf => if civil.hour < 12 { "am" } else { "pm" }.to_owned(),
        // A clock that is known by its offset alone has no other name.
        Part::Zone if offset == 0 => "UTC".to_owned(),
        Part::Zone if offset % 3600 == 0 => zone(offset, 2, false) + "00",
        Part::Zone => zone(offset, 4, false),
        Part::Offset { z: true, .. } if offset == 0 => "Z".to_owned(),
        Part::Offset { digits, colon, .. } => zone(offset, digits, colon),
    }
}

fn zone(offset: i64, digits: u8, colon: bool) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.abs();
    let colon = if colon { ":" } else { "" };
    let mut text = format!("{sign}{:02}", seconds / 3600);
    if digits > 2 {
        text.push_str(&format!("{colon}{:02}", seconds / 60 % 60));
    }
    if digits > 4 {
        text.push_str(&format!("{colon}{:02}", seconds % 60));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_those_of_go() {
        let civil = Civil::of(1_767_600_842 + 3600);
        for (layout, text) in [
            ("2006-01-02 15:04:05", "2026-01-05 09:14:02"),
            ("2006-01-02T15:04:05.999999999Z07:00", "2026-01-05T09:14:02.12+01:00"),
            ("Mon, 02 Jan 2006 15:04:05 MST", "Mon, 05 Jan 2026 09:14:02 +0100"),
            ("Monday, 02-Jan-06 15:04:05 -0700", "Monday, 05-Jan-26 09:14:02 +0100"),
            ("Jan _2 3:04PM .000", "Jan  5 9:14AM .120"),
            ("January 2, 002, __2 pm 4 5 1", "January 5, 005,   5 am 14 2 1"),
            ("Janet _2006 -07 Z0700 ,000000", "Janet _2026 +01 +0100 ,120000"),
            ("été 日本", "été 日本"),
            ("", ""),
        ] {
            assert_eq!(format(layout, &civil, 120_000_000, 3600), text, "{layout}");
        }
        assert_eq!(format("Z07:00 MST -07:00", &civil, 0, 0), "Z UTC +00:00");
        assert_eq!(format("-07:00 MST", &civil, 0, -(5 * 3600 + 1800)), "-05:30 -0530");
        assert_eq!(format(".000000000 .999", &civil, 0, 0), ".000000000 ");
    }
}
