//! Programs that run to their end and have to succeed: git, ssh-keygen, openssl.

use std::path::Path;

use process::{Output, Program};

use crate::PartError;

/// Runs a program in a folder and wants exit code 0.
pub(crate) fn run(folder: &Path, program: &str, args: &[&str]) -> Result<Output, PartError> {
    succeed(Program::new(program).folder(folder).args(args.iter().copied()), program, args)
}

/// Runs git, with no configuration but the repository's own.
pub(crate) fn git(folder: &Path, args: &[&str]) -> Result<Output, PartError> {
    git_at(folder, None, args)
}

/// Runs git, which takes this for the time.
pub(crate) fn git_at(folder: &Path, time: Option<&str>, args: &[&str]) -> Result<Output, PartError> {
    let mut program = Program::new("git")
        .folder(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .args(args.iter().copied());
    for variable in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        program = time.into_iter().fold(program, |program, time| program.env(variable, time));
    }
    succeed(program, "git", args)
}

/// Runs a program that was prepared; `name` and `args` are for the message.
pub(crate) fn succeed(program: Program, name: &str, args: &[&str]) -> Result<Output, PartError> {
    let output = program.run().map_err(PartError::Run)?;
    if output.succeeded() {
        return Ok(output);
    }
    Err(PartError::Failed { command: format!("{name} {}", args.join(" ")), output: output.stderr_text() })
}
