//! The Git host, driven by the `git` program over SSH and HTTP.

use std::path::Path;
use std::time::Duration;

use process::{Output, Program};
use tempfile::TempDir;
use testkit::{Access, GitHost, PartError, Repository};

/// A client with no configuration but its identity.
fn git(host: &GitHost, access: Access, folder: &Path, args: &[&str]) -> Output {
    let header = format!("Authorization: Bearer {}", host.token(access));
    Program::new("git")
        .folder(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_SSH_COMMAND", host.ssh_command(access))
        .args(["-c", "user.name=Ida Holm", "-c", "user.email=ida@example.test"])
        .args(["-c", &format!("http.extraHeader={header}")])
        .args(args.iter().copied())
        .deadline(Duration::from_secs(60))
        .run()
        .unwrap()
}

fn done(output: Output) -> String {
    assert!(output.succeeded(), "{}", output.stderr_text());
    output.stdout_text()
}

/// Runs the blocking client beside the servers, which live on this runtime.
async fn client(host: &GitHost, access: Access, folder: &Path, args: &[&str]) -> Output {
    tokio::task::block_in_place(|| git(host, access, folder, args))
}

async fn clone_commit_push(host: &GitHost, access: Access, url: &str) -> Output {
    let folder = TempDir::new().unwrap();
    done(client(host, access, folder.path(), &["clone", "--quiet", url, "copy"]).await);
    let copy = folder.path().join("copy");
    std::fs::write(copy.join("hello.txt"), url).unwrap();
    done(client(host, access, &copy, &["add", "hello.txt"]).await);
    done(client(host, access, &copy, &["commit", "--quiet", "-m", "Say hello\n\nRelease-Id: 7"]).await);
    client(host, access, &copy, &["push", "--quiet", "origin", "HEAD:main"]).await
}

/// A host and a repository with one commit in it.
async fn host() -> (GitHost, Repository) {
    let host = GitHost::start().await.unwrap();
    let repository = host.create("config").unwrap();
    repository.second_writer().unwrap().push("main", "README.md", "hello", "Start").unwrap();
    (host, repository)
}

fn urls(repository: &Repository) -> [String; 2] {
    [repository.ssh_url().into(), repository.http_url().into()]
}

#[tokio::test(flavor = "multi_thread")]
async fn clone_and_push_work_over_ssh_and_http() {
    let (host, repository) = host().await;
    for url in urls(&repository) {
        done(clone_commit_push(&host, Access::Write, &url).await);
        let log = repository.log("main").unwrap();
        assert_eq!(repository.file("main", "hello.txt").unwrap(), url);
        assert_eq!((log[0].subject(), log[0].trailer("Release-Id")), ("Say hello", Some("7")));
        assert_eq!(log[0].author_email, "ida@example.test");
        assert_eq!(log[0].parents, [log[1].id.clone()]);
    }
    assert_eq!(repository.log("main").unwrap().len(), 3);
    assert_eq!(repository.files("main").unwrap(), ["README.md", "hello.txt"]);
    repository.fsck().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_fetches_and_cannot_push() {
    let (host, repository) = host().await;
    for (url, reason) in urls(&repository).iter().zip(["this key may read, not push", "403"]) {
        let push = clone_commit_push(&host, Access::Read, url).await;
        assert!(!push.succeeded() && push.stderr_text().contains(reason), "{}", push.stderr_text());
    }
    assert_eq!(repository.log("main").unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_nothing() {
    let (host, repository) = host().await;
    let folder = TempDir::new().unwrap();
    let stranger = Program::new("git")
        .folder(folder.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .args(["ls-remote", &repository.http_url_with("guess")]);
    let output = tokio::task::block_in_place(|| stranger.run().unwrap());
    assert!(output.stderr_text().contains("Authentication failed"), "{}", output.stderr_text());
    let shell = format!("{} {} id", host.ssh_command(Access::Write), ssh_login(&repository));
    let shell = Program::new("sh").args(["-c", &shell]);
    let output = tokio::task::block_in_place(|| shell.run().unwrap());
    assert_eq!((output.code, output.stderr_text()), (Some(1), "only Git is served here".into()));
}

/// `ssh://user@host:port/path` as arguments of ssh.
fn ssh_login(repository: &Repository) -> String {
    let rest = repository.ssh_url().trim_start_matches("ssh://");
    let (login, port) = rest.split('/').next().unwrap().rsplit_once(':').unwrap();
    format!("-p {port} {login}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_down_refuses_and_comes_back() {
    let (host, repository) = host().await;
    let folder = TempDir::new().unwrap();
    host.down().await;
    for (url, reason) in urls(&repository).iter().zip(["Connection refused", "Failed to connect"]) {
        let output = client(&host, Access::Write, folder.path(), &["ls-remote", url]).await;
        assert!(output.stderr_text().contains(reason), "{}", output.stderr_text());
    }
    host.up().await;
    for url in urls(&repository) {
        let refs = done(client(&host, Access::Write, folder.path(), &["ls-remote", &url]).await);
        assert!(refs.contains("refs/heads/main"), "{refs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_host_still_serves_and_a_silent_one_does_not() {
    let (host, repository) = host().await;
    let folder = TempDir::new().unwrap();
    host.slow(Duration::from_millis(20));
    for url in urls(&repository) {
        done(client(&host, Access::Read, folder.path(), &["ls-remote", &url]).await);
    }
    host.ssh().silence();
    let fetch = Program::new("git")
        .env("GIT_SSH_COMMAND", host.ssh_command(Access::Read))
        .args(["ls-remote", repository.ssh_url()])
        .deadline(Duration::from_millis(500));
    let late = tokio::task::block_in_place(|| fetch.run());
    assert!(matches!(late, Err(process::RunError::TimedOut { .. })), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_pushes_carry_the_message_and_change_nothing() {
    let (host, repository) = host().await;
    repository.reject_pushes("frozen: it's \"$HOME\" season").unwrap();
    for url in urls(&repository) {
        let push = clone_commit_push(&host, Access::Write, &url).await;
        let said = push.stderr_text();
        assert!(!push.succeeded() && said.contains("frozen: it's \"$HOME\" season"), "{said}");
    }
    assert_eq!(repository.log("main").unwrap().len(), 1);
    repository.accept_pushes().unwrap();
    done(clone_commit_push(&host, Access::Write, repository.ssh_url()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_push_fails_once_whether_or_not_it_has_landed() {
    let (host, repository) = host().await;
    for (url, landed) in urls(&repository).iter().zip([1, 3]) {
        repository.lose_next_push().unwrap();
        let push = clone_commit_push(&host, Access::Write, url).await;
        assert!(!push.succeeded(), "{}", push.stderr_text());
        assert_eq!(repository.log("main").unwrap().len(), landed, "{url}");
        repository.lose_next_answer().unwrap();
        let push = clone_commit_push(&host, Access::Write, url).await;
        assert!(!push.succeeded(), "{}", push.stderr_text());
        assert_eq!(repository.log("main").unwrap().len(), landed + 1, "{url}");
        done(clone_empty_push(&host, url).await);
        assert_eq!(repository.log("main").unwrap().len(), landed + 2, "{url}");
    }
    repository.fsck().unwrap();
}

async fn clone_empty_push(host: &GitHost, url: &str) -> Output {
    let folder = TempDir::new().unwrap();
    done(client(host, Access::Write, folder.path(), &["clone", "--quiet", url, "copy"]).await);
    let copy = folder.path().join("copy");
    done(client(host, Access::Write, &copy, &["commit", "--quiet", "--allow-empty", "-m", "Again"]).await);
    client(host, Access::Write, &copy, &["push", "--quiet", "origin", "HEAD:main"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_writer_starts_from_the_newest_state() {
    let (host, repository) = host().await;
    let writer = repository.second_writer().unwrap();
    let first = writer.push("main", "a/one", "1", "One").unwrap();
    done(clone_commit_push(&host, Access::Write, repository.ssh_url()).await);
    let last = writer.push_files("main", &[("a/two", "2"), ("b/three", "3")], "More").unwrap();
    assert_eq!(repository.tip("main").unwrap(), Some(last));
    writer.remove("main", &["a"], "Less").unwrap();
    assert_eq!(repository.files("main").unwrap(), ["README.md", "b/three", "hello.txt"]);
    assert!(repository.log("main").unwrap().iter().any(|commit| commit.id == first));
    writer.push("hotfix", "fix", "1", "Fix").unwrap();
    assert_eq!(repository.log("hotfix").unwrap()[0].subject(), "Fix");
    assert!(repository.log("nowhere").unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_is_refused_and_everything_goes_with_the_host() {
    let (host, repository) = host().await;
    assert!(matches!(host.create("config"), Err(PartError::Answer { .. })));
    let path = repository.path().to_owned();
    let (ssh, key) = (host.ssh().addr(), host.ssh_key(Access::Write));
    drop(host);
    assert!(!path.exists() && !key.exists());
    let error = tokio::net::TcpStream::connect(ssh).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}
