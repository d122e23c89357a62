//! What people read on Slack.

use testkit::Slack;

use crate::double::Double;
use crate::job::Job;

struct Build {
    job: Job,
    slack: Slack,
}

impl Build {
    async fn begun() -> Self {
        let slack = Slack::start().await.unwrap();
        slack.add_user("bo@example.test");
        let job = Job::new().set("ARTIFACT_SLACK_TOKEN", slack.token());
        let build = Self { job, slack };
        let url = build.slack.url();
        let more = [
            "--name",
            "billing-service",
            "--url",
            "https://git.test/c/0a",
            "--ci-job-url",
            "https://ci.test/17",
            "--slack-url",
            &url,
        ];
        assert_eq!(build.job.init(&more).await, "[exit 0]");
        build
    }

    async fn run(&self, line: &str) -> String {
        self.job.run(&format!("{line} --slack-url {}", self.slack.url())).await
    }

    /// Every state of every message, as people would see it.
    fn seen(&self) -> String {
        let messages = self.slack.messages();
        let shown = messages.iter().map(|message| {
            let kind = if message.update { "edit" } else { "post" };
            let [colour, title, link, text] =
                ["color", "title", "title_link", "text"].map(|field| message.attachment(field));
            format!("{kind} to {}: {colour} {title} ({link})\n{}\n", message.to, text.trim_end())
        });
        shown.collect::<Vec<_>>().join("\n")
    }
}

#[tokio::test]
async fn one_message_follows_the_build() {
    let build = Build::begun().await;
    build.run("add build --image i --tag t --docker-version 1").await;
    build.run("add snyk-code --url null --medium 2").await;
    let double = Double::start().await;
    build.run(&format!("push --http-base-url {} --auth-token t", double.url)).await;
    build.run("successful").await;
    insta::assert_snapshot!(build.seen(), @r#"
    post to bo@example.test: #FADE2A :jenkins: Jenkins :sonic-running: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>

    edit to bo@example.test: #FADE2A :jenkins: Jenkins :sonic-running: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>
    :white_check_mark: *Build* (i:t)

    edit to bo@example.test: #FADE2A :jenkins: Jenkins :sonic-running: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>
    :white_check_mark: *Build* (i:t)
    :white_check_mark: <https://app.snyk.io|*Snyk - Code*> (high: 0, medium: 2, low: 0)

    edit to bo@example.test: #FADE2A :jenkins: Jenkins :sonic-running: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>
    :white_check_mark: *Build* (i:t)
    :white_check_mark: <https://app.snyk.io|*Snyk - Code*> (high: 0, medium: 2, low: 0)
    :white_check_mark: *Artifact pushed:* master-0a1b2c3d4e-99aa88bb77

    edit to bo@example.test: #73BF69 :jenkins: Jenkins :white_check_mark: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>
    :white_check_mark: *Build* (i:t)
    :white_check_mark: <https://app.snyk.io|*Snyk - Code*> (high: 0, medium: 2, low: 0)
    :white_check_mark: *Artifact pushed:* master-0a1b2c3d4e-99aa88bb77

    post to #builds: #73BF69 billing (master-0a1b2c3d4e-99aa88bb77) (https://ci.test/17)
    *Author:* Bo Lind (<https://git.test/c/0a|0a1b2c3d4e>)
    *Message:* _Add <refund> limit_
    "#);
}

#[tokio::test]
async fn a_failure_is_red_for_the_author_and_for_everybody() {
    let build = Build::begun().await;
    let mut told = Vec::new();
    for arguments in [vec!["failure"], vec!["failure", "--error-message", "Tests failed"]] {
        let mut arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        arguments.extend(["--slack-url".to_owned(), build.slack.url()]);
        told.push(build.job.step(arguments).await);
    }
    assert_eq!(told, ["[exit 0]", "[exit 0]"]);
    insta::assert_snapshot!(build.seen(), @r#"
    post to bo@example.test: #FADE2A :jenkins: Jenkins :sonic-running: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>

    edit to bo@example.test: #F2495C :jenkins: Jenkins :no_entry: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>
    :no_entry: *Unexpected error in pipeline*

    post to #builds: #F2495C billing (master-0a1b2c3d4e-99aa88bb77) (https://ci.test/17)
    *Author:* Bo Lind (<https://git.test/c/0a|0a1b2c3d4e>)
    *Message:* _Add <refund> limit_

    edit to bo@example.test: #F2495C :jenkins: Jenkins :no_entry: (https://ci.test/17)
    Build for: billing-service
    Branch: <https://git.test/c/0a|*master*>
    :no_entry: *Unexpected error in pipeline*:no_entry: *Tests failed*

    post to #builds: #F2495C billing (master-0a1b2c3d4e-99aa88bb77) (https://ci.test/17)
    *Author:* Bo Lind (<https://git.test/c/0a|0a1b2c3d4e>)
    *Message:* _Add <refund> limit_
    "#);
}

#[tokio::test]
async fn the_message_file_is_that_of_the_original() {
    let build = Build::begun().await;
    let channel = build.slack.messages()[0].channel_id.clone();
    insta::assert_snapshot!(build.job.read("message.json").replace(&channel, "[channel]"), @r##"
    {
      "color": "#FADE2A",
      "channel": "[channel]",
      "text": "Build for: billing-service\nBranch: \u003chttps://git.test/c/0a|*master*\u003e\n",
      "title": ":jenkins: Jenkins :sonic-running:",
      "titleLink": "https://ci.test/17",
      "timestamp": "1700000000.000001",
      "service": "billing"
    }
    "##);
}

#[tokio::test]
async fn steps_at_the_same_time_lose_no_line() {
    let build = Build::begun().await;
    let step = |tag: &str| format!("add build --image i --tag {tag} --docker-version 1");
    let steps = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"].map(step);
    let [a, b, c, d, e, f, g, h] = &steps;
    tokio::join!(
        build.run(a),
        build.run(b),
        build.run(c),
        build.run(d),
        build.run(e),
        build.run(f),
        build.run(g),
        build.run(h),
    );
    let last = build.slack.messages().pop().unwrap();
    for tag in 1..=8 {
        assert!(last.attachment("text").contains(&format!("*Build* (i:t{tag})\n")), "{last:#?}");
    }
}

#[tokio::test]
async fn trouble_with_slack_never_fails_a_build() {
    let build = Build::begun().await;
    build.slack.fail_next("fatal_error");
    insta::assert_snapshot!(build.run("add test --passed 1 --failed 0 --skipped 0").await, @r#"
    ------- stderr
    Error notifying slack: Slack refused chat.update: fatal_error
    [exit 0]
    "#);
    // Nobody listens there any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let told =
        build.job.run(&format!("add test --passed 1 --failed 0 --skipped 0 --slack-url {nobody}")).await;
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    Error notifying slack: could not reach Slack: Connection refused (os error 111)
    [exit 0]
    "#);
    build.slack.archive("#builds");
    insta::assert_snapshot!(build.run("successful").await, @r#"
    ------- stderr
    Error, not able to post to #builds: Slack refused chat.postMessage: is_archived
    [exit 0]
    "#);
    build.job.write("message.json", "{\"colour\":\"red\"}");
    insta::assert_snapshot!(build.run("add test --passed 1 --failed 0 --skipped 0").await, @r#"
    ------- stderr
    Error notifying slack: 'message.json' is not a message file: unknown field `colour`, expected one of `color`, `channel`, `text`, `title`, `titleLink`, `timestamp`, `service` at line 1 column 9
    [exit 0]
    "#);
}

#[tokio::test]
async fn slack_is_left_alone_for_as_long_as_it_asks() {
    let build = Build::begun().await;
    build.slack.rate_limit_next(0);
    build.slack.rate_limit_next(1);
    assert_eq!(build.run("add test --passed 1 --failed 0 --skipped 0").await, "[exit 0]");
    assert!(build.slack.messages().pop().unwrap().says("*Test* (passed: 1"));
    build.slack.rate_limit_next(3600);
    insta::assert_snapshot!(build.run("add build --image i --tag t --docker-version 1").await, @r#"
    ------- stderr
    Error notifying slack: Slack has no time for chat.update
    [exit 0]
    "#);
    assert_eq!(build.run("successful").await, "[exit 0]");
    let edits = build.slack.messages();
    assert!(
        edits[edits.len() - 2].says("*Build* (i:t)"),
        "the missed line comes with the next one: {edits:#?}"
    );
}

#[tokio::test]
async fn a_stranger_gets_no_message_and_a_short_commit_id_is_fine() {
    let slack = Slack::start().await.unwrap();
    let job = Job::new().set("ARTIFACT_SLACK_TOKEN", slack.token());
    job.init(&["--slack-url", &slack.url()]).await;
    assert!(slack.messages().is_empty() && !job.file("message.json").exists());
    let text = job.read("artifact.json").replace("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "0a1b");
    job.write("artifact.json", &text);
    let told = job.run(&format!("successful --slack-url {}", slack.url())).await;
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    Error, not able to update the message of this build: the message of this build is not known: `artifact init` could not post it
    [exit 0]
    "#);
    assert!(slack.messages()[0].attachment("text").contains("|0a1b>"), "{:#?}", slack.messages());
}
