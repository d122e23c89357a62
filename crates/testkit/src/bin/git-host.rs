//! A Git host to play with: prints how to reach it, and lives until its standard input ends.
#![expect(clippy::print_stdout, reason = "printing is all this program does")]

use std::io::{self, Read};

use testkit::{Access, GitHost, PartError};

#[tokio::main]
async fn main() -> Result<(), PartError> {
    let host = GitHost::start().await?;
    let repository = host.create("config")?;
    println!("pid={}", host.sshd_pid());
    println!("export GIT_SSH_COMMAND='{}'", host.ssh_command(Access::Write));
    println!("git clone {}", repository.ssh_url());
    println!("git clone {}", repository.http_url_with(host.token(Access::Write)));
    let wait = tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()));
    drop(wait.await);
    Ok(())
}
