//! The fault proxy, in front of a server that echoes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use testkit::FaultProxy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A server that sends back what it gets.
struct Echo {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

async fn echo() -> Echo {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.spawn(async move {
                let (mut reads, mut writes) = stream.split();
                // A broken connection is what these tests make.
                drop(tokio::io::copy(&mut reads, &mut writes).await);
            });
        }
    });
    Echo { address, _tasks: tasks }
}

async fn say(stream: &mut TcpStream, word: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(word).await?;
    let mut answer = vec![0; word.len()];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn bytes_pass_both_ways_and_the_end_is_passed_on() {
    let echo = echo().await;
    let proxy = FaultProxy::start(echo.address).unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    let sent = vec![7; 300_000];
    let (mut reads, mut writes) = stream.split();
    let send = async {
        writes.write_all(&sent).await.unwrap();
        writes.shutdown().await.unwrap();
    };
    let mut received = Vec::new();
    let ((), count) = tokio::join!(send, reads.read_to_end(&mut received));
    count.unwrap();
    assert!(received == sent, "{} bytes came back of {}", received.len(), sent.len());
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn a_refusing_proxy_ends_connections_and_comes_back_on_the_same_port() {
    let echo = echo().await;
    let proxy = FaultProxy::start(echo.address).unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    say(&mut stream, b"hello").await.unwrap();
    proxy.refuse().await;
    say(&mut stream, b"hello").await.unwrap_err();
    let error = TcpStream::connect(proxy.addr()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    proxy.heal().await;
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    assert_eq!(say(&mut stream, b"again").await.unwrap(), b"again");
}

#[tokio::test]
async fn a_cut_ends_present_connections_only() {
    let echo = echo().await;
    let proxy = FaultProxy::start(echo.address).unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    say(&mut stream, b"hello").await.unwrap();
    proxy.cut().await;
    say(&mut stream, b"hello").await.unwrap_err();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    assert_eq!(say(&mut stream, b"again").await.unwrap(), b"again");
}

#[tokio::test]
async fn silence_holds_bytes_back_until_healed() {
    let echo = echo().await;
    let proxy = FaultProxy::start(echo.address).unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    say(&mut stream, b"hello").await.unwrap();
    proxy.silence();
    let mut fresh = TcpStream::connect(proxy.addr()).await.unwrap();
    for stream in [&mut stream, &mut fresh] {
        stream.write_all(b"held").await.unwrap();
        let mut byte = [0];
        let answer = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut byte)).await;
        assert!(answer.is_err(), "a byte came through: {answer:?}");
    }
    proxy.heal().await;
    for stream in [&mut stream, &mut fresh] {
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"held");
    }
}

#[tokio::test]
async fn a_delay_holds_each_direction_back() {
    let echo = echo().await;
    let proxy = FaultProxy::start(echo.address).unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    proxy.delay(Duration::from_millis(50));
    let start = Instant::now();
    say(&mut stream, b"hello").await.unwrap();
    // A lower bound only: nothing can make a held byte come early.
    assert!(start.elapsed() >= Duration::from_millis(100));
}
