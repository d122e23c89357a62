//! Flags of `push`.

use clap::Args;
use secrecy::SecretString;

/// Where to upload to, and as whom.
#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// Address of the release manager
    #[arg(long, env = "ARTIFACT_URL", value_name = "URL", required_unless_present = "git")]
    pub(crate) http_base_url: Option<String>,
    /// Git repository to push the build to, in place of an upload
    #[arg(long, value_name = "REPOSITORY")]
    pub(crate) git: Option<String>,
    /// What the branch begins with there, as the server's --artifact-repo-prefix
    #[arg(long, default_value = "", hide_default_value = true, value_name = "PREFIX", requires = "git")]
    pub(crate) git_prefix: String,
    /// Static token, in place of a login with the identity provider
    #[arg(long, env = "ARTIFACT_AUTH_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub(crate) auth_token: Option<SecretString>,
    /// Identity provider
    #[arg(long, env = "ARTIFACT_IDP_URL", value_name = "URL", required_unless_present_any = ["auth_token", "git"])]
    pub(crate) idp_url: Option<String>,
    /// Client id at the identity provider
    #[arg(long, env = "ARTIFACT_CLIENT_ID", value_name = "ID", required_unless_present_any = ["auth_token", "git"])]
    pub(crate) client_id: Option<String>,
    /// Client secret at the identity provider
    #[arg(
        long,
        env = "ARTIFACT_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET",
        required_unless_present_any = ["auth_token", "git"]
    )]
    pub(crate) client_secret: Option<SecretString>,
    /// Scope to ask the identity provider for
    #[arg(long, default_value = "release_artifact", value_name = "SCOPE")]
    pub(crate) artifact_scope: String,
    /// How often to try again when a server fails or cannot be reached
    #[arg(long, default_value_t = 5, value_name = "COUNT")]
    pub(crate) retries: usize,
}
