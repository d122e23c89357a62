//! The built program on a real Git host and a real API server.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails has failed its test")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod controller;
mod corner;
mod place;

mod crash;
mod flags;
mod pods;
mod start;
mod story;
