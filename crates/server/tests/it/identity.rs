//! Callers with tokens of an identity provider.

use api::{CreateArtifactRequest, ReleaseRequest, routes};
use artifact::Intent;
use reqwest::Method;
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
    for (method, path, body) in [
        (Method::POST, routes::RELEASE, manual.as_str()),
        (Method::PATCH, routes::AUTO_RELEASE, auto_release),
        (Method::PATCH, routes::BRANCH_RESTRICTION, restriction),
        (Method::DELETE, routes::POLICIES, delete),
    ] {
        let (status, said) = send(&server, method, path, body).await;
        assert_eq!(status, 400, "{path}: {}", said.message);
        assert_eq!(said.message, "input not valid:\n  Required field 'committerEmail' was empty\n", "{path}");
        assert!(said.hint.starts_with("send committerName and committerEmail"), "{path}: {}", said.hint);
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
