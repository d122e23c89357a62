//! Steps as CI jobs run them: the built program, a real folder, real protocols.
#![expect(clippy::unwrap_used, reason = "a helper that fails has failed its test")]

mod ci;
mod double;
mod errors;
mod git;
mod job;
mod local;
mod push;
mod screen;
mod slack;
mod snippets;
mod steps;
