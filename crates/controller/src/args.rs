//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser};

/// Drive a cluster to one environment of the config repository
#[derive(Debug, Parser)]
#[command(name = "release-controller", version)]
pub struct CommandLine {
    /// Which part of which repository.
    #[command(flatten)]
    pub git: GitArgs,
    /// Environment to enforce
    #[arg(long, env = "ENVIRONMENT", value_name = "NAME")]
    pub environment: String,
    /// How to reach the cluster [default: the service account of the pod we run in]
    #[arg(long, env = "KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Largest share of all objects that is deleted at once without approval; never fewer than 10 objects
    #[arg(long, env = "PRUNE_LIMIT", value_name = "PERCENT", default_value = "50%")]
    pub prune_limit: String,
    /// Where we can be asked.
    #[command(flatten)]
    pub web: WebArgs,
    /// How to log.
    #[command(flatten)]
    pub log: logs::LogArgs,
}

/// Which part of which repository, and how to read it.
#[derive(Debug, Args)]
pub struct GitArgs {
    /// Address of the config repository
    #[arg(long, env = "CONFIG_REPO", value_name = "URL")]
    pub config_repo: String,
    /// Branch to follow
    #[arg(long, env = "CONFIG_REPO_BRANCH", value_name = "NAME", default_value = "master")]
    pub branch: String,
    /// Folder with one folder a namespace and in it one a service [default: ENVIRONMENT/releases]
    #[arg(long, env = "CONFIG_REPO_PATH", value_name = "PATH")]
    pub path: Option<String>,
    /// Private key for SSH
    #[arg(long, env = "SSH_PRIVATE_KEY", value_name = "FILE", requires = "known_hosts")]
    pub ssh_private_key: Option<PathBuf>,
    /// Host keys that are trusted for SSH
    #[arg(long, env = "SSH_KNOWN_HOSTS", value_name = "FILE", requires = "ssh_private_key")]
    pub known_hosts: Option<PathBuf>,
    /// File with a token for HTTPS
    #[arg(long, env = "GIT_TOKEN_FILE", value_name = "FILE", conflicts_with = "ssh_private_key")]
    pub git_token_file: Option<PathBuf>,
    /// User to send the token with, for hosts that want one
    #[arg(long, env = "GIT_USER", value_name = "NAME", requires = "git_token_file")]
    pub git_user: Option<String>,
    /// Client certificate for HTTPS, in PEM format
    #[arg(long, env = "GIT_CLIENT_CERTIFICATE", value_name = "FILE", requires = "git_client_key")]
    pub git_client_certificate: Option<PathBuf>,
    /// Private key of the client certificate, in PEM format
    #[arg(long, env = "GIT_CLIENT_KEY", value_name = "FILE", requires = "git_client_certificate")]
    pub git_client_key: Option<PathBuf>,
    /// Certificate authorities to believe for HTTPS [default: those of the system]
    #[arg(long, env = "GIT_CA_CERTIFICATE", value_name = "FILE")]
    pub git_ca_certificate: Option<PathBuf>,
    /// How often to ask for new commits
    #[arg(long, env = "POLL_INTERVAL", value_name = "DURATION", default_value = "10s")]
    pub poll_interval: String,
    /// Where the mirror of the repository is kept
    #[arg(long, env = "DATA_DIR", value_name = "DIR", default_value = "/var/lib/release-controller")]
    pub data_dir: PathBuf,
}

/// Where we can be asked, and told of pushes.
#[derive(Debug, Args)]
pub struct WebArgs {
    /// Port of /healthz, /readyz, /metrics and /units; 0 for none
    #[arg(long, env = "HTTP_PORT", value_name = "PORT", default_value_t = 8080)]
    pub http_port: u16,
    /// Port where a POST makes us fetch at once; 0 for none
    #[arg(long, env = "WEBHOOK_PORT", value_name = "PORT", default_value_t = 0)]
    pub webhook_port: u16,
    /// File with the secret that signs such a POST (X-Hub-Signature-256)
    #[arg(long, env = "WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub webhook_secret_file: Option<PathBuf>,
}
