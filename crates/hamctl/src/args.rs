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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_line_of_the_original_is_understood() {
        for line in [
            "status",
            "status -n payments",
            "status --namespace payments",
            "describe release -e dev",
            "describe release --env dev --namespace payments --count 3",
            "describe releases -e dev -n payments -c 3 --template {{.Service}}",
            "describe artifact",
            "describe artifacts --count 3 --template {{.Service}}",
            "release -e dev -b master",
            "release --env dev --branch master",
            "release --env dev,prod --current-branch",
            "release --env dev --env prod -c",
            "release -e=dev --artifact=master-1-2",
            "promote -e dev",
            "promote --env prod --from-env dev --namespace payments",
            "promote --env prod -n payments",
            "rollback -e dev",
            "rollback --env dev --artifact master-1-2 --length 3 --namespace payments",
            "rollback --env dev -n payments",
            "policy list",
            "policy apply auto-release -b master -e dev",
            "policy apply auto-release --branch master --env dev",
            "policy apply branch-restriction --branch-regex ^master$ -e prod",
            "policy apply branch-restriction --branch-regex ^master$ --env prod",
            "policy delete one",
            "policy delete one two",
            "login",
            "version",
            "completion bash",
            "completion zsh",
        ] {
            let global = ["--service", "billing", "--http-base-url", "http://h", "--http-timeout", "1m30s"];
            let words: Vec<&str> = line.split(' ').collect();
            for arguments in [[&global[..], &words].concat(), [&words[..], &global].concat()] {
                let parsed = Args::try_parse_from(std::iter::once("hamctl").chain(arguments.iter().copied()));
                let parsed = parsed.map(|args| args.global.service);
                assert!(matches!(&parsed, Ok(Some(service)) if service == "billing"), "{line}: {parsed:?}");
            }
        }
    }
}
