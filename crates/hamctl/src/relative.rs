//! How long ago something was, in words.

use jiff::Timestamp;

const STEPS: [(i64, &str); 6] = [
    (365 * 86_400, "year"),
    (30 * 86_400, "month"),
    (7 * 86_400, "week"),
    (86_400, "day"),
    (3600, "hour"),
    (60, "minute"),
];

/// `2 hours ago`, `now`, `1 day from now`.
pub(crate) fn text(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let side = if seconds < 0 { "from now" } else { "ago" };
    let (length, unit) = STEPS
        .iter()
        .find(|(length, _)| seconds.abs() >= *length)
        .map_or((1, "second"), |(length, unit)| (*length, *unit));
    match seconds.abs() / length {
        0 => "now".to_owned(),
        1 => format!("1 {unit} {side}"),
        count => format!("{count} {unit}s {side}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_speaks() {
        let now = Timestamp::from_second(1_000_000_000).unwrap();
        for (seconds, words) in [
            (0, "now"),
            (1, "1 second ago"),
            (59, "59 seconds ago"),
            (3599, "59 minutes ago"),
            (7300, "2 hours ago"),
            (86_400, "1 day ago"),
            (20 * 86_400, "2 weeks ago"),
            (800 * 86_400, "2 years ago"),
            (-7200, "2 hours from now"),
        ] {
            assert_eq!(text(Timestamp::from_second(1_000_000_000 - seconds).unwrap(), now), words);
        }
    }
}
