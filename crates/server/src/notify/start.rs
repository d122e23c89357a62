//! Starts who delivers, for everyone who is configured.

use std::sync::Arc;

use queue::{Queue, QueueError};
use tokio_util::sync::CancellationToken;

use super::github::{Deployments, GitHub, Statuses, Tags};
use super::worker::work;
use super::{
    Deliver, GITHUB, GITHUB_DEPLOYMENT, GITHUB_STATUS, GRAFANA, Grafana, SLACK, Slack, WEBHOOK, Webhooks,
};
use crate::config::NotifyConfig;
use crate::metrics::Notices;
use crate::space::Space;

/// Work that goes on until it is told to stop.
pub(crate) type Delivering = std::pin::Pin<Box<dyn Future<Output = Result<(), QueueError>> + Send>>;

/// How the server reaches those it tells.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) usual: reqwest::Client,
    /// For addresses whose owners sign for what they receive: nobody may send it elsewhere.
    pub(crate) without_redirects: reqwest::Client,
}

/// The work of everyone who delivers. What one that is not configured any more has in the queue waits there.
pub(crate) fn deliver(
    config: NotifyConfig,
    queue: &(Queue, Arc<Space>),
    notices: &Notices,
    stop: &CancellationToken,
    clients: Clients,
) -> Vec<Delivering> {
    let starter = Starter { queue, notices, stop };
    let mut started = Vec::new();
    if let Some((url, token)) = config.slack {
        started.push(starter.start(SLACK, Slack::new(url, token, clients.usual.clone())));
    }
    started.push(starter.start(GRAFANA, Grafana::new(config.grafana, clients.usual.clone())));
    if let Some(github) = config.github {
        let github = Arc::new(GitHub::new(github, clients.usual));
        started.push(starter.start(GITHUB, Tags(github.clone())));
        started.push(starter.start(GITHUB_DEPLOYMENT, Deployments(github.clone())));
        started.push(starter.start(GITHUB_STATUS, Statuses(github)));
    }
    started.push(starter.start(WEBHOOK, Webhooks::new(config.webhooks, clients.without_redirects)));
    started
}

struct Starter<'a> {
    queue: &'a (Queue, Arc<Space>),
    notices: &'a Notices,
    stop: &'a CancellationToken,
}

impl Starter<'_> {
    fn start<D: Deliver>(&self, kind: &'static str, deliver: D) -> Delivering {
        Box::pin(work(self.queue.clone(), kind, deliver, self.notices.clone(), self.stop.clone()))
    }
}
