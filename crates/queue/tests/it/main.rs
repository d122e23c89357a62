//! The queue over a real file, and over one whose process is killed.
#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod crash;
mod durable;
mod settle;
