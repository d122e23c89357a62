//! Those who release without end, and what they were told.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::{Client, ClientError, IntentBody, ReleaseRequest, ReleaseResponse, routes};
use artifact::Intent;
use reqwest::Method;
use tokio::sync::watch;

use super::ARTIFACTS;
use crate::bed::Server;

/// One who calls, over all rounds.
pub(super) struct Caller {
    pub(super) service: String,
    number: usize,
    calls: AtomicUsize,
    heard: Mutex<Vec<Heard>>,
}

/// What a caller was told of one call.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) call: usize,
    pub(super) answer: ReleaseResponse,
}

impl Caller {
    pub(super) fn new(number: usize) -> Self {
        Self {
            service: format!("service-{number}"),
            number,
            calls: AtomicUsize::new(0),
            heard: Mutex::default(),
        }
    }

    /// Under whose address a call is made: no two calls are alike, so a commit says which call it is.
    pub(super) fn address(&self, call: usize) -> String {
        format!("call-{call}@caller-{}.test", self.number)
    }

    /// The name of who makes a call.
    fn name(&self, call: usize) -> String {
        format!("Caller {}, call {call}", self.number)
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    async fn release(&self, client: &Client, call: usize) -> Result<ReleaseResponse, ClientError> {
        let request = ReleaseRequest {
            service: self.service.clone(),
            environment: "dev".to_owned(),
            artifact_id: format!("master-{}", call % ARTIFACTS),
            committer_name: self.name(call),
            committer_email: self.address(call),
            intent: IntentBody::from(&Intent::ReleaseArtifact),
        };
        client.call(Method::POST, &[routes::RELEASE], &request).await
    }
}

/// Releases without end, until the server is gone; counts the answers of all callers.
pub(super) async fn call(server: Arc<Server>, caller: Arc<Caller>, heard: watch::Sender<usize>) {
    let client = server.hamctl();
    loop {
        let call = caller.calls.fetch_add(1, Ordering::Relaxed);
        let answer = match caller.release(&client, call).await {
            Ok(answer) => answer,
            Err(ClientError::Unreachable { .. }) => return,
            Err(other) => panic!("call {call} of {}: {other:?}", caller.service),
        };
        assert_ne!(answer.state, "unchanged", "call {call} of {} found its artifact there", caller.service);
        caller.heard.lock().unwrap().push(Heard { call, answer });
        heard.send_modify(|count| *count += 1);
    }
}
