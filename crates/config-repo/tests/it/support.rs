//! A remote, an open config repository and short ways to ask for releases.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use artifact::{ArtifactSpec, Person, ReleaseId};
use config_repo::{
    ConfigRepo, Manifest, Manifests, Options, PolicyOutcome, PolicyRequest, Reader, ReleaseOutcome,
    ReleaseRequest, Writer,
};
use git_mirror::Remote;
use policy::{PolicyChange, PolicyChangeKind, Release};
use process::{Output, Program};

pub(crate) struct World {
    folder: tempfile::TempDir,
}

/// A running config repository; dropping it stops the worker.
pub(crate) struct Running {
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    worker: JoinHandle<()>,
}

impl Running {
    /// Waits until the remote has been asked for the first time, whatever it said.
    fn begun(&self) {
        let writer = self.writer.clone();
        let asking = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            drop(runtime.block_on(writer.refresh()));
        });
        asking.join().unwrap();
    }

    pub(crate) fn stop(self) {
        drop(self.writer);
        self.worker.join().unwrap();
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        git_ok(world.path(), &["init", "--quiet", "--bare", "-b", "master", "remote.git"]);
        world
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn remote(&self) -> PathBuf {
        self.path().join("remote.git")
    }

    pub(crate) fn options(&self, name: &str) -> Options {
        let url = self.remote().to_str().unwrap().parse().unwrap();
        Options {
            folder: self.path().join(name),
            remote: Remote::new(url, "master".parse().unwrap()),
            committer: Person::new("Release Manager", "rm@example.test"),
            signer: None,
            globals: Vec::new(),
            accept_rewritten_history: false,
            landed: Box::new(|_| {}),
            observed: Box::new(|_| {}),
            rewritten: Box::new(|| {}),
            now: Box::new(|| "2026-01-05T09:14:02+01:00[+01:00]".parse().unwrap()),
        }
    }

    pub(crate) fn open(&self) -> Running {
        self.open_with(self.options("state"))
    }

    pub(crate) fn open_with(&self, options: Options) -> Running {
        let ConfigRepo { writer, reader, worker } = ConfigRepo::open(options).unwrap();
        let worker = std::thread::spawn(move || worker.run());
        let running = Running { writer, reader, worker };
        running.begun();
        running
    }

    /// Somebody else commits files and pushes.
    pub(crate) fn foreign(&self, files: &[(&str, &str)], message: &str) {
        let work = self.path().join("work");
        if !work.exists() {
            git_ok(self.path(), &["clone", "--quiet", "remote.git", "work"]);
        }
        git_ok(&work, &["fetch", "--quiet"]);
        if git(&work, &["rev-parse", "--verify", "--quiet", "origin/master"]).succeeded() {
            git_ok(&work, &["reset", "--quiet", "--hard", "origin/master"]);
        }
        for (path, content) in files {
            let path = work.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        git_ok(&work, &["add", "."]);
        git_ok(&work, &["commit", "--quiet", "--allow-empty", "-m", message]);
        git_ok(&work, &["push", "--quiet", "origin", "HEAD:master"]);
    }

    pub(crate) fn ask(&self, args: &[&str]) -> String {
        git_ok(&self.remote(), args)
    }

    pub(crate) fn files(&self) -> String {
        self.ask(&["ls-tree", "-r", "master", "--format=%(objectmode) %(path)"])
    }

    pub(crate) fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.remote().join("hooks").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn fsck(&self) {
        git_ok(&self.remote(), &["fsck", "--strict", "--no-dangling"]);
    }
}

pub(crate) fn git(folder: &Path, args: &[&str]) -> Output {
    let mut program = Program::new("git").args(args.iter().copied()).folder(folder);
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_AUTHOR_NAME", "HamAstrochimp"),
        ("GIT_AUTHOR_EMAIL", "operations@example.test"),
        ("GIT_COMMITTER_NAME", "HamAstrochimp"),
        ("GIT_COMMITTER_EMAIL", "operations@example.test"),
    ] {
        program = program.env(name, value);
    }
    program.run().unwrap()
}

pub(crate) fn git_ok(folder: &Path, args: &[&str]) -> String {
    let output = git(folder, args);
    assert!(output.succeeded(), "git {args:?}: {}", output.stderr_text());
    output.stdout_text()
}

pub(crate) fn id(n: u128) -> ReleaseId {
    ReleaseId::from_bytes(n.to_be_bytes())
}

/// A release of `artifact` of `service` to `environment`, with one file that names the artifact.
pub(crate) fn request(n: u128, environment: &str, service: &str, artifact: &str) -> ReleaseRequest {
    let mut spec = ArtifactSpec { id: artifact.into(), service: service.into(), ..ArtifactSpec::default() };
    spec.application.branch = "master".into();
    spec.application.author_name = "Bo Lind".into();
    spec.application.author_email = "bo@example.test".into();
    ReleaseRequest {
        release: Release {
            id: id(n),
            service: service.parse().unwrap(),
            environment: environment.parse().unwrap(),
            artifact: artifact.parse().unwrap(),
            intent: artifact::Intent::ReleaseArtifact,
            actor: Person::new("Ida Holm", "ida@example.test"),
        },
        manifests: Manifests {
            spec_bytes: spec.to_file().unwrap(),
            spec,
            rendered: ["dev", "staging", "prod"].map(str::to_owned).to_vec(),
            files: vec![file("deployment.yaml", &format!("image: {artifact}\n"))],
        },
    }
}

pub(crate) fn file(path: &str, content: &str) -> Manifest {
    Manifest { path: path.parse().unwrap(), content: content.into(), executable: false }
}

pub(crate) fn policy(service: &str, kind: PolicyChangeKind) -> PolicyRequest {
    let actor = Person::from_subject("ida@example.test");
    PolicyRequest { change: PolicyChange { service: service.parse().unwrap(), kind, actor } }
}

/// What an outcome says, for comparison.
pub(crate) fn said(outcome: &ReleaseOutcome) -> String {
    match outcome {
        ReleaseOutcome::Landed { .. } => "landed".into(),
        ReleaseOutcome::AlreadyThere => "already there".into(),
        ReleaseOutcome::Denied(denied) => format!("denied: {denied}"),
        ReleaseOutcome::Failed(error) => format!("failed: {}", explain::chain(error).join(": ")),
    }
}

pub(crate) fn policy_said(outcome: &PolicyOutcome) -> String {
    match outcome {
        PolicyOutcome::Landed { ids, .. } => format!("landed {}", ids.join(" ")),
        PolicyOutcome::Unchanged { ids } => format!("unchanged {}", ids.join(" ")),
        PolicyOutcome::Denied(denied) => format!("denied: {denied}"),
        PolicyOutcome::Failed(error) => format!("failed: {}", explain::chain(error).join(": ")),
    }
}
