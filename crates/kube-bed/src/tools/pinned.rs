//! Building programs from pinned Go modules, once per user.

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

/// One program may take this long on a slow and busy machine that has nothing cached.
const BUILD_DEADLINE: Duration = Duration::from_secs(40 * 60);

/// Programs that are built together.
pub(super) struct Pinned {
    pub(super) go_mod: &'static str,
    pub(super) go_sum: &'static str,
    pub(super) ldflags: &'static str,
    /// Name and package of each.
    pub(super) programs: &'static [(&'static str, &'static str)],
}

impl Pinned {
    /// The folder that holds them, built if it is not there.
    pub(super) fn provide(&self, tell: &mut dyn FnMut(Progress)) -> Result<PathBuf, BedError> {
        let go = run(go().args(["version"]))?.stdout_text();
        let cache = cache_folder();
        let folder = cache.join(&self.key(&go)[..16]);
        if folder.is_dir() {
            return Ok(folder);
        }
        fs::create_dir_all(&cache).map_err(BedError::io(&cache))?;
        let lock_path = cache.join("build.lock");
        let lock = File::create(&lock_path).map_err(BedError::io(&lock_path))?;
        lock.lock().map_err(BedError::io(&lock_path))?;
        // Another builder may have finished while we waited.
        if !folder.is_dir() {
            let unfinished = cache.join("unfinished");
            self.build(&unfinished, tell)?;
            let built = unfinished.join("bin");
            fs::rename(&built, &folder).map_err(BedError::io(&folder))?;
            fs::remove_dir_all(&unfinished).map_err(BedError::io(&unfinished))?;
        }
        Ok(folder)
    }

    fn build(&self, folder: &Path, tell: &mut dyn FnMut(Progress)) -> Result<(), BedError> {
        // Left behind by a builder that was killed.
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(BedError::io(folder))?;
        }
        let bin = folder.join("bin");
        fs::create_dir_all(&bin).map_err(BedError::io(&bin))?;
        for (name, text) in [("go.mod", self.go_mod), ("go.sum", self.go_sum)] {
            let path = folder.join(name);
            fs::write(&path, text).map_err(BedError::io(&path))?;
        }
        let mut reporter = Reporter::new(self.programs.len(), tell);
        for (name, package) in self.programs {
            reporter.step(format!("building {name}"));
            let output = bin.join(name);
            reporter.run(
                go().args(["build", "-trimpath", "-buildvcs=false", "-ldflags", self.ldflags, "-o"])
                    .args([output.into_os_string(), package.into()])
                    .env("CGO_ENABLED", "0")
                    .folder(folder)
                    .deadline(BUILD_DEADLINE),
            )?;
        }
        Ok(())
    }

    /// What decides whether programs that were built before are these.
    pub(super) fn key(&self, go_version: &str) -> String {
        let mut digest = Sha256::new();
        for part in [self.go_mod, self.go_sum, self.ldflags, go_version] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
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

fn cache_folder() -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    cache.unwrap_or_else(|| home().join(".cache")).join("release-manager/kube")
}
