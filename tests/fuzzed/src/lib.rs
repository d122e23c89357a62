//! What is done with foreign bytes: one function a parser, which panics when the parser breaks its word.
//!
//! `fuzz/` runs each under libFuzzer (`cargo xtask fuzz`), and the tests of this crate run each over the seeds in
//! `fuzz/seeds`, so that no target rots and no finding comes back: a file that made one fail is kept among them.
//! The word of a parser is more than "no panic": what it accepts can be written and read again as the same.
//!
//! It knows parsers only. Read [`TARGETS`], then the function of the parser you changed.

mod artifacts;
mod bodies;
mod documents;
mod history;
mod objects;
mod targets;
mod templates;

pub use artifacts::{artifact_json, zip};
pub use bodies::bodies;
pub use documents::{settings, yaml};
pub use history::{commit_message, policies};
pub use objects::kube_object;
pub use targets::{TARGETS, Target};
pub use templates::go_template;
