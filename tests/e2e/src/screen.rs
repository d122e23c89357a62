//! A terminal on which a person types commands, one after the other.

use std::num::NonZero;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use rexpect::session::{PtySession, spawn_command};

use crate::Stage;

/// How long a person would wait for an answer that never comes.
const PATIENCE_MS: u64 = 60_000;

/// How much is told of what was shown in place of what was waited for.
const TOLD: usize = 600;

/// The terminal, and all that is on its screen.
pub struct Screen {
    terminal: vt100::Parser,
    rows: u16,
    columns: u16,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("contents", &self.contents()).finish_non_exhaustive()
    }
}

/// A command that runs on a screen.
pub struct Running<'a> {
    screen: &'a mut Screen,
    session: PtySession,
}

impl std::fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("screen", &self.screen).finish_non_exhaustive()
    }
}

impl Screen {
    /// An empty one.
    #[must_use]
    pub fn new(rows: u16, columns: u16) -> Self {
        let size = |number: u16| NonZero::new(number).unwrap_or(NonZero::<u16>::MIN);
        Self { terminal: vt100::Parser::new(size(rows), size(columns), 0), rows, columns }
    }

    /// What is on it.
    #[must_use]
    pub fn cells(&self) -> &vt100::Screen {
        self.terminal.screen()
    }

    /// Its text, without the blanks at the ends of lines.
    #[must_use]
    pub fn contents(&self) -> String {
        let contents = self.cells().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Columns of a line.
    pub(crate) fn columns(&self) -> u16 {
        self.columns
    }

    /// Puts something on it that no command printed.
    pub(crate) fn write(&mut self, text: &str) {
        self.terminal.process(text.as_bytes());
    }

    /// The last row that holds something, or the cursor.
    pub(crate) fn last_row(&self) -> u16 {
        let rows: Vec<String> = self.cells().rows(0, self.columns).collect();
        let filled =
            rows.iter().rposition(|row| !row.trim().is_empty()).and_then(|row| u16::try_from(row).ok());
        filled.unwrap_or(0).max(self.cells().cursor_position().0)
    }

    /// Whether there is no room for another line.
    pub(crate) fn is_full(&self) -> bool {
        self.last_row() + 1 >= self.rows
    }

    /// Starts a command line as the developer of the stage.
    ///
    /// # Errors
    /// When it cannot be started.
    #[expect(clippy::disallowed_methods, reason = "the command needs a terminal, not pipes")]
    pub fn start(&mut self, stage: &Stage, line: &str) -> Result<Running<'_>> {
        let mut words = line.split_whitespace();
        let program = stage.programs().path(words.next().unwrap_or_default());
        let mut command = Command::new("sh");
        // The size is that of the terminal before the command looks at it.
        let size = format!("stty rows {} cols {} && exec \"$0\" \"$@\"", self.rows.min(40), self.columns);
        command.args(["-c", &size]).arg(program).args(words).current_dir(stage.home()).env_clear();
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm")
            .env("TZ", "UTC");
        command.envs(stage.hamctl_environment());
        let session = spawn_command(command, Some(PATIENCE_MS)).with_context(|| format!("start `{line}`"))?;
        Ok(Running { screen: self, session })
    }

    /// The reader hands out bytes as characters.
    fn print(&mut self, text: &str) {
        let bytes: Vec<u8> = text.chars().filter_map(|character| u8::try_from(character).ok()).collect();
        self.terminal.process(&bytes);
    }
}

impl Running<'_> {
    /// The screen as it is now.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        self.screen
    }

    /// Waits until the command has printed this.
    ///
    /// # Errors
    /// When it does not.
    pub fn shows(&mut self, text: &str) -> Result<()> {
        let before = self.session.exp_string(text).map_err(|error| {
            // A progress that was redrawn for a minute is long; its end says enough.
            let told = error.to_string();
            let end: String = told.chars().rev().take(TOLD).collect::<Vec<_>>().into_iter().rev().collect();
            anyhow!("it did not show `{text}` but ...{end}")
        })?;
        self.screen.print(&before);
        self.screen.print(text);
        Ok(())
    }

    /// Presses keys, as the bytes a terminal sends for them.
    ///
    /// # Errors
    /// When the command is gone.
    pub fn presses(&mut self, keys: &str) -> Result<()> {
        self.session.send(keys)?;
        self.session.flush()?;
        Ok(())
    }

    /// Waits for the end; tells how it ended, such as `exit 0` or `SIGINT`.
    ///
    /// # Errors
    /// When it does not end.
    pub fn ends(mut self) -> Result<String> {
        let rest = self.session.exp_eof()?;
        self.screen.print(&rest);
        let status = format!("{:?}", self.session.process().wait()?);
        let words: Vec<&str> = status.split(['(', ')', ',']).map(str::trim).collect();
        ensure!(words.len() > 3, "an end of another kind: {status}");
        Ok(if words[0] == "Exited" {
            format!("exit {}", words[words.len() - 2])
        } else {
            words[words.len() - 3].to_owned()
        })
    }
}
