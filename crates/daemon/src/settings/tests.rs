use clap::Parser;

use super::*;
use crate::args::{Command, CommandLine};

const NEEDED: [&str; 6] =
    ["release-daemon", "start", "--release-manager-url", "https://rm.test/", "--environment", "dev"];

fn arguments(more: &[&str]) -> StartArgs {
    let line = CommandLine::try_parse_from(NEEDED.iter().chain(more)).unwrap();
    let Command::Start(args) = line.command else { panic!("another command") };
    *args
}

fn settings(more: &[&str]) -> Result<Settings, SettingsError> {
    Settings::try_from(arguments(more))
}

#[test]
fn the_flags_of_the_original_are_understood() {
    let credentials = ["--idp-url", "https://idp.test/oauth2/x/", "--client-id", "d", "--client-secret", "s"];
    for scope in ["--deamon-scope", "--daemon-scope"] {
        let more = [scope, "other", "--modulo-crash-report-notif", "3.0", "--http-timeout", "1m30s"];
        let settings = settings(&[&credentials[..], &more].concat()).unwrap();
        let TokenSource::ClientCredentials { endpoint, scope, .. } = settings.token else {
            panic!("{:?}", settings.token)
        };
        assert_eq!((endpoint.as_str(), scope.as_str()), ("https://idp.test/oauth2/x/v1/token", "other"));
        assert_eq!((settings.context.crash_every, settings.timeout), (3, Duration::from_secs(90)));
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let more =
        ["--http-timeout", "soon", "--modulo-crash-report-notif", "0.4", "--idp-url", "https://idp.test"];
    assert_eq!(
        settings(&more).expect_err("mistakes").to_string(),
        "--http-timeout `soon` is no duration such as 20s; \
         a token by client credentials also needs --client-id and --client-secret; \
         --modulo-crash-report-notif is 0.4, not 1 or more"
    );
}

#[test]
fn there_has_to_be_a_token_and_one_way_to_it() {
    let error = |more: &[&str]| settings(more).expect_err("a mistake").to_string();
    assert_eq!(error(&[]), "no token: give --auth-token, or --idp-url with --client-id and --client-secret");
    assert_eq!(
        error(&["--auth-token", "t", "--idp-url", "https://idp.test"]),
        "--auth-token and --idp-url are both given: one is enough"
    );
    assert!(settings(&["--auth-token", "t"]).is_ok());
    assert!(settings(&["--auth-token-file", "/run/token"]).is_ok());
}

#[test]
fn port_zero_is_no_port() {
    let settings = settings(&["--auth-token", "t", "--flux-port", "0"]).unwrap();
    assert_eq!((settings.flux, settings.probes.map(|probes| probes.port())), (None, Some(8080)));
}
