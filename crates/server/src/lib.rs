//! The release manager: HTTP interface, only writer of the config repository, teller of news.
//!
//! It holds no truth of its own. What runs where is in Git (`config-repo`), artifacts are in their store
//! (`artifact-store`), and what was accepted and is not done waits in the queue (`queue`); everything else in the data
//! folder can be deleted. The decision whether something may be released is the gate's (`policy`), which the writer
//! asks; no code here can write without it.
//!
//! ```text
//!          http --------> release::accept --> queue --> release::work --> config-repo's writer --> Git host
//!           |                 ^                 |
//!  upload   +--> arrival -----+                 +--> notify: Slack, Grafana, GitHub, webhooks
//!  S3, SQS -----^                               +--> broker: RabbitMQ (which also asks for releases)
//!  daemon --> reports (queue, rollouts) ---------+
//! ```
//!
//! What happens is told to who listens (`events`), and to Slack and its like (`notify`).
//!
//! Read `app` for the parts, `run` for who runs them, `release` for the one way to a release, `http` for the wire. What
//! is public beside [`main`] are the readers of what strangers send: fuzzing needs them.

mod app;
mod args;
mod arrival;
mod asked;
mod broker;
mod build;
mod config;
mod drain;
mod events;
mod git_host;
mod http;
mod identity;
mod metrics;
mod notify;
mod program;
mod release;
mod reports;
mod rollouts;
mod run;
mod serve;
mod settings;
mod space;
mod traces;

pub use broker::{Meaning, Message, Unusable, read_message};
pub use http::{Push, Signature};
pub use identity::{Claims, JwtRules, TokenError, Unverified};
pub use program::main;
pub use settings::typed as read_settings;
