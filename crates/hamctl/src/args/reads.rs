//! The commands that only look.

use clap::{Args as Group, Subcommand};
use clap_complete::engine::ArgValueCompleter;

use crate::completion;

/// Flags of `status`.
#[derive(Debug, Group)]
pub(crate) struct StatusArgs {
    /// Kubernetes namespace; by default `vars.k8s.namespace` of shuttle.yaml
    #[arg(short, long, add = ArgValueCompleter::new(completion::namespaces))]
    pub(crate) namespace: Option<String>,
    /// Keep watching until you press Ctrl-C
    #[arg(short, long)]
    pub(crate) watch: bool,
}

/// Flags of `diff`.
#[derive(Debug, Group)]
pub(crate) struct DiffArgs {
    /// Environment
    #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
    pub(crate) env: String,
    /// Compare with the artifact of this id; by default with what a promotion would release
    #[arg(long, value_name = "ID", add = ArgValueCompleter::new(completion::artifacts))]
    pub(crate) artifact: Option<String>,
    /// Compare with the newest artifact of this branch
    #[arg(short, long, conflicts_with = "artifact", add = ArgValueCompleter::new(completion::branches))]
    pub(crate) branch: Option<String>,
    /// End with 10 when something would change
    #[arg(long)]
    pub(crate) exit_code: bool,
}

/// Flags of `history`.
#[derive(Debug, Group)]
pub(crate) struct HistoryArgs {
    /// Only this environment; by default all of them
    #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
    pub(crate) env: Option<String>,
    /// How many releases
    #[arg(short, long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
}

/// What to describe.
#[derive(Debug, Subcommand)]
pub(crate) enum DescribeCommand {
    /// Show the latest releases to an environment
    #[command(alias = "releases")]
    Release(DescribeReleaseArgs),
    /// Show the latest artifacts
    #[command(alias = "artifacts")]
    Artifact(DescribeArtifactArgs),
}

/// Flags of `describe release`.
#[derive(Debug, Group)]
pub(crate) struct DescribeReleaseArgs {
    /// Environment
    #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
    pub(crate) env: String,
    /// Kubernetes namespace; accepted and not needed
    #[arg(short, long, hide = true)]
    pub(crate) namespace: Option<String>,
    /// How many releases
    #[arg(short, long, default_value_t = 1)]
    pub(crate) count: u32,
    /// Print with this Go template, such as '{{ range .Releases }}{{ .ArtifactID }} {{ end }}'
    #[arg(long)]
    pub(crate) template: Option<String>,
}

/// Flags of `describe artifact`.
#[derive(Debug, Group)]
pub(crate) struct DescribeArtifactArgs {
    /// How many artifacts
    #[arg(long, default_value_t = 5)]
    pub(crate) count: u32,
    /// Only artifacts of this branch
    #[arg(short, long, add = ArgValueCompleter::new(completion::branches))]
    pub(crate) branch: Option<String>,
    /// Print with this Go template, such as '{{ range .Artifacts }}{{ .ArtifactID }} {{ end }}'
    #[arg(long)]
    pub(crate) template: Option<String>,
}

/// What to do with the server's queue.
#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// Show what waits, and what was given up with the reason
    List,
    /// Try again what was given up
    Retry {
        /// Its number, as `queue list` shows it
        #[arg(value_parser = number)]
        id: u64,
    },
}

fn number(text: &str) -> Result<u64, &'static str> {
    text.parse().map_err(|_| "give a number that `hamctl queue list` shows")
}
