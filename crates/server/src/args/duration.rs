//! Durations as Go writes them.

use std::str::FromStr;
use std::time::Duration;

/// A duration such as `20s`, `1m30s` or `500ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GoDuration(pub(crate) Duration);

/// A text that is not such a duration.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a duration such as 20s, 1m30s or 500ms")]
pub(crate) struct DurationError(String);

/// The units, and each in seconds.
const UNITS: [(&str, f64); 6] =
    [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

impl FromStr for GoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let wrong = || DurationError(text.to_owned());
        let mut rest = text;
        let mut seconds = 0.0;
        while !rest.is_empty() {
            let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
            let unit = rest[number..].len()
                - rest[number..].trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let factor = UNITS
                .iter()
                .find(|(name, _)| *name == &rest[number..number + unit])
                .map(|(_, factor)| factor)
                .ok_or_else(wrong)?;
            seconds += rest[..number].parse::<f64>().map_err(|_| wrong())? * factor;
            rest = &rest[number + unit..];
        }
        if text.is_empty() {
            return Err(wrong());
        }
        Duration::try_from_secs_f64(seconds).map(Self).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, millis) in
            [("20s", 20_000), ("1m30s", 90_000), ("500ms", 500), ("1.5h", 5_400_000), ("0s", 0)]
        {
            assert_eq!(text.parse::<GoDuration>().unwrap().0.as_millis(), millis, "{text}");
        }
        for text in ["", "20", "s", "1x", "-1s", "1s ", "1.2.3s"] {
            assert!(text.parse::<GoDuration>().is_err(), "{text}");
        }
    }
}
