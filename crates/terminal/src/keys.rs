//! Keys, one at a time.

use std::io;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// What a person pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Up,
    Down,
    Home,
    End,
    Enter,
    Digit(u8),
    Backspace,
    /// Ctrl-C, Ctrl-D, Escape or `q`.
    Cancel,
    Other,
}

/// Standard input that hands out keys as they are pressed; the terminal is as before once this is dropped.
#[derive(Debug)]
pub(crate) struct Keys {
    before: Termios,
}

impl Keys {
    /// Takes the terminal over.
    pub(crate) fn take() -> io::Result<Self> {
        let stdin = rustix::stdio::stdin();
        let before = tcgetattr(stdin)?;
        let mut raw = before.clone();
        // With signals off too: a process that Ctrl-C ends would leave the terminal like this.
        raw.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin, OptionalActions::Drain, &raw)?;
        Ok(Self { before })
    }

    /// Waits for a key. The end of the input is [`Key::Cancel`].
    pub(crate) fn next(&self) -> io::Result<Key> {
        let mut bytes = [0_u8; 16];
        loop {
            match rustix::io::read(rustix::stdio::stdin(), &mut bytes) {
                Ok(length) => return Ok(key(&bytes[..length])),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // Nothing is left to do should the terminal be gone.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Drain, &self.before);
    }
}

/// The key that a terminal sends as these bytes: those of one press arrive together.
fn key(bytes: &[u8]) -> Key {
    match bytes {
        b"\x1b[A" | b"\x1bOA" | b"k" | b"\x10" => Key::Up,
        b"\x1b[B" | b"\x1bOB" | b"j" | b"\x0e" => Key::Down,
        b"\x1b[H" | b"\x1bOH" | b"\x1b[1~" | b"g" => Key::Home,
        b"\x1b[F" | b"\x1bOF" | b"\x1b[4~" | b"G" => Key::End,
        b"\r" | b"\n" => Key::Enter,
        b"\x7f" | b"\x08" => Key::Backspace,
        b"" | b"\x03" | b"\x04" | b"\x1b" | b"q" => Key::Cancel,
        [digit @ b'0'..=b'9'] => Key::Digit(digit - b'0'),
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_what_terminals_send() {
        for (bytes, expected) in [
            (&b"\x1b[A"[..], Key::Up),
            (b"j", Key::Down),
            (b"\r", Key::Enter),
            (b"7", Key::Digit(7)),
            (b"\x03", Key::Cancel),
            (b"\x1b", Key::Cancel),
            (b"", Key::Cancel),
            (b"\x1b[5~", Key::Other),
            (b"x", Key::Other),
        ] {
            assert_eq!(key(bytes), expected, "{bytes:?}");
        }
    }
}
