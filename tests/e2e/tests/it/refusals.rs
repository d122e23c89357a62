//! Bad input on the whole line: one clear sentence with the next step, and an exit code that tells.

use std::fmt::Write;
use std::path::Path;

use e2e::{ClusterChoice, Narrator, Stage, StageOptions, Workspace};
use process::Output;
use tempfile::TempDir;

/// A stage without a cluster, with one artifact of the web service uploaded and the developer logged in.
async fn stage(folder: &Path) -> Stage {
    let options = StageOptions {
        folder: folder.to_owned(),
        examples: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"),
        cluster: ClusterChoice::None,
        bed: "unused".to_owned(),
    };
    let narrator = Narrator::silent();
    let stage = Stage::set(options, &narrator).await.unwrap();
    stage.log_in().await.unwrap();
    let workspace = Workspace::clone_from(&stage, "web").unwrap();
    let build = workspace.render(&stage, &narrator, "master").unwrap();
    workspace.describe(&stage, &narrator, &build).unwrap();
    workspace.push(&stage, &narrator).unwrap();
    stage
}

/// A transcript of a command: what it printed where, and how it ended.
fn transcript(command: &str, output: &Output) -> String {
    let mut text = format!("$ {command}\n");
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            write!(text, "--- {name}\n{}", String::from_utf8_lossy(bytes)).unwrap();
        }
    }
    writeln!(text, "[exit {}]", output.code.unwrap_or(-1)).unwrap();
    text
}

fn hamctl(stage: &Stage, args: &[&str]) -> String {
    transcript(&format!("hamctl {}", args.join(" ")), &stage.hamctl(args).run().unwrap())
}

/// What differs from run to run.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "[address]");
    settings.add_filter(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[uuid]");
    settings.add_filter(r"(master|hotfix)-[0-9a-f]{10}-[0-9a-f]{10}", "$1-[commit]-[plan]");
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mistake_gets_a_sentence_a_next_step_and_an_exit_code() {
    let folder = TempDir::new().unwrap();
    let stage = stage(folder.path()).await;
    let mut text = String::new();
    for args in [
        &["release", "--service", "wbe", "--branch", "master", "--env", "dev"][..],
        &["release", "--service", "web", "--branch", "nowhere", "--env", "dev"],
        &["release", "--service", "web", "--branch", "master", "--env", "qa"],
        &["release", "--service", "web", "--artifact", "master-1-2", "--env", "dev"],
        &["release", "--service", "web", "--artifact", "master-1-2", "--env", "../prod"],
        &["release", "--service", "../web", "--branch", "master", "--env", "dev"],
        &["promote", "--service", "web", "--env", "stagign"],
        &["promote", "--service", "web", "--env", "prod"],
        &["rollback", "--service", "web", "--env", "dev", "--to", "master-1-2", "--yes"],
        &[
            "policy",
            "apply",
            "branch-restriction",
            "--service",
            "web",
            "--env",
            "dev",
            "--branch-regex",
            "^m(",
        ],
        &["policy", "apply", "auto-release", "--service", "web", "--env", "qa", "--branch", "master"],
        &["policy", "delete", "--service", "web", "no-such-policy"],
        &["describe", "release", "--service", "web", "--env", "dev"],
    ] {
        text.push_str(&hamctl(&stage, args));
        text.push('\n');
    }
    settings().bind(|| insta::assert_snapshot!("mistakes", text));
    let commits = stage.repository("config").unwrap().log("master").unwrap();
    assert_eq!(commits.len(), 1, "a refused request left a commit: {commits:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_be_reached_is_named() {
    let folder = TempDir::new().unwrap();
    let stage = stage(folder.path()).await;
    let mut text = String::new();
    let elsewhere = stage.hamctl(&["status", "--service", "web"]).env("HAMCTL_URL", "http://127.0.0.1:1");
    text.push_str(&transcript(
        "HAMCTL_URL=http://127.0.0.1:1 hamctl status --service web",
        &elsewhere.run().unwrap(),
    ));
    let stranger = stage.hamctl(&["status", "--service", "web"]).env("HAMCTL_TOKEN", "nonsense");
    text.push_str(&transcript("HAMCTL_TOKEN=nonsense hamctl status --service web", &stranger.run().unwrap()));
    stage.git_host().down().await;
    text.push_str(&hamctl(&stage, &["release", "--service", "web", "--branch", "master", "--env", "dev"]));
    settings().bind(|| insta::assert_snapshot!("unreachable", text));
    // What was accepted while the Git host was down lands by itself when it is back.
    stage.git_host().up().await;
    let config = stage.repository("config").unwrap().clone();
    testkit::wait::until("the release to land", std::time::Duration::from_secs(60), || {
        let landed = config
            .log("master")
            .map(|commits| commits.iter().filter(|c| c.subject().starts_with("[dev/web]")).count());
        async move {
            match landed {
                Ok(1) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        }
    })
    .await;
}
