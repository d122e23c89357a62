//! Everything that can be wrong says so on standard error, with the next step and a truthful exit code.

use crate::desk::{Desk, SHUTTLE};

fn desk() -> Desk {
    Desk::new("plan: ../plan\nvars: {ratio: 1.5}\n", "scripts:\n  build: {args: [{name: tag}]}\n")
}

#[test]
fn command_lines_that_are_wrong() {
    let mut transcript = String::new();
    let lines = [
        "nope",
        "--nope ls",
        "ls --nope",
        "run nope",
        "run build --nope",
        "run build --tag",
        "run build --validate=maybe",
        "get",
        "get a b",
        "plan x",
        "template",
        "template nope.tmpl",
        "template x novalue",
        "template x --left-delim <<",
        "template x --delims a",
        "ls --template {{",
        "get ratio.x",
    ];
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        transcript += &format!("$ shuttle {line}\n{}\n", desk().transcript(&words));
    }
    insta::assert_snapshot!(transcript);
}

#[test]
fn projects_and_plans_that_are_wrong() {
    let mut transcript = String::new();
    let cases = [
        ("plan: ../plan\nvar: {}\n", "scripts: {}"),
        ("plan: [a\n", ""),
        ("vars: {}\n", ""),
        ("plan: true\n", ""),
        ("plan: ../nowhere\n", ""),
        ("plan: https://example.test/plan\n", ""),
        ("plan: ../plan\n", "scripts: {a: {b: 1}}\nfoo: 1\n"),
        ("plan: ../home\n", ""),
        ("plan: ../plan\n", "scripts: {a: {args: [{name: a_b}, {name: aB}]}}"),
    ];
    for (project, plan) in cases {
        transcript +=
            &format!("{project}--- {plan}\n{}\n", Desk::new(project, plan).transcript(&["run", "a"]));
    }
    insta::assert_snapshot!(transcript);
}

#[test]
fn templates_that_are_wrong_print_nothing() {
    let desk = desk();
    desk.write("web/bad.tmpl", "one\n{{ nope }}\n");
    desk.write("web/fails.tmpl", "one\n{{ fail \"no reason\" }}\n");
    desk.write("web/field.tmpl", "{{ .Nope }}");
    for name in ["bad.tmpl", "fails.tmpl", "field.tmpl"] {
        let output = desk.shuttle(&["template", name]);
        assert_eq!((output.code, output.stdout.len()), (Some(1), 0), "{name}");
    }
    insta::assert_snapshot!(desk.transcript(&["template", "fails.tmpl"]), @r#"
    ------- stderr
    error: cannot render DESK/web/fails.tmpl: template: fails.tmpl:2:3: executing "fails.tmpl" at <fail "no reason">: error calling fail: no reason
    hint: correct fails.tmpl at line 2, or the value that fail "no reason" gets
    [exit 1]
    "#);
    insta::assert_snapshot!(desk.transcript(&["template", "field.tmpl"]), @r#"
    ------- stderr
    error: cannot render DESK/web/field.tmpl: template: field.tmpl:1:3: executing "field.tmpl" at <.Nope>: can't evaluate field Nope in type cmd.context
    hint: correct field.tmpl at line 1, or the value that .Nope gets
    [exit 1]
    "#);
}

#[test]
fn outside_of_a_project_there_is_nothing_to_run() {
    let desk = desk();
    let output = desk.program(SHUTTLE).folder(desk.path("home")).args(["run", "build"]).run().unwrap();
    insta::assert_snapshot!(desk.show(&output), @r"
    ------- stderr
    error: no shuttle.yaml in DESK/home or above
    hint: go to a folder with a shuttle.yaml, or name one with --project
    [exit 2]
    ");
}
