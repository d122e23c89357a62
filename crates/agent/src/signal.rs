//! Signals that stop a program.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

/// Stops on SIGTERM and SIGINT.
pub async fn stop_on_signal(stop: CancellationToken) {
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut interrupt)] = signals else {
        error!("cannot listen to signals: only SIGKILL will stop us");
        return;
    };
    // Cancel safe: a signal is not lost, and the first is enough.
    tokio::select! {
        _ = terminate.recv() => info!("stopping on SIGTERM"),
        _ = interrupt.recv() => info!("stopping on SIGINT"),
    }
    stop.cancel();
}
