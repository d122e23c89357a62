//! What is too large, too slow, too deep or too much is refused with a clear answer, and costs others nothing.

use api::routes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bed::{Bed, http};

/// Sends bytes, and reads whatever comes until the server hangs up.
async fn raw(bed: &Bed, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(bed.port.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A server that closes with bytes unread resets the connection; what came before counts.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(path: &str, length: usize, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: hamctl-token\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_has_its_answer() {
    let bed = Bed::new().await.flag("--timeout=2s");
    let _server = bed.start().await;
    let deep = format!(r#"{{"intent":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let get = |target: &str, headers: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: hamctl-token\r\n{headers}\r\n")
            .into_bytes()
    };
    let many: String = (0..101).fold(String::new(), |all, number| all + &format!("x-{number}: 1\r\n"));
    for (what, bytes, status, message) in [
        ("a large body", post(routes::RELEASE, 3 << 20, ""), 413, "the body is too large"),
        ("a slow body", post(routes::RELEASE, 100, "{"), 408, "the body did not come in time"),
        ("a deep body", post(routes::RELEASE, deep.len(), &deep), 400, "invalid body"),
        (
            "a long query",
            get(&format!("/status?service={}", "a".repeat(9000)), ""),
            414,
            "the query is too long",
        ),
        ("a long header", get("/status", &format!("x-a: {}\r\n", "a".repeat(300_000))), 431, ""),
        ("many headers", get("/status", &many), 431, ""),
    ] {
        let answer = raw(&bed, &bytes).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
        assert!(answer.contains(message), "{what}: {answer}");
    }
    // A head that never ends: the connection is closed.
    raw(&bed, b"GET /status HTTP/1.1\r\nHost: a").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_are_not_clean_lead_to_those_that_are() {
    let bed = Bed::new().await;
    let _server = bed.start().await;
    for method in ["GET", "POST", "OPTIONS"] {
        let head = format!(
            "{method} //status?service=a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        let answer = raw(&bed, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 301 "), "{answer}");
        assert!(
            answer.contains("location: /status?service=a\r\n") && answer.ends_with("\r\n\r\n"),
            "{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_its_parts() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let ready = http().get(format!("{}{}", server.url, routes::READYZ)).send().await.unwrap();
    assert_eq!(ready.headers()["content-type"], "application/json");
    let ready: api::ReadinessResponse = api::decode(&ready.bytes().await.unwrap()).unwrap();
    let parts: Vec<&str> = ready.checks.iter().map(|check| check.name.as_str()).collect();
    for part in ["configRepository", "queue", "artifactStore"] {
        assert!(parts.contains(&part), "{parts:?}");
    }
    assert!(ready.ready && ready.checks.iter().all(|check| check.ok), "{ready:?}");
}
