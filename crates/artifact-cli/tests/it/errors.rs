//! Bad input: one clear sentence, the next step, and an exit code that tells the truth.

use crate::job::{INIT, Job};

#[tokio::test]
async fn steps_need_an_artifact_that_was_begun() {
    let job = Job::new();
    insta::assert_snapshot!(job.run("add build --image i --tag t --docker-version 1").await, @r#"
    ------- stderr
    error: read artifact 'artifact.json': file not found
    hint: run `artifact init` first, or check --root and --file
    [exit 1]
    "#);
    insta::assert_snapshot!(job.run("end --root nowhere").await, @r#"
    ------- stderr
    error: cannot use the folder 'nowhere': No such file or directory (os error 2)
    hint: check --root
    [exit 1]
    "#);
}

#[tokio::test]
async fn a_broken_artifact_is_named() {
    let job = Job::new();
    job.write("artifact.json", "{\"id\":\"a-1\",\"application\":{\"brnch\":\"master\"}}");
    insta::assert_snapshot!(job.run("end").await, @r#"
    ------- stderr
    error: read artifact 'artifact.json': artifact contains unknown fields: `application.brnch`
    hint: remove `application.brnch` from artifact.json
    [exit 1]
    "#);
    job.write("artifact.json", "{\"id\":\"a-1\",");
    insta::assert_snapshot!(job.run("successful").await, @r#"
    ------- stderr
    error: read artifact 'artifact.json': artifact not parsable: EOF while parsing a value at line 1 column 12
    hint: write the file anew with `artifact init`
    [exit 1]
    "#);
    assert_eq!(job.read("artifact.json"), "{\"id\":\"a-1\",", "it is left for people to see");
}

#[tokio::test]
async fn names_are_checked_before_anything_is_written() {
    let job = Job::new();
    let mut arguments = INIT.map(str::to_owned).to_vec();
    arguments[2] = "feature/x-1-2".into();
    insta::assert_snapshot!(job.step(arguments).await, @r#"
    ------- stderr
    error: invalid value 'feature/x-1-2' for '--artifact-id <ID>': `feature/x-1-2` is not a valid artifact id: at most 250 bytes without blanks, control characters, `/`, `\` or a leading `.` or `-`
    hint: see `artifact --help`
    [exit 2]
    "#);
    let mut arguments = INIT.map(str::to_owned).to_vec();
    arguments.truncate(17);
    insta::assert_snapshot!(job.step(arguments).await, @r#"
    ------- stderr
    error: not known of this build: --git-branch
    hint: give these flags: this is no CI system that artifact knows
    [exit 2]
    "#);
    insta::assert_snapshot!(job.init(&["--user-mappings", "bo"]).await, @r#"
    ------- stderr
    error: user mappings: invalid user mapping 'bo'
    hint: write it as <email>=<company email>
    [exit 2]
    "#);
    assert!(!job.file("artifact.json").exists());
}

#[tokio::test]
async fn half_a_command_gets_its_help() {
    insta::assert_snapshot!(Job::new().run("add").await, @r#"
    ------- stderr
    Add what a stage of the build found

    Usage: artifact add [OPTIONS] <COMMAND>

    Commands:
      build        An image was built
      push         An image was pushed
      test         Tests ran
      snyk-code    The code was scanned
      snyk-docker  The image was scanned

    Options:
      -h, --help  Print help

    Global options:
          --root <FOLDER>          Folder of the build [default: .]
          --file <NAME>            File that describes the build, in that folder [default:
                                   artifact.json]
          --message-file <NAME>    File that remembers the Slack message, in that folder [default:
                                   message.json]
          --slack-token <TOKEN>    Token of the Slack app; without it Slack is not told [env:
                                   ARTIFACT_SLACK_TOKEN]
          --email-suffix <ENDING>  Ending of addresses that Slack knows, such as `@example.test`
    [exit 2]
    "#);
    insta::assert_snapshot!(Job::new().run("push --help").await, @r#"
    ------- stdout
    Upload the folder of the build

    Usage: artifact push [OPTIONS]

    Options:
          --http-base-url <URL>     Address of the release manager [env: ARTIFACT_URL=]
          --git <REPOSITORY>        Git repository to push the build to, in place of an upload
          --git-prefix <PREFIX>     What the branch begins with there, as the server's
                                    --artifact-repo-prefix
          --auth-token <TOKEN>      Static token, in place of a login with the identity provider [env:
                                    ARTIFACT_AUTH_TOKEN]
          --idp-url <URL>           Identity provider [env: ARTIFACT_IDP_URL=]
          --client-id <ID>          Client id at the identity provider [env: ARTIFACT_CLIENT_ID=]
          --client-secret <SECRET>  Client secret at the identity provider [env: ARTIFACT_CLIENT_SECRET]
          --artifact-scope <SCOPE>  Scope to ask the identity provider for [default: release_artifact]
          --retries <COUNT>         How often to try again when a server fails or cannot be reached
                                    [default: 5]
      -h, --help                    Print help

    Global options:
          --root <FOLDER>          Folder of the build [default: .]
          --file <NAME>            File that describes the build, in that folder [default:
                                   artifact.json]
          --message-file <NAME>    File that remembers the Slack message, in that folder [default:
                                   message.json]
          --slack-token <TOKEN>    Token of the Slack app; without it Slack is not told [env:
                                   ARTIFACT_SLACK_TOKEN]
          --email-suffix <ENDING>  Ending of addresses that Slack knows, such as `@example.test`
    [exit 0]
    "#);
    assert_eq!(
        Job::new().run("version").await,
        format!("------- stdout\n{}\n[exit 0]", env!("CARGO_PKG_VERSION"))
    );
}
