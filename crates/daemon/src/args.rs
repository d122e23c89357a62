//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use secrecy::SecretString;

/// Watch a cluster and report to the release manager
#[derive(Debug, Parser)]
#[command(name = "release-daemon", version, disable_help_subcommand = true, arg_required_else_help = false)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch and report until stopped
    Start(Box<StartArgs>),
    /// Print the version
    Version,
}

/// The flags of `start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// Address of the release manager
    #[arg(long, env = "RELEASE_MANAGER_ADDRESS", value_name = "URL", hide_env_values = true)]
    pub release_manager_url: String,
    /// How long a request may take
    #[arg(long, value_name = "DURATION", default_value = "20s")]
    pub http_timeout: String,
    /// Environment this cluster, or this part of it, is
    #[arg(long, value_name = "NAME")]
    pub environment: String,
    /// Namespace to watch; give it again for more [default: all]
    #[arg(long = "namespace", value_name = "NAME")]
    pub namespaces: Vec<String>,
    /// How to reach the cluster [default: the service account of the pod we run in]
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Report the first of so many crashes of a container
    #[arg(long = "modulo-crash-report-notif", value_name = "N", default_value_t = 5.0)]
    pub crash_every: f64,
    /// Where undelivered events are kept
    #[arg(long, value_name = "DIR", default_value = "/var/lib/release-daemon")]
    pub data_dir: PathBuf,
    /// Port of /healthz, /readyz, /metrics and /dead-letters; 0 for none
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub http_port: u16,
    /// Port of /webhook/flux2-alerts; 0 for none
    #[arg(long, value_name = "PORT", default_value_t = 3001)]
    pub flux_port: u16,
    /// How to prove who we are.
    #[command(flatten)]
    pub token: TokenArgs,
    /// How to log.
    #[command(flatten)]
    pub log: logs::LogArgs,
}

/// How to prove who we are: a token, or the credentials to get one.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// Token the release manager knows
    #[arg(long, env = "DAEMON_AUTH_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub auth_token: Option<SecretString>,
    /// File with that token
    #[arg(long, env = "DAEMON_AUTH_TOKEN_FILE", value_name = "FILE", conflicts_with = "auth_token")]
    pub auth_token_file: Option<PathBuf>,
    /// Identity provider, for a token by client credentials
    #[arg(long, env = "DAEMON_IDP_URL", value_name = "URL")]
    pub idp_url: Option<String>,
    /// Client id at the identity provider
    #[arg(long, env = "DAEMON_CLIENT_ID", value_name = "ID")]
    pub client_id: Option<String>,
    /// Secret of the client
    #[arg(long, env = "DAEMON_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub client_secret: Option<SecretString>,
    /// File with that secret
    #[arg(long, env = "DAEMON_CLIENT_SECRET_FILE", value_name = "FILE", conflicts_with = "client_secret")]
    pub client_secret_file: Option<PathBuf>,
    /// Scope to ask for
    #[arg(
        long = "daemon-scope",
        alias = "deamon-scope",
        value_name = "SCOPE",
        default_value = "release_daemon"
    )]
    pub scope: String,
}
