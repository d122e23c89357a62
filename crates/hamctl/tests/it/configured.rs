//! The servers of the configuration file, and `doctor`.

use axum::http::StatusCode;

use crate::double::Double;
use crate::samples::{dev, environments, status};
use crate::session::Session;

#[tokio::test]
async fn servers_are_added_chosen_and_used() {
    let (one, two) = (Double::start().await, Double::start().await);
    for double in [&one, &two] {
        double.answers("GET /status", &status(vec![dev()]));
    }
    let session = Session::bare()
        .set("HAMCTL_TOKEN", "static")
        .hide_value(&one.url, "[one]")
        .hide_value(&two.url, "[two]");
    let mut told = String::new();
    for command in [
        "config list".to_owned(),
        "status --service billing".to_owned(),
        format!(
            "config add one {} --oauth-idp-url https://idp.example.test --oauth-client-id hamctl",
            one.url
        ),
        format!("config add two {}", two.url),
        "config list".to_owned(),
        "config use two".to_owned(),
        "config list -o yaml".to_owned(),
        "config use tow".to_owned(),
        format!("config add one {}", one.url),
        "config add three nowhere".to_owned(),
        "status --service billing --server on".to_owned(),
    ] {
        told.push_str(&format!("$ hamctl {}\n{}\n", session.hide(&command), session.run(&command).await));
    }
    insta::assert_snapshot!("servers", told);
    session.run("status --service billing").await;
    assert_eq!((one.asked().len(), two.asked().len()), (0, 2), "the current one is asked");
    session.run("status --service billing --server one").await;
    session.run(&format!("status --service billing --server {}", one.url)).await;
    session.run(&format!("status --service billing --http-base-url {}", one.url)).await;
    assert_eq!((one.asked().len(), two.asked().len()), (6, 2), "flags win");
}

#[tokio::test]
async fn a_broken_file_is_named_with_its_line() {
    let session = Session::bare().set("HAMCTL_TOKEN", "static");
    let folder = session.file(".config/release-manager");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.yaml"), "current: a\nservers:\n  a: [x]\n").unwrap();
    insta::assert_snapshot!(session.run("status --service billing").await, @r"
    ------- stderr
    error: [home]/.config/release-manager/config.yaml is wrong: line 3: a server is a mapping with `url`
    hint: correct it, or move it away and use `hamctl config add`
    [exit 2]
    ");
}

#[tokio::test]
async fn the_doctor_finds_nothing_wrong() {
    let double = Double::start().await;
    double
        .answers_with(StatusCode::OK, "GET /ping", b"pong")
        .answers_with(StatusCode::OK, "GET /readyz", b"ok")
        .answers("GET /environments", &environments());
    let session = Session::at(&double).set("HAMCTL_SERVICE", "");
    std::fs::write(session.file(".gitconfig"), "[user]\nname = Ida Holm\nemail = ida@example.test\n")
        .unwrap();
    insta::assert_snapshot!(checkup(&session, "doctor --service billing").await, @r"
    ------- stdout
    [✓] configuration: server [server], named by --http-base-url or HAMCTL_URL
    [✓] service: billing, named by --service
    [✓] git: [version]; this folder is no Git repository
    [✓] name: Ida Holm <ida@example.test>
    [✓] login: a static token from HAMCTL_TOKEN
    [✓] server: [server] answers within [time]
    [✓] readiness: it can do its work
    [✓] clock: it agrees with the server's
    [✓] access: it knows you; environments: dev, staging, prod
    Ready
    [exit 0]
    ");
}

#[tokio::test]
async fn the_doctor_says_what_to_do() {
    let bare = Session::bare();
    insta::assert_snapshot!(checkup(&bare, "doctor").await, @r#"
    ------- stdout
    [X] configuration: no server is named
        hint: export HAMCTL_URL, or keep one: `hamctl config add NAME URL`
    [!] service: none is named here
        hint: give --service, or go to the folder of the service's shuttle.yaml
    [✓] git: [version]; this folder is no Git repository
    [!] name: Git does not know who you are; a static token needs it to name the author of a release
        hint: git config --global user.name "Your Name"; git config --global user.email you@example.com
    [X] login: You are not logged in
        hint: set HAMCTL_TOKEN, or set HAMCTL_OAUTH_IDP_URL and HAMCTL_OAUTH_CLIENT_ID and run 'hamctl login'
    ------- stderr
    error: 2 of 5 checks failed
    [exit 2]
    "#);
    let double = Double::start().await;
    double
        .answers_with(StatusCode::OK, "GET /ping", b"pong")
        .answers_with(StatusCode::SERVICE_UNAVAILABLE, "GET /readyz", b"the Git host is down")
        .refuses(401, "GET /environments", "please provide a valid authentication token", "");
    insta::assert_snapshot!(checkup(&Session::at(&double), "doctor --service billing").await, @r#"
    ------- stdout
    [✓] configuration: server [server], named by --http-base-url or HAMCTL_URL
    [✓] service: billing, named by --service
    [✓] git: [version]; this folder is no Git repository
    [!] name: Git does not know who you are; a static token needs it to name the author of a release
        hint: git config --global user.name "Your Name"; git config --global user.email you@example.com
    [✓] login: a static token from HAMCTL_TOKEN
    [✓] server: [server] answers within [time]
    [!] readiness: it cannot do all its work: the Git host is down
        hint: what was accepted waits; tell who runs the server if it lasts
    [✓] clock: it agrees with the server's
    [X] access: it does not take your token
        hint: log in again: `hamctl login`; a machine gives its token with HAMCTL_TOKEN
    ------- stderr
    error: 1 of 9 checks failed
    [exit 4]
    "#);
    std::fs::write(bare.file("shuttle.yaml"), "vars: [broken\n").unwrap();
    let told = checkup(&bare, "doctor").await;
    assert!(
        told.contains("[!] service: the shuttle.yaml here names none, as `service` below `vars`\n"),
        "{told}"
    );
    let foreign = Double::start().await;
    let told = checkup(&Session::at(&foreign), "doctor --service billing").await;
    assert!(
        told.contains("answers, but not as a release manager: status 404") && told.ends_with("[exit 5]"),
        "{told}"
    );
}

/// What differs from machine to machine is hidden.
async fn checkup(session: &Session, command: &str) -> String {
    let told = session.run(command).await;
    let lines = told.lines().map(|line| {
        if let Some((before, _)) = line.split_once(" answers within ") {
            return format!("{before} answers within [time]");
        }
        match line.split_once("git: ") {
            Some((before, after)) if !after.contains("cannot") => {
                let folder = after.split_once("; ").map_or("", |(_, folder)| folder);
                format!("{before}git: [version]; {folder}")
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
