//! What needs no build and no server.

use process::Program;

use crate::job::Job;

#[tokio::test]
async fn the_version_is_for_people_and_programs() {
    let version = env!("CARGO_PKG_VERSION");
    let job = Job::new();
    assert_eq!(job.run("version").await, format!("------- stdout\n{version}\n[exit 0]"));
    let json = format!("------- stdout\n{{\"version\":\"{version}\"}}\n[exit 0]");
    assert_eq!(job.run("version --output json").await, json);
}

#[tokio::test]
async fn each_shell_gets_its_script() {
    let job = Job::new();
    for (shell, mark) in [
        ("bash", "complete -F _artifact"),
        ("zsh", "#compdef artifact"),
        ("fish", "complete -c artifact"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let told = job.run(&format!("completion {shell}")).await;
        assert!(told.contains(mark) && told.contains("snyk-docker") && told.ends_with("[exit 0]"), "{shell}");
    }
    let script = "eval \"$(\"$0\" completion bash)\"; COMP_WORDS=(artifact add sn); COMP_CWORD=2; \
                  _artifact artifact sn add; echo \"${COMPREPLY[@]}\"";
    let bash = Program::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_artifact")]);
    let output = tokio::task::spawn_blocking(|| bash.run()).await.unwrap().unwrap();
    assert_eq!(output.stdout_text(), "snyk-code snyk-docker");
}

#[tokio::test]
async fn every_command_has_a_manual_page() {
    let job = Job::new();
    assert_eq!(job.run("man pages").await, "[exit 0]");
    assert!(job.read("pages/artifact-init.1").contains("FOUND BY ITSELF ON GITHUB ACTIONS"));
    assert!(job.file("pages/artifact-add-snyk-code.1").exists() && job.file("pages/artifact.1").exists());
    job.write("taken", "");
    insta::assert_snapshot!(job.run("man taken").await, @r#"
    ------- stderr
    error: cannot write manual pages to 'taken': File exists (os error 17)
    hint: check the folder, its permissions and the disk
    [exit 6]
    "#);
}

#[tokio::test]
async fn pipes_are_not_waited_for() {
    let job = Job::new();
    let (pipe, made) = (job.file("artifact.json"), Program::new("mkfifo"));
    let made = made.args([pipe.as_os_str().to_owned()]);
    assert!(tokio::task::spawn_blocking(|| made.run()).await.unwrap().unwrap().succeeded());
    let job = job.set("ARTIFACT_AUTH_TOKEN", "t").set("ARTIFACT_URL", "http://127.0.0.1:9");
    insta::assert_snapshot!(job.run("push").await, @r#"
    ------- stderr
    error: 'artifact.json' is not a regular file
    hint: remove it, or check --root, --file and --message-file
    [exit 1]
    "#);
    insta::assert_snapshot!(job.run("end --root artifact.json").await, @r#"
    ------- stderr
    error: cannot use the folder 'artifact.json': not a directory
    hint: check --root
    [exit 1]
    "#);
    insta::assert_snapshot!(job.run("end --file /dev/zero").await, @r#"
    ------- stderr
    error: '/dev/zero' is not a regular file
    hint: remove it, or check --root, --file and --message-file
    [exit 1]
    "#);
}

/// Runs a step that cannot write files larger than this many blocks of 512 bytes, as on a disk that gets full.
async fn on_a_full_disk(job: &Job, blocks: u32, line: &str) -> String {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {line}");
    let program = Program::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_artifact")])
        .folder(job.file(""))
        .env("ARTIFACT_AUTH_TOKEN", "t")
        .env("ARTIFACT_URL", "http://127.0.0.1:9");
    let output = tokio::task::spawn_blocking(|| program.run()).await.unwrap().unwrap();
    format!("{}\n[exit {}]", output.stderr_text(), output.code.unwrap())
}

#[tokio::test]
async fn a_full_disk_costs_nothing_that_was_there() {
    let job = Job::new();
    job.init(&[]).await;
    let before = job.read("artifact.json");
    insta::assert_snapshot!(on_a_full_disk(&job, 0, "end").await, @r#"
    error: cannot write 'artifact.json': File too large (os error 27)
    hint: check the permissions and the disk
    [exit 6]
    "#);
    assert_eq!(job.read("artifact.json"), before);
    assert_eq!(std::fs::read_dir(job.file("")).unwrap().count(), 1, "no half file is left");
    // What cannot be packed any smaller.
    let mut state = 1u64;
    let noise = (0..100_000).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(33 + u8::try_from((state >> 33) % 90).unwrap())
    });
    job.write("dev/noise.txt", &noise.collect::<String>());
    insta::assert_snapshot!(on_a_full_disk(&job, 20, "push").await, @r#"
    error: cannot write a temporary file: File too large (os error 27)
    hint: check that the folder for temporary files has room
    [exit 6]
    "#);
}

#[tokio::test]
async fn what_a_killed_step_left_is_in_nobodys_way() {
    let job = Job::new();
    job.init(&[]).await;
    job.write("artifact.json.unfinished", "{\"id\":");
    job.write("message.json.unfinished", "");
    let job = job.set("ARTIFACT_AUTH_TOKEN", "t").set("ARTIFACT_URL", "http://127.0.0.1:9");
    let told = job.run("push --retries 0").await;
    assert!(told.contains("Files in path '.'\n  artifact.json\n-------"), "{told}");
    assert_eq!(job.run("end").await, "[exit 0]");
    assert!(!job.file("artifact.json.unfinished").exists());
}
