//! From flags to what the controller needs, all mistakes told at once.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use explain::{Explain, Kind};
use git_mirror::{Credentials, Remote, Tls, TreePath};
use jiff::SignedDuration;
use reconcile::{Environment, PruneLimit};
use secrecy::SecretString;

use crate::args::{CommandLine, GitArgs};

/// What a controller needs to run.
#[derive(Debug)]
pub struct Settings {
    /// The environment to enforce.
    pub environment: Environment,
    /// The repository and branch to follow.
    pub remote: Remote,
    /// The folder of the environment's releases.
    pub path: TreePath,
    /// How often to ask for new commits.
    pub poll_interval: Duration,
    /// Where the mirror is.
    pub data_dir: PathBuf,
    /// How much may be deleted at once.
    pub prune_limit: PruneLimit,
    /// Where probes, metrics and units are served.
    pub http: Option<SocketAddr>,
    /// Where pushes are told.
    pub webhook: Option<SocketAddr>,
    /// What signs a push.
    pub webhook_secret: Option<SecretString>,
}

/// Flags that do not fit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("; "))]
pub struct SettingsError {
    /// One a mistake.
    pub problems: Vec<String>,
}

impl Explain for SettingsError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> Cow<'static, str> {
        "see `release-controller --help`".into()
    }
}

/// The mistakes found so far.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    /// The value, or its mistake noted.
    fn take<T, E: Display>(&mut self, flag: &str, outcome: Result<T, E>) -> Option<T> {
        outcome.map_err(|error| self.0.push(format!("{flag}: {error}"))).ok()
    }

    fn secret(&mut self, flag: &str, file: &Path) -> Option<SecretString> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
        let text = self.take(flag, text)?.trim().to_owned();
        let given = if text.is_empty() { Err(format!("{} is empty", file.display())) } else { Ok(text) };
        self.take(flag, given).map(SecretString::from)
    }
}

impl TryFrom<CommandLine> for Settings {
    type Error = SettingsError;

    fn try_from(args: CommandLine) -> Result<Self, SettingsError> {
        let mut problems = Problems::default();
        let environment: Option<Environment> = problems.take("--environment", args.environment.parse());
        let path = args.git.path.clone().unwrap_or_else(|| format!("{}/releases", args.environment));
        let path: Option<TreePath> = problems.take("--path", path.parse());
        let poll_interval = problems.take("--poll-interval", duration(&args.git.poll_interval));
        let prune_limit = problems.take("--prune-limit", args.prune_limit.parse());
        let remote = remote(&args.git, &mut problems);
        let secret_file = args.web.webhook_secret_file.as_deref();
        let webhook_secret = secret_file.and_then(|file| problems.secret("--webhook-secret-file", file));
        let port = |port| (port != 0).then_some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
        match (environment, path, poll_interval, prune_limit, remote) {
            (Some(environment), Some(path), Some(poll_interval), Some(prune_limit), Some(remote))
                if problems.0.is_empty() =>
            {
                Ok(Self {
                    environment,
                    remote,
                    path,
                    poll_interval,
                    data_dir: args.git.data_dir,
                    prune_limit,
                    http: port(args.web.http_port),
                    webhook: port(args.web.webhook_port),
                    webhook_secret,
                })
            }
            _ => Err(SettingsError { problems: problems.0 }),
        }
    }
}

fn remote(args: &GitArgs, problems: &mut Problems) -> Option<Remote> {
    let url = problems.take("--config-repo", args.config_repo.parse());
    let branch = problems.take("--branch", args.branch.parse());
    let credentials = match (&args.ssh_private_key, &args.known_hosts, &args.git_token_file) {
        (Some(key), Some(known_hosts), _) => {
            for (flag, file) in [("--ssh-private-key", key), ("--known-hosts", known_hosts)] {
                let opened =
                    std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()));
                problems.take(flag, opened);
            }
            Credentials::SshKey { key: key.clone(), known_hosts: known_hosts.clone() }
        }
        (_, _, Some(file)) => {
            let token = problems.secret("--git-token-file", file)?;
            match &args.git_user {
                Some(user) => Credentials::Basic { user: user.clone(), password: token },
                None => Credentials::Token(token),
            }
        }
        (_, _, None) => Credentials::None,
    };
    let (certificate, key) = (args.git_client_certificate.as_deref(), args.git_client_key.as_deref());
    let tls = Tls::new(certificate, key, args.git_ca_certificate.as_deref());
    let tls = tls.map_err(|error| problems.0.push(explain::chain(&error).join(": "))).ok()?;
    Some(Remote { credentials, tls, ..Remote::new(url?, branch?) })
}

fn duration(text: &str) -> Result<Duration, String> {
    let parsed = text.parse::<SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    let usable = parsed.filter(|duration| !duration.is_zero());
    usable.ok_or_else(|| format!("`{text}` is no duration such as 10s"))
}

#[cfg(test)]
mod tests;
