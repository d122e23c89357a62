//! Many callers without a token, who send a byte and then nothing, do not keep others from being served.

use api::routes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::bed::{Bed, Server, http};

/// More than the server serves at once.
const FLOOD: usize = 1050;

/// Sends a head, one byte of its body, and waits for an answer; its first line.
async fn send_one_byte(address: String, signature: String) -> String {
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\nX-Hub-Signature: {signature}\r\nContent-Length: 100000\r\n\r\n{{",
        routes::GITHUB_WEBHOOK
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn is_served(server: &Server) {
    for path in [routes::PING, routes::HEALTHZ, routes::READYZ, routes::METRICS, "/status?service=billing"] {
        let request = http().get(format!("{}{path}", server.url)).header("Authorization", "hamctl-token");
        assert_eq!(request.send().await.unwrap().status().as_u16(), 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_only_look_like_github_take_nobodys_place() {
    let bed = Bed::new().await.flag("--github-webhook-secret=s3cret");
    let server = bed.start().await;
    let mut flood = JoinSet::new();
    for _ in 0..FLOOD {
        let signature = format!("sha1={}", "0".repeat(40));
        flood.spawn(send_one_byte(bed.port.address().to_string(), signature));
    }
    // GitHub does not try again, so its one push has to count.
    for (header, signature) in [
        ("X-Hub-Signature", "sha1=9aa4072a2df6ec3f16a5fc0abbce13a890ffc5fa"),
        ("X-Hub-Signature-256", "sha256=09e2e9bb26ff67ca30eaa951558efbe611cadda385c3c75c44f47e1c2a8590c6"),
    ] {
        let push = http()
            .post(format!("{}{}", server.url, routes::GITHUB_WEBHOOK))
            .header("X-GitHub-Event", "push")
            .header(header, signature)
            .body(r#"{"ref":"refs/heads/master"}"#);
        assert_eq!(push.send().await.unwrap().status().as_u16(), 200, "{header}");
    }
    is_served(&server).await;
    for _ in 0..FLOOD {
        assert_eq!(flood.join_next().await.unwrap().unwrap(), "HTTP/1.1 408");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_refused_before_its_body_comes() {
    for (flag, answer) in [("--github-webhook-secret=s3cret", "HTTP/1.1 401"), ("", "HTTP/1.1 403")] {
        let bed = if flag.is_empty() { Bed::new().await } else { Bed::new().await.flag(flag) };
        let _server = bed.start().await;
        assert_eq!(send_one_byte(bed.port.address().to_string(), "sha1=zz".to_owned()).await, answer);
    }
}
