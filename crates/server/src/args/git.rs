//! The config repository.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Config repository")]
pub(crate) struct GitArgs {
    /// URL of the config repository, by SSH or HTTP
    #[arg(long, env = "CONFIG_REPO", value_name = "URL", default_value = "", hide_default_value = true)]
    pub(crate) config_repo: String,

    /// Branch of the config repository
    #[arg(long, env = "CONFIG_REPO_BRANCH", value_name = "BRANCH", default_value = "master")]
    pub(crate) config_repo_branch: String,

    /// Name of the spec in the config repository; only artifact.json is supported
    #[arg(long, default_value = "artifact.json", value_name = "NAME")]
    pub(crate) artifact_filename: String,

    /// Private key for the config repository by SSH
    #[arg(long, default_value = "/etc/release-manager/ssh/identity", value_name = "FILE")]
    pub(crate) ssh_private_key: PathBuf,

    /// Known hosts for the config repository by SSH; default those of the system
    #[arg(long, env = "KNOWN_HOSTS", value_name = "FILE")]
    pub(crate) known_hosts: Option<PathBuf>,

    /// File with the token for the config repository by HTTP
    #[arg(long, env = "GIT_TOKEN_FILE", value_name = "FILE")]
    pub(crate) git_token_file: Option<PathBuf>,

    /// Name of who commits
    #[arg(long, default_value = "HamAstrochimp", value_name = "NAME")]
    pub(crate) git_user: String,

    /// Address of who commits
    #[arg(long, default_value = "operations@lunar.app", value_name = "EMAIL")]
    pub(crate) git_email: String,

    /// SSH private key file to sign commits with; unsigned without one
    #[arg(long, default_value = "", hide_default_value = true, value_name = "FILE")]
    pub(crate) git_signing_key: String,

    /// Go on although the history of the config repository was rewritten
    #[arg(long)]
    pub(crate) accept_rewritten_history: bool,
}
