//! The Grafana double, driven by plain HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::Grafana;

use crate::client;

async fn annotate(grafana: &Grafana, key: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/api/annotations/graphite", grafana.url());
    let answer = client().post(url).bearer_auth(key).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_annotation_with_the_key_is_kept_and_others_are_refused() {
    let grafana = Grafana::start().await.unwrap();
    let body =
        json!({"what": "Deployment: pay", "tags": ["deployment", "pay", "dev"], "data": "<br>Author: Ida"});
    let refused = annotate(&grafana, "guess", body.clone()).await;
    assert_eq!(refused, (401, json!({"message": "Invalid API key"})));
    let broken = annotate(&grafana, grafana.api_key(), json!({"tags": []})).await;
    assert_eq!(broken, (400, json!({"message": "bad request data"})));
    let kept = annotate(&grafana, grafana.api_key(), body).await;
    assert_eq!(kept, (200, json!({"message": "Graphite annotation added", "id": 1})));
    let seen = grafana.wait_for("tag dev", Duration::from_secs(30), |seen| seen.tags.contains(&"dev".into()));
    assert_eq!(seen.await.unwrap().what, "Deployment: pay");
    assert_eq!(grafana.annotations().len(), 1);
}
