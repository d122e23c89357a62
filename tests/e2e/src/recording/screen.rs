//! One terminal on which a person types one command after the other.

use std::process::Command;

use anyhow::{Result, anyhow, ensure};
use rexpect::session::spawn_command;

use crate::Stage;

/// Columns of the recorded terminal.
pub(super) const COLUMNS: u16 = 100;

/// More rows than any session has; empty ones are not shown.
const ROWS: u16 = 100;

/// How long a person would wait for an answer that never comes.
const PATIENCE_MS: u64 = 60_000;

/// The terminal.
pub(super) struct Screen {
    terminal: vt100::Parser,
}

impl Screen {
    pub(super) fn new() -> Self {
        let size = |number: u16| std::num::NonZero::new(number).expect("both sizes are constants above zero");
        Self { terminal: vt100::Parser::new(size(ROWS), size(COLUMNS), 0) }
    }

    pub(super) fn terminal(&self) -> &vt100::Screen {
        self.terminal.screen()
    }

    /// Types a command and, each once it is asked for, some keys; ends when the command does.
    #[expect(clippy::disallowed_methods, reason = "the command needs a terminal, not pipes")]
    pub(super) fn run(&mut self, stage: &Stage, line: &str, keys: &[(&str, &str)]) -> Result<()> {
        self.terminal.process(format!("\x1b[1m$ {line}\x1b[0m\r\n").as_bytes());
        let mut words = line.split_whitespace();
        let program = stage.programs().path(words.next().unwrap_or_default());
        let mut command = Command::new("sh");
        let size = format!("stty rows 40 cols {COLUMNS} && exec \"$0\" \"$@\"");
        command.args(["-c", &size]).arg(program).args(words).current_dir(stage.home()).env_clear();
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm")
            .env("TZ", "UTC");
        command.envs(stage.hamctl_environment());
        let mut session = spawn_command(command, Some(PATIENCE_MS))?;
        for (question, answer) in keys {
            let before = session.exp_string(question)?;
            self.print(&before);
            self.print(question);
            session.send(answer)?;
            session.flush()?;
        }
        let rest = session.exp_eof()?;
        self.print(&rest);
        self.terminal.process(b"\r\n");
        let status = format!("{:?}", session.process().wait()?);
        ensure!(status.starts_with("Exited(") && status.ends_with(", 0)"), "`{line}` ended with {status}");
        if self.terminal.screen().cursor_position().0 + 1 >= ROWS {
            return Err(anyhow!("the session is longer than {ROWS} lines"));
        }
        Ok(())
    }

    /// The reader hands out bytes as characters.
    fn print(&mut self, text: &str) {
        let bytes: Vec<u8> = text.chars().filter_map(|character| u8::try_from(character).ok()).collect();
        self.terminal.process(&bytes);
    }
}
