//! What is done with foreign bytes: one function a parser, which panics when the parser breaks its word.
//!
//! `fuzz/` runs each under libFuzzer (`cargo xtask fuzz`), and the tests of this crate run each over the seeds in
//! `fuzz/seeds`, so that no target rots and no finding comes back: a file that made one fail is kept among them.
//! The word of a parser is more than "no panic": what it accepts can be written and read again as the same, names are
//! plain, texts for people are short, and a second parser that shares no code sees the same.
//!
//! It knows parsers only. Read [`TARGETS`], then the function of the parser you changed.

mod split;

mod artifacts;
mod bodies;
mod documents;
mod history;
mod objects;
mod templates;
mod wires;
mod yaml;

mod targets;

pub use artifacts::{artifact_json, zip};
pub use bodies::{bodies, daemon_reports};
pub use documents::{hamctl_config, plan_yaml, server_config, settings, shuttle_yaml, token_file};
pub use history::{commit_message, policies, release_message};
pub use objects::kube_object;
pub use targets::{TARGETS, Target};
pub use templates::go_template;
pub use wires::{broker_message, push_answer, push_event, s3_event, token};
pub use yaml::yaml;
