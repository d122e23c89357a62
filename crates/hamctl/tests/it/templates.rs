//! `describe --template`.

use crate::double::Double;
use crate::samples::{NEW, OLD, artifact, artifacts, releases};
use crate::session::Session;

async fn releases_by(template: &str) -> String {
    let double = Double::start().await;
    double.answers("GET /describe/release/billing/dev", &releases());
    let arguments = ["describe", "release", "--service", "billing", "--env", "dev", "--template", template];
    Session::at(&double).run_words(&arguments).await
}

#[tokio::test]
async fn a_template_sees_every_field_of_the_original() {
    let template = "{{ .Service }} {{ .Environment }}\n{{ range $i, $r := .Releases }}#{{ add $i 1 }} {{ rightPad .ArtifactID (add 2 (maxLength $.Releases \"ArtifactID\")) }}|{{ .Namespace }}|{{ .ArtifactFrom.Format dateFormat }}|{{ .CommitterName }}|{{ .CommitterEmail }}|{{ .ReleasedAt }}|{{ .ReleasedByName }}|{{ .ReleasedByEmail }}|{{ .CommitURL }}|{{ .CommitMessage }}|{{ .Intent }}|{{ humanizeTime .ReleasedAt | printf \"%.0s\" }}\n{{ end }}";
    insta::assert_snapshot!(releases_by(template).await, @"");
}

#[tokio::test]
async fn artifacts_have_a_view_too_and_nothing_is_added() {
    let double = Double::start().await;
    double.answers(
        "GET /describe/artifact/billing",
        &artifacts(vec![artifact(NEW, "Add a limit"), artifact(OLD, "Fix")]),
    );
    let template = "{{ range .Artifacts }}{{ .ArtifactID }}={{ .CommitMessage }};{{ end }}";
    let arguments = ["describe", "artifact", "--service", "billing", "--template", template];
    assert_eq!(
        Session::at(&double).run_words(&arguments).await,
        format!("------- stdout\n{NEW}=Add a limit;{OLD}=Fix;[exit 0]")
    );
}

#[tokio::test]
async fn a_wrong_template_is_explained() {
    let mut told = String::new();
    for template in [
        "{{ .Service",
        "{{ upper .Service }}",
        "{{ .Sevrice }}",
        "{{ .Service.Format }}",
        "{{ add 1 .Service }}",
    ] {
        told.push_str(&format!("{template}\n{}\n", releases_by(template).await));
    }
    insta::assert_snapshot!(told, @"");
    let double = Double::start().await;
    let arguments = ["describe", "release", "--service", "b", "--env", "dev", "--template", "{{"];
    Session::at(&double).run_words(&arguments).await;
    assert!(double.asked().is_empty(), "a wrong template asks nobody");
}
