//! Flags and variables, as they are typed (spec, section 11). What they mean together is decided in `config`.
//!
//! Names are those of the original. Flags take `--flag value` and `--flag=value`; lists are separated by commas and
//! may be repeated; switches may be written `--flag=true`.

mod duration;
mod git;
mod identity;
mod notify;
mod store;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use duration::GoDuration;
pub(crate) use git::GitArgs;
pub(crate) use identity::IdentityArgs;
pub(crate) use notify::NotifyArgs;
pub(crate) use store::StoreArgs;

/// Release manager: every change to production is a commit.
#[derive(Debug, Parser)]
#[command(name = "release-manager", disable_version_flag = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server
    #[command(args_override_self = true)]
    Start(Box<StartArgs>),
    /// Print the version
    Version,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct StartArgs {
    /// Port to listen on, on all addresses
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    pub(crate) http_port: u16,

    /// How long a request may take, such as 20s or 1m30s
    #[arg(long, default_value = "20s", value_name = "DURATION")]
    pub(crate) timeout: GoDuration,

    /// Address under which clients reach the server, for upload addresses; default http://localhost:PORT
    #[arg(long, env = "PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,

    /// Folder for the mirror, the queue and other state
    #[arg(long, env = "DATA_DIR", default_value = "/var/lib/release-manager", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,

    /// Where accepted work waits: `memory` is the queue of the server itself, which survives a restart
    #[arg(long, default_value = "memory", value_name = "TYPE")]
    pub(crate) broker_type: String,

    /// Branch restrictions for every service: `<environment>=<regex>`, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub(crate) policy_branch_restrictions: Vec<String>,

    #[command(flatten)]
    pub(crate) git: GitArgs,
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) notify: NotifyArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct LogArgs {
    /// Least level to log: debug, info or error
    #[arg(long = "log.level", env = "LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    pub(crate) level: String,

    /// Log for people, not as JSON
    #[arg(
        long = "log.development",
        env = "LOG_DEVELOPMENT",
        num_args = 0..=1,
        require_equals = true,
        default_value_t = false,
        default_missing_value = "true"
    )]
    pub(crate) development: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn start(flags: &[&str]) -> StartArgs {
        let args = ["release-manager", "start"].iter().chain(flags);
        match Cli::try_parse_from(args).unwrap().command {
            Command::Start(args) => *args,
            Command::Version => panic!("start is not version"),
        }
    }

    #[test]
    fn flags_are_spelled_as_users_of_the_original_spell_them() {
        Cli::command().debug_assert();
        let args = start(&[
            "--mute-slack-notification-k8s=true",
            "--log.development",
            "--http-port",
            "1",
            "--http-port=2",
        ]);
        assert!(args.notify.mute_slack_notification_k8s && args.log.development);
        assert!(!args.notify.mute_slack_notification_policy && args.identity.require_scopes);
        assert_eq!(args.http_port, 2, "the last of two wins");
        let args = start(&["--user-mappings=a=b,c=d", "--user-mappings", "e=f", "--require-scopes=false"]);
        assert_eq!(args.notify.user_mappings, ["a=b", "c=d", "e=f"], "lists add up");
        assert!(!args.identity.require_scopes);
    }
}
