//! A person at a prompt: an empty home, a folder, a few variables.

use std::path::PathBuf;

use process::Program;
use tempfile::TempDir;

use crate::double::Double;

/// Where commands are run.
pub(crate) struct Session {
    home: TempDir,
    variables: Vec<(&'static str, String)>,
    hidden: Vec<(String, &'static str)>,
}

impl Session {
    /// With nothing set.
    pub(crate) fn bare() -> Self {
        Self { home: TempDir::new().unwrap(), variables: vec![("TZ", "UTC".into())], hidden: Vec::new() }
    }

    /// With the address of a server and a static token.
    pub(crate) fn at(double: &Double) -> Self {
        Self::bare().set("HAMCTL_URL", &double.url).set("HAMCTL_TOKEN", "static")
    }

    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        if value.starts_with("http") {
            self.hidden.push((value.into(), if name == "HAMCTL_URL" { "[server]" } else { "[provider]" }));
        }
        self.variables.push((name, value.into()));
        self
    }

    /// A file in the folder, which is the home as well.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Shows a value under a name.
    pub(crate) fn hide_value(mut self, value: &str, name: &'static str) -> Self {
        self.hidden.push((value.into(), name));
        self
    }

    /// Runs a command and tells all that came of it.
    pub(crate) async fn run(&self, arguments: &str) -> String {
        self.run_words(&arguments.split_whitespace().collect::<Vec<_>>()).await
    }

    /// Runs a command whose arguments may hold blanks.
    pub(crate) async fn run_words(&self, arguments: &[&str]) -> String {
        self.run_with(arguments, &[]).await
    }

    /// Runs a command with some more variables.
    pub(crate) async fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let mut program = Program::new(env!("CARGO_BIN_EXE_hamctl"))
            .args(arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
            .folder(self.home.path())
            .env("HOME", self.home.path());
        for (name, value) in variables {
            program = program.env(*name, *value);
        }
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
        self.hide(&told)
    }

    /// Takes out what differs from run to run.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut text = text.replace(&*self.home.path().to_string_lossy(), "[home]");
        for (value, name) in &self.hidden {
            text = text.replace(value, name);
        }
        let pieces: Vec<&str> = text.split("(reference: ").collect();
        let rest = pieces[1..].iter().map(|piece| piece.split_once(')').unwrap().1);
        std::iter::once(pieces[0].to_owned())
            .chain(rest.map(|rest| format!("(reference: [id]){rest}")))
            .collect()
    }
}
