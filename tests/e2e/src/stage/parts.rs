//! How each part of the stage is started: the flags an operator would set.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use process::Program;
use testkit::{Access, GitHost, Issuer, Launch, Repository, Slack};

use crate::Programs;
use crate::stage::SERVICES;

/// What CI jobs identify themselves with.
pub(crate) const CI_CLIENT: (&str, &str) = ("ci", "ci-secret");

/// What daemons identify themselves with.
pub(crate) const DAEMON_CLIENT: (&str, &str) = ("daemon", "daemon-secret");

/// Makes the repositories of the story; their default branch is `master`, as the original has it.
pub(crate) fn repositories(host: &GitHost) -> Result<Vec<(String, Repository)>> {
    let mut repositories = Vec::new();
    for name in SERVICES.into_iter().chain(["plan", "config"]) {
        let repository = host.create(name)?;
        let head =
            Program::new("git").args(["symbolic-ref", "HEAD", "refs/heads/master"]).folder(repository.path());
        crate::programs::must("git symbolic-ref", head)?;
        repositories.push((name.to_owned(), repository));
    }
    // Somebody has to begin: an empty repository has no branch to release to.
    let config = repository(&repositories, "config")?;
    config.second_writer()?.push("master", "README.md", CONFIG_README, "Start the config repository")?;
    Ok(repositories)
}

const CONFIG_README: &str = "What runs where. Changed by the release manager; read by the controllers.\n";

/// The repository of that name.
pub(crate) fn repository<'a>(repositories: &'a [(String, Repository)], name: &str) -> Result<&'a Repository> {
    repositories
        .iter()
        .find_map(|(known, repository)| (known == name).then_some(repository))
        .with_context(|| format!("the stage has no repository {name}"))
}

pub(crate) fn server(
    folder: &Path,
    programs: &Programs,
    host: &GitHost,
    config: &Repository,
    issuer: &Issuer,
    slack: &Slack,
    address: SocketAddr,
) -> Launch {
    let args = [
        ("--http-port", address.port().to_string()),
        ("--config-repo", config.ssh_url().to_owned()),
        ("--ssh-private-key", host.ssh_key(Access::Write).display().to_string()),
        ("--known-hosts", host.known_hosts().display().to_string()),
        ("--data-dir", folder.join("release-manager").display().to_string()),
        ("--public-url", format!("http://{address}")),
        ("--jwks-urls", issuer.jwks_url()),
        ("--jwt-issuer", issuer.url().to_owned()),
        ("--git-user", "release-manager".to_owned()),
        ("--git-email", "release-manager@example.test".to_owned()),
        ("--email-suffix", "@example.test".to_owned()),
        ("--slack-url", slack.url()),
    ];
    Launch {
        name: "release-manager",
        program: programs.path("release-manager"),
        args: std::iter::once("start".to_owned()).chain(flags(args)).collect(),
        env: vec![("SLACK_TOKEN".to_owned(), slack.token().to_owned())],
    }
}

/// Where a controller and a daemon run, and as whom.
pub(crate) struct InCluster<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) programs: &'a Programs,
    pub(crate) environment: &'a str,
    pub(crate) controller: PathBuf,
    pub(crate) daemon: PathBuf,
}

pub(crate) fn controller(context: &InCluster<'_>, host: &GitHost, config: &Repository) -> Launch {
    let environment = context.environment;
    let args = [
        ("--config-repo", config.ssh_url().to_owned()),
        ("--ssh-private-key", host.ssh_key(Access::Read).display().to_string()),
        ("--known-hosts", host.known_hosts().display().to_string()),
        ("--environment", environment.to_owned()),
        ("--kubeconfig", context.controller.display().to_string()),
        ("--poll-interval", "1s".to_owned()),
        ("--data-dir", context.folder.join(format!("controller-{environment}")).display().to_string()),
        ("--http-port", "0".to_owned()),
    ];
    Launch {
        name: "release-controller",
        program: context.programs.path("release-controller"),
        args: flags(args).collect(),
        env: Vec::new(),
    }
}

pub(crate) fn daemon(context: &InCluster<'_>, issuer: &Issuer, server: &str) -> Launch {
    let environment = context.environment;
    let (id, secret) = DAEMON_CLIENT;
    let args = [
        ("--environment", environment.to_owned()),
        ("--namespace", environment.to_owned()),
        ("--release-manager-url", server.to_owned()),
        ("--kubeconfig", context.daemon.display().to_string()),
        ("--idp-url", issuer.url().to_owned()),
        ("--client-id", id.to_owned()),
        ("--client-secret", secret.to_owned()),
        ("--data-dir", context.folder.join(format!("daemon-{environment}")).display().to_string()),
        ("--http-port", "0".to_owned()),
        ("--flux-port", "0".to_owned()),
    ];
    Launch {
        name: "release-daemon",
        program: context.programs.path("release-daemon"),
        args: std::iter::once("start".to_owned()).chain(flags(args)).collect(),
        env: Vec::new(),
    }
}

fn flags<const N: usize>(flags: [(&str, String); N]) -> impl Iterator<Item = String> {
    flags.map(|(name, value)| format!("{name}={value}")).into_iter()
}

/// Whether a path answers with success, over plain HTTP/1.0: all that a readiness probe needs.
pub(crate) async fn answers(address: SocketAddr, path: &str) -> Result<(), String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let talk = async {
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = talk.await.map_err(|error| error.to_string())?;
    let status = answer.lines().next().unwrap_or_default();
    if status.contains(" 200 ") { Ok(()) } else { Err(answer) }
}
