//! Who may call.

use clap::Args;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Identity")]
pub(crate) struct IdentityArgs {
    /// Static tokens of hamctl, separated by commas
    #[arg(
        long,
        env = "HAMCTL_AUTH_TOKEN",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "LIST"
    )]
    pub(crate) hamctl_auth_token: Vec<String>,

    /// Static tokens of CI, separated by commas
    #[arg(
        long,
        env = "ARTIFACT_AUTH_TOKEN",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "LIST"
    )]
    pub(crate) artifact_auth_token: Vec<String>,

    /// Static tokens of daemons, separated by commas
    #[arg(
        long,
        env = "DAEMON_AUTH_TOKEN",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "LIST"
    )]
    pub(crate) daemon_auth_token: Vec<String>,

    /// URL of the identity provider's keys (JWKS)
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URL")]
    pub(crate) jwks_urls: String,

    /// Issuer that tokens must name
    #[arg(long, default_value = "", hide_default_value = true, value_name = "ISSUER")]
    pub(crate) jwt_issuer: String,

    /// Audience that tokens must name
    #[arg(long, default_value = "release-manager", value_name = "AUDIENCE")]
    pub(crate) jwt_audience: String,

    /// Ask CI's tokens for the scope `release_artifact` and daemons' for `release_daemon`
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) require_scopes: bool,

    /// Secret of GitHub's webhook; the webhook is refused without one
    #[arg(
        long,
        env = "GITHUB_WEBHOOK_SECRET",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true,
        value_name = "SECRET"
    )]
    pub(crate) github_webhook_secret: String,
}
