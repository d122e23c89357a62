//! Commands as people run them: the built program against a server that speaks the real wire.
#![expect(clippy::unwrap_used, reason = "a helper that fails has failed its test")]

mod double;
mod errors;
mod local;
mod login;
mod reads;
mod samples;
mod screen;
mod session;
mod waits;
mod writes;
