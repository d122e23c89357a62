//! The pictures of a session, and how long each is shown.

use anyhow::{Result, ensure};

use super::svg;
use crate::Screen;

/// Rows of a picture: a window on a longer session.
pub(super) const WINDOW: u16 = 32;

/// Milliseconds between two words that are typed.
const WORD: u32 = 170;

/// Milliseconds from the last key to the answer.
const ENTER: u32 = 500;

/// Rows that a long answer moves at once, and for how many milliseconds each stays.
const STEP: (u16, u32) = (4, 420);

/// What is there to read takes its time: so many milliseconds, and more for each line.
const READING: (u32, u32) = (1_600, 130);

/// No picture stays longer to be read.
const LONGEST: u32 = 4_500;

/// The last picture stays for so many milliseconds before it begins anew.
const END: u32 = 6_000;

/// Pictures in their order.
#[derive(Debug, Default)]
pub(super) struct Film {
    pub(super) frames: Vec<Frame>,
    /// The last row that was shown.
    shown: u16,
}

/// One picture.
#[derive(Debug)]
pub(super) struct Frame {
    /// How long it is shown.
    pub(super) milliseconds: u32,
    /// Its rows as pieces of SVG; empty ones hold nothing.
    pub(super) rows: Vec<String>,
}

impl Film {
    /// Somebody types a command line, word by word.
    pub(super) fn types(&mut self, screen: &mut Screen, line: &str) {
        screen.write("\x1b[32m$\x1b[0m\x1b[1m");
        for word in line.split(' ') {
            self.glance(screen, WORD);
            screen.write(&format!(" {word}"));
        }
        self.glance(screen, ENTER);
        screen.write("\x1b[0m\r\n");
    }

    /// The screen as it is now, for a moment.
    pub(super) fn glance(&mut self, screen: &Screen, milliseconds: u32) {
        self.shown = screen.last_row();
        self.at(screen, self.shown, milliseconds);
    }

    /// The answer of a command that has ended, as long as it takes to read it.
    pub(super) fn read(&mut self, screen: &mut Screen, line: &str, end: &str) -> Result<()> {
        ensure!(end == "exit 0", "`{line}` ended with {end}");
        let last = screen.last_row();
        let lines = last.saturating_sub(self.shown);
        // What does not fit into one window passes by.
        let mut bottom = self.shown + WINDOW - 4;
        while bottom < last {
            self.at(screen, bottom, STEP.1);
            bottom += STEP.0;
        }
        self.at(screen, last, LONGEST.min(READING.0 + READING.1 * u32::from(lines)));
        screen.write("\r\n");
        self.shown = screen.last_row();
        Ok(())
    }

    /// The last picture stays.
    pub(super) fn ends(&mut self, screen: &Screen) {
        self.at(screen, self.shown, END);
    }

    fn at(&mut self, screen: &Screen, bottom: u16, milliseconds: u32) {
        let top = bottom.saturating_sub(WINDOW - 1);
        let rows = (top..=bottom).map(|row| svg::line(screen, row)).collect();
        self.frames.push(Frame { milliseconds, rows });
    }
}
