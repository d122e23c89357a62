//! The mirror against the real `git` program.
#![expect(clippy::unwrap_used, reason = "a helper that fails has failed its test")]

mod archive;
mod hosts;
mod mirror;
mod openpgp;
mod pack;
mod reading;
mod recovery;
mod signing;
mod support;
