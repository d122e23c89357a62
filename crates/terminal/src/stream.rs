//! One of the two streams, and what may pass to a terminal.

use std::io::{self, Write};

use crate::Look;

/// Where the bytes go.
#[derive(Debug)]
pub(crate) enum Sink {
    Stdout,
    Stderr,
    Memory(Vec<u8>),
}

/// A stream with what it can show and how it fares.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) sink: Sink,
    pub(crate) look: Look,
    /// The reader went away: what follows is dropped.
    pub(crate) closed: bool,
    /// The first failure that was not a reader going away.
    pub(crate) failure: Option<io::Error>,
}

impl Stream {
    pub(crate) fn new(sink: Sink, look: Look) -> Self {
        Self { sink, look, closed: false, failure: None }
    }

    /// Writes text that may come from elsewhere: a terminal gets no control characters beyond colours.
    pub(crate) fn write(&mut self, text: &str) {
        if self.look.terminal { self.write_raw(&printable(text)) } else { self.write_raw(text) }
    }

    /// Writes text of ours as it is.
    pub(crate) fn write_raw(&mut self, text: &str) {
        if self.closed || self.failure.is_some() {
            return;
        }
        match self.sink.write(text.as_bytes()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => self.failure = Some(error),
        }
    }
}

impl Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes)?;
                stdout.flush()
            }
            Self::Stderr => io::stderr().lock().write_all(bytes),
            Self::Memory(memory) => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

/// Leaves line breaks, tabs and colour sequences (`ESC [ digits ; m`); a log line must not move the cursor, rename
/// the window or write to the clipboard.
fn printable(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '\u{1b}' {
            let length = colour_length(rest);
            kept.push_str(&rest[..length]);
            rest = &rest[length.max(1)..];
            continue;
        }
        if !character.is_control() || matches!(character, '\n' | '\t') {
            kept.push(character);
        }
        rest = &rest[character.len_utf8()..];
    }
    kept
}

/// The length of the colour sequence at the start of `text`; 0 when there is none.
fn colour_length(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else { return 0 };
    let digits = parameters.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(parameters.len());
    if parameters[digits..].starts_with('m') { "\u{1b}[m".len() + digits } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_colours_and_no_other_control() {
        for (text, shown) in [
            ("a\tb\n", "a\tb\n"),
            ("\u{1b}[31mred\u{1b}[0m", "\u{1b}[31mred\u{1b}[0m"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}x", "[2J]0;titlex"),
            ("50 %\rdone\u{8}", "50 %done"),
            ("\u{1b}", ""),
            ("\u{1b}[31", "[31"),
            ("é\u{9b}5m", "é5m"),
        ] {
            assert_eq!(printable(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_pipe_gets_every_byte() {
        let mut stream = Stream::new(Sink::Memory(Vec::new()), Look::PLAIN);
        stream.write("a\u{1b}[2J\r");
        assert!(matches!(stream.sink, Sink::Memory(bytes) if bytes == b"a\x1b[2J\r"));
    }
}
