//! Hears of uploads to S3 through SQS.

use std::sync::atomic::Ordering;
use std::time::Duration;

use artifact_store::{Arrivals, S3Settings};
use explain::Explain;
use queue::QueueError;
use tokio_util::sync::CancellationToken;

use super::expect::{EXPECT_ARTIFACT, expected};
use super::rows;
use crate::app::App;

/// Between two tries when S3 or SQS does not answer.
const PAUSE: Duration = Duration::from_secs(5);

/// Listens until it is told to stop. A service that does not answer is tried again: uploads wait in its queue.
pub(crate) async fn listen(
    app: App,
    settings: S3Settings,
    stop: CancellationToken,
) -> Result<(), QueueError> {
    loop {
        // Cancel safe: what was received and not acknowledged comes again.
        let heard = tokio::select! {
            heard = hear(&app, &settings) => heard,
            () = stop.cancelled() => return Ok(()),
        };
        let Err(error) = heard else { continue };
        if let Hearing::Queue(error) = error {
            return Err(error);
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

/// Why nothing was heard.
enum Hearing {
    /// It was logged, and is tried again.
    Service,
    /// Our own queue has stopped.
    Queue(QueueError),
}

async fn hear(app: &App, settings: &S3Settings) -> Result<(), Hearing> {
    let failed = |error: artifact_store::S3Error| {
        let reason = explain::chain(&error).join(": ");
        tracing::warn!(reason, hint = %error.next_step(), "new artifacts are not heard of: will try again");
        Hearing::Service
    };
    let arrivals = Arrivals::set_up(settings).await.map_err(failed)?;
    // From here on every upload leaves a message, which waits for us.
    app.looks_for_uploads.store(false, Ordering::Release);
    loop {
        for arrival in arrivals.receive().await.map_err(failed)? {
            let artifacts = arrival.artifacts.iter().flat_map(|(service, id)| rows(app, service, id));
            // What is taken in becomes an artifact, of which S3 tells again.
            let uploads = arrival.uploads.iter().map(|(service, id)| expected(service, id, false));
            app.queue.enqueue_all(artifacts.chain(uploads).collect()).await.map_err(Hearing::Queue)?;
            app.queue.wake(EXPECT_ARTIFACT);
            arrivals.acknowledge(&arrival).await.map_err(failed)?;
        }
    }
}
