//! The whole system on real parts: the story that `cargo xtask demo` plays and the tests repeat.
//!
//! Two services travel from their own repositories through CI, the release manager, the config repository and the
//! controllers into a cluster, and what happens there travels back. Every step runs the built programs the way a
//! person or a CI job would, tells in plain words what happens, and then looks at the truth: the commits, the
//! cluster, the messages.
//!
//! ```text
//! Stage --- what runs: Git host, identity provider, Slack double, server, controllers, daemons, cluster
//! Actors -- who acts: CI with shuttle and artifact, a developer with hamctl, an operator with kubectl and git
//! story --- seven chapters, each acting and then checking
//! ```
//!
//! It knows no library of ours but the test kit: what it sees is what users see. Read [`Stage`], then [`story`].

mod ci;
mod cluster;
pub mod demo;
mod narrator;
mod programs;
pub mod recording;
pub mod reports;
mod screen;
mod stage;
pub mod story;

pub use ci::{Build, Change, Workspace};
pub use cluster::{Cluster, ClusterChoice};
pub use narrator::Narrator;
pub use programs::Programs;
pub use screen::{Running, Screen};
pub use stage::{IMAGE, Stage, StageOptions};
