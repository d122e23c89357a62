//! The commands that change something.

use std::time::Duration;

use clap::{Args as Group, Subcommand};
use clap_complete::engine::ArgValueCompleter;

use crate::completion;
use crate::duration;

/// Flags of `release`.
#[derive(Debug, Group)]
#[group(skip)]
pub(crate) struct ReleaseArgs {
    /// Environments, separated by commas or given several times
    #[arg(short, long, required = true, value_delimiter = ',', add = ArgValueCompleter::new(completion::environments))]
    pub(crate) env: Vec<String>,
    /// What to release.
    #[command(flatten)]
    pub(crate) what: ReleaseWhat,
    /// Whether to ask only, and whether to wait.
    #[command(flatten)]
    pub(crate) how: HowArgs,
}

/// What to release: exactly one of these, where an empty one counts as none, as scripts give them.
#[derive(Debug, Group)]
#[group(required = true, multiple = true)]
pub(crate) struct ReleaseWhat {
    /// Newest artifact of this branch
    #[arg(short, long, add = ArgValueCompleter::new(completion::branches))]
    pub(crate) branch: Option<String>,
    /// Newest artifact of the Git branch checked out in this folder
    #[arg(short, long)]
    pub(crate) current_branch: bool,
    /// The artifact with this id
    #[arg(long, value_name = "ID", add = ArgValueCompleter::new(completion::artifacts))]
    pub(crate) artifact: Option<String>,
}

/// Flags of `promote`.
#[derive(Debug, Group)]
pub(crate) struct PromoteArgs {
    /// Environment to release to
    #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
    pub(crate) env: String,
    /// Environment to take the artifact from; by default the one before
    #[arg(long, value_name = "ENV", add = ArgValueCompleter::new(completion::environments))]
    pub(crate) from_env: Option<String>,
    /// Kubernetes namespace; by default `vars.k8s.namespace` of shuttle.yaml
    #[arg(short, long, add = ArgValueCompleter::new(completion::namespaces))]
    pub(crate) namespace: Option<String>,
    /// Whether to ask only, and whether to wait.
    #[command(flatten)]
    pub(crate) how: HowArgs,
}

/// Flags of `rollback`.
#[derive(Debug, Group)]
pub(crate) struct RollbackArgs {
    /// Environment
    #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
    pub(crate) env: String,
    /// Artifact to go back to; without it you are asked
    #[arg(long, visible_alias = "to", value_name = "ID", add = ArgValueCompleter::new(completion::artifacts))]
    pub(crate) artifact: Option<String>,
    /// Go back to the release before the current one without being asked
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// How many releases to choose from
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) length: u32,
    /// Kubernetes namespace; accepted and not needed
    #[arg(short, long, hide = true)]
    pub(crate) namespace: Option<String>,
    /// Whether to ask only, and whether to wait.
    #[command(flatten)]
    pub(crate) how: HowArgs,
}

/// How a release is asked for.
#[derive(Clone, Copy, Debug, Group)]
pub(crate) struct HowArgs {
    /// Say what would be decided, with all reasons, and do nothing
    #[arg(long, conflicts_with = "wait")]
    pub(crate) dry_run: bool,
    /// Wait until the cluster reports the release ready, and fail when it reports that it failed
    #[arg(long)]
    pub(crate) wait: bool,
    /// How long to wait for that report
    #[arg(long, default_value = "10m", value_parser = duration::parse, value_name = "DURATION")]
    pub(crate) wait_timeout: Duration,
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show the policies of a service
    List,
    /// Apply a policy
    #[command(subcommand)]
    Apply(PolicyKind),
    /// Delete policies by id
    Delete {
        /// Ids, as `policy list` shows them
        #[arg(value_name = "ID", required = true, add = ArgValueCompleter::new(completion::policies))]
        ids: Vec<String>,
    },
}

/// The kinds of policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyKind {
    /// Release every new artifact of a branch to an environment
    AutoRelease {
        /// Branch
        #[arg(short, long, add = ArgValueCompleter::new(completion::branches))]
        branch: String,
        /// Environment
        #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
        env: String,
    },
    /// Let only some branches into an environment
    BranchRestriction {
        /// Pattern of the branches that may be released, as Go writes regular expressions
        #[arg(long, value_name = "REGEX", add = ArgValueCompleter::new(completion::branches))]
        branch_regex: String,
        /// Environment
        #[arg(short, long, add = ArgValueCompleter::new(completion::environments))]
        env: String,
    },
}
