//! What other programs send: the broker, GitHub, S3, the identity provider, the Git host.

use git_mirror::PushOutcome;
use http::{HeaderMap, HeaderValue};
use process::Output;
use server::{Claims, JwtRules, Meaning, Message, Push, Signature, TokenError, Unverified};
use uuid::Uuid;

use crate::split::{halves, plain};

/// A message of the broker: its type in the first line, then its body. What is asked for has plain names, and the same
/// message asks for the same thing, after a stay in the queue too.
///
/// # Panics
/// When not so.
pub fn broker_message(bytes: &[u8]) {
    let (kind, body) = halves(bytes, b"\n");
    let kind = String::from_utf8_lossy(kind);
    let message = Message::new(&kind, "m-1", body.to_vec());
    let row = serde_json::to_vec(&message).expect("a message can be kept");
    assert!(row.len() < body.len() * 2 + kind.len() * 6 + 200, "{} bytes are kept", row.len());
    let kept: Message = serde_json::from_slice(&row).expect("and read again");
    let meaning = server::read_message(&message, Uuid::from_bytes([1; 16])).ok();
    assert_eq!(server::read_message(&kept, Uuid::from_bytes([2; 16])).ok(), meaning, "an id is stable");
    match &meaning {
        None | Some(Meaning::Nothing) => {}
        Some(Meaning::NewArtifact { service, artifact }) => {
            plain(service.as_str());
            plain(artifact.as_str());
        }
        Some(Meaning::Release(release)) => {
            plain(release.service.as_str());
            plain(release.environment.as_str());
            plain(release.artifact.as_str());
            assert!(!release.actor.is_unknown(), "nobody asks for a release");
        }
    }
}

/// GitHub's webhook: the signature's header in the first line, then the body. A header that is read has the whole of a
/// signature, which is of no body but its own; and a push is of the repository that it names, and of no other.
///
/// # Panics
/// When not so.
pub fn push_event(bytes: &[u8]) {
    let (header, body) = halves(bytes, b"\n");
    for (name, prefix, digits) in [("x-hub-signature-256", "sha256=", 64), ("x-hub-signature", "sha1=", 40)] {
        let Ok(value) = HeaderValue::from_bytes(header) else { continue };
        let signature = Signature::of(&HeaderMap::from_iter([(name.parse().expect("a name"), value)]));
        let text = std::str::from_utf8(header).ok().and_then(|text| text.strip_prefix(prefix));
        let is_whole = |text: &str| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert_eq!(signature.is_some(), text.is_some_and(is_whole), "{header:?}");
        if let Some(signature) = signature {
            assert!(
                !(signature.signs(b"a", body) && signature.signs(b"b", body)),
                "two secrets, one signature"
            );
        }
    }
    let Ok(push) = Push::read(body) else { return };
    let Ok(named) = serde_json::from_slice::<serde_json::Value>(body) else { return };
    let Some(named) = named.pointer("/repository/full_name").and_then(serde_json::Value::as_str) else {
        return;
    };
    // Keys are read in any case, and this looks at one of them.
    if named.split('/').count() == 2 && named.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'/') {
        let url = format!("ssh://git@host/{named}.git");
        assert!(
            push.may_be_of(&url) || body.windows(4).any(|part| part.eq_ignore_ascii_case(b"FULL")),
            "{url}"
        );
        assert!(!push.may_be_of("ssh://git@host/x0/y0.git"), "{named} is another repository");
    }
}

/// What S3 writes into its queue: what it tells of has plain names.
///
/// # Panics
/// When they are not.
pub fn s3_event(bytes: &[u8]) {
    let Ok(message) = std::str::from_utf8(bytes) else { return };
    let Ok(told) = artifact_store::read_message(message) else { return };
    for (service, artifact) in told.artifacts.iter().chain(&told.uploads) {
        plain(service.as_str());
        plain(artifact.as_str());
    }
    let bytes: usize =
        told.artifacts.iter().map(|(service, id)| service.as_str().len() + id.as_str().len()).sum();
    assert!(bytes <= message.len(), "more is told than was said");
}

/// A token in the first line, and then the claims of another, without their signature. What is read of a token is what
/// its parts say; and claims are accepted from the right issuer for the right audience before their end, and never
/// else, by a reading of the same JSON that shares no code.
///
/// # Panics
/// When not so.
pub fn token(bytes: &[u8]) {
    const NOW: i64 = 1_800_000_000;
    let (token, claims) = halves(bytes, b"\n");
    let token = String::from_utf8_lossy(token);
    match Unverified::parse(&token) {
        Ok(read) => assert!(token.matches('.').count() == 2 && read.key_id().len() <= token.len()),
        Err(error) => assert_eq!(error, TokenError::NotAJwt),
    }
    let Ok(read) = serde_json::from_slice::<Claims>(claims) else { return };
    let rules = JwtRules { issuer: "https://idp.test".to_owned(), audience: "releases".to_owned() };
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(claims) else { return };
    let text = |name: &str| json.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let seconds = |name: &str| json.get(name).and_then(serde_json::Value::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "seconds of this age are far from the limit")]
    let (now, skew) = (NOW as f64, 6.0);
    if read.check(&rules, NOW).is_ok() {
        assert_eq!(text("iss"), rules.issuer);
        let audience = &json["aud"];
        let listed = audience.as_array().is_some_and(|many| many.iter().any(|one| *one == rules.audience));
        assert!(*audience == rules.audience || listed, "for {audience}");
        assert!(!text("sub").trim().is_empty() && text("sub") == read.subject);
        assert!(seconds("exp").is_some_and(|end| end > now - skew), "a token without end, or after it");
        assert!([seconds("nbf"), seconds("iat")].into_iter().flatten().all(|start| start < now + skew));
        let other = JwtRules { audience: "x".to_owned(), ..rules };
        assert!(read.check(&other, NOW).is_err() || audience.to_string().contains("\"x\""));
    }
    if read.has_scope("release_daemon") {
        let said = format!("{} {}", json["scope"], json["scp"]);
        assert!(said.contains("release_daemon"), "{said}");
    }
}

/// What git or a Git host says of a push, standard output before a line of `====`, errors after it: nothing but a plain
/// "yes" is one, and texts for people are short and hold nothing that moves a cursor.
///
/// # Panics
/// When not so.
pub fn push_answer(bytes: &[u8]) {
    const HEAD: &str = "refs/heads/master";
    let (stdout, stderr) = halves(bytes, b"\n====\n");
    let old = "1111111111111111111111111111111111111111".parse().ok();
    for code in [Some(0), Some(1), None] {
        let output = Output { code, stdout: stdout.to_vec(), stderr: stderr.to_vec() };
        let printed = PushOutcome::of_porcelain(&output);
        assert!(printed != PushOutcome::Pushed || (code == Some(0) && stdout.contains(&b'\t')), "{output:?}");
        harmless(&printed);
        let conversed = PushOutcome::of_conversation(&output, HEAD, old);
        let said = |text: &[u8]| stdout.windows(text.len()).any(|part| part == text);
        // The report may come in pieces, but a packet's length stands before each of its lines.
        assert!(conversed != PushOutcome::Pushed || (said(b"00") && said(HEAD.as_bytes())), "{output:?}");
        harmless(&conversed);
    }
}

fn harmless(outcome: &PushOutcome) {
    match outcome {
        PushOutcome::Pushed => {}
        PushOutcome::Lost(text)
        | PushOutcome::Refused(text)
        | PushOutcome::Unreachable(text)
        | PushOutcome::Unknown(text) => {
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(text.chars().count() < 5000, "{} characters", text.chars().count());
        }
    }
}
