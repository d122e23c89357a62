//! Who is told.

use clap::Args;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Notifications")]
pub(crate) struct NotifyArgs {
    /// Slack token; nobody is told on Slack without one
    #[arg(
        long,
        env = "SLACK_TOKEN",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true,
        value_name = "TOKEN"
    )]
    pub(crate) slack_token: String,

    /// Address of Slack's interface
    #[arg(long, env = "SLACK_URL", default_value = "https://slack.com/api", value_name = "URL")]
    pub(crate) slack_url: String,

    /// Suffix of the company's e-mail addresses
    #[arg(long, default_value = "", hide_default_value = true, value_name = "SUFFIX")]
    pub(crate) email_suffix: String,

    /// Slack addresses of other e-mail addresses: `<email>=<slack email>`, separated by commas
    #[arg(long, env = "USER_MAPPINGS", value_delimiter = ',', value_name = "LIST")]
    pub(crate) user_mappings: Vec<String>,

    /// Do not tell on Slack what daemons report
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub(crate) mute_slack_notification_k8s: bool,

    /// Do not tell authors on Slack of auto-releases
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub(crate) mute_slack_notification_policy: bool,

    /// Do not tell authors on Slack of releases
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub(crate) mute_slack_notification_release_processed: bool,

    /// Grafana annotations: `<environment>=<api key>=<url>`, separated by commas
    #[arg(
        long,
        env = "GRAFANA_ANNOTATIONS",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "LIST"
    )]
    pub(crate) grafana_annotations: Vec<String>,

    /// GitHub token for tags of environments; no tags without one
    #[arg(
        long,
        env = "GITHUB_API_TOKEN",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true,
        value_name = "TOKEN"
    )]
    pub(crate) github_api_token: String,

    /// Address of GitHub's interface
    #[arg(long, env = "GITHUB_URL", default_value = "https://api.github.com", value_name = "URL")]
    pub(crate) github_url: String,

    /// Make a deployment at GitHub of every release, and tell how its rollout went
    #[arg(long, env = "GITHUB_DEPLOYMENTS", num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub(crate) github_deployments: bool,

    /// Set a status beside the commit at GitHub, `release-manager/ENVIRONMENT`, for every release and its rollout
    #[arg(long, env = "GITHUB_COMMIT_STATUS", num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub(crate) github_commit_status: bool,

    /// Addresses that events are posted to, signed; separated by commas
    #[arg(long, env = "WEBHOOK", value_delimiter = ',', value_name = "LIST")]
    pub(crate) webhook: Vec<String>,

    /// Secrets to sign events with, `whsec_...`: one for all addresses, or one for each in their order
    #[arg(long, env = "WEBHOOK_SECRET", hide_env_values = true, value_delimiter = ',', value_name = "LIST")]
    pub(crate) webhook_secret: Vec<String>,

    /// GitHub organisation of the services' repositories
    #[arg(long, env = "GITHUB_ORGANISATION", default_value = "lunarway", value_name = "NAME")]
    pub(crate) github_organisation: String,
}
