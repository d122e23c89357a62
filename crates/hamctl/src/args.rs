//! What can be asked on the command line.

use clap::{Parser, Subcommand};

mod global;
mod local;
mod reads;
mod writes;

pub(crate) use global::{Format, GlobalArgs};
pub(crate) use local::{ConfigCommand, Shell};
pub(crate) use reads::{
    DescribeArtifactArgs, DescribeCommand, DescribeReleaseArgs, DiffArgs, HistoryArgs, QueueCommand,
    StatusArgs,
};
pub(crate) use writes::{HowArgs, PolicyCommand, PolicyKind, PromoteArgs, ReleaseArgs, RollbackArgs};

use std::path::PathBuf;

/// Release services, and see what runs where
#[derive(Debug, Parser)]
#[command(name = "hamctl", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Args {
    /// Flags of every command.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what runs in each environment
    Status(StatusArgs),
    /// Show what a release would change, before it happens
    Diff(DiffArgs),
    /// Release to an environment what runs in the one before it
    Promote(PromoteArgs),
    /// Release an artifact, or the newest of a branch
    Release(ReleaseArgs),
    /// Release an earlier artifact again
    Rollback(RollbackArgs),
    /// Show who released what, where and when
    History(HistoryArgs),
    /// Show releases or artifacts in detail
    #[command(subcommand)]
    Describe(DescribeCommand),
    /// List, apply and delete policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List the services there are
    Services,
    /// List what waits or was given up, and try it again
    #[command(subcommand)]
    Queue(QueueCommand),
    /// Log in with the identity provider
    Login,
    /// Forget the login
    Logout,
    /// Show who the server takes you for
    Whoami,
    /// List, add and choose the servers of the configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check configuration, login, server and Git, and say what to do
    Doctor,
    /// Print the version
    Version,
    /// Print a script that completes commands, flags, services, environments, branches and artifacts
    Completion {
        /// The shell that runs it
        shell: Shell,
    },
    /// Write a manual page for every command
    #[command(hide = true)]
    Man {
        /// Folder to write to
        folder: PathBuf,
    },
}
