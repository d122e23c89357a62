//! What the other end of a stream can show.

use std::io::IsTerminal;

/// The width assumed when nobody says.
const DEFAULT_WIDTH: usize = 80;

/// The height assumed when nobody says.
const DEFAULT_HEIGHT: usize = 24;

/// What one stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether a person watches it.
    pub terminal: bool,
    /// Whether it shows colours.
    pub colour: bool,
    /// Columns of a line.
    pub width: usize,
    /// Lines of the screen.
    pub height: usize,
    /// Whether the cursor can be moved.
    pub moves: bool,
}

impl Look {
    /// A pipe or a file.
    pub const PLAIN: Self =
        Self { terminal: false, colour: false, width: DEFAULT_WIDTH, height: DEFAULT_HEIGHT, moves: false };

    /// A terminal without colours, 80 columns wide.
    pub const TERMINAL: Self = Self { terminal: true, moves: true, ..Self::PLAIN };

    /// Asks the system. `NO_COLOR` (when not empty) and `TERM=dumb` turn colours off.
    pub(crate) fn of(stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Self {
        if !stream.is_terminal() {
            return Self::PLAIN;
        }
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|value| value == "dumb");
        let size = rustix::termios::tcgetwinsize(stream);
        let (width, height) = size.map_or((0, 0), |size| (size.ws_col.into(), size.ws_row.into()));
        Self {
            terminal: true,
            colour: !refused && !dumb,
            width: if width == 0 { DEFAULT_WIDTH } else { width },
            height: if height == 0 { DEFAULT_HEIGHT } else { height },
            moves: !dumb,
        }
    }
}
