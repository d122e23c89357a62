//! The whole system, on the built programs.

#![expect(clippy::unwrap_used, reason = "a test ends where something does not hold")]

mod artifact;
mod hamctl;
mod refusals;
mod story;
