use super::*;

const DEPLOYMENT: &str = "kind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  a: 1\n  b: 1\n  c: 1\n  d: 1\n  e: 1\n  image: web:1\n";

fn text_of(text: &str) -> Option<FileText> {
    Some(FileText { text: text.to_owned(), omitted: String::new() })
}

fn file(name: &str, before: Option<&str>, after: Option<&str>) -> ChangedFile {
    ChangedFile { name: name.into(), before: before.and_then(text_of), after: after.and_then(text_of) }
}

fn plain(files: &[ChangedFile]) -> String {
    text(files, &|_, text| text.to_owned())
}

#[test]
fn objects_are_listed_and_compared_one_by_one() {
    let old = format!(
        "{DEPLOYMENT}---\nkind: Service\nmetadata:\n  name: web\nport: 80\n---\nkind: Job\nmetadata: {{name: once}}\n"
    );
    let new = format!(
        "kind: Service\nmetadata:\n  name: web\nport: 8080\n---\n{}",
        DEPLOYMENT.replace("web:1", "web:2").replace("replicas: 1", "replicas: 3")
    );
    insta::assert_snapshot!(plain(&[file("all.yaml", Some(&old), Some(&new))]), @r"
      ~ Service web (all.yaml)
      ~ Deployment web (all.yaml)
      - Job once (all.yaml)

    --- all.yaml
    +++ all.yaml
    @@ -13,4 +1,4 @@ Service web
     kind: Service
     metadata:
       name: web
    -port: 80
    +port: 8080
    @@ -2,10 +7,10 @@ Deployment web
     metadata:
       name: web
     spec:
    -  replicas: 1
    +  replicas: 3
       a: 1
       b: 1
       c: 1
       d: 1
       e: 1
    -  image: web:1
    +  image: web:2
    @@ -18,2 +0,0 @@ Job once
    -kind: Job
    -metadata: {name: once}
    ");
}

#[test]
fn files_that_come_and_go_and_what_is_not_shown() {
    let binary = ChangedFile {
        name: "logo.png".into(),
        before: Some(FileText { text: String::new(), omitted: "binary, 12 bytes".into() }),
        after: Some(FileText { text: String::new(), omitted: "binary, 13 bytes".into() }),
    };
    let files = [
        file("new.yaml", None, Some("kind: A\nmetadata: {name: a}")),
        file("old.sh", Some("echo\n"), None),
        binary,
    ];
    insta::assert_snapshot!(plain(&files), @r"
      + A a (new.yaml)
      - old.sh
      ~ logo.png

    --- /dev/null
    +++ new.yaml
    @@ -0,0 +1,2 @@ A a
    +kind: A
    +metadata: {name: a}
    \ No newline at end of file
    --- old.sh
    +++ /dev/null
    @@ -1 +0,0 @@
    -echo
    --- logo.png
    +++ logo.png
    - not shown: binary, 12 bytes
    + not shown: binary, 13 bytes
    ");
}

#[test]
fn a_side_that_is_no_objects_is_compared_as_a_whole() {
    let files = [file("x.yaml", Some("kind: A\nmetadata: {name: a}\n"), Some("just: text\n"))];
    insta::assert_snapshot!(plain(&files), @r"
      ~ x.yaml

    --- x.yaml
    +++ x.yaml
    @@ -1,2 +1 @@
    -kind: A
    -metadata: {name: a}
    +just: text
    ");
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(plain(&[]), "");
}
