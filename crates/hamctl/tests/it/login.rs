//! Logging in with a real identity provider.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use testkit::Issuer;

use crate::double::Double;
use crate::samples::{dev, status};
use crate::screen::{Screen, converse};
use crate::session::Session;

const PATIENCE: Duration = Duration::from_secs(30);

async fn provider() -> Issuer {
    let issuer = Issuer::start().await.unwrap();
    issuer.add_client("hamctl", "");
    issuer.set_poll_interval(0);
    issuer
}

fn session(double: &Double, issuer: &Issuer) -> Session {
    Session::bare()
        .set("HAMCTL_URL", &double.url)
        .set("HAMCTL_OAUTH_IDP_URL", issuer.url())
        .set("HAMCTL_OAUTH_CLIENT_ID", "hamctl")
}

async fn log_in(session: &Session, issuer: &Issuer) -> String {
    let confirm = async {
        let login = issuer.wait_for_login(PATIENCE).await.unwrap();
        issuer.approve(&login.user_code, "ida@example.test").unwrap();
    };
    tokio::join!(session.run("login"), confirm).0
}

#[tokio::test]
async fn a_login_is_stored_for_its_owner_only_and_used() {
    let (double, issuer) = (Double::start().await, provider().await);
    double.answers("GET /status", &status(vec![dev()]));
    let session = session(&double, &issuer);
    insta::assert_snapshot!(log_in(&session, &issuer).await, @r#"
    ------- stderr
    please enter code RELEASE-0001 at [provider]/activate?user_code=RELEASE-0001
    Logged in as ida@example.test
    [exit 0]
    "#);
    let file = session.file(".Config/release-manager/token.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);

    let told = session.run("status --service billing").await;
    assert!(told.ends_with("[exit 0]"), "{told}");
    assert_eq!(double.tokens()[0].matches('.').count(), 2, "a JWT: {:?}", double.tokens());
    let who = session.run("whoami").await;
    assert!(who.starts_with("------- stdout\nida@example.test\ntoken from [home]/.Config/release-manager/token.json, valid until 2"), "{who}");

    insta::assert_snapshot!(session.run("logout").await, @r#"
    ------- stderr
    Logged out
    [exit 0]
    "#);
    insta::assert_snapshot!(session.run("logout").await, @r#"
    ------- stderr
    You were not logged in
    [exit 0]
    "#);
    insta::assert_snapshot!(session.run("status --service billing").await, @r#"
    ------- stderr
    error: You are not logged in
    hint: To log in, please run the following command: 'hamctl login'
    [exit 4]
    "#);
}

#[tokio::test]
async fn on_a_terminal_a_command_that_needs_a_login_begins_with_it() {
    for columns in [80, 200] {
        let (double, issuer) = (Double::start().await, provider().await);
        double.answers("GET /status", &status(vec![dev()]));
        let (url, idp) = (double.url.clone(), issuer.url().to_owned());
        let command = converse(move || {
            let mut screen = Screen::of_a_stranger(columns, &url, &idp, "status --service billing");
            screen.shows("waiting for you to confirm the login (");
            screen
        });
        let confirm = async {
            let screen = command.await;
            let login = issuer.wait_for_login(PATIENCE).await.unwrap();
            issuer.approve(&login.user_code, "ida@example.test").unwrap();
            converse(move || screen.ends()).await
        };
        let (end, screen) = confirm.await;
        assert!(end.ends_with(", 0)"), "{end}");
        let shown = screen.screen().contents().replace(issuer.url(), "[provider]");
        let row = match columns {
            80 => "dev: 2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add refund l…",
            _ => "dev: 2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add refund limit",
        };
        let expected = format!(
            "please enter code RELEASE-0001 at [provider]/activate?user_code=RELEASE-0001\nStatus for service billing\n\n{row}"
        );
        assert_eq!(shown, expected, "{columns} columns");
    }
}

#[tokio::test]
async fn an_expired_login_is_renewed_and_stored() {
    let (double, issuer) = (Double::start().await, provider().await);
    double.answers("GET /status", &status(vec![dev()]));
    let session = session(&double, &issuer);
    // Shorter than the margin before the end: expired at once.
    issuer.set_lifetime(Duration::from_secs(1));
    log_in(&session, &issuer).await;
    issuer.set_lifetime(Duration::from_secs(3600));
    let file = session.file(".Config/release-manager/token.json");
    let before = std::fs::read_to_string(&file).unwrap();
    assert!(session.run("status --service billing").await.ends_with("[exit 0]"));
    let after = std::fs::read_to_string(&file).unwrap();
    assert_ne!(before, after);
    // Each refresh token works once: had it been used again, this would fail.
    assert!(session.run("status --service billing").await.ends_with("[exit 0]"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
}

#[tokio::test]
async fn a_refused_login_is_an_error() {
    let (double, issuer) = (Double::start().await, provider().await);
    let session = session(&double, &issuer);
    let refuse = async {
        let login = issuer.wait_for_login(PATIENCE).await.unwrap();
        issuer.deny(&login.user_code).unwrap();
    };
    let (told, ()) = tokio::join!(session.run("login"), refuse);
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    please enter code RELEASE-0001 at [provider]/activate?user_code=RELEASE-0001
    error: the identity provider at [provider] refused the login: the issuer says access_denied
    hint: try again with 'hamctl login'
    [exit 4]
    "#);
}

#[tokio::test]
async fn logging_in_needs_a_provider() {
    insta::assert_snapshot!(Session::bare().run("login").await, @r#"
    ------- stderr
    error: no HAMCTL_OAUTH_IDP_URL env var set
    hint: export HAMCTL_OAUTH_IDP_URL, or set HAMCTL_TOKEN to use a static token
    [exit 2]
    "#);
    insta::assert_snapshot!(Session::bare().run("whoami").await, @r#"
    ------- stderr
    error: You are not logged in
    hint: set HAMCTL_TOKEN, or set HAMCTL_OAUTH_IDP_URL and HAMCTL_OAUTH_CLIENT_ID and run 'hamctl login'
    [exit 4]
    "#);
}

#[tokio::test]
async fn a_token_can_come_from_a_file() {
    let double = Double::start().await;
    double.answers("GET /status", &status(vec![dev()]));
    let session = Session::bare().set("HAMCTL_URL", &double.url);
    std::fs::write(session.file("token"), "from-a-file\n").unwrap();
    assert!(session.run("status --service billing --token-file token").await.ends_with("[exit 0]"));
    assert_eq!(double.tokens(), ["Bearer from-a-file"; 2]);
    insta::assert_snapshot!(session.run("status --service billing --token-file nowhere").await, @r#"
    ------- stderr
    error: cannot read the token file nowhere: No such file or directory (os error 2)
    hint: check --token-file, or set HAMCTL_TOKEN
    [exit 2]
    "#);
    std::fs::write(session.file("empty"), "\n").unwrap();
    for file in ["/dev/zero", "empty"] {
        let told = session.run(&format!("status --service billing --token-file {file}")).await;
        assert!(told.contains("cannot read the token file") && told.ends_with("[exit 2]"), "{told}");
    }
}
