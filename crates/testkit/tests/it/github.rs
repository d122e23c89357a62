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
async fn a_deployment_is_found_again_and_goes_through_states() {
    let github = GitHub::start().await.unwrap();
    let call = async |method: Method, path: &str, body: serde_json::Value| {
        let url = format!("{}/repos/acme/pay/{path}", github.url());
        let request = client().request(method, url).basic_auth("acme", Some(github.token())).json(&body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    let new = json!({"ref": SHA, "environment": "dev", "payload": {"release": "1"}, "auto_merge": false, "required_contexts": []});
    let careless = json!({"ref": SHA, "environment": "dev"});
    assert_eq!(call(Method::POST, "deployments", careless).await.0, 409);
    assert_eq!(call(Method::POST, "deployments", new).await, (201, json!({"id": 1})));
    let found = call(Method::GET, &format!("deployments?sha={SHA}&environment=dev"), json!(null)).await.1;
    assert_eq!(found[0]["payload"]["release"], "1");
    assert_eq!(call(Method::GET, "deployments?environment=prod", json!(null)).await.1, json!([]));
    for (state, status) in [("in_progress", 201), ("success", 201), ("done", 422)] {
        assert_eq!(call(Method::POST, "deployments/1/statuses", json!({"state": state})).await.0, status);
    }
    assert_eq!(call(Method::GET, "deployments/1/statuses", json!(null)).await.1[0]["state"], "success");
    assert_eq!(github.deployments()[0].states, ["in_progress", "success"]);
    let status = json!({"state": "success", "context": "ci"});
    assert_eq!(call(Method::POST, &format!("statuses/{SHA}"), status).await.0, 201);
    assert_eq!(github.statuses()[0].context, "ci");
    github.rate_limit_next(1);
    assert_eq!(call(Method::GET, "deployments", json!(null)).await.0, 403);
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
