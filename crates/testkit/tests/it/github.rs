//! The GitHub double, driven by plain HTTP.

use reqwest::Method;
use serde_json::json;
use testkit::GitHub;
use testkit::github::{PushEvent, RefChange};

use crate::client;

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

async fn status(github: &GitHub, method: Method, path: &str, body: serde_json::Value) -> u16 {
    let url = format!("{}/repos/acme/pay/git/refs{path}", github.url());
    let request = client().request(method, url).basic_auth("acme", Some(github.token())).json(&body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_tag_is_made_once_and_moved_after_that() {
    let github = GitHub::start().await.unwrap();
    let create = json!({"ref": "refs/tags/dev", "sha": SHA});
    let moved = json!({"force": true, "sha": SHA.replace('0', "f")});
    assert_eq!(status(&github, Method::PATCH, "/tags/dev", moved.clone()).await, 422);
    assert_eq!(status(&github, Method::POST, "", create.clone()).await, 201);
    assert_eq!(status(&github, Method::POST, "", create).await, 422);
    assert_eq!(status(&github, Method::PATCH, "/tags/dev", moved).await, 200);
    let change = |sha: String, created| RefChange {
        repository: "acme/pay".into(),
        name: "refs/tags/dev".into(),
        sha,
        created,
    };
    assert_eq!(github.changes(), [change(SHA.into(), true), change(SHA.replace('0', "f"), false)]);
}

#[tokio::test]
async fn strangers_and_nonsense_change_nothing() {
    let github = GitHub::start().await.unwrap();
    let url = format!("{}/repos/acme/pay/git/refs", github.url());
    let body = json!({"ref": "refs/tags/dev", "sha": SHA});
    let stranger = client().post(url).bearer_auth("guess").json(&body).send().await.unwrap();
    assert_eq!(stranger.status().as_u16(), 401);
    assert_eq!(status(&github, Method::POST, "", json!({"ref": "dev", "sha": SHA})).await, 422);
    assert_eq!(status(&github, Method::POST, "", json!({"ref": "refs/tags/dev", "sha": "0123"})).await, 422);
    assert_eq!(github.changes(), []);
}

#[test]
fn a_push_event_is_signed_like_githubs() {
    let event = PushEvent::new("secret", "acme/config", "main", SHA);
    // Computed with `openssl dgst -sha1 -hmac secret` over the body.
    assert_eq!(
        event.body,
        format!(r#"{{"after":"{SHA}","ref":"refs/heads/main","repository":{{"full_name":"acme/config"}}}}"#)
    );
    assert_eq!(event.signature, "sha1=050f03c83a0df98ad9a1ff953270e7e2331268fa");
}
