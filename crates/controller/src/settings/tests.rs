use clap::Parser;

use super::*;

fn settings(args: &[&str]) -> Result<Settings, String> {
    let all = ["release-controller"].iter().chain(args);
    let args = CommandLine::try_parse_from(all).map_err(|error| error.to_string())?;
    Settings::try_from(args).map_err(|error| error.to_string())
}

#[test]
fn an_environment_and_a_repository_are_enough() {
    let settings = settings(&["--config-repo=/srv/config.git", "--environment=dev"]).expect("they are");
    assert_eq!(settings.path.as_str(), "dev/releases");
    assert_eq!(settings.remote.branch.as_str(), "master");
    assert_eq!(settings.poll_interval, Duration::from_secs(10));
    assert_eq!((settings.http.map(|it| it.port()), settings.webhook), (Some(8080), None));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = settings(&[
        "--config-repo=https://bo:hunter2@host/x",
        "--environment=../prod",
        "--branch=a..b",
        "--poll-interval=soon",
        "--prune-limit=most",
        "--git-token-file=/does/not/exist",
    ])
    .expect_err("must not start");
    assert_eq!(
        text,
        "--environment: `../prod` is no name of an environment; \
         --path: `../prod/releases` is no path inside a repository: `.` and `..` are not allowed; \
         --poll-interval: `soon` is no duration such as 10s; \
         --prune-limit: `most` is no share in percent; \
         --config-repo: the address of the Git repository on `host` holds credentials; \
         --branch: `a..b` is no name of a branch; \
         --git-token-file: /does/not/exist: No such file or directory (os error 2)"
    );
}

#[test]
fn a_key_without_the_hosts_it_is_for_is_refused() {
    let text = settings(&["--config-repo=git@host:x", "--environment=dev", "--ssh-private-key=/k"]);
    assert!(text.expect_err("must not start").contains("--known-hosts"));
}
