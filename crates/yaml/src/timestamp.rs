//! Which texts YAML 1.1 would read as a point in time.
//!
//! They stay text when read, but have to be quoted when written.

/// Whether the text has one of the four forms that go-yaml reads as a timestamp.
pub(crate) fn is_timestamp(text: &str) -> bool {
    parse(text).is_some()
}

fn parse(text: &str) -> Option<()> {
    let (year, rest) = text.split_once('-')?;
    let (month, rest) = rest.split_once('-')?;
    if year.len() != 4 {
        return None;
    }
    let year = digits(year, 4)?;
    let month = digits(month, 2)?;
    let day_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (day, rest) = rest.split_at(day_end);
    let day = digits(day, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    if rest.is_empty() {
        return Some(());
    }
    if let Some(clock) = rest.strip_prefix(' ') {
        return time_of_day(clock.trim_start_matches(' '))?.is_empty().then_some(());
    }
    let zone = time_of_day(rest.strip_prefix(['T', 't'])?)?;
    if zone == "Z" {
        return Some(());
    }
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    (hours.len() == 2 && minutes.len() == 2 && digits(hours, 2)? <= 24 && digits(minutes, 2)? < 60)
        .then_some(())
}

/// Reads `h:m:s[.fraction]` and gives what follows.
fn time_of_day(text: &str) -> Option<&str> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, rest) = rest.split_once(':')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (second, rest) = rest.split_at(end);
    if digits(hour, 2)? > 23 || digits(minute, 2)? > 59 || digits(second, 2)? > 59 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
    (end > 0).then(|| &fraction[end..])
}

fn digits(text: &str, longest: usize) -> Option<u32> {
    let fits = !text.is_empty() && text.len() <= longest && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
