//! Texts that have to fit.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes on a terminal.
///
/// ```
/// assert_eq!((terminal::width("abc"), terminal::width("環境")), (3, 4));
/// ```
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, or its beginning with `…` when it takes more than `room` columns.
///
/// ```
/// assert_eq!(terminal::cut("abcdef", 4), "abc…");
/// ```
#[must_use]
pub fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(character);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}
