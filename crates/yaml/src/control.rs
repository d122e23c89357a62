//! Characters that no YAML text may hold.

use crate::{Position, Problem, YamlError};

/// Refuses control characters other than tab and line breaks.
pub(crate) fn check(text: &str) -> Result<(), YamlError> {
    let Some(offset) = text.find(forbidden) else { return Ok(()) };
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    Err(Problem::ControlCharacter.at(Position { line, column }))
}

fn forbidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control(),
    }
}
