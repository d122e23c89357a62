//! The GitHub Action and the snippets of the docs build command lines that the program understands.

use std::collections::{BTreeMap, BTreeSet};

use artifact_cli::Args;
use clap::Parser;
use process::Program;
use serde_json::Value;

use crate::double::Double;
use crate::job::Job;

fn action() -> Value {
    let documents = yaml::documents(include_str!("../../../../action.yml")).unwrap();
    documents[0].to_json().unwrap()
}

/// The inputs that a step reads, by variable.
fn inputs(step: &Value) -> BTreeMap<String, String> {
    let variables = step["env"].as_object().unwrap();
    let input = |value: &str| Some(value.split_once("inputs.")?.1.split([' ', '}']).next()?.to_owned());
    variables
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), input(value.as_str().unwrap())?)))
        .collect()
}

#[test]
fn every_input_of_the_action_is_told_and_read() {
    let action = action();
    let told: BTreeSet<&str> = action["inputs"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut read = BTreeSet::new();
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "an input must not become text of a script");
        for (variable, input) in inputs(step) {
            let flag = format!(" {input}");
            assert!(script.contains(&variable) || script.contains(&flag), "{input} is read by nobody");
            assert!(told.contains(input.as_str()), "{input} is not described");
            read.insert(input);
        }
    }
    let read: BTreeSet<&str> = read.iter().map(String::as_str).collect();
    assert_eq!(told, read);
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(!input["description"].as_str().unwrap().is_empty(), "{name}");
    }
}

/// Runs the action's last step, with these inputs, in the folder of the job.
async fn act(job: &Job, given: &[(&str, &str)]) -> String {
    let action = action();
    let step = action["runs"]["steps"].as_array().unwrap().last().unwrap();
    let mut program = Program::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"].as_str().unwrap()])
        .folder(job.file(""));
    let inputs = inputs(step);
    for (name, _) in given {
        assert!(inputs.values().any(|input| input == name), "{name} is no input");
    }
    for (variable, input) in inputs {
        let value = given.iter().find(|(name, _)| *name == input).map_or("", |(_, value)| value);
        program = program.env(variable, value);
    }
    for (name, value) in GITHUB {
        program = program.env(name, value);
    }
    let output = tokio::task::spawn_blocking(|| program.run()).await.unwrap().unwrap();
    format!("{}{}[exit {}]", output.stdout_text(), output.stderr_text(), output.code.unwrap())
}

const GITHUB: [(&str, &str); 8] = [
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_REF", "refs/heads/main"),
    ("GITHUB_REF_NAME", "main"),
    ("GITHUB_REF_TYPE", "branch"),
    ("GITHUB_SHA", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/billing"),
    ("GITHUB_EVENT_PATH", "event.json"),
];

const EVENT: &str = r#"{"head_commit":{"id":"0a1b2c3d4e5f60718293a4b5c6d7e8f901234567","message":"Add",
    "author":{"name":"Bo","email":"bo@example.test"},"committer":{"name":"Ida","email":"ida@example.test"}}}"#;

#[tokio::test]
async fn the_action_describes_and_uploads_a_build() {
    let (job, double) = (Job::new(), Double::start().await);
    job.write("event.json", EVENT);
    job.write("out/dev/a.yaml", "kind: Deployment\n");
    let path = ("path", env!("CARGO_BIN_EXE_artifact"));
    let scan =
        [("high", "1"), ("medium", "2"), ("low", "3"), ("snyk-version", "1"), ("url", "https://s.test")];
    let steps: [(&str, Vec<(&str, &str)>); 9] = [
        (
            "init",
            vec![
                ("artifact-id", "main-1"),
                ("service", "billing"),
                ("squad", "$(touch broken) \"a b\"; touch broken"),
                ("namespace", "pay"),
                ("user-mappings", "a@b=c@d"),
                ("email-suffix", "@example.test"),
            ],
        ),
        ("add build", vec![("image", "registry.test/billing"), ("tag", "t 1"), ("docker-version", "24")]),
        ("add push", vec![("image", "registry.test/billing"), ("tag", "t"), ("docker-version", "24")]),
        ("add test", vec![("passed", "2"), ("failed", "0"), ("skipped", "0"), ("url", "https://t.test")]),
        ("add snyk-code", scan.iter().copied().chain([("language", "go")]).collect()),
        ("add snyk-docker", scan.iter().copied().chain([("base-image", "alpine"), ("tag", "3")]).collect()),
        ("end", vec![]),
        ("successful", vec![("slack-token", "")]),
        ("failure", vec![("error-message", "Tests failed")]),
    ];
    for (command, inputs) in &steps {
        let given: Vec<_> =
            [path, ("command", command), ("root", "out")].into_iter().chain(inputs.clone()).collect();
        assert_eq!(act(&job, &given).await, "[exit 0]", "{command}");
    }
    let push =
        [path, ("command", "push"), ("root", "out"), ("server", &double.url), ("auth-token", "ci-token")];
    let told = act(&job, &push).await;
    assert!(told.ends_with("[exit 0]"), "{told}");
    double.received(|received| {
        assert_eq!(received.requests[0], "POST /artifacts/create Bearer ci-token");
        let spec = &received.created.as_ref().unwrap().artifact;
        assert_eq!(spec.squad, "$(touch broken) \"a b\"; touch broken", "an input is never a command");
        assert_eq!((spec.stages.len(), spec.application.author_name.as_str()), (5, "Bo"));
    });
    assert!(!job.file("broken").exists());
    let told = act(&job, &[path, ("command", "end"), ("passed", "1")]).await;
    assert!(told.contains("unexpected argument '--passed'") && told.ends_with("[exit 2]"), "{told}");
}

/// Runs the action's first step with a network that has one release, whose `SHA256SUMS` says this; tells what it printed
/// and what it handed on.
async fn install(job: &Job, version: &str, sha256: &str, sums: &str) -> (String, String) {
    let action = action();
    let script = action["runs"]["steps"][0]["run"].as_str().unwrap();
    // In place of curl: the last two words are the file and the address.
    let network = "curl() { case \"${@: -1}\" in \
                   https://github.com/acme/rm/releases/download/v1/SHA256SUMS) \
                     if [ -z \"$SUMS\" ]; then return 22; fi; \
                     for at in linux-amd64 linux-arm64 darwin-amd64 darwin-arm64; do \
                       echo \"$SUMS  artifact-$at\"; echo \"$OTHER  hamctl-$at\"; done > \"${@: -2:1}\" ;; \
                   https://github.com/acme/rm/releases/download/v1/artifact-*-*) \
                     echo content > \"${@: -2:1}\" ;; \
                   *) return 22 ;; esac; }";
    job.write("environment", "");
    let program = Program::new("bash")
        .args(["--noprofile", "--norc", "-e", "-c", &format!("{network}\n{script}")])
        .env("SUMS", sums)
        .env("OTHER", SHA256)
        .env("IN_VERSION", version)
        .env("IN_SHA256", sha256)
        .env("HOME_OF_RELEASES", "https://github.com/acme/rm/releases/download")
        .env("RUNNER_TEMP", job.file("environment").parent().unwrap())
        .env("GITHUB_ENV", job.file("environment"));
    let output = tokio::task::spawn_blocking(|| program.run()).await.unwrap().unwrap();
    (format!("{}[exit {}]", output.stdout_text(), output.code.unwrap()), job.read("environment"))
}

/// Of the program that the release has.
const SHA256: &str = "434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53";

#[tokio::test]
async fn the_action_installs_the_released_program_and_no_other() {
    let job = Job::new();
    let wrong = SHA256.replace('4', "5");
    for (sha256, sums, complaint) in [
        (wrong.as_str(), SHA256, "::error::artifact v1 is not the program with the SHA-256"),
        ("", &wrong, "is not the program that SHA256SUMS of release 'v1' lists"),
        (SHA256, "no-sum", "is not the program that SHA256SUMS of release 'v1' lists"),
        ("", "", "::error::release 'v1' has no SHA256SUMS"),
    ] {
        let (told, handed_on) = install(&job, "v1", sha256, sums).await;
        assert!(told.contains(complaint) && told.ends_with("[exit 1]"), "{complaint}: {told}");
        assert!(handed_on.is_empty() && !job.file("artifact-v1").exists(), "{complaint}");
    }
    for sha256 in [SHA256, "", SHA256] {
        let (told, handed_on) = install(&job, "v1", sha256, SHA256).await;
        assert_eq!(told, "[exit 0]");
        assert_eq!(handed_on, format!("ARTIFACT_PROGRAM={}\n", job.file("artifact-v1").display()));
    }
    let (told, handed_on) = install(&job, "feature/x", "", SHA256).await;
    assert!(told.contains("give the input version or path") && handed_on.is_empty(), "{told}");
}

/// Every command of the program in the blocks of a page, lines that go on joined.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2).filter(|block| !block.starts_with("text"));
    let joined =
        blocks.map(|block| block.replace("\\\n", " ").replace("$$", "$")).collect::<Vec<_>>().join("\n");
    let lines = joined.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: "));
    let ours = lines.filter(|line| line.starts_with("artifact "));
    ours.map(|line| line.split(" #").next().unwrap_or(line).to_owned()).collect()
}

#[tokio::test]
async fn the_commands_of_the_docs_are_understood() {
    let commands = commands(include_str!("../../../../docs/artifact.md"));
    for needed in ["init", "add test", "add push", "end", "push", "successful", "failure"] {
        let beginning = format!("artifact {needed}");
        assert!(
            commands.iter().filter(|line| line.starts_with(&beginning)).count() >= 2,
            "{needed}: {commands:?}"
        );
    }
    for line in commands {
        // The shell itself takes the line apart; a variable that the page does not explain is an error.
        let script =
            format!("set -eu; artifact() {{ printf 'artifact\\0'; printf '%s\\0' \"$@\"; }}\n{line}");
        let mut program = Program::new("bash").args(["-c".to_owned(), script]);
        for name in VARIABLES {
            program = program.env(name, if name.starts_with("N_") { "7" } else { "0a1b2c3d4e" });
        }
        let output = tokio::task::spawn_blocking(|| program.run()).await.unwrap().unwrap();
        assert!(output.succeeded(), "{line}: {}", output.stderr_text());
        let text = String::from_utf8(output.stdout).unwrap();
        let mut words: Vec<&str> = text.trim_end_matches('\0').split('\0').collect();
        if words[1] == "push" {
            words.extend(["--http-base-url=https://h", "--auth-token=t"]);
        }
        Args::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

/// What the systems and the pages give: see `docs/artifact.md`.
const VARIABLES: [&str; 20] = [
    "BRANCH",
    "SHORT_SHA",
    "SHORT_PLAN_SHA",
    "SHA",
    "MESSAGE",
    "AUTHOR",
    "AUTHOR_EMAIL",
    "COMMITTER",
    "COMMITTER_EMAIL",
    "IMAGE",
    "TAG",
    "DOCKER_VERSION",
    "CI_COMMIT_REF_SLUG",
    "CI_COMMIT_SHORT_SHA",
    "CI_JOB_ID",
    "BUILD_TAG",
    "BUILDKITE_BUILD_NUMBER",
    "BUILDKITE_PIPELINE_SLUG",
    "CIRCLE_SHA1",
    "CIRCLE_BUILD_NUM",
];
