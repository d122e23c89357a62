//! What is foretold is what happens.

use artifact::Intent;
use config_repo::{FilePreview, Foretold};
use policy::PolicyChangeKind;

use crate::support::{World, file, id, policy, request, said};

#[tokio::test]
async fn the_gate_foretells_what_it_decides() {
    let world = World::new();
    let repo = world.open();
    let environment = "prod".parse().unwrap();
    let restriction = PolicyChangeKind::ApplyBranchRestriction { pattern: "^release/".into(), environment };
    repo.writer.change_policies(policy("billing", restriction)).await;
    assert_eq!(said(&repo.writer.release(request(1, "dev", "billing", "a-1")).await), "landed");

    let mut of_another_branch = request(7, "dev", "billing", "a-2");
    of_another_branch.release.intent = Intent::ReleaseBranch { branch: "hotfix".parse().unwrap() };
    let mut rollback = request(8, "dev", "billing", "a-0");
    rollback.release.intent = Intent::Rollback { previous: "a-9".parse().unwrap() };
    let mut not_rendered = request(9, "staging", "billing", "a-2");
    not_rendered.manifests.rendered = vec!["dev".into()];
    for (name, asked) in [
        ("new there", request(2, "staging", "billing", "a-1")),
        ("there already", request(3, "dev", "billing", "a-1")),
        ("newer", request(4, "dev", "billing", "a-2")),
        ("unknown environment", request(5, "qa", "billing", "a-1")),
        ("restricted", request(6, "prod", "billing", "a-1")),
        ("of another branch", of_another_branch),
        ("rollback of what does not run", rollback),
        ("not rendered", not_rendered),
    ] {
        let preview = repo.reader.preview(&asked.release, &asked.manifests, &[]).unwrap();
        let before = world.ask(&["rev-parse", "master"]);
        assert_eq!(preview.commit.unwrap().to_string(), before, "{name}: decided on the newest commit");
        let foretold = match preview.foretold {
            Foretold::Approved => "landed".to_owned(),
            Foretold::AlreadyThere => "already there".to_owned(),
            Foretold::Denied(denied) => format!("denied: {denied}"),
        };
        let done = said(&repo.writer.release(asked).await);
        assert_eq!(foretold, done, "{name}");
        assert_eq!(world.ask(&["rev-parse", "master"]) == before, done != "landed", "{name}");
    }
    repo.stop();
}

#[tokio::test]
async fn the_files_foretold_are_those_that_change() {
    let world = World::new();
    let repo = world.open();
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
    let mut first = request(1, "dev", "billing", "a-1");
    first.manifests.files =
        vec![file("same.yaml", "a: 1"), file("old.yaml", "b: 1"), file("flux.yaml", flux)];
    let (files, unchanged) = repo.reader.preview_files(&first.release, &first.manifests).unwrap();
    assert_eq!((files.len(), unchanged), (3, 0), "an empty repository has nothing: {files:?}");
    assert_eq!(said(&repo.writer.release(first).await), "landed");

    let mut second = request(2, "dev", "billing", "a-2");
    second.manifests.spec.namespace = "payments".into();
    second.manifests.files = vec![file("same.yaml", "a: 1"), file("sub/new.yaml", "c: 1")];
    let (files, unchanged) = repo.reader.preview_files(&second.release, &second.manifests).unwrap();
    let text = |path: &str, before: Option<&str>, after: Option<&str>| FilePreview {
        path: path.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    assert_eq!(unchanged, 1, "a file that moves to another namespace is the same file");
    assert_eq!(
        files,
        [
            text("clusters/dev/dev/billing.yaml", Some(flux), None),
            text("old.yaml", Some("b: 1"), None),
            text("sub/new.yaml", None, Some("c: 1")),
        ]
    );
    assert!(repo.reader.landed(id(2)).unwrap().is_none(), "nothing was written");
    repo.stop();
}
