//! What a bed needs from the machine, and how it gets there on Debian.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use process::Program;

use crate::BedError;
use crate::progress::{Reporter, run};

/// Program and Debian package; the last column says whether only a node needs it.
const PROGRAMS: [(&str, &str, bool); 9] = [
    ("setsid", "util-linux", false),
    ("openssl", "openssl", false),
    ("unshare", "util-linux", true),
    ("mount", "mount", true),
    ("ip", "iproute2", true),
    ("containerd", "containerd", true),
    ("ctr", "containerd", true),
    ("runc", "runc", true),
    ("busybox", "busybox-static", true),
];

/// Where Debian, and the project itself, put CNI plugins.
const CNI_FOLDERS: [&str; 2] = ["/usr/lib/cni", "/opt/cni/bin"];
const CNI_PACKAGE: &str = "containernetworking-plugins";

const INSTALL_DEADLINE: Duration = Duration::from_secs(15 * 60);

/// The folder with the CNI plugins.
pub(crate) fn cni_folder() -> Option<PathBuf> {
    CNI_FOLDERS.iter().map(PathBuf::from).find(|folder| folder.join("bridge").exists())
}

/// Sees that everything is there, installing it where we may.
pub(crate) fn provide(nodes: bool, reporter: &mut Reporter<'_>) -> Result<(), BedError> {
    let missing = missing(nodes);
    if missing.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<String> = missing.iter().map(|(_, package)| (*package).to_owned()).collect();
    packages.dedup();
    let debian = Path::new("/etc/debian_version").exists() && Path::new("/usr/bin/apt-get").exists();
    if debian && rustix::process::geteuid().is_root() {
        reporter.extra_step(format!("installing {} with apt-get", packages.join(", ")));
        install(&packages, reporter)?;
    }
    let missing = self::missing(nodes);
    if missing.is_empty() {
        return Ok(());
    }
    Err(BedError::Missing {
        missing: missing.iter().map(|(program, _)| (*program).to_owned()).collect(),
        packages,
    })
}

fn missing(nodes: bool) -> Vec<(&'static str, &'static str)> {
    let mut missing: Vec<_> = PROGRAMS
        .iter()
        .filter(|(program, _, for_node)| (nodes || !for_node) && !is_there(program))
        .map(|(program, package, _)| (*program, *package))
        .collect();
    if nodes && cni_folder().is_none() {
        missing.push(("the CNI plugin bridge", CNI_PACKAGE));
    }
    missing
}

fn is_there(program: &str) -> bool {
    find(program).is_some_and(|path| program != "busybox" || is_static(&path))
}

/// A program on the `PATH` or in a folder of root's that is often left out of it.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Images hold no libraries, so a busybox that names a loader cannot start in them.
fn is_static(path: &Path) -> bool {
    fs::read(path)
        .is_ok_and(|bytes| !bytes.windows(8).any(|window| window == b"/ld-linu" || window == b"/ld-musl"))
}

fn install(packages: &[String], reporter: &mut Reporter<'_>) -> Result<(), BedError> {
    let apt_get = |args: &[&str]| {
        let program = Program::new("apt-get").args(args.iter().copied());
        program.env("DEBIAN_FRONTEND", "noninteractive").deadline(INSTALL_DEADLINE)
    };
    let names: Vec<&str> = packages.iter().map(String::as_str).collect();
    let install = [&["install", "-y", "--no-install-recommends"], names.as_slice()].concat();
    // A fresh machine has no package lists, or old ones.
    if reporter.run(apt_get(&install)).is_err() {
        run(apt_get(&["update"]))?;
        reporter.run(apt_get(&install))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_name_only_where_they_are() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program").is_none());
    }

    #[test]
    fn a_program_that_names_its_loader_is_not_static() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("busybox");
        fs::write(&path, b"\x7fELF.../lib64/ld-linux-x86-64.so.2...").unwrap();
        assert!(!is_static(&path));
        fs::write(&path, b"\x7fELF...").unwrap();
        assert!(is_static(&path));
    }
}
