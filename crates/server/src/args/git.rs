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

    /// Client certificate for config repositories by HTTPS, in PEM format
    #[arg(long, env = "GIT_CLIENT_CERTIFICATE", value_name = "FILE")]
    pub(crate) git_client_certificate: Option<PathBuf>,

    /// Private key of the client certificate, in PEM format
    #[arg(long, env = "GIT_CLIENT_KEY", value_name = "FILE")]
    pub(crate) git_client_key: Option<PathBuf>,

    /// Certificate authorities to believe for Git by HTTPS; default those of the system
    #[arg(long, env = "GIT_CA_CERTIFICATE", value_name = "FILE")]
    pub(crate) git_ca_certificate: Option<PathBuf>,

    /// Name of who commits
    #[arg(long, default_value = "HamAstrochimp", value_name = "NAME")]
    pub(crate) git_user: String,

    /// Address of who commits
    #[arg(long, default_value = "operations@lunar.app", value_name = "EMAIL")]
    pub(crate) git_email: String,

    /// Key to sign commits with: an SSH private key file, or with --git-gpg-key-import-paths the OpenPGP key of
    /// that id; unsigned without one
    #[arg(long, default_value = "", hide_default_value = true, value_name = "KEY")]
    pub(crate) git_signing_key: String,

    /// OpenPGP keys to import: files, or folders of files, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub(crate) git_gpg_key_import_paths: Vec<PathBuf>,

    /// Go on although the history of the config repository was rewritten
    #[arg(long)]
    pub(crate) accept_rewritten_history: bool,
}
