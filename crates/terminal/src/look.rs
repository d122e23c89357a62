//! What the other end of a stream can show.

use std::io::IsTerminal;

/// The width assumed when nobody says.
const DEFAULT_WIDTH: usize = 80;

/// What one stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether a person watches it.
    pub terminal: bool,
    /// Whether it shows colours.
    pub colour: bool,
    /// Columns of a line.
    pub width: usize,
}

impl Look {
    /// A pipe or a file.
    pub const PLAIN: Self = Self { terminal: false, colour: false, width: DEFAULT_WIDTH };

    /// A terminal without colours, 80 columns wide.
    pub const TERMINAL: Self = Self { terminal: true, colour: false, width: DEFAULT_WIDTH };

    /// Asks the system. `NO_COLOR` (when not empty) and `TERM=dumb` turn colours off.
    pub(crate) fn of(stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Self {
        if !stream.is_terminal() {
            return Self::PLAIN;
        }
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|value| value == "dumb");
        let width = rustix::termios::tcgetwinsize(stream).map_or(0, |size| usize::from(size.ws_col));
        let width = if width == 0 { DEFAULT_WIDTH } else { width };
        Self { terminal: true, colour: !refused && !dumb, width }
    }
}
