//! The issuer's tokens, verified by ring with the published keys, and its flows as a client sees them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::{Value, json};
use testkit::Issuer;
use testkit::oidc::{AUDIENCE, Algorithm, TokenSpec, Wrong};

use crate::client;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&bytes(token.split('.').nth(index).unwrap())).unwrap()
}

async fn get(url: String) -> Value {
    client().get(url).send().await.unwrap().json().await.unwrap()
}

/// Verifies as a careful server does: key by id, algorithm from the key, all claims present and right.
async fn verify(issuer: &Issuer, token: &str) -> Result<String, String> {
    let kid = part(token, 0)["kid"].clone();
    let set = get(issuer.jwks_url()).await;
    let jwk = set["keys"].as_array().unwrap().iter().find(|jwk| jwk["kid"] == kid).ok_or("unknown key")?;
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (message, signature) = (message.as_bytes(), bytes(signature));
    let value = |name: &str| bytes(jwk[name].as_str().unwrap());
    let checked = match jwk["alg"].as_str().unwrap() {
        "RS256" => RsaPublicKeyComponents { n: value("n"), e: value("e") }.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            message,
            &signature,
        ),
        "ES256" => {
            let point = [vec![4], value("x"), value("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature)
        }
        _ => UnparsedPublicKey::new(&ED25519, value("x")).verify(message, &signature),
    };
    checked.map_err(|_| "bad signature")?;
    let claims = part(token, 1);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let good = [
        ("issuer", claims["iss"] == issuer.url()),
        ("audience", claims["aud"] == AUDIENCE),
        ("expiry", claims["exp"].as_u64().is_some_and(|exp| exp > now)),
        ("not before", claims["nbf"].as_u64().is_none_or(|nbf| nbf <= now)),
    ];
    if let Some((name, _)) = good.iter().find(|(_, good)| !good) {
        return Err((*name).into());
    }
    claims["sub"].as_str().map(Into::into).ok_or("subject".into())
}

async fn post(issuer: &Issuer, path: &str, parameters: &[(&str, &str)]) -> (u16, Value) {
    let request = client().post(format!("{}{path}", issuer.url())).form(parameters);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn tokens_of_every_algorithm_verify_and_rotation_keeps_old_ones_valid() {
    let issuer = Issuer::start().await.unwrap();
    let ida = TokenSpec::new("ida@example.test");
    let first = issuer.token(&ida);
    for algorithm in Algorithm::ALL {
        let kid = issuer.rotate(algorithm).unwrap();
        let token = issuer.token(&ida);
        assert_eq!(part(&token, 0), json!({"alg": algorithm.as_str(), "kid": kid, "typ": "JWT"}));
        assert_eq!(verify(&issuer, &token).await.as_deref(), Ok("ida@example.test"));
        assert_eq!(verify(&issuer, &first).await.as_deref(), Ok("ida@example.test"));
    }
    issuer.retire_old_keys();
    assert_eq!(verify(&issuer, &first).await, Err("unknown key".into()));
    assert_eq!(issuer.key_fetches(), 7);
}

#[tokio::test]
async fn each_wrong_token_is_wrong_in_its_own_way() {
    let issuer = Issuer::start().await.unwrap();
    for wrong in Wrong::ALL {
        let token = issuer.wrong_token(wrong, &TokenSpec::new("ida@example.test"));
        let reason = match wrong {
            Wrong::AlgorithmNone | Wrong::HmacWithPublicKey | Wrong::Tampered => "bad signature",
            Wrong::Audience => "audience",
            Wrong::Issuer => "issuer",
            Wrong::NoExpiry | Wrong::Expired => "expiry",
            Wrong::NotYetValid => "not before",
            Wrong::NoSubject => "subject",
            Wrong::UnknownKey | Wrong::NoKey => "unknown key",
        };
        assert_eq!(verify(&issuer, &token).await, Err(reason.into()), "{wrong:?}");
    }
}

#[tokio::test]
async fn discovery_leads_to_the_endpoints() {
    let issuer = Issuer::start().await.unwrap();
    let found = get(format!("{}/.well-known/openid-configuration", issuer.url())).await;
    assert_eq!(found["issuer"], issuer.url());
    assert_eq!(found["jwks_uri"], issuer.jwks_url());
    assert_eq!(found["token_endpoint"], format!("{}/v1/token", issuer.url()));
    assert_eq!(found["device_authorization_endpoint"], format!("{}/v1/device/authorize", issuer.url()));
}

#[tokio::test]
async fn a_device_login_waits_for_the_person_and_works_once() {
    let issuer = Issuer::start().await.unwrap();
    let begin = [("client_id", "hamctl"), ("scope", "openid profile")];
    let (status, begun) = post(&issuer, "/v1/device/authorize", &begin).await;
    assert_eq!((status, &begun["interval"]), (200, &json!(1)));
    let code = begun["device_code"].as_str().unwrap();
    let poll = [("grant_type", DEVICE_GRANT), ("device_code", code), ("client_id", "hamctl")];
    let refused = |answer: (u16, Value)| (answer.0, answer.1["error"].as_str().unwrap().to_owned());
    assert_eq!(refused(post(&issuer, "/v1/token", &poll).await), (400, "authorization_pending".into()));
    issuer.slow_down_next(1);
    assert_eq!(refused(post(&issuer, "/v1/token", &poll).await), (400, "slow_down".into()));
    let login = issuer.wait_for_login(Duration::from_secs(30)).await.unwrap();
    assert_eq!(begun["user_code"], login.user_code.as_str());
    let page = client().get(begun["verification_uri_complete"].as_str().unwrap()).send().await.unwrap();
    assert!(page.text().await.unwrap().contains(&login.user_code));
    issuer.approve(&login.user_code, "ida@example.test").unwrap();
    let (status, token) = post(&issuer, "/v1/token", &poll).await;
    assert_eq!((status, &token["token_type"], &token["expires_in"]), (200, &json!("Bearer"), &json!(3600)));
    let access = token["access_token"].as_str().unwrap();
    assert_eq!(part(access, 1)["scope"], "openid profile");
    assert_eq!(verify(&issuer, access).await.as_deref(), Ok("ida@example.test"));
    assert_eq!(refused(post(&issuer, "/v1/token", &poll).await), (400, "invalid_grant".into()));
    let refresh = token["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", "hamctl")];
    let (_, token) = post(&issuer, "/v1/token", &refresh).await;
    assert!(verify(&issuer, token["access_token"].as_str().unwrap()).await.is_ok());
    assert_eq!(refused(post(&issuer, "/v1/token", &refresh).await), (400, "invalid_grant".into()));
    issuer.approve(&login.user_code, "ida@example.test").unwrap_err();
}

#[tokio::test]
async fn a_device_login_can_be_denied_or_grow_old() {
    let issuer = Issuer::start().await.unwrap();
    for (decide, code) in
        [(Issuer::deny as fn(&Issuer, &str) -> _, "access_denied"), (Issuer::expire, "expired_token")]
    {
        let (_, begun) = post(&issuer, "/v1/device/authorize", &[("client_id", "hamctl")]).await;
        decide(&issuer, begun["user_code"].as_str().unwrap()).unwrap();
        let device_code = begun["device_code"].as_str().unwrap();
        let poll = [("grant_type", DEVICE_GRANT), ("device_code", device_code), ("client_id", "hamctl")];
        assert_eq!(post(&issuer, "/v1/token", &poll).await.1["error"], code);
    }
}

#[tokio::test]
async fn a_program_logs_in_with_its_secret_by_header_or_parameters() {
    let issuer = Issuer::start().await.unwrap();
    issuer.add_client("artifact", "s3cret");
    issuer.set_lifetime(Duration::from_secs(60));
    let grant = [("grant_type", "client_credentials"), ("scope", "artifact:push")];
    let url = format!("{}/v1/token", issuer.url());
    let request = client().post(&url).basic_auth("artifact", Some("s3cret")).form(&grant);
    let token: Value = request.send().await.unwrap().json().await.unwrap();
    let access = token["access_token"].as_str().unwrap();
    assert_eq!(verify(&issuer, access).await.as_deref(), Ok("artifact"));
    let claims = part(access, 1);
    assert_eq!(claims["scope"], "artifact:push");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 60);
    let by_parameters = [&grant[..], &[("client_id", "artifact"), ("client_secret", "s3cret")]].concat();
    assert_eq!(post(&issuer, "/v1/token", &by_parameters).await.0, 200);
    for (id, secret, expected) in [
        ("artifact", "guess", (401, "invalid_client")),
        ("nobody", "", (401, "invalid_client")),
        ("hamctl", "", (400, "unauthorized_client")),
    ] {
        let parameters = [&grant[..], &[("client_id", id), ("client_secret", secret)]].concat();
        let (status, answer) = post(&issuer, "/v1/token", &parameters).await;
        assert_eq!((status, answer["error"].as_str().unwrap()), expected, "{id}");
    }
}
