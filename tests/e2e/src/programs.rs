//! The built programs, as users run them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use process::{Output, Program};

/// Where the built programs are.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

/// Every program the product consists of.
pub(crate) const NAMES: [&str; 6] =
    ["release-manager", "release-controller", "release-daemon", "hamctl", "artifact", "shuttle"];

impl Programs {
    /// Those that were built together with the running one.
    ///
    /// # Errors
    /// When one is missing.
    pub fn find() -> Result<Self> {
        let this = std::env::current_exe().context("cannot tell where this program is")?;
        let folder = this
            .ancestors()
            .skip(1)
            .find(|folder| folder.join(NAMES[0]).is_file())
            .with_context(|| {
                format!("no {} beside {}; build it: cargo build --workspace --bins", NAMES[0], this.display())
            })?
            .to_owned();
        for name in NAMES {
            if !folder.join(name).is_file() {
                bail!("no {name} in {}; build it: cargo build --workspace --bins", folder.display());
            }
        }
        Ok(Self { folder })
    }

    /// The path of one.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder of all, for a `PATH`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A run of one, which finds the others on its `PATH`.
    #[must_use]
    pub fn run(&self, name: &str) -> Program {
        let path = std::env::var("PATH").unwrap_or_default();
        Program::new(self.path(name)).env("PATH", format!("{}:{path}", self.folder.display()))
    }
}

/// The output of a run that has to succeed.
///
/// # Errors
/// When it could not be started, or ended with another exit code than 0; the error shows what it said.
pub(crate) fn must(command: &str, program: Program) -> Result<Output> {
    let output = program.run().with_context(|| format!("`{command}` did not run"))?;
    if !output.succeeded() {
        bail!(
            "`{command}` ended with {}:\n{}\n{}",
            output.code.map_or("a signal".to_owned(), |code| format!("exit code {code}")),
            output.stdout_text(),
            output.stderr_text()
        );
    }
    Ok(output)
}
