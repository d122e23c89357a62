//! The reference repository: as large as a bank's, made in seconds by `git fast-import`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};
use process::Program;
use testkit::Repository;

/// Services in it.
pub(crate) const SERVICES: usize = 1_000;

/// Environments in it.
pub(crate) const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// Manifests of a service in an environment, beside `artifact.json`.
const MANIFESTS: usize = 7;

/// Releases after the first commit.
pub(crate) const RELEASES: usize = 20_000;

/// The name of a service.
pub(crate) fn service(number: usize) -> String {
    format!("service-{number:04}")
}

/// Writes the repository with this many releases in its history.
pub(crate) fn write(repository: &Path, releases: usize) -> Result<()> {
    let mut stream = String::with_capacity(64 << 20);
    commit(&mut stream, 0, "Start the config repository");
    for number in 0..SERVICES {
        for environment in ENVIRONMENTS {
            for manifest in 0..MANIFESTS {
                let path = format!(
                    "{environment}/releases/{environment}/{}/{manifest}0-object.yaml",
                    service(number)
                );
                file(&mut stream, &path, &object(number, environment, manifest, 0));
            }
            release_files(&mut stream, number, environment, 0);
        }
    }
    for release in 1..=releases {
        let (number, environment) = (release % SERVICES, ENVIRONMENTS[release / SERVICES % 3]);
        let (name, id) = (service(number), id(number, release));
        let message = format!(
            "[{environment}/{name}] release {id} by ida@example.test\n\nService: {name}\nEnvironment: {environment}\n\
             Artifact-ID: {id}\nArtifact-released-by: Ida Holm <ida@example.test>\n\
             Artifact-created-by: Bo Lind <bo@example.test>\nRelease-intent: ReleaseArtifact\n"
        );
        commit(&mut stream, release, &message);
        release_files(&mut stream, number, environment, release);
    }
    import(repository, stream)?;
    let head = Program::new("git").args(["symbolic-ref", "HEAD", "refs/heads/master"]).folder(repository);
    ensure!(head.run()?.succeeded(), "git symbolic-ref failed");
    Ok(())
}

fn id(number: usize, release: usize) -> String {
    format!("master-{release:010x}-{number:010x}")
}

fn commit(stream: &mut String, at: usize, message: &str) {
    let when = 1_700_000_000 + at * 60;
    append(stream, format_args!("commit refs/heads/master\nmark :{}\n", at + 1));
    append(stream, format_args!("committer Release Manager <release-manager@example.test> {when} +0000\n"));
    append(stream, format_args!("data {}\n{message}\n", message.len()));
}

fn file(stream: &mut String, path: &str, content: &str) {
    append(stream, format_args!("M 100644 inline {path}\ndata {}\n{content}\n", content.len()));
}

fn append(stream: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = stream.write_fmt(text);
}

fn release_files(stream: &mut String, number: usize, environment: &str, release: usize) {
    let folder = format!("{environment}/releases/{environment}/{}", service(number));
    let spec = format!(
        "{{\n  \"id\": \"{}\",\n  \"service\": \"{}\",\n  \"application\": {{\n    \"branch\": \"master\",\n    \"committerName\": \"Bo Lind\"\n  }},\n  \"ci\": {{\n    \"start\": \"2026-01-05T08:01:00Z\",\n    \"end\": \"2026-01-05T08:06:00Z\"\n  }},\n  \"shuttle\": {{\n    \"plan\": {{}}\n  }}\n}}\n",
        id(number, release),
        service(number)
    );
    file(stream, &format!("{folder}/artifact.json"), &spec);
    if release > 0 {
        file(stream, &format!("{folder}/00-object.yaml"), &object(number, environment, 0, release));
    }
}

fn object(number: usize, environment: &str, manifest: usize, release: usize) -> String {
    let name = service(number);
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}-{manifest}\n  namespace: {environment}\n  labels:\n    app: {name}\ndata:\n  RELEASE: \"{release}\"\n  TEXT: \"{}\"\n",
        "lorem ipsum dolor sit amet ".repeat(20)
    )
}

fn import(repository: &Path, stream: String) -> Result<()> {
    let import = Program::new("git").args(["fast-import", "--quiet", "--force"]).folder(repository);
    let output = import.input(stream.into_bytes()).deadline(Duration::from_secs(600)).run()?;
    ensure!(output.succeeded(), "git fast-import failed: {}", output.stderr_text());
    Ok(())
}

/// Prepares commits on top of the branch, to be pushed one by one; returns the repository that holds them.
pub(crate) fn pushes(repository: &Repository, count: usize) -> Result<PathBuf> {
    let clone = repository.path().with_extension("pushes");
    if clone.exists() {
        std::fs::remove_dir_all(&clone)?;
    }
    let source = repository.path().display().to_string();
    let run =
        Program::new("git").args(["clone", "--quiet", "--bare", &source]).args([clone.clone()]).run()?;
    ensure!(run.succeeded(), "git clone failed: {}", run.stderr_text());
    let mut stream = String::new();
    for number in 0..count {
        let when = 1_800_000_000 + number;
        append(&mut stream, format_args!("commit refs/heads/push-{number}\n"));
        append(
            &mut stream,
            format_args!("committer Bench <bench@example.test> {when} +0000\ndata 4\npush\n"),
        );
        let from = if number == 0 {
            "refs/heads/master^0".to_owned()
        } else {
            format!("refs/heads/push-{}", number - 1)
        };
        append(&mut stream, format_args!("from {from}\n"));
        release_files(&mut stream, number, "prod", 1_000_000 + number);
    }
    import(&clone, stream)?;
    Ok(clone)
}

/// A bare push of one prepared commit.
pub(crate) fn push(clone: &Path, url: &str, ssh: &str, number: usize) -> Program {
    let refspec = format!("refs/heads/push-{number}:refs/heads/master");
    Program::new("git").env("GIT_SSH_COMMAND", ssh).args(["push", "--quiet", url, &refspec]).folder(clone)
}
