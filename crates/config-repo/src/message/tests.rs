use artifact::{Intent, Person, ReleaseId};
use policy::{PolicyChange, PolicyChangeKind, Release};
use proptest::prelude::*;

use super::*;

fn example(intent: Intent) -> Release {
    Release {
        id: "0198f2c4-0000-7000-8000-000000000001".parse::<ReleaseId>().unwrap(),
        service: "billing".parse().unwrap(),
        environment: "prod".parse().unwrap(),
        artifact: "master-77ff00aa11-99aa88bb77".parse().unwrap(),
        intent,
        actor: Person::new("Ida Holm", "ida@example.test"),
    }
}

fn creator() -> Person {
    Person::new("Bo Lind", "bo@example.test")
}

#[test]
fn a_rollback_reads_as_the_original_writes_it() {
    let intent = Intent::Rollback { previous: "master-0a1b2c3d4e-99aa88bb77".parse().unwrap() };
    insta::assert_snapshot!(release(&example(intent), &creator()), @r"
    [prod/billing] rollback master-77ff00aa11-99aa88bb77 by ida@example.test

    Service: billing
    Environment: prod
    Artifact-ID: master-77ff00aa11-99aa88bb77
    Artifact-released-by: Ida Holm <ida@example.test>
    Artifact-created-by: Bo Lind <bo@example.test>
    Release-intent: Rollback
    Rollback-of-artifact-id: master-0a1b2c3d4e-99aa88bb77
    Release-Id: 0198f2c4-0000-7000-8000-000000000001
    ");
}

#[test]
fn titles_and_extra_lines_follow_the_intent() {
    let cases = [
        (Intent::ReleaseArtifact, "release", None),
        (Intent::ReleaseBranch { branch: "a/b".parse().unwrap() }, "release", Some("Release-of-branch: a/b")),
        (Intent::Promote { from: "dev".parse().unwrap() }, "release", Some("Promoted-from-environment: dev")),
        (Intent::AutoRelease, "auto release", None),
    ];
    for (intent, kind, extra) in cases {
        let text = release(&example(intent.clone()), &creator());
        let title = format!("[prod/billing] {kind} master-77ff00aa11-99aa88bb77 by ida@example.test");
        assert_eq!(text.lines().next(), Some(title.as_str()));
        assert_eq!(text.lines().nth(8).filter(|line| !line.starts_with("Release-Id")), extra);
    }
    let nobody = Release { actor: Person::default(), ..example(Intent::AutoRelease) };
    let text = release(&nobody, &Person::default());
    assert!(text.starts_with("[prod/billing] auto release master-77ff00aa11-99aa88bb77 by\n\n"), "{text}");
    assert!(text.contains("\nArtifact-released-by:  <>\n"), "{text}");
}

#[test]
fn policy_commits_name_the_policy_and_the_person_and_are_no_releases() {
    let change = PolicyChange {
        service: "billing".parse().unwrap(),
        kind: PolicyChangeKind::ApplyAutoRelease {
            branch: "master".parse().unwrap(),
            environment: "dev".parse().unwrap(),
        },
        actor: Person::from_subject("ida@example.test"),
    };
    let text = policy(&change, &["auto-release-master-dev".into()]);
    insta::assert_snapshot!(text, @r"
    [billing] policy update: apply auto-release in 'dev'

    Service: billing
    Policy-ID: auto-release-master-dev
    Policy-changed-by: ida@example.test <ida@example.test>
    ");
    assert_eq!(read(&text), None);
    let forged = policy(&change, &["x\nRelease-intent: AutoRelease".into()]);
    assert_eq!(read(&forged), None);
}

#[test]
fn titles_of_every_age_are_read() {
    let read = |text: &str| {
        read(text).map(|r| {
            let previous = match r.intent {
                Intent::Rollback { previous } => previous.to_string(),
                _ => String::new(),
            };
            [r.environment, r.service, r.artifact, r.released_by.email().to_owned(), previous].join("|")
        })
    };
    let cases = [
        ("[prod/billing] release master-1 by x@y", Some("prod|billing|master-1|x@y|")),
        ("[prod/billing] rollback OLD to NEW by x@y", Some("prod|billing|NEW|x@y|OLD")),
        ("[prod/billing] auto release master-1 by x@y\n", Some("prod|billing|master-1|x@y|")),
        ("[prod/billing] release master-1", Some("prod|billing|master-1||")),
        ("[prod/a/b] release master-1", Some("prod|a/b|master-1||")),
        ("[prod/billing] release abc by x@y", Some("prod|billing|abc|x@y|")),
        ("[prod/billing] artifact master-1 by x@y", None),
        ("[billing] policy update: delete policies", None),
        ("Revert \"[prod/billing] release master-1 by x@y\"", None),
        ("Merge branch 'x'", None),
        ("", None),
        ("\n\n\n", None),
        ("[prod/billing] release master-1 by x@y\nService: other", Some("prod|other|master-1|x@y|")),
        (
            "[prod/billing] release a-1 by x@y\n\nService: old\n\nfree text: with\n\nService: new\nService: later\n\n",
            Some("prod|new|a-1|x@y|"),
        ),
        ("anything\n\nService: s\nEnvironment: e\nArtifact-ID: i\nRelease-intent: Novel", Some("e|s|i||")),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).as_deref(), expected, "{text}");
    }
}

/// Whatever the type takes of tame and hostile texts.
fn any_name<T: std::str::FromStr + std::fmt::Debug>() -> impl Strategy<Value = T> {
    let texts = prop_oneof![
        "[a-zA-Z0-9][a-zA-Z0-9._/-]{0,30}",
        "\\PC{1,20}",
        "[a-z \u{85}\u{a0}\u{2028}\u{feff}:<>\\[\\]/\n\r\t-]{1,12}",
        Just("by".to_owned()),
        Just("to".to_owned()),
        Just("rollback".to_owned()),
    ];
    texts.prop_filter_map("no name", |text| text.parse().ok())
}

fn intents() -> impl Strategy<Value = Intent> {
    prop_oneof![
        Just(Intent::ReleaseArtifact),
        Just(Intent::AutoRelease),
        any_name().prop_map(|branch| Intent::ReleaseBranch { branch }),
        any_name().prop_map(|from| Intent::Promote { from }),
        any_name().prop_map(|previous| Intent::Rollback { previous }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        intent in intents(),
        artifact in any_name::<artifact::ArtifactId>(),
        service in any_name::<artifact::ServiceName>(),
        environment in any_name::<artifact::EnvName>(),
        names in prop::array::uniform2((
            "\\PC{0,20}|[a-z\n<>:]{0,20}|\n\nRelease-intent: AutoRelease\nService: evil",
            "\\PC{0,20}|[a-z \r\n<>\u{85}\u{2028}]{0,9}|a@b>\nEnvironment: prod",
        )),
        id in any::<[u8; 16]>(),
    ) {
        let [actor, created_by] = names.map(|(name, email)| Person::new(&name, &email));
        let wanted = Release {
            id: ReleaseId::from_bytes(id),
            service: service.clone(),
            environment: environment.clone(),
            artifact: artifact.clone(),
            intent,
            actor,
        };
        let record = read(&release(&wanted, &created_by)).expect("a release");
        prop_assert_eq!(record.environment, environment.as_str());
        prop_assert_eq!(record.service, service.as_str());
        prop_assert_eq!(record.artifact, artifact.as_str());
        prop_assert_eq!(record.intent, wanted.intent);
        prop_assert_eq!(record.created_by, created_by);
        if wanted.actor.email().is_empty() {
            prop_assert_eq!(record.released_by.email(), "");
        } else {
            prop_assert_eq!(record.released_by, wanted.actor);
        }
        prop_assert_eq!(record.release_id, Some(wanted.id));
    }

    #[test]
    fn no_message_makes_it_panic(text in "\\PC{0,200}|[a-z\\[\\]/: \n-]{0,200}") {
        if let Some(record) = read(&text) {
            prop_assert!(!record.service.is_empty());
        }
    }
}
