//! Who is told of what. Telling never holds up what it tells of: notices go through the queue, each on its own, and
//! are tried again; those that can never be delivered stay visible as dead.
//!
//! `slack_text` holds the words, without I/O. [`Notifier`] decides who hears them. `slack`, `grafana` and `github`
//! deliver.

mod deliver;
mod github;
mod grafana;
mod notifier;
mod slack;
mod slack_text;
mod worker;

pub(crate) use deliver::Deliver;
pub(crate) use github::GitHub;
pub(crate) use grafana::Grafana;
pub(crate) use notifier::Notifier;
pub(crate) use slack::Slack;
pub(crate) use worker::work;

/// The kinds of work in the queue.
pub(crate) const SLACK: &str = "slack";
/// As above.
pub(crate) const GRAFANA: &str = "grafana";
/// As above.
pub(crate) const GITHUB: &str = "github";
