//! Debian packages that tests, the demo, releases and fuzzing need.

use std::path::{Path, PathBuf};

use crate::cargo::{Fault, command, run, say};

/// A package, and a program or file by which one sees that it is there.
struct Package {
    name: &'static str,
    sign: &'static str,
}

/// Git hosts over SSH, for the demo and the tests.
const GIT: [Package; 4] = [
    Package { name: "git", sign: "git" },
    Package { name: "openssh-server", sign: "sshd" },
    Package { name: "openssh-client", sign: "ssh-keygen" },
    Package { name: "openssl", sign: "openssl" },
];

/// What only the tests need.
const TESTS: [Package; 3] = [
    Package { name: "rabbitmq-server", sign: "rabbitmq-server" },
    Package { name: "python3-venv", sign: "python3" },
    Package { name: "gnupg", sign: "gpg" },
];

/// A C compiler for musl: cryptography is partly written in C.
const DIST: [Package; 1] = [Package { name: "musl-tools", sign: "musl-gcc" }];

/// What libFuzzer is built with.
const FUZZ: [Package; 1] = [Package { name: "g++", sign: "g++" }];

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// To play the demo.
    Demo,
    /// To run all tests.
    Tests,
    /// To build what is released.
    Dist,
    /// To fuzz.
    Fuzz,
}

/// Installs what is missing; where that is not possible, says what to install.
pub(crate) fn provide(need: Need) -> Result<(), Fault> {
    let needed: [&[Package]; 3] = match need {
        Need::Demo => [&GIT, &[], &[]],
        Need::Tests => [&GIT, &TESTS, &DIST],
        Need::Dist => [&DIST, &[], &[]],
        Need::Fuzz => [&FUZZ, &[], &[]],
    };
    let missing: Vec<&str> = needed
        .into_iter()
        .flatten()
        .filter(|package| !installed(package.sign))
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_root() || !installed("apt-get") {
        return Err(format!("these programs are missing; install the packages that hold them: {list}"));
    }
    say(&format!("installing Debian packages: {list}"));
    run(command("apt-get").args(["update", "-qq"]))?;
    let mut install = command("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing);
    // Installing a server must not start it: ours run on ports of their own.
    run(install.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1"))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).any(|file| Path::is_file(&file))
}
