//! What a person at a terminal sees, in 80 and in 200 columns.

use std::process::Command;

use rexpect::session::spawn_command;

use crate::job::{INIT, Job};

const PATIENCE_MS: Option<u64> = Some(30_000);
const ROWS: u16 = 100;

/// Runs a step on a terminal; tells what is on it at the end.
#[expect(clippy::disallowed_methods, reason = "the step needs a terminal, not pipes")]
fn shown(job: &Job, columns: u16, arguments: &[&str]) -> String {
    let mut command = Command::new("sh");
    let script = format!("stty rows {ROWS} cols {columns} && exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_artifact")]).args(arguments);
    command.current_dir(job.file("")).env_clear().env("HOME", job.file("")).env("TERM", "xterm");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let mut session = spawn_command(command, PATIENCE_MS).unwrap();
    let printed = session.exp_eof().unwrap();
    let bytes: Vec<u8> = printed.chars().filter_map(|character| u8::try_from(character).ok()).collect();
    let mut screen = vt100::Parser::new(ROWS.try_into().unwrap(), columns.try_into().unwrap(), 0);
    screen.process(&bytes);
    screen.screen().contents()
}

const HELP: [&[&str]; 13] = [
    &["--help"],
    &["init", "--help"],
    &["add", "--help"],
    &["add", "build", "--help"],
    &["add", "push", "--help"],
    &["add", "test", "--help"],
    &["add", "snyk-code", "--help"],
    &["add", "snyk-docker", "--help"],
    &["end", "--help"],
    &["push", "--help"],
    &["successful", "--help"],
    &["failure", "--help"],
    &["version", "--help"],
];

#[test]
fn help_fits_the_screen() {
    let job = Job::new();
    for columns in [80, 200] {
        for command in HELP {
            let name = format!("{}_in_{columns}_columns", command.join("_").replace("--", ""));
            insta::assert_snapshot!(name, shown(&job, columns, command));
        }
    }
}

#[test]
fn errors_and_notes_are_the_same_words_as_off_the_terminal() {
    for columns in [80, 200] {
        let job = Job::new();
        let told = |arguments: &[&str]| {
            format!("$ artifact {}\n{}\n", arguments.join(" "), shown(&job, columns, arguments))
        };
        let mut init = INIT.to_vec();
        init.extend(["--email-suffix", "@company.test"]);
        let text = [
            told(&["end"]),
            told(&["init", "--service", "billing", "--artifact-id", "a-1"]),
            told(&["ini"]),
            told(&["push", "--http-base-url", "http://127.0.0.1:9"]),
            told(&init),
            told(&["add", "test", "--passed", "many", "--failed", "0", "--skipped", "0"]),
            told(&["add", "test", "--passed", "1", "--failed", "0", "--skipped", "0"]),
            told(&["version"]),
        ]
        .concat();
        insta::assert_snapshot!(format!("conversation_in_{columns}_columns"), text);
    }
}
