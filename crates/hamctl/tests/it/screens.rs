//! Every answer that is read by people, on a screen of 80 columns and on one of 200.

use api::EnvironmentStatus;

use crate::double::Double;
use crate::foretells::difference;
use crate::history::hours_ago;
use crate::samples::{
    NEW, OLD, artifact, artifacts, dev, environments, failed, prod, ready, releases, status,
};
use crate::screen::{Screen, converse};

pub(crate) async fn server() -> Double {
    let double = Double::start().await;
    let message =
        "Add a limit to refunds, so that nobody can give back more than was paid in the first place";
    let long = EnvironmentStatus { message: message.into(), ..dev() };
    let broken = EnvironmentStatus { rollout: failed(OLD), ..prod() };
    let middle = EnvironmentStatus { name: "staging".into(), rollout: ready(NEW), ..dev() };
    double
        .answers("GET /environments", &environments())
        .answers("GET /status", &status(vec![long, broken, middle]))
        .answers(
            "GET /describe/artifact/billing",
            &artifacts(vec![artifact(NEW, message), artifact(OLD, "Fix")]),
        )
        .answers("GET /describe/release/billing/dev", &releases())
        .answers("GET /describe/release/billing/staging", &hours_ago("staging", [5, 30]))
        .answers("GET /describe/release/billing/prod", &hours_ago("prod", [50, 2000]))
        .answers("GET /diff/billing/prod", &difference());
    double
}

/// The screen after each command, without the blanks at its end.
async fn shown(columns: u16, commands: &[&str]) -> String {
    let double = server().await;
    let mut text = String::new();
    for command in commands {
        let (url, arguments) = (double.url.clone(), (*command).to_owned());
        let (status, screen) = converse(move || Screen::wide(columns, &url, &arguments).ends()).await;
        let contents = screen.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        assert!(status.ends_with(", 0)"), "{command}: {status}\n{contents}");
        text.push_str(&format!("$ hamctl {command}\n{}\n\n", lines.join("\n").trim_end()));
    }
    text
}

const TABLES: [&str; 3] = [
    "status --service billing",
    "describe artifact --service billing",
    "history --service billing --limit 4",
];

#[tokio::test]
async fn tables_fit_80_columns() {
    insta::assert_snapshot!(shown(80, &TABLES).await, @r"
    $ hamctl status --service billing
    Status for service billing

    dev:     2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add a li…
    staging: 2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add refu…
          ready: Deployment web 2/2
    prod:    2026-01-02 14:10:00 master-77ff00aa11-99aa88bb77 by Bo Lind: Fix round…
          failed: CrashLoopBackOff in web-5d9c/web
            starting
            panic: no database

    $ hamctl describe artifact --service billing
    Latest artifacts for service: billing

    Date                 Artifact                      Message
    2026-01-05 08:06:10  master-0a1b2c3d4e-99aa88bb77  Add a limit to refunds, so t…
    2026-01-05 08:06:10  master-77ff00aa11-99aa88bb77  Fix

    $ hamctl history --service billing --limit 4
    WHEN          ENV      ARTIFACT                      BY        MESSAGE
    5 hours ago   staging  master-0a1b2c3d4e-99aa88bb77  Bo Lind   Add refund limit
    1 day ago     staging  master-77ff00aa11-99aa88bb77  Ida Holm  Fix rounding
    2 days ago    prod     master-0a1b2c3d4e-99aa88bb77  Bo Lind   Add refund limit
    2 months ago  prod     master-77ff00aa11-99aa88bb77  Ida Holm  Fix rounding
    ");
}

#[tokio::test]
async fn tables_use_200_columns() {
    insta::assert_snapshot!(shown(200, &TABLES).await, @r"
    $ hamctl status --service billing
    Status for service billing

    dev:     2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add a limit to refunds, so that nobody can give back more than was paid in the first place
    staging: 2026-01-05 09:06:10 master-0a1b2c3d4e-99aa88bb77 by Ida Holm: Add refund limit
          ready: Deployment web 2/2
    prod:    2026-01-02 14:10:00 master-77ff00aa11-99aa88bb77 by Bo Lind: Fix rounding
          failed: CrashLoopBackOff in web-5d9c/web
            starting
            panic: no database

    $ hamctl describe artifact --service billing
    Latest artifacts for service: billing

    Date                 Artifact                      Message
    2026-01-05 08:06:10  master-0a1b2c3d4e-99aa88bb77  Add a limit to refunds, so that nobody can give back more than was paid in the first place
    2026-01-05 08:06:10  master-77ff00aa11-99aa88bb77  Fix

    $ hamctl history --service billing --limit 4
    WHEN          ENV      ARTIFACT                      BY        WHY                 MESSAGE
    5 hours ago   staging  master-0a1b2c3d4e-99aa88bb77  Bo Lind   autorelease         Add refund limit
    1 day ago     staging  master-77ff00aa11-99aa88bb77  Ida Holm  promotion from dev  Fix rounding
    2 days ago    prod     master-0a1b2c3d4e-99aa88bb77  Bo Lind   autorelease         Add refund limit
    2 months ago  prod     master-77ff00aa11-99aa88bb77  Ida Holm  promotion from dev  Fix rounding
    ");
}

#[tokio::test]
async fn a_difference_is_coloured() {
    let double = server().await;
    let url = double.url.clone();
    let command = format!("diff --service billing --env prod --artifact {NEW}");
    let (_, screen) = converse(move || Screen::wide(200, &url, &command).ends()).await;
    let screen = screen.screen();
    let colour = |text: &str| {
        let row = screen.contents().lines().position(|line| line.starts_with(text)).unwrap();
        let row = u16::try_from(row).unwrap();
        screen.cell(row, 0).unwrap().fgcolor()
    };
    assert_eq!(colour("-        image"), vt100::Color::Idx(1), "{}", screen.contents());
    assert_eq!(colour("+        image"), vt100::Color::Idx(2));
    assert_eq!(colour("@@ "), vt100::Color::Idx(6));
}

#[tokio::test]
async fn a_watched_status_is_redrawn_in_place() {
    let double = Double::start().await;
    let row = |tag: &str| EnvironmentStatus { tag: tag.into(), ..dev() };
    double.answers("GET /status", &status(vec![row(OLD)])).answers("GET /status", &status(vec![row(NEW)]));
    let url = double.url.clone();
    let screen = converse(move || {
        let mut screen = Screen::wide(80, &url, "status --service billing --watch");
        screen.shows("77ff00aa11");
        screen.shows("0a1b2c3d4e");
        screen.shows("\n");
        screen.presses("\x03");
        screen.ends().1
    })
    .await;
    let shown = screen.screen().contents();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.len() <= 4 && lines[0] == "Status for service billing", "{shown}");
    assert!(shown.contains(NEW) && !shown.contains(OLD), "{shown}");
}
