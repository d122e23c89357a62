//! The text of a progress line.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::cut;

/// `waiting for dev: 3 of 5 (12 s)`.
pub(super) fn whole(what: &str, how_far: &str, elapsed: Duration) -> String {
    format!("{} ({})", subject(what, how_far), duration_text(elapsed))
}

/// The same, cut to fit a line of `width` columns; the time always stays.
pub(super) fn fitted(what: &str, how_far: &str, elapsed: Duration, width: usize) -> String {
    let time = format!(" ({})", duration_text(elapsed));
    // The last column stays free: some terminals break the line when it is filled.
    let room = width.saturating_sub(time.width() + 1);
    format!("{}{time}", cut(&subject(what, how_far).replace('\n', " "), room))
}

fn subject(what: &str, how_far: &str) -> String {
    if how_far.is_empty() { what.to_owned() } else { format!("{what}: {how_far}") }
}

/// A duration as people say it: `12 s`, `2 min 05 s`, `1 h 02 min`.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_people_say_them() {
        for (seconds, text) in [(0, "0 s"), (59, "59 s"), (125, "2 min 05 s"), (3725, "1 h 02 min")] {
            assert_eq!(duration_text(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_line_says_what_how_far_and_how_long() {
        let elapsed = Duration::from_secs(12);
        assert_eq!(whole("waiting for dev", "3 of 5", elapsed), "waiting for dev: 3 of 5 (12 s)");
        assert_eq!(whole("waiting for dev", "", elapsed), "waiting for dev (12 s)");
    }

    #[test]
    fn a_long_line_is_cut_before_its_time() {
        for width in 0..60 {
            let line =
                fitted("waiting for 環境 dev to become\nready", "3 of 5", Duration::from_secs(12), width);
            assert!(line.ends_with(" (12 s)") && !line.contains('\n'), "{line:?}");
            assert!(line.width() < width || line == " (12 s)", "{width}: {line:?}");
        }
        assert_eq!(fitted("waiting for dev", "3", Duration::from_secs(9), 16), "waiting … (9 s)");
    }
}
