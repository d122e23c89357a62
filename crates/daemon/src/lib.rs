//! Watches one cluster, read-only, and reports what happens there to the release manager.
//!
//! ```text
//! watch --JSON--> observe --Change--> report --Step--> logs --> outbox --> deliver --POST--> release manager
//!  (5 kinds)      (pure)              (pure)                    (redb)     (retries)
//! ```
//!
//! What is worth telling is decided from states, not from edges: what happened while the daemon was down is told at
//! its start. An event and the memory that it was told are one write to the disk, so that nothing is lost and nothing
//! is told twice, whoever is killed when. Without the data directory states still true are told again; the server
//! bears that.
//!
//! The original marks what it reported with the annotation `lunarway.com/observed-artifact-id`, and needs leave to
//! update workloads for it. This one only reads: the marks of the original are honoured, new ones are kept in the
//! outbox. It knows no Git, and it decides nothing about releases.
//!
//! Read [`observe::Observation`], [`report::Reports`], then [`outbox::Outbox`].

pub mod args;
pub mod settings;

pub mod health;
pub mod observe;
pub mod watch;

pub mod event;
pub mod logs;
pub mod report;
pub mod reporter;

pub mod deliver;
pub mod outbox;
pub mod post;
pub mod schedule;
pub mod token;

pub mod flux;
pub mod metrics;
pub mod probes;
pub mod run;

pub use run::{DaemonError, run};
pub use settings::Settings;
