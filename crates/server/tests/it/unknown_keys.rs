//! Callers whose tokens name keys that nobody has cost the identity provider nothing, and keep nobody waiting.

use std::time::Instant;

use api::routes;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use testkit::Issuer;
use testkit::oidc::TokenSpec;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::bed::{Bed, http};

/// A token that names a key of this number, and is signed with nothing.
fn token(number: usize) -> String {
    let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    let header = format!(r#"{{"alg":"RS256","typ":"JWT","kid":"unknown-{number}"}}"#);
    format!("{}.{}.{}", part(header), part("{}".into()), part("x".repeat(256)))
}

async fn status(url: String, token: String) -> u16 {
    let url = format!("{url}{}?service=billing", routes::STATUS);
    let answer = http().get(url).header("Authorization", format!("Bearer {token}")).send().await;
    answer.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_keys_is_no_flood_at_the_provider() {
    let issuer = Issuer::start().await.unwrap();
    let bed = Bed::new()
        .await
        .flag(format!("--jwks-urls={}", issuer.jwks_url()))
        .flag(format!("--jwt-issuer={}", issuer.url()));
    let server = bed.start().await;
    let began = Instant::now();
    let mut flood = JoinSet::new();
    for number in 0..300 {
        flood.spawn(status(server.url.clone(), token(number)));
        if number % 30 == 0 {
            let good = issuer.token(&TokenSpec::new("ida@corp.test"));
            assert_eq!(status(server.url.clone(), good).await, 200, "after {number} of them");
        }
    }
    while let Some(answer) = flood.join_next().await {
        assert_eq!(answer.unwrap(), 401);
    }
    // One at the start, one for the first unknown key, and then one in five seconds at most.
    let most = 3 + began.elapsed().as_secs() / 5;
    assert!(issuer.key_fetches() as u64 <= most, "{} fetches, more than {most}", issuer.key_fetches());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_provider_that_says_nothing_waits_once() {
    // It takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let mut provider = JoinSet::new();
    provider.spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = silent.accept().await {
            open.push(stream);
        }
    });
    let bed = Bed::new()
        .await
        .flag(format!("--jwks-urls=http://{address}/keys"))
        .flag(format!("--jwt-issuer=http://{address}"));
    let server = bed.start().await;
    let mut flood = JoinSet::new();
    for number in 0..30 {
        flood.spawn(status(server.url.clone(), token(number)));
    }
    // One after the other they would still be waiting when the server has to answer them something else.
    while let Some(answer) = flood.join_next().await {
        assert_eq!(answer.unwrap(), 401, "the token is not known; that is all");
    }
    assert_eq!(
        status(server.url.clone(), "hamctl-token".to_owned()).await,
        200,
        "static tokens need no provider"
    );
}
