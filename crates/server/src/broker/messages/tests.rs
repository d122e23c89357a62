//! The words of the original, out and in.

use api::{ContainerError, DeployEvent, PodErrorEvent};
use artifact::{ArtifactSpec, Intent, Person, ReleaseId, Repository};
use policy::Release;
use uuid::Uuid;

use super::*;

/// The example of the spec, without blanks.
const RELEASE: &str = r#"{"service":"billing","environment":"dev","namespace":"payments","artifactID":"master-0a1b2c3d4e-99aa88bb77","branch":"master","actor":{"Email":"ida@example.test","Name":"Ida Holm"},"intent":{"type":"ReleaseArtifact","releaseBranch":{},"promote":{},"rollback":{}},"enqueuedAt":"2026-01-05T09:14:00.123456789Z"}"#;

const FALLBACK: Uuid = Uuid::from_u128(7);

fn asked() -> Release {
    Release {
        id: ReleaseId::new(FALLBACK),
        service: "billing".parse().unwrap(),
        environment: "dev".parse().unwrap(),
        artifact: "master-0a1b2c3d4e-99aa88bb77".parse().unwrap(),
        intent: Intent::ReleaseArtifact,
        actor: Person::new("Ida Holm", "ida@example.test"),
    }
}

fn spec() -> ArtifactSpec {
    ArtifactSpec {
        namespace: "payments".into(),
        squad: "ledger".into(),
        application: Repository {
            branch: "master".into(),
            author_name: "Bo <Lind>".into(),
            author_email: "bo@example.test".into(),
            ..Repository::default()
        },
        ..ArtifactSpec::default()
    }
}

fn message(kind: &str, id: &str, body: &str) -> Message {
    Message::new(kind, id, body.as_bytes().to_vec())
}

/// The release that a message asks for.
fn read_release(id: &str, body: &str) -> Release {
    match read(&message("release.artifactId", id, body), FALLBACK).unwrap() {
        Meaning::Release(release) => release,
        other => panic!("{other:?} is no release"),
    }
}

#[test]
fn types_and_keys_are_those_of_the_original() {
    let names = ["newArtifact", "release.artifactId", "released", "releaseSucceeded", "releaseFailed"];
    assert_eq!(MessageType::ALL.map(MessageType::as_str), names);
    for kind in MessageType::ALL {
        assert_eq!(MessageType::named(kind.as_str()), Some(kind));
        assert_eq!(kind.routing_key(), format!("#.{}", kind.as_str()));
    }
    assert_eq!(MessageType::named("promote"), None);
}

#[test]
fn bodies_are_those_of_the_original_to_the_byte() {
    let at = "2026-01-05T09:14:00.123456789Z".parse().unwrap();
    assert_eq!(release(&asked(), &spec(), at), RELEASE);
    assert_eq!(
        released(&asked(), &spec()),
        r#"{"name":"billing","namespace":"payments","artifactId":"master-0a1b2c3d4e-99aa88bb77","authorEmail":"bo@example.test","authorName":"Bo \u003cLind\u003e","squad":"ledger","environment":"dev","intentType":"ReleaseArtifact"}"#
    );
    assert_eq!(
        new_artifact(&asked().service, &asked().artifact),
        r#"{"service":"billing","artifactId":"master-0a1b2c3d4e-99aa88bb77"}"#
    );
    let deployed = DeployEvent {
        name: "billing".into(),
        namespace: "payments".into(),
        resource_type: "Deployment".into(),
        available_pods: 2,
        replicas: 3,
        artifact_id: "a-1".into(),
        author_email: "bo@example.test".into(),
        squad: "ledger".into(),
        environment: "dev".into(),
    };
    assert_eq!(
        succeeded(&deployed),
        r#"{"name":"billing","namespace":"payments","resourceType":"Deployment","availablePods":2,"desiredPods":3,"artifactId":"a-1","authorEmail":"bo@example.test","environment":"dev"}"#
    );
    let crash = PodErrorEvent {
        pod_name: "billing-5d9c-abcde".into(),
        namespace: "payments".into(),
        errors: vec![ContainerError {
            name: "app".into(),
            message: "panic: no config\n".into(),
            reason: "CrashLoopBackOff".into(),
        }],
        author_email: "bo@example.test".into(),
        environment: "dev".into(),
        artifact_id: "a-1".into(),
        squad: "ledger".into(),
        alert_squad: "#squad-ledger-alerts".into(),
    };
    assert_eq!(
        failed(&crash),
        r##"{"podName":"billing-5d9c-abcde","namespace":"payments","errors":["pod: app\n type: CrashLoopBackOff\n msg: panic: no config\n\n"],"authorEmail":"bo@example.test","environment":"dev","artifactId":"a-1","squad":"ledger","alertSquad":"#squad-ledger-alerts"}"##
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    assert_eq!(succeeded(&DeployEvent::default()), "{}");
    assert_eq!(failed(&PodErrorEvent::default()), "{}");
    let spec = ArtifactSpec::default();
    assert_eq!(
        released(&asked(), &spec),
        r#"{"name":"billing","namespace":"dev","artifactId":"master-0a1b2c3d4e-99aa88bb77","environment":"dev","intentType":"ReleaseArtifact"}"#
    );
}

#[test]
fn a_message_of_the_original_is_understood() {
    let release = read_release("m-1", RELEASE);
    assert_eq!(release, Release { id: release.id, ..asked() });
    let shouted = RELEASE.replace("artifactID", "ARTIFACTID").replace("Email", "email");
    assert_eq!(read_release("m-1", &shouted).actor, asked().actor);
    let late = RELEASE.replace(r#","enqueuedAt":"2026-01-05T09:14:00.123456789Z""#, "");
    assert_eq!(read_release("m-1", &late).artifact, asked().artifact, "events may lack enqueuedAt");
    let arrived = r#"{"service":"billing","artifactId":"a-1"}"#;
    assert_eq!(
        read(&message("newArtifact", "", arrived), FALLBACK).unwrap(),
        Meaning::NewArtifact { service: "billing".parse().unwrap(), artifact: "a-1".parse().unwrap() }
    );
    for kind in ["released", "releaseSucceeded", "releaseFailed"] {
        assert_eq!(read(&message(kind, "", "not json"), FALLBACK).unwrap(), Meaning::Nothing, "{kind}");
    }
}

#[test]
fn the_same_message_is_the_same_release() {
    let id = |message_id: &str, body: &str| read_release(message_id, body).id;
    assert_eq!(id("m-1", RELEASE), id("m-1", RELEASE));
    assert_ne!(id("m-1", RELEASE), id("m-2", RELEASE));
    assert_ne!(id("m-1", RELEASE), id("m-1", &RELEASE.replace("master-0", "master-1")), "one id for all");
    assert_eq!(id("", RELEASE), id("", RELEASE), "the time makes it one of its kind");
    let bare = RELEASE.replace(r#","enqueuedAt":"2026-01-05T09:14:00.123456789Z""#, "");
    assert_eq!(id("m-1", &bare), id("m-1", &bare));
    assert_eq!(id("", &bare), ReleaseId::new(FALLBACK), "asked for again on purpose");
    let given = "0198c5a0-0000-7000-8000-000000000001";
    let with_id = RELEASE.replacen('{', &format!(r#"{{"releaseId":"{given}","#), 1);
    assert_eq!(id("m-1", &with_id).to_string(), given);
    assert_eq!(id("m-2", &with_id).to_string(), given);
}

#[test]
fn what_cannot_be_used_says_why() {
    let release = |from: &str, to: &str| RELEASE.replace(from, to);
    for (kind, body, reason) in [
        ("promote", String::new(), "nothing is known of messages of type `promote`"),
        ("", String::new(), "nothing is known of messages of type ``"),
        (
            "newArtifact",
            "{".into(),
            "its body cannot be read: EOF while parsing an object at line 1 column 1",
        ),
        ("newArtifact", "[1]".into(), "its body cannot be read: the body is not a JSON object"),
        (
            "newArtifact",
            "{}".into(),
            "`` is not a valid service: at most 100 of A-Z, a-z, 0-9, `-`, `_`, `.`, starting with a letter or digit",
        ),
        (
            "release.artifactId",
            release(r#""dev""#, r#""../prod""#),
            "`../prod` is not a valid environment: at most 63 of a-z, 0-9, `-`, `_`, starting with a letter or digit",
        ),
        (
            "release.artifactId",
            release("ReleaseArtifact", "Sabotage"),
            "intent `Sabotage` is not valid: use ReleaseArtifact, ReleaseBranch, Promote, Rollback or AutoRelease",
        ),
        (
            "release.artifactId",
            release(r#""Email":"ida@example.test","Name":"Ida Holm""#, ""),
            "it does not say who asks: its actor has neither Email nor Name",
        ),
        (
            "release.artifactId",
            release("{\"service\"", "{\"releaseId\":\"x\",\"service\""),
            "its releaseId is no UUID: invalid character",
        ),
        ("release.artifactId", " ".repeat(300_000), "its body has 300000 bytes, more than 262144"),
    ] {
        let error = read(&message(kind, "", &body), FALLBACK).unwrap_err();
        let said = explain::chain(&error).join(": ");
        assert!(said.starts_with(reason), "{kind}: {said}");
    }
}

#[test]
fn a_kept_message_is_the_one_that_came() {
    for body in [b"\xff\x00".to_vec(), Vec::new(), RELEASE.into()] {
        let kept = Message::new("x", "m-1", body);
        let row = serde_json::to_vec(&kept).unwrap();
        assert_eq!(serde_json::from_slice::<Message>(&row).unwrap(), kept);
    }
    let long = Message::new("newArtifact", "m-1", vec![b' '; 1 << 20]);
    assert!(serde_json::to_vec(&long).unwrap().len() < 8 << 10, "nobody fills the disk");
}
