//! The log of every program that runs for long: one shape, one pair of flags.
//!
//! Server, controller and daemon are read by the same people with the same queries, so a line of each is one JSON
//! object of the same shape on standard error, and `--log.level` and `--log.development` mean the same everywhere.
//!
//! ```text
//! {"level":"info","@timestamp":"...","caller":"file:line","message":"...","requestId":"...","fields":{...}}
//! ```
//!
//! Fields of the spans around a line are fields of the line. A span's field with a dot in its name (`http.method`)
//! is for traces alone. It never knows what a program does, nor where a log goes after standard error.
//!
//! Read [`LogArgs`], [`install()`], and `json` for the shape.

mod args;
mod install;
mod json;

pub use args::LogArgs;
pub use install::{LogError, Setup, Traces, install};
