//! Telling how a request fares: those who count, and whoever follows its trace.

use std::sync::Arc;
use std::time::{Duration, Instant};

use git_mirror::PushOutcome;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::Worker;
use super::job::Job;
use crate::{Observed, Options, PushEnd};

/// Where a request comes from: the span it was made in, and since when it waits.
pub(crate) struct Origin {
    span: Span,
    made: Instant,
    /// Whether it has gone out with a push before.
    sent: bool,
}

impl Origin {
    /// Here and now.
    pub(crate) fn here() -> Self {
        Self { span: Span::current(), made: Instant::now(), sent: false }
    }

    /// A step that is taken for this request alone.
    pub(super) fn deciding(&self) -> Span {
        info_span!(parent: &self.span, "decide")
    }

    fn pushing(&self, requests: usize) -> Span {
        info_span!(parent: &self.span, "push", requests, outcome = Empty)
    }

    /// How long it has waited, when it goes out for the first time.
    fn waited(&mut self) -> Option<Duration> {
        (!std::mem::replace(&mut self.sent, true)).then(|| self.made.elapsed())
    }
}

/// A push under way, as a span in the trace of each request it carries.
pub(super) struct Sending {
    options: Arc<Options>,
    spans: Vec<Span>,
    began: Instant,
}

impl Worker {
    /// These requests go to the remote now.
    pub(super) fn sending(&self, jobs: &mut [Job]) -> Sending {
        let requests = jobs.len();
        let origins = jobs.iter_mut().filter_map(Job::origin_mut);
        let spans = origins.map(|origin| {
            if let Some(waited) = origin.waited() {
                (self.options.observed)(Observed::Waited(waited));
            }
            origin.pushing(requests)
        });
        Sending { options: Arc::clone(&self.options), spans: spans.collect(), began: Instant::now() }
    }
}

impl Sending {
    /// The remote has answered, or will not.
    pub(super) fn ended(self, outcome: &Result<PushOutcome, git_mirror::Error>) {
        let (took, end) = (self.began.elapsed(), PushEnd::from(outcome));
        for span in &self.spans {
            span.record("outcome", end.as_str());
        }
        (self.options.observed)(Observed::Pushed { requests: self.spans.len(), took, end });
    }
}
