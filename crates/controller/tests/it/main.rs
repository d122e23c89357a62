//! The built program on a real Git host and a real API server.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails has failed its test")]

mod crash;
mod flags;
mod place;
mod story;
