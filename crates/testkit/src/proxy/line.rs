//! One connection through the proxy: two pumps under one set of switches.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// The state of the line, looked at before each chunk is passed on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    /// How long each chunk is held back.
    pub(super) delay: Duration,
    /// Whether nothing passes.
    pub(super) silent: bool,
}

/// Passes bytes both ways until both sides are done or one breaks.
pub(super) async fn join(mut client: TcpStream, upstream: SocketAddr, line: watch::Receiver<Line>) {
    // A refusing upstream closes the client's connection, as a network would.
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    // Without this, small messages wait for each other's acknowledgement and the proxy itself would be a delay.
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (client_reads, client_writes) = client.split();
    let (server_reads, server_writes) = server.split();
    // A broken side ends both: dropping the sockets tells the other.
    let there = pump(client_reads, server_writes, line.clone());
    let back = pump(server_reads, client_writes, line);
    drop(tokio::try_join!(there, back));
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut line: watch::Receiver<Line>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = from.read(&mut chunk).await?;
        // An error means that the proxy's handle is gone, and this task with it.
        let delay = line.wait_for(|line| !line.silent).await.map_err(io::Error::other)?.delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if count == 0 {
            return to.shutdown().await;
        }
        to.write_all(&chunk[..count]).await?;
    }
}
