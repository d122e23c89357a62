//! Commands as people run them: the built program against a server that speaks the real wire.
#![expect(clippy::unwrap_used, reason = "a helper that fails has failed its test")]

mod completes;
mod configured;
mod double;
mod errors;
mod foretells;
mod history;
mod local;
mod login;
mod original;
mod queues;
mod reads;
mod samples;
mod screen;
mod screens;
mod screens_of_all;
mod session;
mod templates;
mod waits;
mod writes;
