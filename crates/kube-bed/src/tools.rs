//! The programs of Kubernetes, built once per user from pinned Go modules.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use process::Program;
use sha2::{Digest, Sha256};

use crate::BedError;
use crate::place::home;
use crate::progress::{Progress, Reporter, run};

const GO_MOD: &str = include_str!("../../../tools/kube/go.mod");
const GO_SUM: &str = include_str!("../../../tools/kube/go.sum");

/// What Kubernetes says its version is; without this its clients see `v0.0.0-master`.
const LDFLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3 \
     -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";

/// One program may take this long on a slow and busy machine that has nothing cached.
const BUILD_DEADLINE: Duration = Duration::from_secs(40 * 60);

/// Name and package of each program.
const PROGRAMS: [(&str, &str); 6] = [
    ("etcd", "go.etcd.io/etcd/server/v3"),
    ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    ("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    ("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
    ("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
    ("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
];

/// A folder with the built programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of one of them: `etcd`, `kube-apiserver`, `kube-controller-manager`, `kube-scheduler`,
    /// `kubelet`, `kubectl`.
    #[must_use]
    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// Builds the programs unless these very ones were built before: same modules, Go and flags.
///
/// # Errors
/// When Go is missing, a module cannot be fetched or does not build, or the cache cannot be written.
pub fn tools(tell: &mut dyn FnMut(Progress)) -> Result<Tools, BedError> {
    let go = run(go().args(["version"]))?.stdout_text();
    let cache = cache_folder();
    let folder = cache.join(&key(&go)[..16]);
    if folder.is_dir() {
        return Ok(Tools { folder });
    }
    fs::create_dir_all(&cache).map_err(BedError::io(&cache))?;
    let lock_path = cache.join("build.lock");
    let lock = File::create(&lock_path).map_err(BedError::io(&lock_path))?;
    lock.lock().map_err(BedError::io(&lock_path))?;
    // Another builder may have finished while we waited.
    if !folder.is_dir() {
        let unfinished = cache.join("unfinished");
        build(&unfinished, tell)?;
        let built = unfinished.join("bin");
        fs::rename(&built, &folder).map_err(BedError::io(&folder))?;
        fs::remove_dir_all(&unfinished).map_err(BedError::io(&unfinished))?;
    }
    Ok(Tools { folder })
}

fn build(folder: &Path, tell: &mut dyn FnMut(Progress)) -> Result<(), BedError> {
    // Left behind by a builder that was killed.
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(BedError::io(folder))?;
    }
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).map_err(BedError::io(&bin))?;
    for (name, text) in [("go.mod", GO_MOD), ("go.sum", GO_SUM)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(BedError::io(&path))?;
    }
    let mut reporter = Reporter::new(PROGRAMS.len(), tell);
    for (name, package) in PROGRAMS {
        reporter.step(format!("building {name}"));
        let output = bin.join(name);
        reporter.run(
            go().args(["build", "-trimpath", "-buildvcs=false", "-ldflags", LDFLAGS, "-o"])
                .args([output.into_os_string(), package.into()])
                .env("CGO_ENABLED", "0")
                .folder(folder)
                .deadline(BUILD_DEADLINE),
        )?;
    }
    Ok(())
}

/// Go with what a user may have set for it: proxies, caches, checksum rules.
fn go() -> Program {
    let matters = |name: &str| {
        let upper = name.to_ascii_uppercase();
        upper.starts_with("GO")
            || upper.ends_with("_PROXY")
            || upper.starts_with("SSL_CERT_")
            || upper.starts_with("XDG_")
    };
    let settings: Vec<(OsString, OsString)> =
        env::vars_os().filter(|(name, _)| name.to_str().is_some_and(matters)).collect();
    settings.into_iter().fold(Program::new("go"), |program, (name, value)| program.env(name, value))
}

fn key(go_version: &str) -> String {
    let mut digest = Sha256::new();
    for part in [GO_MOD, GO_SUM, LDFLAGS, go_version] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cache_folder() -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    cache.unwrap_or_else(|| home().join(".cache")).join("release-manager/kube")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_pinned_as_a_tool_and_go_decides_the_key() {
        for (name, package) in PROGRAMS {
            assert!(GO_MOD.lines().any(|line| line.trim() == package), "{name}");
        }
        assert_ne!(key("go version go1.26.0 linux/amd64"), key("go version go1.26.1 linux/amd64"));
    }

    #[test]
    fn the_version_told_to_clients_is_the_pinned_one() {
        let pinned = GO_MOD.lines().find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes ")).unwrap();
        let version = pinned.split_whitespace().next().unwrap();
        assert!(LDFLAGS.contains(&format!("gitVersion={version} ")), "{version}");
    }
}
