//! Running a script: its arguments, its environment, its actions one after the other.

mod arguments;
mod shell;

use std::borrow::Cow;
use std::io;

use explain::{Explain, Kind};

pub(crate) use arguments::{Arguments, flag_specs};

use crate::config::{Action, Script};
use crate::console::Console;
use crate::project::Project;

/// A script that did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// An action ended with an exit code.
    #[error("script `{script}` failed: action {action} ended with exit code {code}")]
    Failed { script: String, action: usize, code: i32 },
    /// An action was ended by a signal.
    #[error("script `{script}` failed: action {action} was killed by a signal")]
    Killed { script: String, action: usize },
    /// The shell could not be run.
    #[error("cannot run the shell for script `{script}`")]
    Shell { script: String, source: io::Error },
    /// An action of a kind that we do not run.
    #[error("script `{script}` cannot be run: action {action} is no shell action")]
    NotShell { script: String, action: usize },
    /// Somebody asked us to stop.
    #[error("script `{script}` was cancelled")]
    Cancelled { script: String },
}

impl ScriptError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Failed { .. } | Self::Killed { .. } => 4,
            Self::NotShell { .. } | Self::Cancelled { .. } => 2,
            Self::Shell { .. } => 1,
        }
    }
}

impl Explain for ScriptError {
    fn kind(&self) -> Kind {
        match self {
            Self::Failed { .. } | Self::Killed { .. } | Self::Cancelled { .. } => Kind::Failed,
            Self::NotShell { .. } => Kind::Invalid,
            Self::Shell { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Failed { script, .. } => {
                format!("read the output above; shuttle --verbose run {script} shows the text of each action")
                    .into()
            }
            Self::Killed { .. } => "see what killed it: memory and time limits are the usual causes".into(),
            Self::Shell { .. } => "see that sh is on the PATH".into(),
            Self::NotShell { .. } => {
                "write the action as `shell`; `task` and `dockerfile` are not supported".into()
            }
            Self::Cancelled { .. } => "run it again when you like".into(),
        }
    }
}

/// Runs the actions of a script until one fails.
pub(crate) fn run(
    project: &Project,
    name: &str,
    script: &Script,
    arguments: &Arguments,
    console: Console,
) -> Result<(), ScriptError> {
    // A script with an action that cannot be run does nothing at all.
    if let Some(index) = script.actions.iter().position(|action| action.shell.is_empty()) {
        return Err(ScriptError::NotShell { script: name.to_owned(), action: index + 1 });
    }
    let environment = arguments::environment(project, arguments);
    for (index, Action { shell, .. }) in script.actions.iter().enumerate() {
        let command = format!("cd {}; {shell}", quoted(&project.folder.display().to_string()));
        console.detail(&format!("Starting shell command: sh -c {command}"));
        let script = || name.to_owned();
        match shell::run(&command, &environment) {
            Ok(shell::End::Code(0)) => {}
            Ok(shell::End::Code(code)) => {
                return Err(ScriptError::Failed { script: script(), action: index + 1, code });
            }
            Ok(shell::End::Killed) => {
                return Err(ScriptError::Killed { script: script(), action: index + 1 });
            }
            Ok(shell::End::Cancelled) => return Err(ScriptError::Cancelled { script: script() }),
            Err(source) => return Err(ScriptError::Shell { script: script(), source }),
        }
    }
    Ok(())
}

/// A word for the shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
