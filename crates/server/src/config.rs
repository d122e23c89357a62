//! What the flags mean together. All problems are found at once, and nobody else reads flags or variables.

mod broker;
mod git;
mod grafana;
mod people;
mod store;
mod webhook;

use std::path::PathBuf;
use std::time::Duration;

use policy::GlobalRestriction;
use secrecy::SecretString;

use crate::args::StartArgs;
use crate::identity::{Group, StaticTokens};

pub(crate) use broker::BrokerConfig;
pub(crate) use git::{GitConfig, Signing};
pub(crate) use grafana::GrafanaTarget;
pub(crate) use people::People;
pub(crate) use store::StoreConfig;
pub(crate) use webhook::WebhookTarget;

/// No request has to take longer; a server that waits for ever is one that anybody can stop.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// How the server is to run.
pub(crate) struct Config {
    pub(crate) http_port: u16,
    pub(crate) timeout: Duration,
    pub(crate) public_url: String,
    pub(crate) data_dir: PathBuf,
    pub(crate) globals: Vec<GlobalRestriction>,
    pub(crate) git: GitConfig,
    pub(crate) identity: IdentityConfig,
    pub(crate) store: StoreConfig,
    pub(crate) broker: Option<BrokerConfig>,
    pub(crate) notify: NotifyConfig,
}

/// Who may call.
pub(crate) struct IdentityConfig {
    pub(crate) tokens: StaticTokens,
    /// Address of the keys, issuer, audience.
    pub(crate) provider: Option<(String, String, String)>,
    pub(crate) require_scopes: bool,
    pub(crate) webhook_secret: Option<SecretString>,
}

/// Who is told, and of what.
#[derive(Clone)]
pub(crate) struct NotifyConfig {
    pub(crate) slack: Option<(String, SecretString)>,
    pub(crate) people: People,
    pub(crate) mute_k8s: bool,
    pub(crate) mute_policy: bool,
    pub(crate) mute_release_processed: bool,
    pub(crate) grafana: Vec<GrafanaTarget>,
    pub(crate) github: Option<GitHubConfig>,
    pub(crate) webhooks: Vec<WebhookTarget>,
}

/// Tags at GitHub, and what else it is told.
#[derive(Clone)]
pub(crate) struct GitHubConfig {
    pub(crate) url: String,
    pub(crate) organisation: String,
    pub(crate) token: SecretString,
    /// Whether it hears of deployments.
    pub(crate) deployments: bool,
    /// Whether it hears how commits stand.
    pub(crate) statuses: bool,
}

/// Everything that is wrong with the flags.
#[derive(Debug, thiserror::Error)]
#[error("{}", problems.join("; "))]
pub(crate) struct ConfigError {
    problems: Vec<String>,
}

impl ConfigError {
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }
}

/// The problems so far.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    /// The value, or a note of what is wrong.
    fn take<T, E: std::error::Error + 'static>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.0.push(explain::chain(&error).join(": "))).ok()
    }

    fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }
}

impl Config {
    pub(crate) fn new(args: StartArgs) -> Result<Self, ConfigError> {
        let mut problems = Problems::default();
        let broker = problems.take(broker::parse(&args.broker));
        if args.git.artifact_filename != "artifact.json" {
            problems.add("--artifact-filename can only be artifact.json");
        }
        let timeout = args.timeout.0;
        if timeout.is_zero() || timeout > LONGEST_TIMEOUT {
            problems.add("--timeout must be longer than 0s and at most 24h");
        }
        let globals = problems.take(policy::parse_global_restrictions(
            args.policy_branch_restrictions.iter().map(String::as_str),
        ));
        let git = git::read(&args.git, &mut problems);
        let identity = identity(&args, &mut problems);
        let notify = notify(&args, &mut problems);
        let store = store::store(args.store, &args.git, &args.data_dir, &mut problems);
        let (Some(globals), Some(git), Some(broker), Some(notify), Some(store), []) =
            (globals, git, broker, notify, store, problems.0.as_slice())
        else {
            return Err(ConfigError { problems: problems.0 });
        };
        let public_url = args.public_url.unwrap_or_else(|| format!("http://localhost:{}", args.http_port));
        Ok(Self {
            http_port: args.http_port,
            timeout,
            public_url: public_url.trim_end_matches('/').to_owned(),
            store,
            data_dir: args.data_dir,
            globals,
            git,
            identity,
            broker,
            notify,
        })
    }
}

/// A text that is not blank.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn identity(args: &StartArgs, problems: &mut Problems) -> IdentityConfig {
    let identity = &args.identity;
    let tokens = StaticTokens::default()
        .with(Group::Hamctl, identity.hamctl_auth_token.iter().map(String::as_str))
        .with(Group::Artifact, identity.artifact_auth_token.iter().map(String::as_str))
        .with(Group::Daemon, identity.daemon_auth_token.iter().map(String::as_str));
    let provider = given(&identity.jwks_urls).map(|url| {
        if given(&identity.jwt_issuer).is_none() {
            problems.add("--jwt-issuer is required with --jwks-urls: without it no token can be trusted");
        }
        (url.to_owned(), identity.jwt_issuer.clone(), identity.jwt_audience.clone())
    });
    if provider.is_none() && tokens.is_empty() {
        problems.add("nobody could call: give --jwks-urls with --jwt-issuer, or static tokens such as --hamctl-auth-token");
    }
    IdentityConfig {
        tokens,
        provider,
        require_scopes: identity.require_scopes,
        webhook_secret: given(&identity.github_webhook_secret).map(|secret| secret.to_owned().into()),
    }
}

fn notify(args: &StartArgs, problems: &mut Problems) -> Option<NotifyConfig> {
    let args = &args.notify;
    let base = |url: &str| url.trim_end_matches('/').to_owned();
    let people = problems.take(People::new(&args.email_suffix, &args.user_mappings));
    let grafana = problems.take(grafana::parse(&args.grafana_annotations));
    let webhooks = problems.take(webhook::parse(&args.webhook, &args.webhook_secret));
    if given(&args.github_api_token).is_none() && (args.github_deployments || args.github_commit_status) {
        problems.add("--github-deployments and --github-commit-status need --github-api-token");
    }
    Some(NotifyConfig {
        slack: given(&args.slack_token).map(|token| (base(&args.slack_url), token.to_owned().into())),
        people: people?,
        mute_k8s: args.mute_slack_notification_k8s,
        mute_policy: args.mute_slack_notification_policy,
        mute_release_processed: args.mute_slack_notification_release_processed,
        grafana: grafana?,
        github: given(&args.github_api_token).map(|token| GitHubConfig {
            url: base(&args.github_url),
            organisation: args.github_organisation.clone(),
            token: token.to_owned().into(),
            deployments: args.github_deployments,
            statuses: args.github_commit_status,
        }),
        webhooks: webhooks?,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    fn problems(flags: &[&str]) -> Vec<String> {
        let smallest = ["release-manager", "start", "--config-repo=/config.git", "--hamctl-auth-token=token"];
        match Cli::try_parse_from(smallest.iter().chain(flags)).unwrap().command {
            Command::Start(args) => Config::new(*args).err().map(|error| error.problems).unwrap_or_default(),
            other => panic!("start is not {other:?}"),
        }
    }

    #[test]
    fn a_time_in_which_nothing_can_be_answered_is_refused() {
        for (timeout, is_good) in
            [("0s", false), ("1ms", true), ("24h", true), ("25h", false), ("5000000000000h", false)]
        {
            let expected: &[&str] =
                if is_good { &[] } else { &["--timeout must be longer than 0s and at most 24h"] };
            assert_eq!(problems(&[&format!("--timeout={timeout}")]), expected, "{timeout}");
        }
    }
}
