//! Follows one environment of the config repository, read-only, and drives a cluster to it.
//!
//! ```text
//! Git host --fetch--> follow --Tree--> reconcile::Engine --apply, prune--> cluster
//!              ^         |                   |
//!    webhook --'         '--- GitState ---> web: /healthz /readyz /metrics /units
//! ```
//!
//! The hash of a unit's folder is its version, so a commit costs only the units it touches. The mirror on disk is a
//! cache: with it the last good tree is enforced even when the Git host is away from the start. History that was
//! rewritten, or an environment's folder that is gone, is not followed: the last good tree is kept, and `/readyz`,
//! a metric and the log say so.
//!
//! This crate decides nothing about objects (that is `reconcile`) and never writes to Git. Read
//! [`settings::Settings`], [`follow::Follower`], then [`run()`].

pub mod args;
pub mod settings;

pub mod follow;
pub mod git_state;
pub mod tree;

pub mod metrics;
pub mod units;
pub mod web;
pub mod webhook;

pub mod run;

pub use run::{ControllerError, run};
