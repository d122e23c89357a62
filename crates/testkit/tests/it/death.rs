//! Servers do not outlive us, even when we are killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::wait::until;

/// Kills a program that holds a part, and waits for the end of what the part has started.
async fn kill_the_owner_of(part: &str) {
    // What a killed owner cannot remove goes with this folder.
    let left_behind = tempfile::TempDir::new().unwrap();
    #[expect(clippy::disallowed_methods, reason = "this child is killed half way, which is the point")]
    let mut owner = Command::new(env!("CARGO_BIN_EXE_part"))
        .arg(part)
        .env("TMPDIR", left_behind.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let pids = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("pids ").map(str::to_owned));
    let servers: Vec<PathBuf> =
        pids.unwrap().split(' ').map(|pid| PathBuf::from(format!("/proc/{pid}"))).collect();
    for server in &servers {
        assert!(server.exists(), "{} never ran", server.display());
    }
    owner.kill().unwrap();
    owner.wait().unwrap();
    until("end of all servers", Duration::from_secs(60), async || {
        // In a container whose first process reaps nobody, a dead orphan stays as a zombie.
        let lives = servers.iter().find_map(|server| {
            let stat = std::fs::read_to_string(server.join("stat")).ok()?;
            (!stat.contains(") Z ")).then_some(stat)
        });
        lives.map_or(Ok(()), Err)
    })
    .await;
}

#[tokio::test]
async fn sshd_dies_with_its_killed_owner() {
    kill_the_owner_of("git").await;
}

#[tokio::test]
async fn rabbitmq_dies_with_its_killed_owner() {
    kill_the_owner_of("rabbitmq").await;
}

#[tokio::test]
async fn moto_dies_with_its_killed_owner() {
    kill_the_owner_of("sqs").await;
}
