//! A developer's desk: a folder with a project and a plan, and nothing of the machine around it.

use std::fs;
use std::path::{Path, PathBuf};

use process::{Output, Program};

/// A folder with `web/shuttle.yaml` and `plan/plan.yaml`, gone when it is dropped.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new(shuttle: &str, plan: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("web/shuttle.yaml", shuttle);
        desk.write("plan/plan.yaml", plan);
        desk.write(
            "home/.gitconfig",
            "[user]\nname = Bo\nemail = bo@example.test\n[init]\ndefaultBranch = master\n",
        );
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A program in the project's folder, with a home of its own.
    pub(crate) fn program(&self, name: &str) -> Program {
        Program::new(name)
            .folder(self.path("web"))
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.path("home/.gitconfig"))
    }

    pub(crate) fn shuttle(&self, args: &[&str]) -> Output {
        self.program(SHUTTLE).args(args).run().unwrap()
    }

    /// What a command printed and how it ended, for a snapshot.
    pub(crate) fn transcript(&self, args: &[&str]) -> String {
        self.show(&self.shuttle(args))
    }

    pub(crate) fn show(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&self.path("").display().to_string(), "DESK/")
        };
        let code = output.code.map_or("signal".to_owned(), |code| code.to_string());
        format!("{}------- stderr\n{}[exit {code}]", text(&output.stdout), text(&output.stderr))
    }
}

/// The program under test.
pub(crate) const SHUTTLE: &str = env!("CARGO_BIN_EXE_shuttle");

/// Copies a folder with all below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == ".shuttle" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
