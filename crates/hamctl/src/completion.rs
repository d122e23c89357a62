//! Scripts that complete commands and flags.

use clap::CommandFactory;

use crate::args::{Args, Shell};

/// The script for a shell.
pub(crate) fn script(shell: Shell) -> String {
    let generator = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    let mut bytes = Vec::new();
    clap_complete::generate(generator, &mut Args::command(), "hamctl", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
