//! A stage on which something was released, and hamctl on it.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use e2e::{Build, Change, ClusterChoice, Narrator, Stage, StageOptions, Workspace, reports};
use process::Output;
use serde_json::Value;
use tempfile::TempDir;

/// A stage without a cluster; the developer is logged in.
pub(super) struct World {
    pub(super) stage: Stage,
    workspace: Workspace,
    // Dropped last: the stage's parts live in it.
    _folder: TempDir,
}

impl World {
    /// With nothing built yet.
    pub(super) async fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let options = StageOptions {
            folder: folder.path().to_owned(),
            examples: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"),
            cluster: ClusterChoice::None,
            bed: "unused".to_owned(),
        };
        let stage = Stage::set(options, &Narrator::silent()).await.unwrap();
        stage.log_in().await.unwrap();
        let workspace = Workspace::clone_from(&stage, "web").unwrap();
        Self { stage, workspace, _folder: folder }
    }

    /// With two artifacts: the first one ready in dev and in staging, then the second one in dev.
    pub(super) async fn with_releases() -> (Self, Build, Build) {
        let world = Self::empty().await;
        let first = world.builds("Greet with hello", None);
        for env in ["dev", "staging"] {
            world.succeeds(&format!("release --service web --branch master --env {env}"));
            reports::ready(&world.stage, env, &first.id).await.unwrap();
        }
        let second = world.builds("Greet by the time of day", Some("good morning"));
        world.succeeds("release --service web --branch master --env dev");
        (world, first, second)
    }

    /// CI builds a new artifact of branch master.
    pub(super) fn builds(&self, message: &str, greeting: Option<&str>) -> Build {
        let replaced = greeting.map(|greeting| format!("greeting: {greeting}"));
        let edit = replaced.as_deref().map(|greeting| ("shuttle.yaml", "greeting: hello", greeting));
        let change = Change { branch: "master", message, edit };
        self.workspace.deliver(&self.stage, &Narrator::silent(), &change).unwrap()
    }

    /// Runs hamctl.
    pub(super) fn run(&self, command: &str) -> Output {
        self.run_with(command, &[])
    }

    /// Runs hamctl with some more variables.
    pub(super) fn run_with(&self, command: &str, variables: &[(&str, &str)]) -> Output {
        let words: Vec<&str> = command.split_whitespace().collect();
        let program = self.stage.hamctl(&words).deadline(Duration::from_secs(90));
        let program = variables.iter().fold(program, |program, (name, value)| program.env(name, value));
        program.run().unwrap()
    }

    /// Runs a command that has to succeed; what it printed.
    pub(super) fn succeeds(&self, command: &str) -> String {
        let output = self.run(command);
        assert!(output.succeeded(), "{}", transcript(command, &output));
        output.stdout_text()
    }

    /// What each of these commands printed where, and how it ended.
    pub(super) fn transcript(&self, commands: &[&str]) -> String {
        commands.iter().map(|command| transcript(command, &self.run(command)) + "\n").collect()
    }

    /// The answer of a command as data, which JSON and YAML have to tell alike; and its exit code.
    pub(super) fn data(&self, command: &str) -> (Value, i32) {
        let (json, code) = self.told_as(command, "json");
        let (yaml, code_with_yaml) = self.told_as(command, "yaml");
        assert_eq!(code, code_with_yaml, "{command}");
        assert_eq!(shape(&json), shape(&yaml), "{command}: JSON and YAML differ");
        (json, code)
    }

    /// The answer of a command that changes something, in one of the two formats; and its exit code.
    pub(super) fn told_as(&self, command: &str, format: &str) -> (Value, i32) {
        let output = self.run(&format!("{command} --output {format}"));
        (parsed(command, &output, format), output.code.unwrap_or(-1))
    }

    /// Logs in to a server of the configuration file, as somebody.
    pub(super) async fn log_in_to(&self, server: &str, subject: &str) -> Output {
        let login = self.stage.hamctl(&["login", "--server", server]);
        let run = tokio::task::spawn_blocking(move || login.run());
        let waiting = self.stage.issuer().wait_for_login(Duration::from_secs(30)).await.unwrap();
        self.stage.issuer().approve(&waiting.user_code, subject).unwrap();
        run.await.unwrap().unwrap()
    }
}

/// What a command printed, read by parsers that are not ours.
pub(super) fn parsed(command: &str, output: &Output, format: &str) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let value: Result<Value, String> = match format {
        "json" => serde_json::from_str(&text).map_err(|error| error.to_string()),
        _ => serde_saphyr::from_str(&text).map_err(|error| error.to_string()),
    };
    assert!(value.is_ok(), "{value:?}: {}", transcript(command, output));
    value.unwrap()
}

/// Values that two runs of one command have in common: times and ids differ from run to run.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let varies = ["took", "finding", "id", "at", "landedAt"];
            fields
                .iter()
                .map(|(name, value)| match varies.contains(&name.as_str()) {
                    true => (name.clone(), Value::Bool(value.is_string())),
                    false => (name.clone(), shape(value)),
                })
                .collect()
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        other => other.clone(),
    }
}

/// What a command printed where, and how it ended.
pub(super) fn transcript(command: &str, output: &Output) -> String {
    let mut text = format!("$ hamctl {command}\n");
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            write!(text, "--- {name}\n{}", String::from_utf8_lossy(bytes)).unwrap();
        }
    }
    writeln!(text, "[exit {}]", output.code.unwrap_or(-1)).unwrap();
    text
}

/// Compares with a snapshot of that name, whatever differs from run to run hidden.
pub(super) fn assert_told(name: &str, text: &str, builds: &[(&Build, &str)]) {
    let mut text = text.to_owned();
    for (build, name) in builds {
        text = text.replace(&build.id, name);
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.add_filter(r"user_code=[A-Z0-9-]+", "user_code=[code]");
    settings.add_filter(r"enter code \S+", "enter code [code]");
    settings.add_filter(r"127\.0\.0\.1:\d+", "[address]");
    settings.add_filter(r"/[^ \n]*/home/", "[home]/");
    settings.add_filter(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[uuid]");
    settings.add_filter(r"\b[0-9a-f]{40}\b", "[commit]");
    settings.add_filter(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "[time]");
    settings.add_filter(r"\b(now|\d+ (seconds?|minutes?) ago)\b( )*", "[ago] ");
    // Columns are as wide as what is hidden.
    settings.add_filter(r"(WHEN|ACCEPTED|URL) +", "$1 ");
    settings.add_filter(r"\[address\] +", "[address] ");
    settings.add_filter(r"within \d+ ms", "within [time]");
    settings.add_filter(r"valid for [^,\n]+", "valid for [time]");
    settings.add_filter(r"git: [^;]*;", "git: [version];");
    settings.add_filter(r"(hamctl|server) \d+\.\d+\.\d+", "$1 [version]");
    settings.bind(|| insta::assert_snapshot!(name, text));
}
