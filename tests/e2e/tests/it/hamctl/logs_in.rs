//! Who asks, and whom: login, tokens, and the servers of the configuration file.

use std::os::unix::fs::PermissionsExt;

use testkit::oidc::{TokenSpec, Wrong};

use super::world::{World, assert_told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_knows_who_is_logged_in_and_nobody_else() {
    let world = World::empty().await;
    let home = world.stage.home();
    let file = home.join(".Config/release-manager/token.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let url = world.stage.server_url();
    let mut told = world.transcript(&["whoami", "services", "logout", "whoami", "services", "logout"]);

    // Tokens that are not good are the server's to refuse.
    let issuer = world.stage.issuer();
    let ida = TokenSpec::new("ida@example.test");
    for (name, token) in [
        ("a token of the provider", issuer.token(&ida)),
        ("a token for somebody else", issuer.wrong_token(Wrong::Audience, &ida)),
        ("an expired token", issuer.wrong_token(Wrong::Expired, &ida)),
        ("no token at all", "nonsense".to_owned()),
    ] {
        let output = world.run_with("services", &[("HAMCTL_TOKEN", &token)]);
        told.push_str(&format!("with {name}: {}", super::world::transcript("services", &output)));
    }

    // Servers have names.
    told.push_str(&world.transcript(&[
        &format!("config add here {url} --oauth-idp-url {} --oauth-client-id hamctl", world.stage.idp_url()),
        "config add nowhere http://127.0.0.1:1",
        "config list",
    ]));
    let token = issuer.token(&ida);
    let with_token = |command: &str| {
        let output = world.run_with(command, &[("HAMCTL_TOKEN", &token), ("HAMCTL_URL", "")]);
        super::world::transcript(command, &output)
    };
    for command in ["services", "services --server nowhere", "services --server her", "doctor --server here"]
    {
        told.push_str(&with_token(command));
    }
    // Each has a login of its own.
    let bare =
        |command: &str| super::world::transcript(command, &world.run_with(command, &[("HAMCTL_URL", "")]));
    told.push_str(&bare("whoami --server here"));
    let output = world.log_in_to("here", "bo@example.test").await;
    told.push_str(&super::world::transcript("login --server here", &output));
    for command in ["whoami", "whoami --server nowhere", "services -o json", "logout", "services"] {
        told.push_str(&bare(command));
    }
    let nowhere = world.stage.folder().join("tmp").display().to_string();
    let nobody = world.run_with("status --service web", &[("HAMCTL_URL", ""), ("HOME", &nowhere)]);
    told.push_str(&format!(
        "with nothing set: {}",
        super::world::transcript("status --service web", &nobody)
    ));
    assert_told("logins", &told, &[]);
}
