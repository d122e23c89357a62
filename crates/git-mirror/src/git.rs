//! Every run of the `git` program, with nothing inherited that could change what it does.

use std::ffi::OsString;
use std::path::Path;

use base64::Engine;
use process::{Output, Program, RunError};
use secrecy::ExposeSecret;

use crate::remote::Place;
use crate::{CommitId, Credentials, Remote};

/// Settings that hold for every run: no prompt, no clean-up of its own, no protocol that starts programs.
const SETTINGS: [&str; 7] = [
    "gc.auto=0",
    "maintenance.auto=false",
    "core.hooksPath=/dev/null",
    "core.fsync=all",
    // Our packs come with their deltas: looking for better ones costs more than it saves.
    "pack.window=0",
    // One pack a fetch, instead of a file an object.
    "fetch.unpackLimit=1",
    "http.followRedirects=false",
];

/// What of our own environment Git may see beyond `PATH`, `HOME` and `TMPDIR`.
const INHERITED: [&str; 8] = [
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "no_proxy",
    "NO_PROXY",
];

/// Brings the remote's branch, with all its history, into the tracking ref.
pub(crate) fn fetch(git_dir: &Path, remote: &Remote) -> Result<Output, RunError> {
    let refspec = format!("+{}:{}", remote.branch.head(), remote.branch.tracking());
    let args = [
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--",
        remote.url.as_str(),
        &refspec,
    ];
    with_remote(git(git_dir), remote).args(args).run()
}

/// Moves the remote's branch from exactly `old` to `new`; no other outcome changes it.
pub(crate) fn push(
    git_dir: &Path,
    remote: &Remote,
    old: Option<CommitId>,
    new: CommitId,
) -> Result<Output, RunError> {
    let head = remote.branch.head();
    let lease = format!("--force-with-lease={head}:{}", old.map(|id| id.to_string()).unwrap_or_default());
    let refspec = format!("{new}:{head}");
    let args = [
        "push",
        "--porcelain",
        "--no-verify",
        "--no-signed",
        "--no-follow-tags",
        "--recurse-submodules=no",
        &lease,
        "--",
        remote.url.as_str(),
        &refspec,
    ];
    with_remote(git(git_dir), remote).args(args).run()
}

/// The program on the remote's side that takes a push, for a conversation of our own; `None` over HTTP, where there is
/// more to it.
pub(crate) fn receive_pack(remote: &Remote) -> Option<Program> {
    let program = match remote.url.place()? {
        Place::Local(path) => unsettled().args(["receive-pack", "--", path]),
        Place::Ssh { user_and_host, port, path } => {
            let port = port.into_iter().flat_map(|port| ["-p".to_owned(), port.to_owned()]);
            let command = format!("git-receive-pack {}", quoted(path));
            let ssh = Program::new("ssh").inherit("SSH_AUTH_SOCK").args(ssh_options(&remote.credentials));
            ssh.args(port).args(["--".to_owned(), user_and_host.to_owned(), command])
        }
    };
    Some(program.deadline(remote.deadline))
}

/// Lists the remote's refs that match a pattern, without fetching anything.
pub(crate) fn list(git_dir: &Path, remote: &Remote, pattern: &str) -> Result<Output, RunError> {
    let args = ["ls-remote", "--quiet", "--refs", "--", remote.url.as_str(), pattern];
    with_remote(git(git_dir), remote).args(args).run()
}

/// Brings the newest commits of many branches, and nothing of their history; a refspec a line.
pub(crate) fn fetch_tips(git_dir: &Path, remote: &Remote, refspecs: String) -> Result<Output, RunError> {
    let args = [
        "fetch",
        "--quiet",
        "--depth=1",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--stdin",
        "--",
        remote.url.as_str(),
    ];
    with_remote(git(git_dir), remote).args(args).input(refspecs).run()
}

/// Writes all refs into one file.
pub(crate) fn pack_refs(git_dir: &Path) -> Result<Output, RunError> {
    git(git_dir).args(["pack-refs", "--all"]).run()
}

/// Rolls small packs up into larger ones, so that their number grows with the logarithm of the pushes.
pub(crate) fn repack(git_dir: &Path) -> Result<Output, RunError> {
    git(git_dir).args(["repack", "--geometric=2", "-d", "--quiet"]).run()
}

/// Git with nobody's settings.
fn unsettled() -> Program {
    Program::new("git")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_ALLOW_PROTOCOL", "ssh:https:http:file")
}

fn git(git_dir: &Path) -> Program {
    let mut program = unsettled().args([
        prefixed("--git-dir=", git_dir),
        "-c".into(),
        prefixed("safe.directory=", git_dir),
    ]);
    for setting in SETTINGS {
        program = program.args(["-c", setting]);
    }
    INHERITED.into_iter().fold(program, Program::inherit)
}

fn prefixed(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(path);
    text
}

fn with_remote(program: Program, remote: &Remote) -> Program {
    let program = program.deadline(remote.deadline).env("GIT_SSH_COMMAND", ssh(&remote.credentials));
    if !remote.url.is_http() {
        return program;
    }
    let header = authorization(&remote.credentials);
    let header = header.map(|value| (format!("http.{}.extraHeader", remote.url), OsString::from(value)));
    let files = remote.tls.settings().map(|(name, file)| (name.to_owned(), file.into()));
    let settings: Vec<(String, OsString)> = header.into_iter().chain(files).collect();
    let program = program.env("GIT_CONFIG_COUNT", settings.len().to_string());
    (0..).zip(settings).fold(program, |program, (at, (name, value))| {
        program.env(format!("GIT_CONFIG_KEY_{at}"), name).env(format!("GIT_CONFIG_VALUE_{at}"), value)
    })
}

/// The header that carries a token or password: by environment, never by argument.
fn authorization(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::None | Credentials::SshKey { .. } => None,
        Credentials::Token(token) => Some(format!("Authorization: Bearer {}", token.expose_secret())),
        Credentials::Basic { user, password } => {
            let pair = format!("{user}:{}", password.expose_secret());
            Some(format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
        }
    }
}

/// The command Git runs for SSH, for `sh` to split.
fn ssh(credentials: &Credentials) -> String {
    let options = ssh_options(credentials);
    let options = options.iter().map(|option| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-=./_".contains(c);
        if option.chars().all(plain) { option.clone() } else { quoted(option) }
    });
    std::iter::once("ssh".to_owned()).chain(options).collect::<Vec<_>>().join(" ")
}

/// How we want SSH to be: no questions, and no host we do not know.
fn ssh_options(credentials: &Credentials) -> Vec<String> {
    let mut options: Vec<String> = Vec::new();
    let mut option = |text: String| options.extend(["-o".to_owned(), text]);
    option("BatchMode=yes".to_owned());
    option("StrictHostKeyChecking=yes".to_owned());
    option("ConnectTimeout=15".to_owned());
    if let Credentials::SshKey { key, known_hosts } = credentials {
        option("IdentitiesOnly=yes".to_owned());
        option(format!("IdentityFile={}", ssh_path(key)));
        option(format!("UserKnownHostsFile={}", ssh_path(known_hosts)));
    }
    options
}

/// A path as SSH reads one in a setting: blanks would end it, and `%` and `~` would stand for something else.
fn ssh_path(path: &Path) -> String {
    let text = path.to_string_lossy().replace('%', "%%");
    if text.contains([' ', '\t']) { format!("\"{text}\"") } else { text }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_path_cannot_break_out_of_the_ssh_command() {
        let credentials =
            Credentials::SshKey { key: "/k/it's; id".into(), known_hosts: "/k/known hosts".into() };
        assert_eq!(
            ssh(&credentials),
            "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15 -o IdentitiesOnly=yes \
             -o 'IdentityFile=\"/k/it'\\''s; id\"' -o 'UserKnownHostsFile=\"/k/known hosts\"'"
        );
    }

    #[test]
    fn a_password_is_sent_as_http_wants_it() {
        let credentials = Credentials::Basic { user: "bo".into(), password: "p:w".to_owned().into() };
        assert_eq!(authorization(&credentials).as_deref(), Some("Authorization: Basic Ym86cDp3"));
    }
}
