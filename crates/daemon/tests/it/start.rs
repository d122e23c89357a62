//! The program itself: what it says when it cannot start.

use std::path::Path;
use std::time::Duration;

use process::{Output, Program};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_release-daemon");

fn run(arguments: &[&str]) -> Output {
    Program::new(BINARY).args(arguments.iter().copied()).deadline(Duration::from_secs(60)).run().unwrap()
}

/// Exit code and standard error of a start that fails, with the directory of the test left out.
fn fails(more: &[&str], dir: &Path) -> String {
    let dir = dir.to_str().unwrap();
    let needed =
        ["start", "--release-manager-url", "http://127.0.0.1:1", "--environment", "dev", "--data-dir", dir];
    let output = run(&[&needed, more].concat());
    format!("{}\n[exit {}]", output.stderr_text().replace(dir, "DIR"), output.code.unwrap())
}

#[test]
fn a_start_that_fails_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(fails(&[], dir.path()), @r"
    error: no token: give --auth-token, or --idp-url with --client-id and --client-secret
    hint: see `release-daemon start --help`
    [exit 2]
    ");
    insta::assert_snapshot!(fails(&["--auth-token", "t"], dir.path()), @r"
    error: no kubeconfig is given, and this is no pod with a service account: failed to read an incluster environment variable: environment variable not found
    hint: give --kubeconfig, or run with a service account
    [exit 1]
    ");
    let missing = dir.path().join("kubeconfig");
    let missing = missing.to_str().unwrap();
    insta::assert_snapshot!(fails(&["--auth-token", "t", "--kubeconfig", missing], dir.path()), @r#"
    error: cannot use the kubeconfig DIR/kubeconfig: failed to read kubeconfig from '"DIR/kubeconfig"': No such file or directory (os error 2)
    hint: check the file given with --kubeconfig
    [exit 1]
    "#);
    insta::assert_snapshot!(fails(&["--auth-token", "t", "--log.level", "loud"], dir.path()), @r"
    error: `loud` is no log level
    hint: give debug, info, warn or error with --log.level or LOG_LEVEL
    [exit 2]
    ");
    insta::assert_snapshot!(run(&["start", "--auth-token", "t"]).stderr_text(), @r"
    error: the following required arguments were not provided: --release-manager-url <URL> --environment <NAME>
    hint: see `release-daemon start --help`
    ");
    insta::assert_snapshot!(run(&[]).stderr_text(), @r"
    error: 'release-daemon' requires a subcommand but one was not provided [subcommands: start, version]
    hint: see `release-daemon --help`
    ");
}

#[test]
fn the_version_is_data() {
    assert_eq!(run(&["version"]).stdout_text(), env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"]).stdout_text(), concat!("release-daemon ", env!("CARGO_PKG_VERSION")));
}
