//! What can go wrong in a command.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use api::ClientError;
use explain::{Explain, Kind};
use terminal::{AskError, duration_text};

use crate::config_file::ConfigFileError;
use crate::login::LoginError;
use crate::settings::SettingsError;
use crate::suggest;

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
    #[error(transparent)]
    Login(#[from] LoginError),
    #[error(transparent)]
    Server(#[from] ClientError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error("--env must contain at least one value")]
    NoEnvironment,
    #[error("{one} and {other} cannot both be specified")]
    BothGiven { one: &'static str, other: &'static str },
    #[error("--branch, --current-branch or --artifact is required")]
    NothingGiven,
    #[error("unknown environment '{name}'")]
    UnknownEnvironment { name: String, known: Vec<String> },
    #[error("nothing to promote: service '{service}' does not run in environment '{from}'")]
    NothingToPromote { service: String, from: String },
    #[error("no artifacts available for service '{service}' and branch '{branch}'")]
    NoArtifact { service: String, branch: String },
    #[error("Could not determine current branch")]
    NoCurrentBranch,
    #[error("can't do rollback, because there isn't a release to rollback to")]
    NoEarlierRelease { service: String, env: String },
    #[error("can't do rollback, because the artifact '{artifact}' isn't found in the last {length} releases")]
    NotReleasedLately { artifact: String, length: u32 },
    #[error("which release to roll back to was not said, and this is not a terminal to ask on")]
    RollbackToWhat,
    #[error("{artifact} failed in {env}: {what}")]
    RolloutFailed { service: String, env: String, artifact: String, what: String },
    #[error("{artifact} was replaced by {by} in {env} before it was ready")]
    Replaced { env: String, artifact: String, by: String },
    #[error("no word within {} that {artifact} is ready in {env}: {last}", duration_text(*after))]
    RolloutLate { service: String, env: String, artifact: String, after: Duration, last: String },
    #[error("{failed} of {total} environments failed")]
    SomeFailed { failed: usize, total: usize, kind: Kind },
    #[error("{denied} of {total} would be refused")]
    WouldBeDenied { denied: usize, total: usize },
    #[error("the server at {address} cannot {what}: it is older, or the original release-manager")]
    NotSupported { address: String, what: &'static str },
    #[error("unknown service '{name}'")]
    UnknownService { name: String, known: Vec<String> },
    #[error("{}", unknown_policies(ids, *missing))]
    UnknownPolicies { service: String, ids: Vec<String>, missing: usize },
    #[error("{template} template: {problem}")]
    Template { template: &'static str, problem: String },
    #[error("cannot write manual pages to {}", folder.display())]
    Manual {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{failed} of {total} checks failed")]
    ChecksFailed { failed: usize, total: usize, kind: Kind },
    #[error("the release of {artifact} to {env} was given up: {reason}")]
    GivenUp { env: String, artifact: String, reason: String },
    #[error("cannot write the answer as data")]
    Encoding(#[source] serde_json::Error),
    #[error("cannot start")]
    Runtime(#[source] std::io::Error),
}

impl Explain for CommandError {
    fn kind(&self) -> Kind {
        match self {
            Self::Settings(error) => error.kind(),
            Self::ConfigFile(error) => error.kind(),
            Self::Login(error) => error.kind(),
            Self::Server(error) => error.kind(),
            Self::Ask(error) => error.kind(),
            Self::NoEnvironment
            | Self::BothGiven { .. }
            | Self::NothingGiven
            | Self::NoCurrentBranch
            | Self::RollbackToWhat => Kind::Usage,
            Self::UnknownEnvironment { .. } => Kind::Invalid,
            Self::NothingToPromote { .. }
            | Self::NoArtifact { .. }
            | Self::NoEarlierRelease { .. }
            | Self::NotReleasedLately { .. } => Kind::NotFound,
            Self::RolloutFailed { .. } => Kind::Failed,
            Self::Replaced { .. } => Kind::Conflict,
            Self::RolloutLate { .. } => Kind::Unavailable,
            Self::SomeFailed { kind, .. } | Self::ChecksFailed { kind, .. } => *kind,
            Self::WouldBeDenied { .. } => Kind::Denied,
            Self::NotSupported { .. } => Kind::Unavailable,
            Self::UnknownService { .. } | Self::UnknownPolicies { .. } => Kind::NotFound,
            Self::Template { .. } => Kind::Usage,
            Self::Manual { .. } | Self::GivenUp { .. } => Kind::Failed,
            Self::Encoding(_) | Self::Runtime(_) => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Settings(error) => error.next_step(),
            Self::ConfigFile(error) => error.next_step(),
            Self::Login(error) => error.next_step(),
            Self::Server(error) => error.next_step(),
            Self::Ask(error) => error.next_step(),
            Self::NoEnvironment => "name one, such as `--env dev`".into(),
            Self::BothGiven { .. } => "leave one of them out".into(),
            Self::NothingGiven => "say what to release: see `hamctl release --help`".into(),
            Self::UnknownEnvironment { name, known } => suggest::next_step("environments", name, known).into(),
            Self::NothingToPromote { service, from } => {
                format!("see `hamctl status --service {service}`, and release to {from} first").into()
            }
            Self::NoArtifact { service, .. } => {
                format!("see `hamctl describe artifact --service {service}`, or wait for CI to push one").into()
            }
            Self::NoCurrentBranch => "Specify --branch or --artifact explicitly".into(),
            Self::NoEarlierRelease { service, env } => {
                format!("see `hamctl describe release --service {service} --env {env} --count 10`").into()
            }
            Self::NotReleasedLately { length, .. } => {
                format!("look further back with `--length {}`", length.saturating_mul(10)).into()
            }
            Self::RollbackToWhat => "give `--to ARTIFACT`, or `--yes` for the release before".into(),
            Self::RolloutFailed { service, env, .. } => {
                format!("go back with `hamctl rollback --service {service} --env {env}`").into()
            }
            Self::Replaced { .. } => "find out who released it with `hamctl describe release`".into(),
            Self::RolloutLate { service, env, .. } => {
                format!("see `hamctl describe release --service {service} --env {env}`, or wait longer with --wait-timeout").into()
            }
            Self::SomeFailed { .. } | Self::WouldBeDenied { .. } | Self::ChecksFailed { .. } => "".into(),
            Self::NotSupported { .. } => "ask who runs the server for a newer one".into(),
            Self::UnknownService { name, known } => {
                suggest::next_step("services", name, known).into()
            }
            Self::UnknownPolicies { service, .. } => {
                format!("see which there are: `hamctl policy list --service {service}`").into()
            }
            Self::Template { .. } => "see the fields and functions in docs/hamctl.md#templates".into(),
            Self::Manual { .. } => "see that you may write there".into(),
            Self::GivenUp { .. } => "when the cause is gone, release it again, or see `hamctl queue list`".into(),
            Self::Encoding(_) | Self::Runtime(_) => "try again".into(),
        }
    }
}

/// The server says how many there were, not which.
fn unknown_policies(ids: &[String], missing: usize) -> String {
    match ids {
        [id] => format!("there is no policy '{id}'"),
        _ => format!("{missing} of the {} policies do not exist", ids.len()),
    }
}
