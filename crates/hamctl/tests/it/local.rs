//! What needs no server.

use std::os::fd::OwnedFd;

use crate::session::Session;

#[tokio::test]
async fn version_and_completion_need_nothing() {
    let session = Session::bare();
    assert_eq!(
        session.run("version").await,
        format!("------- stdout\n{}\n[exit 0]", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        session.run("version -o json").await,
        format!("------- stdout\n{{\n  \"version\": \"{}\"\n}}\n[exit 0]", env!("CARGO_PKG_VERSION"))
    );
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = session.run(&format!("completion {shell}")).await;
        assert!(script.ends_with("[exit 0]") && script.contains("COMPLETE"), "{shell}: {script}");
    }
}

#[tokio::test]
async fn every_command_has_a_manual_page() {
    let session = Session::bare();
    assert_eq!(session.run("man pages").await, "[exit 0]");
    for page in ["hamctl.1", "hamctl-promote.1", "hamctl-policy-apply-auto-release.1"] {
        let text = std::fs::read_to_string(session.file("pages").join(page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    let told = session.run("man /dev/null/x").await;
    assert!(
        told.contains("error: cannot write manual pages to /dev/null/x: ") && told.ends_with("[exit 6]"),
        "{told}"
    );
}

#[tokio::test]
async fn help_is_a_word_too() {
    let session = Session::bare();
    for (word, flag) in [
        ("help", "--help"),
        ("help promote", "promote --help"),
        ("help policy apply auto-release", "policy apply auto-release --help"),
    ] {
        let told = session.run(word).await;
        assert!(told.ends_with("[exit 0]"), "{word}: {told}");
        assert_eq!(told, session.run(flag).await, "{word}");
    }
    let told = session.run("help promot").await;
    assert!(told.contains("unrecognized subcommand 'promot'") && told.ends_with("[exit 2]"), "{told}");
}

#[tokio::test]
async fn help_tells_commands_and_flags() {
    let session = Session::bare();
    insta::assert_snapshot!(session.run("--help").await, @r"
    ------- stdout
    Release services, and see what runs where

    Usage: hamctl [OPTIONS] <COMMAND>

    Commands:
      status      Show what runs in each environment
      diff        Show what a release would change, before it happens
      promote     Release to an environment what runs in the one before it
      release     Release an artifact, or the newest of a branch
      rollback    Release an earlier artifact again
      history     Show who released what, where and when
      describe    Show releases or artifacts in detail
      policy      List, apply and delete policies
      services    List the services there are
      queue       List what waits or was given up, and try it again
      login       Log in with the identity provider
      logout      Forget the login
      whoami      Show who the server takes you for
      config      List, add and choose the servers of the configuration file
      doctor      Check configuration, login, server and Git, and say what to do
      version     Print the version
      completion  Print a script that completes commands, flags, services, environments, branches and
                  artifacts

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Global options:
          --service <NAME>           Service to act on; by default `vars.service` of the shuttle.yaml in
                                     this folder
          --server <NAME|URL>        Server of the configuration file, or the address of one; by default
                                     its current one
          --http-base-url <URL>      Address of the release manager [env: HAMCTL_URL=]
          --http-timeout <DURATION>  How long to wait for an answer, such as `30s` or `2m` [default:
                                     2m0s]
          --token-file <FILE>        File with a static token; HAMCTL_TOKEN holds one itself [env:
                                     HAMCTL_TOKEN_FILE=]
      -o, --output <FORMAT>          How to print answers [default: table] [possible values: table,
                                     json, yaml]
          --oauth-idp-url <URL>      Identity provider to log in with [env: HAMCTL_OAUTH_IDP_URL=]
          --oauth-client-id <ID>     Client id to log in with [env: HAMCTL_OAUTH_CLIENT_ID=]
          --oauth-auto-login <BOOL>  Log in on a terminal when a command needs it; `false` turns that
                                     off [default: true]
    [exit 0]
    ");
    insta::assert_snapshot!(session.run("rollback --help").await, @r"
    ------- stdout
    Release an earlier artifact again

    Usage: hamctl rollback [OPTIONS] --env <ENV>

    Options:
      -e, --env <ENV>                Environment
          --artifact <ID>            Artifact to go back to; without it you are asked [alias: --to]
      -y, --yes                      Go back to the release before the current one without being asked
          --length <LENGTH>          How many releases to choose from [default: 10]
          --dry-run                  Say what would be decided, with all reasons, and do nothing
          --wait                     Wait until the cluster reports the release ready, and fail when it
                                     reports that it failed
          --wait-timeout <DURATION>  How long to wait for that report [default: 10m]
      -h, --help                     Print help

    Global options:
          --service <NAME>           Service to act on; by default `vars.service` of the shuttle.yaml in
                                     this folder
          --server <NAME|URL>        Server of the configuration file, or the address of one; by default
                                     its current one
          --http-base-url <URL>      Address of the release manager [env: HAMCTL_URL=]
          --http-timeout <DURATION>  How long to wait for an answer, such as `30s` or `2m` [default:
                                     2m0s]
          --token-file <FILE>        File with a static token; HAMCTL_TOKEN holds one itself [env:
                                     HAMCTL_TOKEN_FILE=]
      -o, --output <FORMAT>          How to print answers [default: table] [possible values: table,
                                     json, yaml]
          --oauth-idp-url <URL>      Identity provider to log in with [env: HAMCTL_OAUTH_IDP_URL=]
          --oauth-client-id <ID>     Client id to log in with [env: HAMCTL_OAUTH_CLIENT_ID=]
          --oauth-auto-login <BOOL>  Log in on a terminal when a command needs it; `false` turns that
                                     off [default: true]
    [exit 0]
    ");
}

#[tokio::test]
async fn half_a_command_gets_its_help() {
    let session = Session::bare();
    insta::assert_snapshot!(session.run("policy").await, @r"
    ------- stderr
    List, apply and delete policies

    Usage: hamctl policy [OPTIONS] <COMMAND>

    Commands:
      list    Show the policies of a service
      apply   Apply a policy
      delete  Delete policies by id

    Options:
      -h, --help  Print help

    Global options:
          --service <NAME>           Service to act on; by default `vars.service` of the shuttle.yaml in
                                     this folder
          --server <NAME|URL>        Server of the configuration file, or the address of one; by default
                                     its current one
          --http-base-url <URL>      Address of the release manager [env: HAMCTL_URL=]
          --http-timeout <DURATION>  How long to wait for an answer, such as `30s` or `2m` [default:
                                     2m0s]
          --token-file <FILE>        File with a static token; HAMCTL_TOKEN holds one itself [env:
                                     HAMCTL_TOKEN_FILE=]
      -o, --output <FORMAT>          How to print answers [default: table] [possible values: table,
                                     json, yaml]
          --oauth-idp-url <URL>      Identity provider to log in with [env: HAMCTL_OAUTH_IDP_URL=]
          --oauth-client-id <ID>     Client id to log in with [env: HAMCTL_OAUTH_CLIENT_ID=]
          --oauth-auto-login <BOOL>  Log in on a terminal when a command needs it; `false` turns that
                                     off [default: true]
    [exit 2]
    ");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the reader of its output has to go away while it runs")]
fn a_reader_that_goes_away_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_hamctl"))
        .args(["completion", "bash"])
        .stdout(OwnedFd::from(writer))
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}
