//! What a released program is built for, and what building it takes.

use std::path::Path;

use super::said;
use crate::cargo::{Fault, command, run, say};

/// A system that programs are released for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    Mac,
}

/// What is built for: the names Rust, Go and C compilers have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Platform {
    pub(super) system: System,
    /// Rust's name.
    pub(super) triple: &'static str,
    /// The end of an asset's name: system and machine, as Go calls them.
    name: &'static str,
    /// The variable that names the C compiler.
    compiler: &'static str,
}

const PLATFORMS: [Platform; 4] = [
    Platform {
        system: System::Linux,
        triple: "x86_64-unknown-linux-musl",
        name: "linux-amd64",
        compiler: "CC_x86_64_unknown_linux_musl",
    },
    Platform {
        system: System::Linux,
        triple: "aarch64-unknown-linux-musl",
        name: "linux-arm64",
        compiler: "CC_aarch64_unknown_linux_musl",
    },
    Platform {
        system: System::Mac,
        triple: "x86_64-apple-darwin",
        name: "darwin-amd64",
        compiler: "CC_x86_64_apple_darwin",
    },
    Platform {
        system: System::Mac,
        triple: "aarch64-apple-darwin",
        name: "darwin-arm64",
        compiler: "CC_aarch64_apple_darwin",
    },
];

impl Platform {
    /// That of the machine we run on.
    pub(super) fn of_this_machine() -> Result<Self, Fault> {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        Self::of(system, machine).ok_or_else(|| {
            format!(
                "programs are released for Linux and macOS on amd64 and arm64, not for {system} on {machine}"
            )
        })
    }

    /// By Rust's names of system and machine.
    fn of(system: &str, machine: &str) -> Option<Self> {
        let system = match system {
            "linux" => System::Linux,
            "macos" => System::Mac,
            _ => return None,
        };
        PLATFORMS.into_iter().find(|known| {
            known.system == system && known.triple.split('-').next().is_some_and(|first| first == machine)
        })
    }

    /// The name of a program among the files of a release.
    pub(super) fn asset(&self, program: &str) -> String {
        format!("{program}-{}", self.name)
    }

    /// Whether a file has the name of a released one.
    pub(super) fn is_asset(file: &str) -> bool {
        PLATFORMS.iter().any(|known| file.ends_with(&format!("-{}", known.name)))
    }

    /// Fetches Rust's standard library for it, once.
    pub(super) fn provide(&self) -> Result<(), Fault> {
        let triple = self.triple;
        let folder = said("rustc", &["--print", "target-libdir", "--target", triple])?;
        if Path::new(folder.trim()).is_dir() {
            return Ok(());
        }
        say(&format!("installing Rust's target {triple}"));
        run(command("rustup").args(["target", "add", triple])).map_err(|fault| {
            format!("{fault}\nno program for {triple} can be built without Rust's standard library for it: let rustup fetch it, or install it as your distribution does")
        })
    }

    /// What the build needs to know: which C compiler belongs to musl, unless somebody has named one.
    pub(super) fn variables(&self) -> Vec<(&'static str, &'static str)> {
        let named = std::env::var_os(self.compiler).is_some();
        if self.system == System::Linux && !named { vec![(self.compiler, "musl-gcc")] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_named_as_the_action_asks_for_them() {
        let asset =
            |system, machine| Platform::of(system, machine).map(|platform| platform.asset("artifact"));
        for (system, machine, expected) in [
            ("linux", "x86_64", Some("artifact-linux-amd64")),
            ("linux", "aarch64", Some("artifact-linux-arm64")),
            ("macos", "aarch64", Some("artifact-darwin-arm64")),
            ("macos", "x86_64", Some("artifact-darwin-amd64")),
            ("windows", "x86_64", None),
            ("linux", "riscv64", None),
        ] {
            let asset = asset(system, machine);
            assert_eq!(asset.as_deref(), expected, "{system} {machine}");
            assert!(asset.is_none_or(|asset| Platform::is_asset(&asset)), "{system} {machine}");
        }
        assert!(!Platform::is_asset("SHA256SUMS") && !Platform::is_asset("artifact"));
    }
}
