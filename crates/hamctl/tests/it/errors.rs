//! Bad input: one clear sentence, the next step, and an exit code that tells the truth.

use axum::http::StatusCode;

use crate::double::Double;
use crate::session::Session;

#[tokio::test]
async fn what_is_missing_is_named() {
    let session = Session::bare();
    insta::assert_snapshot!(session.run("status").await, @r#"
    ------- stderr
    error: required flag(s) "service", "http-base-url (or set HAMCTL_URL)" not set
    hint: give them as flags; in a folder with a shuttle.yaml, its vars.service names the service
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("status --service billing").await, @r#"
    ------- stderr
    error: required flag(s) "http-base-url (or set HAMCTL_URL)" not set
    hint: give it as a flag, export HAMCTL_URL, or keep it: `hamctl config add NAME URL`
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("status --service billing --http-base-url http://127.0.0.1:1").await, @r#"
    ------- stderr
    error: You are not logged in
    hint: set HAMCTL_TOKEN, or set HAMCTL_OAUTH_IDP_URL and HAMCTL_OAUTH_CLIENT_ID and run 'hamctl login'
    [exit 4]
    "#);
}

#[tokio::test]
async fn wrong_flags_are_explained() {
    let session = Session::bare();
    insta::assert_snapshot!(session.run("promote --service billing").await, @r#"
    ------- stderr
    error: the following required arguments were not provided: --env <ENV>
    hint: see `hamctl promote --help`
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("promote --service billing --evn dev").await, @r"
    ------- stderr
    error: unexpected argument '--evn' found
    hint: did you mean '--env'? See `hamctl promote --help`
    [exit 2]
    ");
    insta::assert_snapshot!(session.run("promot").await, @r#"
    ------- stderr
    error: unrecognized subcommand 'promot'
    hint: a similar subcommand exists: 'promote'
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("release --service billing -e dev").await, @r#"
    ------- stderr
    error: the following required arguments were not provided: <--branch <BRANCH>|--current-branch|--artifact <ID>>
    hint: see `hamctl release --help`
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("policy delete --service billing").await, @r#"
    ------- stderr
    error: the following required arguments were not provided: <ID>...
    hint: see `hamctl policy delete --help`
    [exit 2]
    "#);
    insta::assert_snapshot!(session.run("status --http-timeout soon").await, @r"
    ------- stderr
    error: invalid value 'soon' for '--http-timeout <DURATION>': give a duration such as 30s, 2m or 1h30m
    hint: see `hamctl status --help`
    [exit 2]
    ");
}

#[tokio::test]
async fn an_empty_list_of_environments_is_none() {
    let double = Double::start().await;
    let told = Session::at(&double).run("release --service billing --artifact a -e ,").await;
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    error: --env must contain at least one value
    hint: name one, such as `--env dev`
    [exit 2]
    "#);
}

#[tokio::test]
async fn exactly_one_thing_is_released_and_an_empty_flag_is_none() {
    let double = Double::start().await;
    let session = Session::at(&double);
    let mut told = String::new();
    for flags in [
        &["--branch", "master", "--artifact", "a"][..],
        &["--branch", "master", "--current-branch"],
        &["--current-branch", "--artifact", "a"],
        &["--branch", "", "--artifact", " "],
        &["--branch", "", "--artifact", "a-1"],
    ] {
        let words = [&["release", "--service", "billing", "--env", "dev"], flags].concat();
        told.push_str(&format!("{flags:?}\n{}\n", session.run_words(&words).await));
    }
    insta::assert_snapshot!(told, @r#"
    ["--branch", "master", "--artifact", "a"]
    ------- stderr
    error: --branch and --artifact cannot both be specified
    hint: leave one of them out
    [exit 2]
    ["--branch", "master", "--current-branch"]
    ------- stderr
    error: --branch and --current-branch cannot both be specified
    hint: leave one of them out
    [exit 2]
    ["--current-branch", "--artifact", "a"]
    ------- stderr
    error: --current-branch and --artifact cannot both be specified
    hint: leave one of them out
    [exit 2]
    ["--branch", "", "--artifact", " "]
    ------- stderr
    error: --branch, --current-branch or --artifact is required
    hint: say what to release: see `hamctl release --help`
    [exit 2]
    ["--branch", "", "--artifact", "a-1"]
    ------- stdout
    Release of service: billing
    ------- stderr
    error: not found (reference: [id])
    [exit 1]
    "#);
    let released: Vec<String> =
        double.asked().into_iter().filter(|asked| asked.starts_with("POST /release ")).collect();
    assert!(released.len() == 1 && released[0].contains("\"artifactId\":\"a-1\""), "{released:?}");
}

#[tokio::test]
async fn what_the_server_says_is_passed_on() {
    let double = Double::start().await;
    double.refuses(401, "GET /status", "please provide a valid authentication token", "");
    double.refuses(
        400,
        "GET /describe/latest-artifact/billing",
        "no artifacts available for service 'billing' and branch 'nope'.",
        "push an artifact of that branch first",
    );
    double.refuses(500, "GET /policies", "unknown error", "");
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("status --service billing").await, @r#"
    ------- stderr
    error: please provide a valid authentication token (reference: [id])
    hint: log in with `hamctl login`, or give a valid token
    [exit 4]
    "#);
    insta::assert_snapshot!(session.run("release --service billing --branch nope --env dev").await, @r#"
    ------- stderr
    error: no artifacts available for service 'billing' and branch 'nope'. (reference: [id])
    hint: push an artifact of that branch first
    [exit 1]
    "#);
    insta::assert_snapshot!(session.run("policy list --service billing").await, @r#"
    ------- stderr
    error: unknown error (reference: [id])
    hint: give the reference to who runs the server
    [exit 70]
    "#);
}

#[tokio::test]
async fn whoever_else_answers_is_not_taken_for_the_server() {
    let double = Double::start().await;
    double.answers_with(StatusCode::BAD_GATEWAY, "GET /status", b"<html>Bad gateway</html>");
    insta::assert_snapshot!(Session::at(&double).run("status --service billing").await, @r#"
    ------- stderr
    error: the answer of [server] is not one of a release manager: status 502
    hint: check that [server] is a release manager, not a proxy
    [exit 5]
    "#);
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_waited_for_for_ever() {
    // It takes the connection, and that is all.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let session = Session::bare().set("HAMCTL_URL", &url).set("HAMCTL_TOKEN", "static");
    insta::assert_snapshot!(session.run("describe artifact --service billing --http-timeout 1s").await, @r"
    ------- stderr
    error: the release-manager server at [server] did not answer within 1 s (reference: [id])
    hint: ask `hamctl status` whether it went through before trying again
    [exit 5]
    ");
}

#[tokio::test]
async fn a_server_that_is_down_is_named() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let session = Session::bare().set("HAMCTL_URL", &url).set("HAMCTL_TOKEN", "static");
    insta::assert_snapshot!(session.run("status --service billing").await, @r#"
    ------- stderr
    error: could not connect to the release-manager server at [server]. Are you connected to the internet and, if required, a VPN?: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)
    hint: check the address [server] and that the server runs
    [exit 5]
    "#);
    let session = Session::bare().set("HAMCTL_TOKEN", "static");
    insta::assert_snapshot!(session.run("status --service billing --http-base-url localhost:80").await, @r#"
    ------- stderr
    error: `localhost:80` is not the address of a server
    hint: give it as http://host:port or https://host
    [exit 2]
    "#);
}
