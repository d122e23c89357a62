//! What can be asked on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

use crate::duration;

mod writes;

pub(crate) use writes::{PolicyCommand, PolicyKind, PromoteArgs, ReleaseArgs, RollbackArgs, WaitArgs};

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

/// Flags of every command.
#[derive(Debug, Group)]
pub(crate) struct GlobalArgs {
    /// Service to act on; by default `vars.service` of the shuttle.yaml in this folder
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub(crate) service: Option<String>,
    /// Address of the release manager
    #[arg(long, global = true, env = "HAMCTL_URL", value_name = "URL", help_heading = "Global options")]
    pub(crate) http_base_url: Option<String>,
    /// How long to wait for an answer, such as `30s` or `2m`
    #[arg(long, global = true, default_value = "2m0s", value_parser = duration::parse, value_name = "DURATION", help_heading = "Global options")]
    pub(crate) http_timeout: Duration,
    /// File with a static token; HAMCTL_TOKEN holds one itself
    #[arg(
        long,
        global = true,
        env = "HAMCTL_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub(crate) token_file: Option<PathBuf>,
    /// How to print answers
    #[arg(
        short,
        long,
        global = true,
        default_value = "table",
        value_name = "FORMAT",
        help_heading = "Global options"
    )]
    pub(crate) output: Format,
    /// Where to log in.
    #[command(flatten)]
    pub(crate) oauth: OAuthArgs,
}

/// Where to log in.
#[derive(Debug, Group)]
pub(crate) struct OAuthArgs {
    /// Identity provider to log in with
    #[arg(
        long,
        global = true,
        env = "HAMCTL_OAUTH_IDP_URL",
        value_name = "URL",
        help_heading = "Global options"
    )]
    pub(crate) oauth_idp_url: Option<String>,
    /// Client id to log in with
    #[arg(
        long,
        global = true,
        env = "HAMCTL_OAUTH_CLIENT_ID",
        value_name = "ID",
        help_heading = "Global options"
    )]
    pub(crate) oauth_client_id: Option<String>,
    /// Log in on a terminal when a command needs it; `false` turns that off
    #[arg(
        hide_env = true,
        long,
        global = true,
        env = "HAMCTL_OAUTH_AUTO_LOGIN",
        default_value = "true",
        value_name = "BOOL",
        help_heading = "Global options"
    )]
    pub(crate) oauth_auto_login: String,
}

/// How answers are printed: text for people, or the server's answer as JSON.
// Its values have no descriptions of their own: they would make every help page three times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what runs in each environment
    Status {
        /// Kubernetes namespace; by default `vars.k8s.namespace` of shuttle.yaml
        #[arg(short, long)]
        namespace: Option<String>,
    },
    /// Show releases or artifacts in detail
    #[command(subcommand)]
    Describe(DescribeCommand),
    /// Release an artifact, or the newest of a branch
    Release(ReleaseArgs),
    /// Release to an environment what runs in the one before it
    Promote(PromoteArgs),
    /// Release an earlier artifact again
    Rollback(RollbackArgs),
    /// List, apply and delete policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Log in with the identity provider
    Login,
    /// Forget the login
    Logout,
    /// Show who the server takes you for
    Whoami,
    /// Print the version
    Version,
    /// Print a script that completes commands and flags
    Completion {
        /// The shell that runs it
        shell: Shell,
    },
}

/// What to describe.
#[derive(Debug, Subcommand)]
pub(crate) enum DescribeCommand {
    /// Show the latest releases to an environment
    #[command(alias = "releases")]
    Release {
        /// Environment
        #[arg(short, long)]
        env: String,
        /// Kubernetes namespace; accepted and not needed
        #[arg(short, long, hide = true)]
        namespace: Option<String>,
        /// How many releases
        #[arg(short, long, default_value_t = 1)]
        count: u32,
    },
    /// Show the latest artifacts
    #[command(alias = "artifacts")]
    Artifact {
        /// How many artifacts
        #[arg(long, default_value_t = 5)]
        count: u32,
        /// Only artifacts of this branch
        #[arg(short, long)]
        branch: Option<String>,
    },
}

/// A shell that scripts can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}
