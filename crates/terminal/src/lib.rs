//! The only thing that prints.
//!
//! A program makes one [`Terminal`] and passes it down. Standard output is **data**, what a script may read;
//! standard error is **talk**: errors with their hints, progress, questions. Colour appears only on a terminal
//! that has it and never carries a meaning alone. A reader that went away (`| head -1`) is no error: the rest is
//! dropped and the work goes on to its end.
//!
//! ```text
//! program --data--> stdout      what a script may read
//!         --talk--> stderr      error: / hint:, one rewritten progress line, questions
//! ```
//!
//! This crate knows no command and no wire format. Read [`Terminal`], then [`Progress`], then [`AskError`].

mod ask;
mod capture;
mod choose;
mod cut;
mod error;
mod keys;
mod live;
mod look;
mod progress;
mod stream;
mod terminal;
mod tone;
mod usage;

pub use ask::AskError;
pub use capture::Capture;
pub use cut::{cut, width};
pub use error::OutputError;
pub use live::Live;
pub use look::Look;
pub use progress::{Progress, duration_text};
pub use terminal::Terminal;
pub use tone::Tone;
pub use usage::usage_report;
