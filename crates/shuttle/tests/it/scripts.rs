//! `run`: arguments, environment, and what happens when a script fails or is ended.

use crate::desk::{Desk, SHUTTLE};

const PLAN: &str = r#"
scripts:
  show:
    description: show what an action gets
    args:
      - {name: imageTag, required: true, description: the tag}
      - {name: silent, type: bool}
    actions:
      - shell: 'echo "tag=$imageTag silent=$silent extra=$extra"'
      - shell: 'cat; echo "in $(basename "$PWD"), plan $(basename "$plan"), tmp $(basename "$tmp")" >&2; printf "no end\r\nof line"'
  fail: {actions: [{shell: echo before}, {shell: echo gone >&2; exit 7}, {shell: echo after}]}
  nested: {actions: [{shell: shuttle run fail}]}
  killed: {actions: [{shell: kill -9 $$}]}
  task: {actions: [{task: build}]}
  nothing:
  wait: {actions: [{shell: 'sleep 600 & echo $! > "$project/started.new" && mv "$project/started.new" "$project/started"; wait'}]}
"#;

fn desk() -> Desk {
    Desk::new("plan: ../plan\nscripts:\n  own: {actions: [{shell: echo mine}]}\n", PLAN)
}

#[test]
fn flags_and_words_become_variables() {
    insta::assert_snapshot!(desk().transcript(&["run", "show", "--image-tag", "v1", "--silent"]), @r"
    tag=v1 silent=true extra=
    no end
    of line
    ------- stderr
    in web, plan plan, tmp temp
    [exit 0]
    ");
    insta::assert_snapshot!(desk().transcript(&["run", "show", "--image-tag=v1", "imageTag=v2", "extra=5"]), @r"
    tag=v2 silent= extra=5
    no end
    of line
    ------- stderr
    warning: script `show` declares no argument `extra`, only: imageTag, silent
    in web, plan plan, tmp temp
    [exit 0]
    ");
}

#[test]
fn the_projects_own_scripts_run_and_empty_ones_do_nothing() {
    insta::assert_snapshot!(desk().transcript(&["run", "own"]), @r"
    mine
    ------- stderr
    [exit 0]
    ");
    insta::assert_snapshot!(desk().transcript(&["run", "nothing"]), @r"
    ------- stderr
    [exit 0]
    ");
}

#[test]
fn a_failing_action_stops_the_script_and_is_told() {
    insta::assert_snapshot!(desk().transcript(&["run", "fail"]), @r"
    before
    ------- stderr
    gone
    error: script `fail` failed: action 2 ended with exit code 7
    hint: read the output above; shuttle --verbose run fail shows the text of each action
    [exit 4]
    ");
    insta::assert_snapshot!(desk().transcript(&["run", "nested"]), @r"
    before
    ------- stderr
    gone
    error: script `fail` failed: action 2 ended with exit code 7
    hint: read the output above; shuttle --verbose run fail shows the text of each action
    error: script `nested` failed: action 1 ended with exit code 4
    hint: read the output above; shuttle --verbose run nested shows the text of each action
    [exit 4]
    ");
    insta::assert_snapshot!(desk().transcript(&["run", "killed"]), @r"
    ------- stderr
    error: script `killed` failed: action 1 was killed by a signal
    hint: see what killed it: memory and time limits are the usual causes
    [exit 4]
    ");
    insta::assert_snapshot!(desk().transcript(&["run", "task"]), @r"
    ------- stderr
    error: script `task` cannot be run: action 1 is no shell action
    hint: write the action as `shell`; `task` and `dockerfile` are not supported
    [exit 2]
    ");
}

#[test]
fn what_is_required_has_to_be_given() {
    insta::assert_snapshot!(desk().transcript(&["run", "show", "imageTag="]), @r#"
    ------- stderr
    error: required flag(s) "image-tag" not set
    hint: shuttle run show imageTag=VALUE
    [exit 1]
    "#);
    let desk = desk();
    let output = desk.program(SHUTTLE).args(["run", "show", "--interactive"]).input("\nv3\n").run().unwrap();
    insta::assert_snapshot!(desk.show(&output), @r"
    tag=v3 silent= extra=
    no end
    of line
    ------- stderr
    ? image-tag the tag ? image-tag the tag in web, plan plan, tmp temp
    [exit 0]
    ");
}

#[test]
fn a_signal_ends_the_script_and_all_it_started() {
    for signal in ["INT", "TERM"] {
        let desk = desk();
        // The last line waits until the child is gone, or is only waiting to be collected.
        let script = format!(
            "{SHUTTLE} run wait & pid=$!; until [ -s started ]; do :; done; kill -{signal} $pid; wait $pid; \
             echo exit $?; child=/proc/$(cat started)/status; \
             while [ -e $child ] && ! grep -q '^State:.Z' $child; do :; done"
        );
        let output = desk.program("sh").args(["-c", &script]).run().unwrap();
        assert_eq!(output.stdout_text(), "exit 2", "{signal}: {}", desk.show(&output));
        assert!(
            output.stderr_text().starts_with("error: script `wait` was cancelled"),
            "{}",
            output.stderr_text()
        );
    }
}

#[test]
fn a_folder_with_a_quote_and_blanks_is_no_problem() {
    let desk = desk();
    desk.write("it's a project/shuttle.yaml", "plan: ../plan\n");
    let output = desk.shuttle(&["run", "show", "imageTag=1", "-p", "../it's a project"]);
    assert!(output.succeeded(), "{}", desk.show(&output));
    assert!(output.stderr_text().starts_with("in it's a project"), "{}", output.stderr_text());
}
