//! The log: one JSON object a line on stderr, in the shape of the original (spec, section 10.2), or text for people.

mod json;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::LogArgs;
use json::JsonLines;

/// Starts logging. A second call changes nothing.
pub(crate) fn start(args: &LogArgs) {
    let level = match args.level.to_lowercase().as_str() {
        "debug" => LevelFilter::DEBUG,
        "warn" => LevelFilter::WARN,
        "error" => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    };
    let registry = tracing_subscriber::registry().with(level);
    let started = if args.development {
        registry.with(fmt::layer().with_writer(std::io::stderr).without_time()).try_init()
    } else {
        registry.with(JsonLines::to_stderr()).try_init()
    };
    // Only a second start in one process can fail, and then the first goes on.
    drop(started);
}
