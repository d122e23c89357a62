//! Flags and variables, as they are typed (spec, section 11). What they mean together is decided in `config`.
//!
//! Names are those of the original. Flags take `--flag value` and `--flag=value`; lists are separated by commas and
//! may be repeated; switches may be written `--flag=true`. Each group is one heading of the help; a flag that
//! `hide_env_values` is a secret and gets a companion `--flag-file` (`settings`).

mod broker;
mod duration;
mod git;
mod identity;
mod notify;
mod store;
mod traces;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use logs::LogArgs;

pub(crate) use broker::BrokerArgs;
pub(crate) use duration::GoDuration;
pub(crate) use git::GitArgs;
pub(crate) use identity::IdentityArgs;
pub(crate) use notify::NotifyArgs;
pub(crate) use store::StoreArgs;
pub(crate) use traces::TraceArgs;

/// The only writer of the config repository: keeps artifacts, releases them by commits, tells people
#[derive(Debug, Parser)]
#[command(name = "release-manager", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server
    #[command(args_override_self = true, long_about = START, after_long_help = EXAMPLE)]
    Start(Box<StartArgs>),
    /// Check the configuration and show it, with where each value comes from
    #[command(args_override_self = true, long_about = CONFIG)]
    Config(Box<StartArgs>),
    /// Print a script that completes commands and flags
    Completion {
        /// Shell to complete in
        shell: clap_complete::Shell,
    },
    /// Print the version
    Version,
}

/// What `start --help` says first.
const START: &str = "Start the server

Each setting is a flag, a variable where one is named, or a line of the file given with --config; a flag wins over a \
variable, a variable over the file. Secrets may stand in files of their own: --slack-token-file, and so on.";

/// What `start --help` says last.
const EXAMPLE: &str = "Example, as a file for --config:
  config-repo: git@git.example.com:platform/config.git
  known-hosts: /etc/release-manager/ssh/known_hosts
  public-url: https://release-manager.example.com
  jwks-urls: https://idp.example.com/oauth2/default/v1/keys
  jwt-issuer: https://idp.example.com/oauth2/default
  slack-token-file: /etc/release-manager/slack-token
  policy-branch-restrictions: {prod: ^master$, staging: ^release/}

`release-manager config --config FILE` checks it and starts nothing.";

/// What `config --help` says first.
const CONFIG: &str = "Check the configuration and show it, with where each value comes from

Takes the flags, variables and file of `start`, starts nothing, and ends with 0 when the server could start with them. \
Secrets are shown as ***; what it prints is a file for --config.";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct StartArgs {
    /// File with settings: names of flags and their values, as YAML
    #[arg(long, env = "RELEASE_MANAGER_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

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

    /// Branch restrictions for every service: `<environment>=<regex>`, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "LIST", help_heading = "Policies")]
    pub(crate) policy_branch_restrictions: Vec<String>,

    #[command(flatten)]
    pub(crate) git: GitArgs,
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) broker: BrokerArgs,
    #[command(flatten)]
    pub(crate) notify: NotifyArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) traces: TraceArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn start(flags: &[&str]) -> StartArgs {
        let args = ["release-manager", "start"].iter().chain(flags);
        match Cli::try_parse_from(args).unwrap().command {
            Command::Start(args) => *args,
            other => panic!("start is not {other:?}"),
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

    /// Name, default and variable. The original has no default for `broker-type`, and variables for a few flags only.
    const OF_THE_ORIGINAL: [(&str, &str, &str); 42] = [
        ("http-port", "8080", ""),
        ("timeout", "20s", ""),
        ("hamctl-auth-token", "", "HAMCTL_AUTH_TOKEN"),
        ("artifact-auth-token", "", "ARTIFACT_AUTH_TOKEN"),
        ("daemon-auth-token", "", "DAEMON_AUTH_TOKEN"),
        ("jwks-urls", "", ""),
        ("jwt-issuer", "", ""),
        ("jwt-audience", "release-manager", ""),
        ("config-repo", "", "CONFIG_REPO"),
        ("artifact-filename", "artifact.json", ""),
        ("ssh-private-key", "/etc/release-manager/ssh/identity", ""),
        ("github-webhook-secret", "", "GITHUB_WEBHOOK_SECRET"),
        ("github-api-token", "", "GITHUB_API_TOKEN"),
        ("slack-token", "", "SLACK_TOKEN"),
        ("grafana-annotations", "", ""),
        ("email-suffix", "", ""),
        ("user-mappings", "", "USER_MAPPINGS"),
        ("policy-branch-restrictions", "", ""),
        ("git-user", "HamAstrochimp", ""),
        ("git-email", "operations@lunar.app", ""),
        ("git-signing-key", "", ""),
        ("git-gpg-key-import-paths", "", ""),
        ("s3-artifact-storage-bucket-name", "", ""),
        ("broker-type", "memory", ""),
        ("memory-queue-size", "5", ""),
        ("amqp-host", "localhost", ""),
        ("amqp-port", "5672", ""),
        ("amqp-user", "", ""),
        ("amqp-password", "", ""),
        ("amqp-virtualhost", "/", ""),
        ("amqp-exchange", "release-manager", ""),
        ("amqp-queue", "release-manager", ""),
        ("amqp-prefetch", "1", ""),
        ("amqp-worker-count", "1", ""),
        ("amqp-reconnection-timeouts", "5s", ""),
        ("amqp-connection-timeouts", "10s", ""),
        ("amqp-init-timeouts", "10s", ""),
        ("mute-slack-notification-k8s", "false", ""),
        ("mute-slack-notification-policy", "false", ""),
        ("mute-slack-notification-release-processed", "false", ""),
        ("log.level", "info", "LOG_LEVEL"),
        ("log.development", "false", "LOG_DEVELOPMENT"),
    ];

    #[test]
    fn every_flag_of_the_original_has_its_default_and_its_variable() {
        let command = Cli::command();
        let start = command.find_subcommand("start").unwrap();
        for (name, default, variable) in OF_THE_ORIGINAL {
            let flag = start.get_arguments().find(|flag| flag.get_long() == Some(name));
            let flag = flag.unwrap_or_else(|| panic!("no --{name}"));
            let defaults: Vec<_> =
                flag.get_default_values().iter().map(|text| text.to_string_lossy()).collect();
            assert_eq!(defaults.join(","), default, "--{name}");
            if !variable.is_empty() {
                assert_eq!(flag.get_env().unwrap(), variable, "--{name}");
            }
        }
    }
}
