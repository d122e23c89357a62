use super::*;

fn read(files: &[(&str, &str)]) -> Result<Complete<Desired>, Broken> {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(path, text)| SourceFile { path: (*path).into(), bytes: text.as_bytes().into() })
        .collect();
    let (environment, unit) = names();
    render(&environment, &unit, &Version::new("1"), &files)
}

fn names() -> (Environment, UnitName) {
    ("dev".parse().expect("a name"), "releases/shop/cart".parse().expect("a name"))
}

fn problems(files: &[(&str, &str)]) -> Vec<String> {
    read(files).expect_err("must not render").problems.iter().map(ToString::to_string).collect()
}

const MAP: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other, labels: {app: cart}}\n";

#[test]
fn objects_are_marked_as_ours_and_keep_their_place() {
    let text = format!("# first\n{MAP}---\n{}", MAP.replace("name: a", "name: b"));
    let desired = read(&[("x.yaml", &text), ("artifact.json", "{}"), ("notes.txt", "no")]).expect("renders");
    let manifests = &desired.get().manifests;
    let places: Vec<String> = manifests.iter().map(|manifest| manifest.place.to_string()).collect();
    assert_eq!(places, ["x.yaml:2", "x.yaml:6"]);
    let first = &manifests[0];
    assert_eq!((first.namespace.as_deref(), &*first.name), (Some("other"), "a"));
    assert_eq!(
        first.body.get(),
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{"release-manager.io/unit":"releases/shop/cart"},"labels":{"app":"cart","release-manager.io/environment":"dev"},"name":"a"}}"#
    );
}

#[test]
fn lists_are_taken_apart_and_empty_documents_left_out() {
    let list = "---\n# nothing\n---\nkind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: s\n";
    let desired = read(&[("l.yml", list)]).expect("renders");
    let seen: Vec<_> =
        desired.get().manifests.iter().map(|it| format!("{} {} {}", it.kind, it.name, it.place)).collect();
    assert_eq!(seen, ["Secret s l.yml:7"]);
    assert!(read(&[]).expect("renders").get().manifests.is_empty());
}

#[test]
fn everything_wrong_is_told_with_file_and_line() {
    let check = |text: &str, expected: &[&str]| assert_eq!(problems(&[("x.yaml", text)]), expected);
    check("kind: ConfigMap\n", &["x.yaml:1: the object has no apiVersion or no kind"]);
    check("- 1\n", &["x.yaml:1: this is no Kubernetes object: it is not a map"]);
    check("apiVersion: v1\nkind: ConfigMap\n", &["x.yaml:1: the ConfigMap has no metadata"]);
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
        &["x.yaml:1: the ConfigMap has no valid metadata.name"],
    );
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\n",
        &["x.yaml:1: metadata.name of the ConfigMap is not a string: quote it"],
    );
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a/../b}\n",
        &["x.yaml:1: the ConfigMap has no valid metadata.name"],
    );
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {version: 1}}\n",
        &["x.yaml:1: metadata.labels.version is not a string: quote it"],
    );
    check(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nsops: {mac: x}\n",
        &["x.yaml:1: the object is encrypted, and there is no key to decrypt it"],
    );
    check(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
        &["x.yaml:1: kustomization files are not built here: store the rendered objects"],
    );
    check(
        &format!("{MAP}---\n{MAP}"),
        &["x.yaml:5: ConfigMap a is written a second time, first at x.yaml:1"],
    );
    check("a: 1\na: 2\n", &["x.yaml:2: key \"a\" already set in map"]);
    let two = problems(&[("a.yaml", "kind: A\n---\nkind: B\n"), ("b.yaml", "- x\n")]);
    assert_eq!(two.len(), 3, "{two:?}");
}
