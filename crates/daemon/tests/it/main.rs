//! The daemon against real parts: an HTTP server that records, an identity provider, faults, a cluster.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails has failed its test")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod cluster;
mod delivery;
mod probes;
mod server;
mod start;
mod token;
