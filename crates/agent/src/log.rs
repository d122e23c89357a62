//! The log: JSON lines on standard error, or text for people.

use std::borrow::Cow;
use std::env;

use explain::{Explain, Kind};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What to log, and for whom.
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// Least level to log: debug, info, warn or error; the variable wins over the flag [env: LOG_LEVEL=]
    #[arg(long = "log.level", value_name = "LEVEL", default_value = "info")]
    pub level: String,
    /// Log for people instead of machines; the variable wins over the flag [env: LOG_DEVELOPMENT=]
    #[arg(long = "log.development", value_name = "BOOL", default_value_t = false, num_args = 0..=1,
          default_missing_value = "true", require_equals = true, action = clap::ArgAction::Set)]
    pub development: bool,
}

/// Why the log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// No such level.
    #[error("`{level}` is no log level")]
    Level {
        /// What was given.
        level: String,
    },
}

impl Explain for LogError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Level { .. } => "give debug, info, warn or error with --log.level or LOG_LEVEL".into(),
        }
    }
}

/// Installs the log of the process. The variables win over the flags.
///
/// # Errors
/// When there is no such level.
pub fn install(args: &LogArgs) -> Result<(), LogError> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let level = variable("LOG_LEVEL").unwrap_or_else(|| args.level.clone());
    let filter: LevelFilter = level.to_lowercase().parse().map_err(|_| LogError::Level { level })?;
    let for_people =
        variable("LOG_DEVELOPMENT").map_or(args.development, |value| value == "true" || value == "1");
    let lines = fmt::layer().with_writer(std::io::stderr);
    // What the Kubernetes client has to say of a broken watch, we say once and in words (`health`).
    let of_libraries = if filter >= LevelFilter::DEBUG { filter } else { LevelFilter::OFF };
    let filter = Targets::new()
        .with_default(filter)
        .with_targets(["kube_client", "kube_runtime"].map(|library| (library, of_libraries)));
    let log = tracing_subscriber::registry().with(filter);
    // An error says that the process has a log already, which serves as well.
    let _installed = if for_people {
        log.with(lines.without_time().with_target(false)).try_init()
    } else {
        log.with(lines.json().flatten_event(false).with_target(false)).try_init()
    };
    Ok(())
}
