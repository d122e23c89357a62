//! What the CI system and Git know of a build, so that `init` need not be told.
//!
//! ```text
//! variables, event file --> system --> facts --\
//!                                               >-- flags win, then Git, then the system --> artifact.json
//! commit in the working tree --> git --> facts -/
//! ```
//!
//! The tables of each system are pure; only `edge` reads the environment, a file and a commit.

mod edge;
mod error;
mod event;
mod fact;
mod remote;
mod system;
mod tables;

pub(crate) use edge::known;
pub(crate) use error::CiError;
pub(crate) use fact::{Facts, Field};
