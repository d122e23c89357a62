//! Starts other programs, the one way we do it.
//!
//! Git, gpg, kustomize and a plan's scripts run with what is set here and nothing else: no inherited standard
//! input, an environment the caller has named, a process group of their own that is killed as a whole, and a
//! deadline. Output is captured byte for byte; reading it is the caller's work, in pure functions.
//!
//! This crate knows no program by name. Read [`Program`], then [`Output`], then [`RunError`].

mod output;
mod program;

pub use output::Output;
pub use program::{Program, RunError};
