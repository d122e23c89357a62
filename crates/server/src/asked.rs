//! Which request some work is done for. It goes with the work through the queue, so that every line of the log and
//! every span that a request led to can be found by its id, long after it was answered.

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, Span};

use crate::traces;

/// A longer id is not taken over.
const MOST_ID_BYTES: usize = 128;

tokio::task_local! {
    static ASKED: Asked;
}

/// A request, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    request_id: String,
    /// The span that what follows belongs to, as in the header `traceparent`.
    #[serde(skip_serializing_if = "String::is_empty")]
    trace_parent: String,
}

impl Asked {
    /// The request with these headers: its `x-request-id` where that can stand in a log, else one of ours.
    pub(crate) fn by(headers: &HeaderMap) -> Self {
        let given = headers.get("x-request-id").and_then(|id| id.to_str().ok()).filter(|id| is_fit(id));
        let request_id = given.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
        let trace_parent = headers.get("traceparent").and_then(|parent| parent.to_str().ok());
        Self { request_id, trace_parent: trace_parent.unwrap_or_default().to_owned() }
    }

    /// The request that is being served or worked for; an empty one where there is none.
    pub(crate) fn current() -> Self {
        ASKED.try_with(Clone::clone).unwrap_or_default()
    }

    /// The request that a row of the queue is done for; an empty one where none is named.
    pub(crate) fn of(payload: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default)]
            asked: Asked,
        }
        serde_json::from_slice::<Row>(payload).map(|row| row.asked).unwrap_or_default()
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The headers that name it to others; none where there is none.
    pub(crate) fn headers(&self) -> HeaderMap {
        let named = [("x-request-id", &self.request_id), ("traceparent", &self.trace_parent)];
        let given = named.into_iter().filter(|(_, value)| !value.is_empty());
        let fit = given.filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
        });
        fit.collect()
    }

    /// Whether there is none.
    pub(crate) fn is_nobody(&self) -> bool {
        self.request_id.is_empty()
    }

    /// Tells traces how long its work has waited.
    pub(crate) fn waited(&self, since: SystemTime) {
        traces::waited(&self.trace_parent, since);
    }

    /// Does some work for this request, inside a span.
    pub(crate) async fn work<T>(mut self, span: Span, work: impl Future<Output = T>) -> T {
        traces::follow(&span, &self.trace_parent);
        self.trace_parent = traces::trace_parent(&span);
        ASKED.scope(self, work.instrument(span)).await
    }
}

fn is_fit(id: &str) -> bool {
    (1..=MOST_ID_BYTES).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_that_can_stand_in_a_log_is_taken_over() {
        for (given, taken) in
            [("a-1/b:2", true), ("", false), ("a b", false), ("é", false), (&"x".repeat(129), false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", HeaderValue::from_bytes(given.as_bytes()).unwrap());
            let asked = Asked::by(&headers);
            assert_eq!(asked.request_id() == given, taken, "{given}");
            assert!(is_fit(asked.request_id()));
        }
    }
}
