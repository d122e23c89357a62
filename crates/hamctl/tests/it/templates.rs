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
    insta::assert_snapshot!(releases_by(template).await, @r"
    ------- stdout
    billing dev
    #1 master-0a1b2c3d4e-99aa88bb77  |payments|2026-01-05 08:06:10|Ida Holm|ida@example.test|2026-01-05 09:14:02 +0100 +0100|Bo Lind|bo@example.test|https://git.example.test/acme/billing-service/commit/0a1b2c3d4e|Add refund limit|autorelease|
    #2 master-77ff00aa11-99aa88bb77  ||2026-01-05 08:06:10|Ida Holm|ida@example.test|2026-01-04 08:00:00 +0000 UTC|Ida Holm|ida@example.test|https://git.example.test/acme/billing-service/commit/0a1b2c3d4e|Fix rounding|promotion from dev|
    [exit 0]
    ");
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
    insta::assert_snapshot!(told, @r#"
    {{ .Service
    ------- stderr
    error: invalid template: describe:1: unclosed action
    hint: see the fields and functions in docs/hamctl.md#templates
    [exit 2]
    {{ upper .Service }}
    ------- stderr
    error: invalid template: describe:1: function "upper" not defined
    hint: see the fields and functions in docs/hamctl.md#templates
    [exit 2]
    {{ .Sevrice }}
    ------- stderr
    error: cannot execute the template: describe:1:3: executing "describe" at <.Sevrice>: can't evaluate field Sevrice in type describe.Releases
    hint: see the fields and functions in docs/hamctl.md#templates
    [exit 2]
    {{ .Service.Format }}
    ------- stderr
    error: cannot execute the template: describe:1:11: executing "describe" at <.Service.Format>: can't evaluate field Format in type interface {}
    hint: see the fields and functions in docs/hamctl.md#templates
    [exit 2]
    {{ add 1 .Service }}
    ------- stderr
    error: cannot execute the template: describe:1:9: executing "describe" at <.Service>: wrong type for value; expected int; got string
    hint: see the fields and functions in docs/hamctl.md#templates
    [exit 2]
    "#);
    let double = Double::start().await;
    let arguments = ["describe", "release", "--service", "b", "--env", "dev", "--template", "{{"];
    Session::at(&double).run_words(&arguments).await;
    assert!(double.asked().is_empty(), "a wrong template asks nobody");
}
