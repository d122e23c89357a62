//! What needs no server.

use clap::{Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::completion;

/// What to do with the configuration file.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the servers there are, and which is used
    List,
    /// Use a server from now on
    Use {
        /// Its name, as `config list` shows it
        #[arg(add = ArgValueCompleter::new(completion::servers))]
        name: String,
    },
    /// Add a server; --oauth-idp-url and --oauth-client-id say where to log in
    Add {
        /// A name for it
        name: String,
        /// Its address
        url: String,
    },
}

/// A shell that scripts can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}
