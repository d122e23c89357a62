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
