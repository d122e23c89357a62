//! Through paths and queries.

use super::Guarded;
use super::explained;
use crate::bed::Bed;
use crate::raw;

/// Parts of a target as they are written on the wire.
const PARTS: [&str; 34] = [
    "..",
    ".",
    "%2e%2e",
    "%2E",
    "..%2fprod",
    "%2e%2e%2fprod",
    "%2fprod",
    "prod%2f",
    "prod%2f..",
    "prod%00",
    "%00",
    "prod%0a",
    "prod%0d%0aX:%20y",
    "%ff",
    "%c0%ae",
    "%ed%a0%80",
    "%",
    "%2",
    "%zz",
    "PROD",
    "Prod",
    "%70rod%20",
    "%09prod",
    "prod;dev",
    "prod%3bdev",
    "%D1%80rod",
    "%EF%BD%90rod",
    "prod%E2%80%8B",
    "-flag",
    "--",
    "CON",
    ".git",
    "prod%5c",
    "%252e%252e",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_target_reads_or_writes_outside_its_folder() {
    let guarded = Guarded::new(Bed::new().await).await;
    let address = guarded.bed.port.address();
    let before = guarded.bed.history().len();
    let long = "a".repeat(20_000);
    let dots = "../".repeat(2000);
    for part in PARTS.into_iter().chain([long.as_str(), dots.as_str()]) {
        for (method, target) in [
            ("GET", format!("/describe/release/billing/{part}")),
            ("GET", format!("/describe/release/{part}/prod")),
            ("GET", format!("/describe/artifact/{part}")),
            ("GET", format!("/describe/artifact/billing?branch={part}&count={part}")),
            ("GET", format!("/describe/latest-artifact/{part}?branch={part}")),
            ("GET", format!("/releases/{part}")),
            ("GET", format!("/status?service={part}&namespace={part}")),
            ("GET", format!("/policies?service={part}")),
            ("GET", format!("/policies/{part}?service=billing&service={part}")),
            ("POST", format!("/queue/{part}/retry")),
            ("PUT", format!("/artifacts/upload/{part}/{part}?expires=9999999999&signature={part}")),
            ("PUT", format!("/artifacts/upload/billing/{part}?expires={part}&signature=AAAA")),
            ("GET", format!("/{part}/status?service=billing")),
            ("POST", format!("/release/{part}")),
            ("POST", format!("/{part}")),
            ("DELETE", format!("/policies/{part}")),
        ] {
            let answer = raw::get(address, method, &target).await;
            let what = format!("{method} {}", target.chars().take(100).collect::<String>());
            match answer.status() {
                // Closed by the HTTP library, which takes no such line at all, or refused by it.
                // A path that is not clean leads to the clean one.
                301 => assert_eq!(answer.body(), "", "{what}"),
                0 | 400 | 414 | 431 if answer.body().is_empty() => {}
                200 => assert!(harmless(answer.body()), "{what}: {}", answer.text),
                405 => {}
                status => explained(&what, status, answer.body()),
            }
        }
    }
    assert_eq!(guarded.bed.history().len(), before);
    guarded.guard_works().await;
}

/// An answer that tells of nothing that is there, or of billing as anybody with a token may ask.
fn harmless(body: &str) -> bool {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let none = |field: &str| body[field].as_array().is_none_or(Vec::is_empty);
    none("releases") && none("artifacts") || body["service"] == "billing"
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_name_another_target_are_not_heard() {
    let guarded = Guarded::new(Bed::new().await).await;
    let before = guarded.bed.history().len();
    for header in [
        "X-Original-URL: /release",
        "X-Rewrite-URL: /release",
        "X-HTTP-Method-Override: POST",
        "X-HTTP-Method: DELETE",
        "X-Forwarded-Host: evil.test",
        "X-Forwarded-For: 127.0.0.1",
        "X-Remote-User: admin",
        "Transfer-Encoding: identity",
        "Content-Encoding: gzip",
        "Expect: 100-continue",
        "Upgrade: h2c",
    ] {
        let request = format!(
            "GET /policies?service=billing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\nContent-Length: 0\r\n\r\n"
        );
        let status = raw::send(guarded.bed.port.address(), request.as_bytes()).await.status();
        assert!(matches!(status, 400 | 401), "{header}: {status}");
    }
    assert_eq!(guarded.bed.history().len(), before);
}
