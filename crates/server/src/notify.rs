//! Who is told of what. Telling never holds up what it tells of: notices go through the queue, each on its own, and
//! are tried again; those that can never be delivered stay visible as dead.
//!
//! `slack_text` and `event` hold the words, without I/O. [`Notifier`] decides who hears them. `slack`, `grafana`,
//! `github` and `webhook` deliver.

mod deliver;
mod event;
mod github;
mod grafana;
mod news;
mod notifier;
mod silence;
mod slack;
mod slack_text;
mod start;
mod webhook;
mod worker;

use deliver::Deliver;
use grafana::Grafana;
pub(crate) use news::{Failed, Landed, Reported};
pub(crate) use notifier::Notifier;
use slack::Slack;
pub(crate) use start::{Clients, deliver};
use webhook::Webhooks;

/// The kinds of work in the queue.
const SLACK: &str = "slack";
/// As above.
const GRAFANA: &str = "grafana";
/// As above: tags.
const GITHUB: &str = "github";
/// As above.
const GITHUB_DEPLOYMENT: &str = "githubDeployment";
/// As above.
const GITHUB_STATUS: &str = "githubStatus";
/// As above.
const WEBHOOK: &str = "webhook";
