//! A bare repository, somebody else's commits in it, and a mirror of ours.

use std::path::{Path, PathBuf};

use git_mirror::{Batch, Change, CommitId, Mirror, NewCommit, Remote, Signature};
use jiff::Zoned;
use process::{Output, Program};

/// A remote with a folder for our mirror beside it.
pub(crate) struct World {
    folder: tempfile::TempDir,
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

    pub(crate) fn remote_path(&self) -> PathBuf {
        self.path().join("remote.git")
    }

    pub(crate) fn remote(&self) -> Remote {
        Remote::new(self.remote_path().to_str().unwrap().parse().unwrap(), "master".parse().unwrap())
    }

    pub(crate) fn mirror(&self) -> Mirror {
        Mirror::open(&self.path().join("mirror"), self.remote()).unwrap()
    }

    /// Somebody else commits and pushes, with a working copy as people do.
    pub(crate) fn foreign(&self, files: &[(&str, &str)], message: &str) -> CommitId {
        let work = self.path().join("work");
        if !work.exists() {
            git_ok(self.path(), &["clone", "--quiet", "remote.git", "work"]);
        }
        git_ok(&work, &["fetch", "--quiet"]);
        if self.remote_tip().is_some() {
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
        self.remote_tip().unwrap()
    }

    pub(crate) fn remote_tip(&self) -> Option<CommitId> {
        let output = git(&self.remote_path(), &["rev-parse", "--verify", "--quiet", "refs/heads/master"]);
        output.succeeded().then(|| output.stdout_text().parse().unwrap())
    }

    /// Text that git says about the remote.
    pub(crate) fn ask(&self, args: &[&str]) -> String {
        git_ok(&self.remote_path(), args)
    }

    pub(crate) fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.remote_path().join("hooks").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Both repositories are sound.
    pub(crate) fn fsck(&self) {
        git_ok(&self.remote_path(), &["fsck", "--strict", "--no-dangling"]);
        git_ok(&self.path().join("mirror/mirror.git"), &["fsck", "--strict", "--no-dangling"]);
    }
}

pub(crate) fn git(folder: &Path, args: &[&str]) -> Output {
    let mut program = Program::new("git").args(args.iter().copied()).folder(folder);
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Bo Lind"),
        ("GIT_AUTHOR_EMAIL", "bo@example.test"),
        ("GIT_COMMITTER_NAME", "Bo Lind"),
        ("GIT_COMMITTER_EMAIL", "bo@example.test"),
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

pub(crate) fn put(path: &str, content: &str) -> Change {
    Change::Put { path: path.parse().unwrap(), content: content.into(), executable: false }
}

pub(crate) fn remove(path: &str) -> Change {
    Change::Remove { path: path.parse().unwrap() }
}

pub(crate) fn commit(message: &str) -> NewCommit {
    let who = |name: &str, email: &str| Signature {
        name: name.into(),
        email: email.into(),
        time: "2026-01-05T09:14:02+01:00[+01:00]".parse::<Zoned>().unwrap(),
    };
    NewCommit {
        author: who("Ida Holm", "ida@example.test"),
        committer: who("Release Manager", "rm@example.test"),
        message: message.into(),
    }
}

/// Commits without a signature; the changes must change something.
pub(crate) fn add(batch: &mut Batch, changes: &[Change], message: &str) -> CommitId {
    batch.commit(changes, &commit(message), None).unwrap().expect("something changes")
}
