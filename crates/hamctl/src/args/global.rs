//! Flags of every command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Group, ValueEnum, ValueHint};
use clap_complete::engine::ArgValueCompleter;

use crate::completion;
use crate::duration;

/// The heading they stand under.
const HEADING: &str = "Global options";

/// Flags of every command.
#[derive(Debug, Group)]
#[command(next_help_heading = HEADING)]
pub(crate) struct GlobalArgs {
    /// Service to act on; by default `vars.service` of the shuttle.yaml in this folder
    #[arg(long, global = true, value_name = "NAME", add = ArgValueCompleter::new(completion::services))]
    pub(crate) service: Option<String>,
    /// Server of the configuration file, or the address of one; by default its current one
    #[arg(long, global = true, value_name = "NAME|URL", add = ArgValueCompleter::new(completion::servers))]
    pub(crate) server: Option<String>,
    /// Address of the release manager
    #[arg(long, global = true, env = "HAMCTL_URL", value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) http_base_url: Option<String>,
    /// How long to wait for an answer, such as `30s` or `2m`
    #[arg(long, global = true, default_value = "2m0s", value_parser = duration::parse, value_name = "DURATION")]
    pub(crate) http_timeout: Duration,
    /// File with a static token; HAMCTL_TOKEN holds one itself
    #[arg(long, global = true, env = "HAMCTL_TOKEN_FILE", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,
    /// How to print answers
    #[arg(short, long, global = true, default_value = "table", value_name = "FORMAT")]
    pub(crate) output: Format,
    /// Where to log in.
    #[command(flatten)]
    pub(crate) oauth: OAuthArgs,
}

/// Where to log in.
#[derive(Debug, Group)]
#[command(next_help_heading = HEADING)]
pub(crate) struct OAuthArgs {
    /// Identity provider to log in with
    #[arg(long, global = true, env = "HAMCTL_OAUTH_IDP_URL", value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) oauth_idp_url: Option<String>,
    /// Client id to log in with
    #[arg(long, global = true, env = "HAMCTL_OAUTH_CLIENT_ID", value_name = "ID")]
    pub(crate) oauth_client_id: Option<String>,
    /// Log in on a terminal when a command needs it; `false` turns that off
    #[arg(
        hide_env = true,
        long,
        global = true,
        env = "HAMCTL_OAUTH_AUTO_LOGIN",
        default_value = "true",
        value_name = "BOOL"
    )]
    pub(crate) oauth_auto_login: String,
}

/// How answers are printed: text for people, or the server's answer as data.
// Its values have no descriptions of their own: they would make every help page three times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Yaml,
}
