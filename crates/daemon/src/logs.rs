//! The last lines of a container that crashed.

mod text;

use std::time::Duration;

use api::PodErrorEvent;
use futures::{StreamExt, stream};
use kube::api::LogParams;
use kube::core::Request;
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use crate::event::Event;
use crate::observe::Life;
use crate::report::{LogWish, Report};

/// How many lines are told.
const LINES: i64 = 8;
/// Eight lines can be long ones.
const MAX_BYTES: i64 = 256 << 10;
/// Logs fetched at once: a cluster where everything crashes has enough to do.
const AT_ONCE: usize = 16;
/// How long all logs of a batch may take; a node that hangs must not hold up what others have to tell.
const PATIENCE: Duration = Duration::from_secs(3);

/// Fetches the log lines that reports ask for. A log that cannot be had leaves how the container ended.
pub async fn fetch(client: &kube::Client, reports: &mut [Report]) {
    let deadline = Instant::now() + PATIENCE;
    let fetch = async |report: &mut Report| {
        let Event::PodError(event) = &mut report.event else { return };
        for wish in std::mem::take(&mut report.logs) {
            let lines = timeout_at(deadline, lines(client, event, &wish)).await.unwrap_or_default();
            if let Some(error) = event.errors.get_mut(wish.error) {
                error.message = if lines.is_empty() { wish.otherwise } else { lines };
            }
        }
    };
    stream::iter(reports).for_each_concurrent(AT_ONCE, fetch).await;
}

/// The lines of the life that crashed; the other one's when that has none.
async fn lines(client: &kube::Client, event: &PodErrorEvent, wish: &LogWish) -> String {
    let order = match wish.life {
        Life::Previous => [true, false],
        Life::Current => [false, true],
    };
    for previous in order {
        let params = LogParams {
            container: Some(wish.container.clone()),
            previous,
            tail_lines: Some(LINES),
            limit_bytes: Some(MAX_BYTES),
            ..LogParams::default()
        };
        let pods = format!("/api/v1/namespaces/{}/pods", event.namespace);
        let Ok(request) = Request::new(pods).logs(&event.pod_name, &params) else { continue };
        match client.request_text(request).await {
            Ok(log) if !log.trim().is_empty() => return text::message(&log),
            Ok(_) => {}
            Err(error) => debug!(pod = %event.pod_name, %error, "no log"),
        }
    }
    String::new()
}
