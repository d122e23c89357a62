//! YAML as Kubernetes and go-yaml read it.
//!
//! A text becomes a list of [`Document`]s, each a tree of [`Node`]s that know the line and column they were
//! written on. Scalars get their type by YAML 1.1 rules (`yes` is a boolean, `0777` is octal), because that is
//! what the Go tools around Kubernetes do; [`Document::to_json`] gives what `kubectl` would send. A duplicate
//! key is an error, merge keys (`<<`) are applied with explicit keys winning, and neither deep nesting nor
//! aliases of aliases can make a small text large.
//!
//! The way back is [`to_string`]: a [`Value`] as go-yaml version 2 prints it, byte for byte.
//!
//! ```text
//! text --documents--> Document { Node } --to_json--> serde_json::Value
//!                                       --to_value-> Value --to_string--> text
//! ```
//!
//! This crate never does I/O and knows no schema. Read [`documents`], [`Node`], then [`Value`].

mod build;
mod control;
mod emit;
mod error;
mod float;
mod json;
mod keys;
mod node;
mod order;
mod resolve;
mod timestamp;
mod value;

pub use build::{Document, documents};
pub use emit::to_string;
pub use error::{Problem, YamlError};
pub use float::shortest_float;
pub use node::{Content, Node, Position, Scalar};
pub use value::Value;
