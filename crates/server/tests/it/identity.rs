//! Callers with tokens of an identity provider.

use api::{CreateArtifactRequest, ReleaseRequest, routes};
use artifact::Intent;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::oidc::{Algorithm, TokenSpec, Wrong};
use testkit::{Issuer, wait};

use crate::bed::{Bed, PATIENCE, Server, http};

async fn bed_with(issuer: &Issuer) -> Bed {
    Bed::new()
        .await
        .flag(format!("--jwks-urls={}", issuer.jwks_url()))
        .flag(format!("--jwt-issuer={}", issuer.url()))
}

async fn status_with(server: &Server, header: &str) -> u16 {
    let url = format!("{}{}?service=billing", server.url, routes::STATUS);
    http().get(url).header("Authorization", header).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn good_tokens_open_and_wrong_ones_do_not() {
    let issuer = Issuer::start().await.unwrap();
    let server = bed_with(&issuer).await.start().await;
    let spec = TokenSpec::new("ida@corp.test");
    let token = issuer.token(&spec);
    assert_eq!(status_with(&server, &format!("Bearer {token}")).await, 200);
    assert_eq!(status_with(&server, &token).await, 200, "the prefix is optional");
    assert_eq!(status_with(&server, &format!("bearer {token}")).await, 401, "its case is not");
    assert_eq!(status_with(&server, "hamctl-token").await, 200);
    for wrong in Wrong::ALL {
        let token = issuer.wrong_token(wrong, &spec);
        assert_eq!(status_with(&server, &format!("Bearer {token}")).await, 401, "{wrong:?}");
    }
    assert!(issuer.key_fetches() <= 3, "unknown keys do not become a flood: {}", issuer.key_fetches());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_made_to_deceive_are_refused_though_rightly_signed() {
    let issuer = Issuer::start().await.unwrap();
    let server = bed_with(&issuer).await.start().await;
    let spec = TokenSpec::new("ida@corp.test");
    let (header, claims) = issuer.parts(&spec);
    let changed = |whole: &Value, name: &str, value: Value| {
        let mut changed = whole.clone();
        changed[name] = value;
        changed.to_string()
    };
    let (head, body) = (header.to_string(), claims.to_string());
    let doubled = |text: &str, member: &str| format!("{},{member}}}", text.trim_end_matches('}'));
    let evil = json!({"kty": "oct", "k": "AAAA", "kid": "evil"});
    for (what, header, claims, expected) in [
        ("as it is", head.clone(), body.clone(), 200),
        ("several audiences", head.clone(), changed(&claims, "aud", json!(["x", "release-manager"])), 200),
        ("a key of its own", changed(&header, "jwk", evil.clone()), body.clone(), 200),
        ("the address of keys", changed(&header, "jku", json!("http://127.0.0.1:9/evil")), body.clone(), 200),
        (
            "the address of a chain",
            changed(&header, "x5u", json!("http://127.0.0.1:9/evil")),
            body.clone(),
            200,
        ),
        ("an unknown extension", changed(&header, "crit", json!(["exp2"])), body.clone(), 401),
        ("no algorithm", changed(&header, "alg", json!("none")), body.clone(), 401),
        ("another algorithm", changed(&header, "alg", json!("RS512")), body.clone(), 401),
        ("a symmetric algorithm", changed(&header, "alg", json!("HS256")), body.clone(), 401),
        ("a path as key", changed(&header, "kid", json!("../../dev/null")), body.clone(), 401),
        ("a list as key", changed(&header, "kid", json!(["key-1"])), body.clone(), 401),
        ("nothing as key", changed(&header, "kid", json!("key-1\u{0}")), body.clone(), 401),
        ("two algorithms", doubled(&head, r#""alg":"RS256""#), body.clone(), 401),
        ("two subjects", head.clone(), doubled(&body, r#""sub":"root@corp.test""#), 401),
        ("two ends", head.clone(), doubled(&body, r#""exp":99999999999"#), 401),
        ("other audiences", head.clone(), changed(&claims, "aud", json!(["x", "release-manager2"])), 401),
        ("an end in words", head.clone(), changed(&claims, "exp", json!("never")), 401),
        ("a blank subject", head.clone(), changed(&claims, "sub", json!("  ")), 401),
        (
            "the issuer and more",
            head.clone(),
            changed(&claims, "iss", json!(format!("{}/", issuer.url()))),
            401,
        ),
        ("begun in the future", head.clone(), changed(&claims, "iat", json!(99_999_999_999_u64)), 401),
        ("no object", head.clone(), "[]".to_owned(), 401),
        ("huge", head.clone(), changed(&claims, "pad", json!("x".repeat(20_000))), 401),
    ] {
        let token = issuer.sign(&header, &claims);
        assert_eq!(status_with(&server, &format!("Bearer {token}")).await, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_encryption_signs_nothing() {
    let issuer = Issuer::start().await.unwrap();
    issuer.set_key_use("enc");
    let server = bed_with(&issuer).await.start().await;
    let token = issuer.token(&TokenSpec::new("ida@corp.test"));
    assert_eq!(status_with(&server, &format!("Bearer {token}")).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_key_verifies_and_new_ones_are_found() {
    for algorithm in Algorithm::ALL {
        let issuer = Issuer::start().await.unwrap();
        issuer.rotate(algorithm).unwrap();
        let server = bed_with(&issuer).await.start().await;
        let token = issuer.token(&TokenSpec::new("ida@corp.test"));
        assert_eq!(status_with(&server, &format!("Bearer {token}")).await, 200, "{algorithm:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_later_is_fetched_when_a_token_names_it() {
    let issuer = Issuer::start().await.unwrap();
    let server = bed_with(&issuer).await.start().await;
    issuer.rotate(Algorithm::Es256).unwrap();
    let token = issuer.token(&TokenSpec::new("ida@corp.test"));
    wait::until("the new key to be known", PATIENCE, async || {
        let status = status_with(&server, &format!("Bearer {token}")).await;
        if status == 200 { Ok(()) } else { Err(status) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_is_the_tokens_subject_whatever_the_body_says() {
    let issuer = Issuer::start().await.unwrap();
    let bed = bed_with(&issuer).await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let request = ReleaseRequest {
        service: "billing".into(),
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        committer_name: "Somebody Else".into(),
        committer_email: "else@corp.test".into(),
        intent: api::IntentBody::from(&Intent::ReleaseArtifact),
    };
    let token = issuer.token(&TokenSpec::new("ida@corp.test"));
    let _answer: api::ReleaseResponse =
        server.client(&token).call(Method::POST, &[routes::RELEASE], &request).await.unwrap();
    let commit = &bed.history()[0];
    assert_eq!(commit.subject(), "[dev/billing] release master-1 by ida@corp.test");
    assert_eq!(commit.author_email, "ida@corp.test");
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_need_their_scope() {
    let issuer = Issuer::start().await.unwrap();
    let server = bed_with(&issuer).await.start().await;
    for (scope, allowed) in [("", false), ("release_daemon", false), ("openid release_artifact", true)] {
        let token = issuer.token(&TokenSpec::new("ci").scope(scope));
        let answer = server
            .client(&token)
            .call::<serde_json::Value, _>(
                Method::POST,
                &[routes::CREATE_ARTIFACT],
                &CreateArtifactRequest::default(),
            )
            .await;
        let message = answer.unwrap_err().to_string();
        let refused = message.starts_with("the token does not carry the scope release_artifact");
        assert_eq!(refused, !allowed, "{scope}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_starts_while_the_provider_is_down() {
    let bed =
        Bed::new().await.flag("--jwks-urls=http://127.0.0.1:9/keys").flag("--jwt-issuer=http://127.0.0.1:9");
    let server = bed.start().await;
    assert_eq!(status_with(&server, "Bearer hamctl-token").await, 200);
    assert_eq!(status_with(&server, "Bearer a.b.c").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_static_token_nothing_changes_that_nobody_did() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let release = r#""service":"billing","environment":"dev","artifactId":"master-1""#;
    let auto_release = r#"{"service":"billing","branch":"master","environment":"dev"}"#;
    let restriction = r#"{"service":"billing","branchRegex":"^master$","environment":"dev"}"#;
    let delete = r#"{"service":"billing","policyIds":["auto-release-master-dev"]}"#;
    let manual = format!(r#"{{{release},"intent":{{"type":"ReleaseArtifact"}}}}"#);
    let by_name =
        format!(r#"{{{release},"committerName":"Ida Holm","intent":{{"type":"ReleaseArtifact"}}}}"#);
    for (method, path, body) in [
        (Method::POST, routes::RELEASE, manual.as_str()),
        (Method::POST, routes::RELEASE, by_name.as_str()),
        (Method::PATCH, routes::AUTO_RELEASE, auto_release),
        (Method::PATCH, routes::BRANCH_RESTRICTION, restriction),
        (Method::DELETE, routes::POLICIES, delete),
    ] {
        let (status, said) = send(&server, method, path, body).await;
        assert_eq!(status, 400, "{path}: {}", said.message);
        assert_eq!(said.message, "input not valid:\n  Required field 'committerEmail' was empty\n", "{path}");
        assert!(
            said.hint.starts_with("send committerName and committerEmail (hamctl sends what Git knows: "),
            "{path}: {}",
            said.hint
        );
    }
    let own = format!(r#"{{{release},"committerEmail":"ida@corp.test","intent":{{"type":"AutoRelease"}}}}"#);
    let (status, said) = send(&server, Method::POST, routes::RELEASE, &own).await;
    assert_eq!((status, said.message.as_str()), (400, "the intent AutoRelease is that of policies alone"));
    assert_eq!(bed.history().len(), 0, "nothing was written");
}

async fn send(server: &Server, method: Method, path: &str, body: &str) -> (u16, api::ErrorBody) {
    let request = http().request(method, format!("{}{path}", server.url));
    let answer =
        request.header("Authorization", "Bearer hamctl-token").body(body.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}
