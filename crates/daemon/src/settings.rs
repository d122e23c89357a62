//! From flags to what the daemon needs, all mistakes told at once.

use std::borrow::Cow;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use explain::{Explain, Kind};
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use url::Url;

use crate::args::{StartArgs, TokenArgs};
use crate::report::Context;
use crate::token::{Secret, TokenSource};

/// What a daemon needs to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to report to.
    pub server: Url,
    /// How to prove who we are.
    pub token: TokenSource,
    /// How long a request may take.
    pub timeout: Duration,
    /// What the machine has to know.
    pub context: Context,
    /// The namespaces to watch; all when empty.
    pub namespaces: Vec<String>,
    /// Where the outbox is.
    pub data_dir: PathBuf,
    /// Where probes and metrics are served.
    pub probes: Option<SocketAddr>,
    /// Where alerts of Flux are taken.
    pub flux: Option<SocketAddr>,
}

/// Flags that do not fit.
#[derive(Debug, thiserror::Error)]
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
        "see `release-daemon start --help`".into()
    }
}

impl TryFrom<StartArgs> for Settings {
    type Error = SettingsError;

    fn try_from(args: StartArgs) -> Result<Self, SettingsError> {
        let mut problems = Vec::new();
        let server = address("--release-manager-url", &args.release_manager_url, &mut problems);
        let timeout = timeout(&args.http_timeout, &mut problems);
        let token = token(args.token, &mut problems);
        if args.environment.is_empty() {
            problems.push("--environment is empty".into());
        }
        // Whole by then: Kubernetes counts restarts in 32 bits.
        let crash_every = args.crash_every.round();
        if !(1.0..=f64::from(u32::MAX)).contains(&crash_every) {
            problems.push(format!("--modulo-crash-report-notif is {}, not 1 or more", args.crash_every));
        }
        let port = |port| (port != 0).then_some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
        match (server, timeout, token) {
            (Some(server), Some(timeout), Some(token)) if problems.is_empty() => Ok(Self {
                server,
                token,
                timeout,
                context: Context {
                    environment: args.environment,
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "checked above"
                    )]
                    crash_every: crash_every as u64,
                },
                namespaces: args.namespaces,
                data_dir: args.data_dir,
                probes: port(args.http_port),
                flux: port(args.flux_port),
            }),
            _ => Err(SettingsError { problems }),
        }
    }
}

fn address(flag: &str, text: &str, problems: &mut Vec<String>) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        problems.push(format!("{flag} `{text}` is no address such as https://host"));
    }
    url
}

fn timeout(text: &str, problems: &mut Vec<String>) -> Option<Duration> {
    let parsed = text.parse::<SignedDuration>().ok().and_then(|timeout| Duration::try_from(timeout).ok());
    let timeout = parsed.filter(|timeout| !timeout.is_zero());
    if timeout.is_none() {
        problems.push(format!("--http-timeout `{text}` is no duration such as 20s"));
    }
    timeout
}

fn token(args: TokenArgs, problems: &mut Vec<String>) -> Option<TokenSource> {
    let secret = |given: Option<secrecy::SecretString>, file: Option<PathBuf>| {
        let given = given.filter(|secret| !secret.expose_secret().is_empty());
        given.map(Secret::Given).or(file.map(Secret::File))
    };
    let fixed = secret(args.auth_token, args.auth_token_file);
    let client_secret = secret(args.client_secret, args.client_secret_file);
    let mut missing = Vec::new();
    let mut need = |flag: &'static str, is_there: bool| {
        if !is_there {
            missing.push(flag);
        }
    };
    need("--idp-url", args.idp_url.is_some());
    need("--client-id", args.client_id.is_some());
    need("--client-secret", client_secret.is_some());
    match (fixed, args.idp_url, args.client_id, client_secret) {
        (Some(_), Some(_), _, _) => {
            problems.push("--auth-token and --idp-url are both given: one is enough".into());
            None
        }
        (Some(secret), None, _, _) => Some(TokenSource::Static(secret)),
        (None, Some(idp_url), Some(client_id), Some(client_secret)) => {
            let mut endpoint = address("--idp-url", &idp_url, problems)?;
            endpoint.set_path(&format!("{}/v1/token", endpoint.path().trim_end_matches('/')));
            Some(TokenSource::ClientCredentials { endpoint, client_id, client_secret, scope: args.scope })
        }
        (None, None, None, None) => {
            problems.push(
                "no token: give --auth-token, or --idp-url with --client-id and --client-secret".into(),
            );
            None
        }
        (None, _, _, _) => {
            problems.push(format!("a token by client credentials also needs {}", missing.join(" and ")));
            None
        }
    }
}

#[cfg(test)]
mod tests;
