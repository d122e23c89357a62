//! Callers that send too much, too slowly, too deep or two things at once, or never read: others are served, memory
//! stays bounded, and nobody's request becomes somebody else's.

use std::net::SocketAddr;
use std::time::Duration;

use api::routes;
use testkit::wait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::bed::{Bed, PATIENCE, Server};
use crate::raw;

/// A server that gives up on silent callers soon.
const SHORT: &str = "--timeout=2s";

/// Connections that say nothing.
const SILENT: usize = 600;

/// What so many connections may cost at most: what is read before a head is whole.
const BYTES_A_CONNECTION: u64 = 64 << 10;

/// Requests that are pipelined and whose answers nobody reads: far more than the system's buffers hold.
const UNREAD: usize = 20_000;

async fn is_served(server: &Server) {
    let request = crate::bed::http().get(format!("{}/status?service=billing", server.url));
    let answer = request.header("Authorization", "Bearer hamctl-token").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

/// Resident memory of a process, in bytes.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() << 10
}

fn post(body: &str, headers: &str) -> String {
    format!(
        "POST /release HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer hamctl-token\r\n{headers}\r\n\r\n{body}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_can_be_read_in_two_ways_is_not_read_at_all() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let address = bed.port.address();
    let hidden = "GET /ping HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n";
    let chunked = format!("0\r\n\r\n{hidden}");
    let both = format!("Content-Length: {}\r\nTransfer-Encoding: chunked", chunked.len());
    let both_turned = format!("Transfer-Encoding: chunked\r\nContent-Length: {}", chunked.len());
    for (what, request) in [
        (
            "two lengths",
            post(
                &format!("{{}}{hidden}"),
                &format!("Content-Length: 2\r\nContent-Length: {}", hidden.len() + 2),
            ),
        ),
        (
            "a list of lengths",
            post(&format!("{{}}{hidden}"), &format!("Content-Length: 2, {}", hidden.len() + 2)),
        ),
        ("length, then chunks", post(&chunked, &both)),
        ("chunks, then length", post(&chunked, &both_turned)),
        ("an unknown coding", post(&chunked, "Transfer-Encoding: xchunked")),
        ("chunks that are not last", post(&chunked, "Transfer-Encoding: chunked, identity")),
        ("two codings", post(&chunked, "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked")),
        ("codings in a list", post(&chunked, "Transfer-Encoding: identity, chunked")),
        ("a blank before the colon", post(&chunked, "Transfer-Encoding : chunked")),
        ("a folded header", post(&chunked, "X-A: b\r\n Transfer-Encoding: chunked")),
        ("a signed length", post(hidden, "Content-Length: +2")),
        ("a length in hex", post(hidden, "Content-Length: 0x2")),
        ("a length too large", post(hidden, "Content-Length: 99999999999999999999999")),
        ("a chunk too large", post(&format!("fffffffffffffffff\r\n{hidden}"), "Transfer-Encoding: chunked")),
        ("a NUL in a header", post("{}", "X-A: a\0b\r\nContent-Length: 2")),
        ("a bare return in a header", post("{}", "X-A: a\rTransfer-Encoding: chunked\r\nContent-Length: 2")),
    ] {
        let answer = raw::send(address, request.as_bytes()).await;
        assert!(answer.count() <= 1, "{what}: {}", answer.text);
        assert!(!answer.text.contains("pong"), "{what}: {}", answer.text);
        assert!(matches!(answer.status(), 0 | 400), "{what}: {}", answer.text);
    }
    is_served(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_of_http_1_is_closed() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let address = bed.port.address();
    let headers = "X-A: b\r\n".repeat(2000);
    let long = format!("GET /ping HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n\r\n", "a".repeat(1 << 20));
    let target = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(1 << 20));
    let many = format!("GET /ping HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    for (what, bytes) in [
        ("HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
        ("TLS", "\x16\x03\x01\x02\0\x01\0\x01\u{7f}\x03\x03"),
        ("no version", "GET /ping\r\n\r\n"),
        ("another version", "GET /ping HTTP/3.7\r\nHost: a\r\n\r\n"),
        ("no method", " /ping HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a target with blanks", "GET /pi ng HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("garbage", "\0\u{1}\u{2}\u{3}\r\n\r\n"),
        ("a long header", long.as_str()),
        ("a long target", target.as_str()),
        ("many headers", many.as_str()),
    ] {
        let answer = raw::send(address, bytes.as_bytes()).await;
        let status = answer.status();
        assert!(matches!(status, 0 | 400 | 414 | 431), "{what}: {status}");
    }
    is_served(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_without_end_or_floor_are_refused_and_cost_little() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let before = resident(server.service.pid());
    let deep = |open: &str| open.repeat(500_000);
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    for (what, body, headers) in [
        ("lists in lists", deep("["), String::new()),
        ("objects in objects", deep(r#"{"service":"#), String::new()),
        ("objects in a known field", format!(r#"{{"intent":{}"#, deep(r#"{"a":"#)), String::new()),
        ("an endless text", format!(r#"{{"service":"{}"#, "a".repeat(3 << 20)), String::new()),
        ("an endless number", format!(r#"{{"service":{}"#, "9".repeat(1 << 20)), String::new()),
        (
            "many keys",
            format!("{{{}\"a\":1}}", (0..50_000).map(|n| format!("\"k{n}\":{n},")).collect::<String>()),
            String::new(),
        ),
        ("endless chunks", chunk.repeat(100), "Transfer-Encoding: chunked\r\nConnection: close".to_owned()),
    ] {
        for _ in 0..5 {
            let headers = match headers.as_str() {
                "" => format!("Connection: close\r\nContent-Length: {}", body.len()),
                given => given.to_owned(),
            };
            let answer = raw::send(bed.port.address(), post(&body, &headers).as_bytes()).await;
            // Refused before all of it was read, the connection may break before the answer is there.
            assert!(matches!(answer.status(), 0 | 400 | 413), "{what}: {}", answer.text);
        }
    }
    is_served(&server).await;
    let grown = resident(server.service.pid()).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more are in memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_send_a_byte_and_no_more_are_closed_and_keep_nobody_waiting() {
    let bed = Bed::new().await.flag(SHORT);
    let server = bed.start().await;
    let before = resident(server.service.pid());
    let mut silent = JoinSet::new();
    for number in 0..SILENT {
        let bytes: &[u8] = match number % 3 {
            // A byte at least: of so many connections that say nothing, a busy system may not tell the server. That
            // those it is told of are closed is shown beside `serve`.
            0 => b"G",
            1 => b"GET /status?service=billing HTTP/1.1\r\nHost: a\r\nX-A: ",
            _ => b"GET /ping HTTP/1.1\r\nHost: a\r\n\r\n",
        };
        silent.spawn(until_closed(bed.port.address(), bytes));
    }
    is_served(&server).await;
    let grown = resident(server.service.pid()).saturating_sub(before);
    assert!(grown < SILENT as u64 * BYTES_A_CONNECTION, "{grown} bytes more are in memory");
    while let Some(ended) = silent.join_next().await {
        ended.unwrap();
    }
    is_served(&server).await;
}

/// Sends these bytes, and waits until the server closes the connection.
async fn until_closed(address: SocketAddr, bytes: &'static [u8]) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // It may also be reset.
    let closed = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    let sent = String::from_utf8_lossy(bytes);
    assert!(closed.is_ok(), "the server does not close who has sent {sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stops_coming_is_answered_and_given_up() {
    let bed = Bed::new().await.flag(SHORT);
    let server = bed.start().await;
    let mut stream = TcpStream::connect(bed.port.address()).await.unwrap();
    stream.write_all(post("{", "Content-Length: 1000").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let closed = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("did not come in time"), "{answer}");
    assert!(closed.is_ok(), "the connection ends with the answer");
    is_served(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_reads_the_answers_is_closed() {
    let bed = Bed::new().await.flag(SHORT);
    let server = bed.start().await;
    let before = resident(server.service.pid());
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(bed.port.address()).await.unwrap();
        let request = format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", routes::METRICS).repeat(UNREAD);
        // The server stops reading once nobody reads what it writes: the rest stays with us.
        drop(timeout(Duration::from_secs(1), stream.write_all(request.as_bytes())).await);
        streams.push(stream);
    }
    is_served(&server).await;
    let grown = resident(server.service.pid()).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more are in memory");
    let sockets = || {
        let files = std::fs::read_dir(format!("/proc/{}/fd", server.service.pid())).unwrap();
        let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        links.filter(|link| link.to_string_lossy().starts_with("socket:")).count()
    };
    wait::until("the server to close the connections", PATIENCE, async || {
        let open = sockets();
        if open < streams.len() { Ok(()) } else { Err(format!("{open} sockets are open")) }
    })
    .await;
    is_served(&server).await;
}
