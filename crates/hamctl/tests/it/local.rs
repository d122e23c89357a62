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
    for shell in ["bash", "zsh", "fish"] {
        let script = session.run(&format!("completion {shell}")).await;
        assert!(script.ends_with("[exit 0]") && script.contains("branch-restriction"), "{shell}: {script}");
    }
}

#[tokio::test]
async fn help_tells_commands_and_flags() {
    let session = Session::bare();
    insta::assert_snapshot!(session.run("--help").await, @r#"
    ------- stdout
    Release services, and see what runs where

    Usage: hamctl [OPTIONS] <COMMAND>

    Commands:
      status      Show what runs in each environment
      describe    Show releases or artifacts in detail
      release     Release an artifact, or the newest of a branch
      promote     Release to an environment what runs in the one before it
      rollback    Release an earlier artifact again
      policy      List, apply and delete policies
      login       Log in with the identity provider
      logout      Forget the login
      whoami      Show who the server takes you for
      version     Print the version
      completion  Print a script that completes commands and flags

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Global options:
          --service <NAME>           Service to act on; by default `vars.service` of the shuttle.yaml in
                                     this folder
          --http-base-url <URL>      Address of the release manager [env: HAMCTL_URL=]
          --http-timeout <DURATION>  How long to wait for an answer, such as `30s` or `2m` [default:
                                     2m0s]
          --token-file <FILE>        File with a static token; HAMCTL_TOKEN holds one itself [env:
                                     HAMCTL_TOKEN_FILE=]
      -o, --output <FORMAT>          How to print answers [default: table] [possible values: table,
                                     json]
          --oauth-idp-url <URL>      Identity provider to log in with [env: HAMCTL_OAUTH_IDP_URL=]
          --oauth-client-id <ID>     Client id to log in with [env: HAMCTL_OAUTH_CLIENT_ID=]
          --oauth-auto-login <BOOL>  Log in on a terminal when a command needs it; `false` turns that
                                     off [default: true]
    [exit 0]
    "#);
    insta::assert_snapshot!(session.run("rollback --help").await, @r#"
    ------- stdout
    Release an earlier artifact again

    Usage: hamctl rollback [OPTIONS] --env <ENV>

    Options:
      -e, --env <ENV>                Environment
          --artifact <ID>            Artifact to go back to; without it you are asked [alias: --to]
      -y, --yes                      Go back to the release before the current one without being asked
          --length <LENGTH>          How many releases to choose from [default: 10]
          --wait                     Wait until the cluster reports the release ready, and fail when it
                                     reports that it failed
          --wait-timeout <DURATION>  How long to wait for that report [default: 10m]
      -h, --help                     Print help

    Global options:
          --service <NAME>           Service to act on; by default `vars.service` of the shuttle.yaml in
                                     this folder
          --http-base-url <URL>      Address of the release manager [env: HAMCTL_URL=]
          --http-timeout <DURATION>  How long to wait for an answer, such as `30s` or `2m` [default:
                                     2m0s]
          --token-file <FILE>        File with a static token; HAMCTL_TOKEN holds one itself [env:
                                     HAMCTL_TOKEN_FILE=]
      -o, --output <FORMAT>          How to print answers [default: table] [possible values: table,
                                     json]
          --oauth-idp-url <URL>      Identity provider to log in with [env: HAMCTL_OAUTH_IDP_URL=]
          --oauth-client-id <ID>     Client id to log in with [env: HAMCTL_OAUTH_CLIENT_ID=]
          --oauth-auto-login <BOOL>  Log in on a terminal when a command needs it; `false` turns that
                                     off [default: true]
    [exit 0]
    "#);
}

#[tokio::test]
async fn half_a_command_gets_its_help() {
    let session = Session::bare();
    insta::assert_snapshot!(session.run("policy").await, @r#"
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
          --http-base-url <URL>      Address of the release manager [env: HAMCTL_URL=]
          --http-timeout <DURATION>  How long to wait for an answer, such as `30s` or `2m` [default:
                                     2m0s]
          --token-file <FILE>        File with a static token; HAMCTL_TOKEN holds one itself [env:
                                     HAMCTL_TOKEN_FILE=]
      -o, --output <FORMAT>          How to print answers [default: table] [possible values: table,
                                     json]
          --oauth-idp-url <URL>      Identity provider to log in with [env: HAMCTL_OAUTH_IDP_URL=]
          --oauth-client-id <ID>     Client id to log in with [env: HAMCTL_OAUTH_CLIENT_ID=]
          --oauth-auto-login <BOOL>  Log in on a terminal when a command needs it; `false` turns that
                                     off [default: true]
    [exit 2]
    "#);
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
