//! The texts that are no tables of rows: every other command on a screen of 80 columns and on one of 200, and off it.

use api::{
    AutoReleaseBody, BranchRestrictionBody, Decision, KnownService, PoliciesResponse, QueueItemState,
    QueueResponse, ReadinessResponse, RolloutState, RunningService, ServicesResponse,
};
use axum::http::StatusCode;

use crate::double::Double;
use crate::foretells::told;
use crate::queues::item;
use crate::samples::{NEW, OLD, failed, landed, running};
use crate::screen::{Screen, converse};
use crate::screens;
use crate::session::Session;

const COMMANDS: [&str; 16] = [
    "describe release --service billing --env dev",
    "diff --service billing --env prod --artifact master-0a1b2c3d4e-99aa88bb77",
    "release --service billing --env prod --artifact master-0a1b2c3d4e-99aa88bb77 --dry-run",
    "release --service billing --env dev --artifact master-0a1b2c3d4e-99aa88bb77 --wait",
    "release --service billing --env prod --artifact master-0a1b2c3d4e-99aa88bb77",
    "services",
    "queue list",
    "policy list --service billing",
    "policy delete --service billing nope",
    "whoami",
    "doctor --service billing",
    "config list",
    "version",
    "promote --service billing --evn prod",
    "promote --service billing --env prdo",
    "policy",
];

async fn server() -> Double {
    let double = screens::server().await;
    let refused =
        "the config repository refused the commit: protected branch (hint: allow the server's key to push)";
    let items =
        vec![item(7, QueueItemState::Delayed, "connection refused"), item(12, QueueItemState::Dead, refused)];
    let restricted = [(
        "cannot release artifact 'master-0a1b2c3d4e-99aa88bb77' to environment 'prod' due to branch restriction policy",
        "release an artifact of a branch that matches `^release/` to prod; this one is of `master`",
    )];
    let billing = KnownService {
        name: "billing".into(),
        environments: [("dev", NEW, RolloutState::Ready), ("prod", OLD, RolloutState::Failed)]
            .map(|(name, id, rollout_state)| RunningService {
                name: name.into(),
                artifact_id: id.into(),
                rollout_state,
                ..RunningService::default()
            })
            .into(),
    };
    let policies = PoliciesResponse {
        service: "billing".into(),
        auto_releases: vec![AutoReleaseBody {
            id: "auto-release-master-dev".into(),
            branch: "master".into(),
            environment: "dev".into(),
            ..AutoReleaseBody::default()
        }],
        branch_restrictions: vec![BranchRestrictionBody {
            environment: "prod".into(),
            branch_regex: "^release/".into(),
            ..BranchRestrictionBody::default()
        }],
    };
    let ready = ReadinessResponse { ready: true, version: "99.0.0".into(), ..ReadinessResponse::default() };
    double
        .answers_with(StatusCode::OK, "GET /ping", b"pong")
        .answers("GET /readyz", &ready)
        .answers("GET /queue", &QueueResponse { items })
        .answers("GET /services", &ServicesResponse { services: vec![billing] })
        .answers("GET /policies", &policies)
        .answers("DELETE /policies", &api::DeletePoliciesResponse::default())
        .answers("POST /release/dry-run", &told(Decision::Denied, "prod", &restricted))
        .answers("POST /release", &landed("dev", NEW))
        .refuses(403, "POST /release", restricted[0].0, restricted[0].1);
    double
}

/// Dev runs what was released, and it failed.
fn with_a_crash(double: &Double) {
    double.answers("GET /describe/release/billing/dev", &running(NEW, failed(NEW)));
}

/// What differs from machine to machine and from run to run is hidden.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"http://127\.0\.0\.1:\d+", "[server]");
    settings.add_filter(r"/[^ \n]*/\.config", "[home]/.config");
    settings.add_filter(r"git: [^;]*;", "git: [version];");
    settings.add_filter(r"within \d+ ms", "within [time]");
    settings.add_filter(r"hamctl \d+\.\d+\.\d+", "hamctl [version]");
    settings.add_filter(r"(?m)^\d+\.\d+\.\d+$", "[version]");
    settings.add_filter(r"\(reference: [0-9a-f-]+\)", "(reference: [id])");
    settings
}

async fn on_a_screen(columns: u16) -> String {
    let double = server().await;
    let mut text = String::new();
    for command in COMMANDS {
        if command.ends_with("--wait") {
            with_a_crash(&double);
        }
        let (url, arguments) = (double.url.clone(), command.to_owned());
        let (status, screen) = converse(move || Screen::wide(columns, &url, &arguments).ends()).await;
        let contents = screen.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        let code = status.rsplit(", ").next().unwrap_or_default().trim_end_matches(')').to_owned();
        text.push_str(&format!("$ hamctl {command}\n{}\n[exit {code}]\n\n", lines.join("\n").trim_end()));
    }
    text
}

#[tokio::test]
async fn every_other_text_on_80_columns() {
    let text = on_a_screen(80).await;
    settings().bind(|| insta::assert_snapshot!("on_80_columns", text));
}

#[tokio::test]
async fn every_other_text_on_200_columns() {
    let text = on_a_screen(200).await;
    settings().bind(|| insta::assert_snapshot!("on_200_columns", text));
}

#[tokio::test]
async fn every_other_text_where_no_terminal_is() {
    let double = server().await;
    let session = Session::at(&double);
    let mut text = String::new();
    for command in COMMANDS {
        if command.ends_with("--wait") {
            with_a_crash(&double);
        }
        text.push_str(&format!("$ hamctl {command}\n{}\n\n", session.run(command).await));
    }
    assert!(!text.contains('\u{1b}'), "nothing is coloured or redrawn: {text:?}");
    settings().bind(|| insta::assert_snapshot!("off_a_screen", text));
}

#[tokio::test]
async fn colours_are_for_those_who_want_them() {
    let double = server().await;
    let url = double.url.clone();
    let coloured = |screen: &vt100::Parser| {
        let screen = screen.screen();
        let cells = (0..24).flat_map(|row| (0..80).filter_map(move |column| screen.cell(row, column)));
        cells.filter(|cell| cell.fgcolor() != vt100::Color::Default).count()
    };
    let command = "release --service billing --env prod --artifact a --dry-run";
    let (with, without) = converse(move || {
        (Screen::wide(80, &url, command).ends().1, Screen::colourless(&url, command).ends().1)
    })
    .await;
    assert!(coloured(&with) > 0, "{}", with.screen().contents());
    assert_eq!(coloured(&without), 0, "{}", without.screen().contents());
    assert_eq!(with.screen().contents(), without.screen().contents(), "colour is never the only carrier");
}
