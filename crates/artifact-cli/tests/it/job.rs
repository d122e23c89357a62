//! A CI job: a folder and a few variables.

use std::path::PathBuf;

use process::Program;
use tempfile::TempDir;

/// Where steps are run.
pub(crate) struct Job {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
    hidden: Vec<String>,
}

/// The flags that `init` needs.
pub(crate) const INIT: [&str; 19] = [
    "init",
    "--artifact-id",
    "master-0a1b2c3d4e-99aa88bb77",
    "--service",
    "billing",
    "--git-author-name",
    "Bo Lind",
    "--git-author-email",
    "bo@example.test",
    "--git-message",
    "Add <refund> limit",
    "--git-committer-name",
    "Ida Holm",
    "--git-committer-email",
    "ida@example.test",
    "--git-sha",
    "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
    "--git-branch",
    "master",
];

impl Job {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), variables: Vec::new(), hidden: Vec::new() }
    }

    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        if value.starts_with("http") {
            self.hidden.push(value.into());
        }
        self.variables.push((name, value.into()));
        self
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// Runs a step given as one line.
    pub(crate) async fn run(&self, line: &str) -> String {
        self.step(line.split_whitespace().map(str::to_owned).collect()).await
    }

    /// Runs `init` with everything it needs, and more.
    pub(crate) async fn init(&self, more: &[&str]) -> String {
        self.step(INIT.iter().chain(more).map(|argument| (*argument).to_owned()).collect()).await
    }

    /// Runs a step and tells all that came of it.
    pub(crate) async fn step(&self, arguments: Vec<String>) -> String {
        let mut program = Program::new(env!("CARGO_BIN_EXE_artifact"))
            .args(arguments)
            .folder(self.folder.path())
            .env("HOME", self.folder.path());
        for (name, value) in &self.variables {
            program = program.env(*name, value);
        }
        let output = tokio::task::spawn_blocking(|| program.run()).await.unwrap().unwrap();
        let mut told = String::new();
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                told.push_str(&format!("------- {name}\n{}", String::from_utf8_lossy(bytes)));
            }
        }
        told.push_str(&format!("[exit {}]", output.code.unwrap()));
        self.hide(told)
    }

    /// Takes out what differs from run to run.
    fn hide(&self, mut text: String) -> String {
        for value in &self.hidden {
            text = text.replace(value, "[server]");
        }
        let pieces: Vec<&str> = text.split("(reference: ").collect();
        let rest = pieces[1..].iter().map(|piece| piece.split_once(')').unwrap().1);
        std::iter::once(pieces[0].to_owned())
            .chain(rest.map(|rest| format!("(reference: [id]){rest}")))
            .collect()
    }
}
