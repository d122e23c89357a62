//! A text that changes while a person watches it.

use crate::Terminal;

/// Data that is shown again and again: see [`Terminal::live`].
#[derive(Debug)]
pub struct Live {
    terminal: Terminal,
    shown: Vec<String>,
}

impl Terminal {
    /// Shows a text that changes. On a terminal it is redrawn in place; elsewhere the lines that are new are added.
    #[must_use]
    pub fn live(&self) -> Live {
        Live { terminal: self.clone(), shown: Vec::new() }
    }
}

impl Live {
    /// Shows the text as it is now. On a terminal its lines must fit: see [`Terminal::data_width`].
    pub fn show(&mut self, text: &str) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines == self.shown {
            return;
        }
        let mut state = self.terminal.lock();
        state.clear_progress();
        let look = state.out.look;
        let lines = if look.terminal && look.moves {
            // What scrolled out of the screen cannot be reached: the last line stays free for the cursor.
            let lines: Vec<String> = lines.into_iter().take(look.height.saturating_sub(1).max(1)).collect();
            if !self.shown.is_empty() {
                state.out.write_raw(&format!("\u{1b}[{}A\r\u{1b}[J", self.shown.len()));
            }
            state.out.write(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
            lines
        } else {
            let fresh = lines.iter().filter(|line| !line.trim().is_empty() && !self.shown.contains(line));
            state.out.write(&fresh.map(|line| format!("{line}\n")).collect::<String>());
            lines
        };
        drop(state);
        self.shown = lines;
    }
}

#[cfg(test)]
mod tests {
    use crate::{Look, Terminal};

    #[test]
    fn a_terminal_is_redrawn_and_only_when_something_changed() {
        let (terminal, capture) = Terminal::captured(Look::TERMINAL, []);
        let mut live = terminal.live();
        for text in ["a\nb\n", "a\nb\n", "a\nc\n"] {
            live.show(text);
        }
        assert_eq!(capture.stdout(), "a\nb\n\u{1b}[2A\r\u{1b}[Ja\nc\n");
    }

    #[test]
    fn elsewhere_new_lines_are_added() {
        let (terminal, capture) = Terminal::captured(Look::PLAIN, []);
        let mut live = terminal.live();
        for text in ["title\n\na\nb\n", "title\n\na\nc\n", "title\n\na\nb\n"] {
            live.show(text);
        }
        assert_eq!(capture.stdout(), "title\na\nb\nc\nb\n");
    }

    #[test]
    fn no_more_is_shown_than_the_screen_holds() {
        let (terminal, capture) = Terminal::captured(Look { height: 3, ..Look::TERMINAL }, []);
        let mut live = terminal.live();
        live.show("a\nb\nc\nd\n");
        live.show("e\n");
        assert_eq!(capture.stdout(), "a\nb\n\u{1b}[2A\r\u{1b}[Je\n");
    }
}
