//! Servers do not outlive us, even when we are killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::wait::until;

#[tokio::test]
async fn a_server_dies_with_its_killed_owner() {
    // What a killed owner cannot remove goes with this folder.
    let left_behind = tempfile::TempDir::new().unwrap();
    #[expect(clippy::disallowed_methods, reason = "this child is killed half way, which is the point")]
    let mut owner = Command::new(env!("CARGO_BIN_EXE_git-host"))
        .env("TMPDIR", left_behind.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(owner.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let server = format!("/proc/{}", first.trim().strip_prefix("pid=").unwrap());
    assert!(Path::new(&server).exists(), "{server} never ran");
    owner.kill().unwrap();
    owner.wait().unwrap();
    until("end of sshd", Duration::from_secs(30), async || {
        // In a container whose first process reaps nobody, a dead orphan stays as a zombie.
        match std::fs::read_to_string(format!("{server}/stat")) {
            Ok(stat) if !stat.contains(") Z ") => Err(stat),
            _ => Ok(()),
        }
    })
    .await;
}
