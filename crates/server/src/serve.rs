//! Connections: accepted up to a number, given up when they say nothing, ended well at the end.

mod patience;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use patience::Patience;

/// Connections at once. Beyond that new ones wait in the system's queue: each costs a file and some memory.
const CONNECTIONS: usize = 4096;

/// Headers of a request; more are answered 431.
const MAX_HEADERS: usize = 100;

/// Bytes of a request's line and headers together: several times the longest token in use. It bounds, too, what is
/// buffered for a client that reads slowly.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// After an accept that failed, which means that files ran out: some connections may end meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until it is told to stop, and then until the requests under way are answered. A connection that sends no
/// whole head within `silence`, or takes nothing of an answer for so long, is closed.
pub(crate) async fn serve(listener: TcpListener, router: Router, silence: Duration, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            // Cancel safe: a permit or connection that is not received was not taken.
            accepted = accept(&listener, &room) => accepted,
            // Cancel safe: a finished task stays in the set until it is joined.
            Some(_) = connections.join_next() => continue,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, permit)) => {
                let connection = one(stream, router.clone(), silence, stop.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = room.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    // Answers are small and whole: waiting for more to send would only delay them.
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

async fn one(stream: TcpStream, router: Router, silence: Duration, stop: CancellationToken) {
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(silence)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(Patience::new(stream, silence)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    /// How long anything may take on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn who_never_sends_a_byte_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, Router::new(), Duration::from_millis(100), stop.clone()));
        let mut silent = JoinSet::new();
        for _ in 0..50 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            silent.spawn(async move { stream.read_to_end(&mut Vec::new()).await });
        }
        let closed = tokio::time::timeout(PATIENCE, async { while silent.join_next().await.is_some() {} });
        assert!(closed.await.is_ok(), "{} connections are held for ever", silent.len());
        stop.cancel();
        serving.join_next().await.unwrap().unwrap();
    }
}
