//! Times as Go writes them: RFC 3339 with the zone they were given in.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment with the offset it was written with; Go's zero time (`0001-01-01T00:00:00Z`) by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireTime {
    instant: Timestamp,
    offset: Offset,
}

/// A text that is not an RFC 3339 time.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a time such as 2026-01-05T09:14:02+01:00")]
pub struct TimeError {
    text: String,
    #[source]
    source: jiff::Error,
}

/// Seconds between Go's zero time and the Unix epoch.
const GO_ZERO_SECONDS: i64 = -62_135_596_800;

impl WireTime {
    /// A moment in UTC.
    #[must_use]
    pub fn utc(instant: Timestamp) -> Self {
        Self { instant, offset: Offset::UTC }
    }

    /// A moment in a zone, given as seconds east of Greenwich.
    #[must_use]
    pub fn with_offset(instant: Timestamp, offset_seconds: i32) -> Self {
        Self { instant, offset: Offset::from_seconds(offset_seconds).unwrap_or(Offset::UTC) }
    }

    /// The moment itself.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// How far the clock it was written by is ahead of UTC.
    #[must_use]
    pub fn offset_seconds(&self) -> i32 {
        self.offset.seconds()
    }

    /// Whether it is Go's zero time, which stands for "not set".
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.instant.as_second() == GO_ZERO_SECONDS && self.instant.subsec_nanosecond() == 0
    }

    /// The date and time as written, `2026-01-05 09:14:02`, in the zone it carries.
    #[must_use]
    pub fn date_and_time(&self) -> String {
        self.zoned().strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn zoned(&self) -> Zoned {
        self.instant.to_zoned(TimeZone::fixed(self.offset))
    }
}

impl Default for WireTime {
    fn default() -> Self {
        Self {
            instant: Timestamp::from_second(GO_ZERO_SECONDS).unwrap_or(Timestamp::UNIX_EPOCH),
            offset: Offset::UTC,
        }
    }
}

impl FromStr for WireTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let failed = |source| TimeError { text: text.chars().take(60).collect(), source };
        let pieces = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text).map_err(failed)?;
        let instant: Timestamp = text.parse().map_err(failed)?;
        let offset = match pieces.offset() {
            Some(jiff::fmt::temporal::PiecesOffset::Numeric(numeric)) => numeric.offset(),
            _ => Offset::UTC,
        };
        Ok(Self { instant, offset })
    }
}

impl fmt::Display for WireTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zoned = self.zoned();
        write!(f, "{}", zoned.strftime("%Y-%m-%dT%H:%M:%S"))?;
        let nanos = self.instant.subsec_nanosecond().rem_euclid(1_000_000_000);
        if nanos != 0 {
            write!(f, ".{}", format!("{nanos:09}").trim_end_matches('0'))?;
        }
        if self.offset == Offset::UTC { f.write_str("Z") } else { write!(f, "{}", zoned.strftime("%:z")) }
    }
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WireTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_it_was_read() {
        for text in [
            "0001-01-01T00:00:00Z",
            "2026-01-05T08:01:00.123456789Z",
            "2026-01-05T08:06:10.5Z",
            "2026-01-05T09:14:02+01:00",
            "2026-01-05T09:14:02.05-07:30",
            "1969-12-31T23:59:59.25Z",
        ] {
            assert_eq!(text.parse::<WireTime>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_zero_time_is_the_default_and_known_as_such() {
        assert_eq!(WireTime::default().to_string(), "0001-01-01T00:00:00Z");
        assert!(WireTime::default().is_zero());
        // What the original's status shows for it, in milliseconds, is a figure of its own arithmetic.
        assert_eq!(WireTime::default().instant().as_millisecond(), -62_135_596_800_000);
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in ["", "yesterday", "2026-01-05", "2026-13-05T00:00:00Z"] {
            assert!(text.parse::<WireTime>().is_err(), "{text:?}");
        }
    }
}
