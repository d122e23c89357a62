//! Tells the story: what happens, which command does it, what came of it.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::Result;

/// How often a wait says that it still goes on, where its line cannot be rewritten.
const REMINDER: Duration = Duration::from_secs(10);

/// The one who speaks. Everything goes to standard output: the story is the data.
#[derive(Debug)]
pub struct Narrator {
    terminal: bool,
    colour: bool,
    started: Instant,
    checks: usize,
    silent: bool,
}

impl Default for Narrator {
    fn default() -> Self {
        let terminal = io::stdout().is_terminal();
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { terminal, colour, started: Instant::now(), checks: 0, silent: false }
    }
}

impl Narrator {
    /// One who says nothing, for what the reader has seen before.
    #[must_use]
    pub fn silent() -> Self {
        Self { silent: true, ..Self::default() }
    }

    /// Opens a chapter.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn chapter(&self, title: &str) -> Result<()> {
        self.line(&format!("\n{}", self.painted("1", title)))
    }

    /// Says what happens, in plain words.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn say(&self, text: &str) -> Result<()> {
        self.line(&format!("  {text}"))
    }

    /// Shows the command a person would type.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn command(&self, command: &str) -> Result<()> {
        self.line(&format!("  {}", self.painted("36", &format!("$ {command}"))))
    }

    /// Shows what a command printed.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn output(&self, text: &str) -> Result<()> {
        for line in text.trim_end().lines() {
            self.line(&format!("    {line}"))?;
        }
        Ok(())
    }

    /// Records something that was looked at and found true.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn checked(&mut self, fact: &str) -> Result<()> {
        self.checks += 1;
        let after = self.started.elapsed().as_secs();
        self.line(&format!("  {} {fact} ({after} s)", self.painted("32", "[✓]")))
    }

    /// How many facts were checked so far.
    #[must_use]
    pub fn checks(&self) -> usize {
        self.checks
    }

    /// Waits for `work`, saying what for and how long so far.
    ///
    /// # Errors
    /// Those of `work`, or when standard output is gone.
    pub async fn wait<T>(&self, what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let started = Instant::now();
        let step = if self.terminal { Duration::from_secs(1) } else { REMINDER };
        let mut ticks = tokio::time::interval(step);
        ticks.tick().await;
        let mut work = std::pin::pin!(work);
        let mut drawn = false;
        loop {
            tokio::select! {
                // Both arms are cancel safe: `work` is polled by reference, a missed tick only means no line.
                done = &mut work => {
                    if drawn {
                        self.raw("\r\x1b[K")?;
                    }
                    return done;
                }
                _ = ticks.tick() => {
                    let waited = started.elapsed().as_secs();
                    if self.terminal {
                        self.raw(&format!("\r\x1b[K  ... {what} ({waited} s)"))?;
                        drawn = true;
                    } else {
                        self.line(&format!("  ... {what} ({waited} s)"))?;
                    }
                }
            }
        }
    }

    /// Rewrites the progress line of work that reports by itself; plain lines where there is no terminal.
    pub fn progress(&self, text: &str, last: bool) {
        // Not being able to tell is no reason to stop.
        let _unseen = match (self.terminal, last) {
            (true, false) => self.raw(&format!("\r\x1b[K  ... {text}")),
            (true, true) => self.raw("\r\x1b[K"),
            (false, false) => self.line(&format!("  ... {text}")),
            (false, true) => Ok(()),
        };
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn line(&self, text: &str) -> Result<()> {
        if self.silent {
            return Ok(());
        }
        Ok(writeln!(io::stdout().lock(), "{text}")?)
    }

    fn raw(&self, text: &str) -> Result<()> {
        if self.silent {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }
}
