//! From flags to the log of the process.

use std::borrow::Cow;
use std::io::IsTerminal;

use explain::{Explain, Kind};
use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::LogArgs;
use crate::json::JsonLines;

/// Something beside the log that follows spans: an exporter of traces.
pub type Traces = Box<dyn Layer<Registry> + Send + Sync>;

/// What a program adds to the flags.
#[derive(Default)]
pub struct Setup {
    /// Libraries heard at level debug only, because the program itself says in words what they have to say.
    pub quiet: &'static [&'static str],
    /// Who else follows the spans.
    pub traces: Option<Traces>,
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

/// Installs the log of the process.
///
/// # Errors
/// When there is no such level.
pub fn install(args: &LogArgs, setup: Setup) -> Result<(), LogError> {
    let level = level(&args.level)?;
    let Setup { quiet, traces } = setup;
    let wanted = filter_fn(move |metadata| is_wanted(metadata, level, quiet));
    let log = tracing_subscriber::registry().with(traces);
    // An error says that the process has a log already, which serves as well.
    let _installed = if args.development {
        let terminal = std::io::stderr().is_terminal();
        let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(terminal).with_target(false);
        log.with(lines.without_time().with_filter(wanted)).try_init()
    } else {
        log.with(JsonLines::to_stderr().with_filter(wanted)).try_init()
    };
    Ok(())
}

fn level(text: &str) -> Result<LevelFilter, LogError> {
    match text.trim().to_lowercase().as_str() {
        "debug" => Ok(LevelFilter::DEBUG),
        "info" => Ok(LevelFilter::INFO),
        "warn" => Ok(LevelFilter::WARN),
        "error" => Ok(LevelFilter::ERROR),
        _ => Err(LogError::Level { level: text.to_owned() }),
    }
}

/// Spans are wanted whatever the level of lines: a line about an error has its request's id too.
fn is_wanted(metadata: &Metadata<'_>, level: LevelFilter, quiet: &[&str]) -> bool {
    if metadata.is_span() {
        return *metadata.level() <= level.max(LevelFilter::INFO);
    }
    let library = metadata.target().split("::").next().unwrap_or_default();
    let is_quiet = quiet.contains(&library) && level < LevelFilter::DEBUG;
    *metadata.level() <= level && !is_quiet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_flag_and_no_others() {
        for (text, expected) in [
            ("debug", LevelFilter::DEBUG),
            ("INFO", LevelFilter::INFO),
            (" warn ", LevelFilter::WARN),
            ("error", LevelFilter::ERROR),
        ] {
            assert_eq!(level(text).unwrap(), expected, "{text}");
        }
        for text in ["", "loud", "off", "trace", "3"] {
            assert_eq!(level(text).unwrap_err().to_string(), format!("`{text}` is no log level"));
        }
    }
}
