//! Requests as no client library would send them.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an answer may take before it counts as none.
const DEADLINE: Duration = Duration::from_secs(60);

/// What came back for some bytes, up to the end of the connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
}

impl Answer {
    /// The status of the first answer; 0 when the connection was closed without one.
    pub(crate) fn status(&self) -> u16 {
        self.text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
    }

    /// How many answers there are.
    pub(crate) fn count(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }

    /// The body of the first answer.
    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

/// Sends these bytes, then no more, and reads until the server closes the connection.
pub(crate) async fn send(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that refuses early may close before it has read all.
    drop(stream.write_all(bytes).await);
    let mut answer = Vec::new();
    let read = timeout(DEADLINE, stream.read_to_end(&mut answer)).await;
    assert!(
        read.is_ok(),
        "no end of the answer to {:?}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(300)])
    );
    Answer { text: String::from_utf8_lossy(&answer).into_owned() }
}

/// A request without a body, its target as it is written here, by somebody with hamctl's token.
pub(crate) async fn get(address: SocketAddr, method: &str, target: &str) -> Answer {
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer hamctl-token\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    send(address, head.as_bytes()).await
}
