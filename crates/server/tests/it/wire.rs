//! What clients of the original rely on.

use api::routes;
use reqwest::Method;

use crate::bed::{Bed, Server, http};

/// Status, content type and body of an answer.
async fn ask(server: &Server, method: Method, path: &str, body: &str) -> (u16, String, String) {
    let request = http()
        .request(method, format!("{}{path}", server.url))
        .header("Authorization", "Bearer hamctl-token")
        .body(body.to_owned());
    let answer = request.send().await.unwrap();
    let content_type = answer.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    (answer.status().as_u16(), content_type.unwrap_or_default(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_are_answered_as_by_the_original() {
    let server = Bed::new().await.start().await;
    for (method, path, status) in [
        (Method::GET, "/nowhere", 404),
        (Method::GET, "/status/", 404),
        (Method::POST, "/release/", 404),
        (Method::GET, "/describe/artifact/a/b", 404),
        (Method::GET, "/release", 405),
        (Method::HEAD, "/status?service=a", 405),
        (Method::OPTIONS, "/status", 405),
        (Method::POST, "/policies", 405),
        (Method::GET, "/policies?service=a", 404),
        (Method::GET, "/policies/anything?service=a", 404),
        (Method::POST, "/policies/auto-release", 405),
        // The original answers these two as `/policies`.
        (Method::GET, "/policiesx?service=a", 404),
        (Method::GET, "/policies/?service=a", 404),
    ] {
        let (answered, _, body) = ask(&server, method.clone(), path, "").await;
        assert_eq!(answered, status, "{method} {path}: {body}");
        match status {
            405 => assert_eq!(body, "", "{method} {path}"),
            _ if path.starts_with("/policies?") || path.starts_with("/policies/a") => {
                assert!(body.contains("no policies exist"), "{body}")
            }
            _ => assert!(body.starts_with(r#"{"status":404,"message":"not found""#), "{body}"),
        }
    }
    assert_eq!(ask(&server, Method::GET, routes::PING, "").await.2, "pong");
    assert_eq!(ask(&server, Method::GET, routes::HEALTHZ, "").await.0, 200);
    let (status, _, metrics) = ask(&server, Method::GET, routes::METRICS, "").await;
    assert_eq!(status, 200);
    assert!(metrics.ends_with("# EOF\n") && metrics.contains("request_duration_seconds"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_read_leniently_and_checked_in_the_original_order() {
    let server = Bed::new().await.start().await;
    let message = async |method: Method, path: &str, body: &str| {
        let (status, content_type, text) = ask(&server, method, path, body).await;
        assert_eq!(content_type, "application/json");
        let body: api::ErrorBody = serde_json::from_str(&text).unwrap();
        assert_eq!(body.status, status);
        body.message
    };
    for (body, reason) in [
        ("no json", "expected ident at line 1 column 2"),
        (r#"{"environment":"dev","ENVIRONMENT":"prod"}"#, "the key `environment` is there twice"),
        (r#"{"a":1,"a":2}"#, "the key `a` is there twice at line 1 column 13"),
    ] {
        let (status, _, answer) = ask(&server, Method::POST, "/release", body).await;
        let answer: api::ErrorBody = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, answer.message.as_str()), (400, "invalid body"), "{body}");
        let hint = format!("send one JSON object with the fields of this route; {reason}");
        assert_eq!(answer.hint, hint, "{body}");
    }
    assert_eq!(
        message(Method::POST, "/release", "{} trailing").await,
        "input not valid:\n  Required field 'service' was empty\n  Required field 'environment' was empty\n  required field artifact id is not specified\n  required intent is not specified\n  required intent is not valid\n"
    );
    assert_eq!(
        message(Method::DELETE, "/policies", r#"{"SERVICE":" "}"#).await,
        "input not valid:\n  Required field 'service' was empty\n  Required field 'committerEmail' was empty\n  no policy ids suplied\n"
    );
    assert_eq!(
        message(Method::PATCH, "/policies/branch-restriction", r#"{"service":"a","unknown":1}"#).await,
        "input not valid:\n  Required field 'environment' was empty\n  Required field 'branch regex' was empty\n"
    );
    let path = message(Method::GET, "/describe/artifact/%ff", "").await;
    assert_eq!(path, "the path /describe/artifact/%ff cannot be read");
    assert_eq!(message(Method::GET, "/status", "").await, "query param service required but was empty");
    assert_eq!(
        message(Method::GET, "/describe/latest-artifact/a", "").await,
        "field branch required but was empty"
    );
    let huge = format!(r#"{{"service":"{}"}}"#, "a".repeat(3 << 20));
    assert_eq!(message(Method::POST, "/release", &huge).await, "the body is too large");
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_types_and_bytes_are_those_of_the_original() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let json = "application/json";
    let text = "text/plain; charset=utf-8";
    let auto =
        r#"{"service":"billing","branch":"master","environment":"dev","committerEmail":"ida@corp.test"}"#;
    let rule = r#"{"service":"billing","branchRegex":"<a&b>","environment":"prod","committerEmail":"ida@corp.test"}"#;
    let delete = r#"{"service":"billing","policyIds":["auto-release-master-dev","unknown"],"committerEmail":"ida@corp.test"}"#;
    for (method, path, body, status, content_type, answer) in [
        (Method::GET, "/ping", "", 200, text, "pong"),
        (Method::HEAD, "/ping", "", 200, text, ""),
        (Method::POST, "/ping", "", 200, text, "pong"),
        (
            Method::PATCH,
            "/policies/auto-release",
            auto,
            201,
            json,
            "{\"id\":\"auto-release-master-dev\",\"service\":\"billing\",\"branch\":\"master\",\"environment\":\"dev\"}\n",
        ),
        (
            Method::PATCH,
            "/policies/branch-restriction",
            rule,
            201,
            json,
            "{\"id\":\"branch-restriction-prod\",\"service\":\"billing\",\"environment\":\"prod\",\"branchRegex\":\"\\u003ca\\u0026b\\u003e\"}\n",
        ),
        (
            Method::GET,
            "/policies/auto-release?service=billing",
            "",
            200,
            json,
            "{\"service\":\"billing\",\"autoReleases\":[{\"id\":\"auto-release-master-dev\",\"branch\":\"master\",\"environment\":\"dev\"}],\"branchRestrictions\":[{\"id\":\"branch-restriction-prod\",\"environment\":\"prod\",\"branchRegex\":\"\\u003ca\\u0026b\\u003e\"}]}\n",
        ),
        (
            Method::DELETE,
            "/policies/some/where",
            delete,
            200,
            json,
            "{\"service\":\"billing\",\"count\":1}\n",
        ),
        (Method::DELETE, "/policies", delete, 200, json, "{\"service\":\"billing\"}\n"),
        (Method::GET, "/status?service=unknown", "", 200, json, "{\"defaultNamespaces\":true}\n"),
        (Method::GET, "/status?service=unknown&namespace=x", "", 200, json, "{}\n"),
        (
            Method::GET,
            "/describe/release/a/dev",
            "",
            200,
            json,
            "{\"service\":\"a\",\"environment\":\"dev\"}\n",
        ),
        (Method::GET, "/describe/artifact/a", "", 200, json, "{\"service\":\"a\"}\n"),
        (Method::GET, "/describe/artifact/a/", "", 404, json, ""),
        (Method::GET, "/describe/artifact/a?count=-1", "", 400, json, ""),
        (Method::POST, "/webhook/github", "{}", 400, json, ""),
        (Method::GET, "/webhook/daemon/k8s/deploy", "", 405, "", ""),
        (Method::POST, "/webhook/daemon/k8s/deploy", "{}", 401, json, ""),
    ] {
        let (answered, of_type, said) = ask(&server, method.clone(), path, body).await;
        assert_eq!((answered, of_type.as_str()), (status, content_type), "{method} {path}: {said}");
        assert!(said == answer || status >= 400, "{method} {path}: {said}");
    }
    let report = http()
        .post(format!("{}/webhook/daemon/k8s/joberror", server.url))
        .header("Authorization", "daemon-token");
    let report = report.body("{}").send().await.unwrap();
    assert_eq!((report.status().as_u16(), &report.headers()["content-type"]), (200, &text.parse().unwrap()));
    assert_eq!(report.text().await.unwrap(), "{}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_without_the_secret_changes_nothing() {
    let server = Bed::new().await.flag("--github-webhook-secret=s3cret").start().await;
    let post = async |signature: &str, event: &str| {
        let request = http()
            .post(format!("{}{}", server.url, routes::GITHUB_WEBHOOK))
            .header("X-GitHub-Event", event)
            .header("X-Hub-Signature", signature)
            .body(r#"{"ref":"refs/heads/master"}"#);
        request.send().await.unwrap().status().as_u16()
    };
    // Made with: printf '%s' BODY | openssl dgst -sha1 -hmac s3cret
    assert_eq!(post("sha1=", "push").await, 401);
    assert_eq!(post("x", "push").await, 401);
    assert_eq!(post(&format!("sha1={}", "0".repeat(40)), "push").await, 401);
    assert_eq!(post("sha1=zz", "ping").await, 400);
}
