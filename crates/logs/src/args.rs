//! The flags.

use clap::builder::BoolishValueParser;

/// What to log, and for whom.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Logs and traces")]
pub struct LogArgs {
    /// Least level to log: debug, info, warn or error
    #[arg(long = "log.level", env = "LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub level: String,

    /// Log for people, not as JSON
    #[arg(
        long = "log.development",
        env = "LOG_DEVELOPMENT",
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_value_t = false,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new(),
        hide_possible_values = true,
        action = clap::ArgAction::Set
    )]
    pub development: bool,
}
