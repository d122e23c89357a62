//! `artifact.json`, step by step.

use artifact::WireTime;

use crate::job::Job;

/// The file with its times taken out.
fn timeless(text: &str) -> String {
    let mut spec = artifact::decode(text.as_bytes()).unwrap();
    spec.ci.start = WireTime::default();
    spec.ci.end = WireTime::default();
    String::from_utf8(spec.to_file().unwrap()).unwrap()
}

const STEPS: [&str; 5] = [
    "add build --image registry.test/billing --tag t-1 --docker-version 24",
    "add test --passed 212 --failed 0 --skipped 3 --url https://ci.test/tests",
    "add push --image registry.test/billing --tag t-1 --docker-version 24",
    "add snyk-code --language go --snyk-version 1.2 --high 0 --medium 2 --low 5",
    "add snyk-docker --base-image alpine --tag 3.19 --snyk-version 1.2 --url null --high 1",
];

#[tokio::test]
async fn a_build_is_described_step_by_step() {
    let job = Job::new();
    let more = "--namespace payments --squad ledger --provider GitHub --name billing-service \
                --url https://git.test/c/0a --ci-job-url https://ci.test/17 --shuttle-plan-sha 99aa \
                --shuttle-plan-url https://git.test/plan --shuttle-plan-message Bump --shuttle-plan-branch main";
    let more: Vec<&str> = more.split_whitespace().collect();
    assert_eq!(job.init(&more).await, "[exit 0]");
    for step in STEPS {
        assert_eq!(job.run(step).await, "[exit 0]", "{step}");
    }
    let open = artifact::decode(job.read("artifact.json").as_bytes()).unwrap();
    assert!(!open.ci.start.is_zero() && open.ci.end.is_zero());
    assert_eq!(job.run("end").await, "[exit 0]");
    assert!(!artifact::decode(job.read("artifact.json").as_bytes()).unwrap().ci.end.is_zero());
    assert_eq!(timeless(&job.read("artifact.json")), include_str!("testdata/all-stages.json"));
}

#[tokio::test]
async fn a_stage_is_replaced_where_it_stands_and_nothing_is_left_of_the_old() {
    let job = Job::new();
    job.init(&[]).await;
    job.run("add build --image a-very-long-name-of-an-image --tag a-very-long-tag --docker-version 24").await;
    job.run("add test --passed 1 --failed 0 --skipped 0").await;
    job.run("add build --image i --tag t --docker-version 1").await;
    let text = job.read("artifact.json");
    let spec = artifact::decode(text.as_bytes()).unwrap();
    assert_eq!(spec.stages.iter().map(|stage| stage.data.id()).collect::<Vec<_>>(), ["build", "test"]);
    assert_eq!(String::from_utf8(spec.to_file().unwrap()).unwrap(), text);
    assert_eq!(std::fs::read_dir(job.file("")).unwrap().count(), 1, "no other file is left");
}

#[tokio::test]
async fn steps_at_the_same_time_lose_nothing() {
    let job = Job::new();
    job.init(&[]).await;
    // Two of a kind replace each other, so that every kind has to be there at the end.
    let (a, b, c, d, e, f, g, h) = tokio::join!(
        job.run(STEPS[0]),
        job.run(STEPS[1]),
        job.run(STEPS[2]),
        job.run(STEPS[3]),
        job.run(STEPS[4]),
        job.run(STEPS[1]),
        job.run(STEPS[3]),
        job.run("end"),
    );
    for told in [a, b, c, d, e, f, g, h] {
        assert_eq!(told, "[exit 0]");
    }
    let spec = artifact::decode(job.read("artifact.json").as_bytes()).unwrap();
    let mut ids: Vec<&str> = spec.stages.iter().map(|stage| stage.data.id()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["build", "push", "snyk-code", "snyk-docker", "test"]);
    assert!(!spec.ci.end.is_zero());
}

#[tokio::test]
async fn people_are_known_by_their_company_address() {
    let job = Job::new().set("USER_MAPPINGS", "bo@example.test=bo@company.test,x@y.test=x@company.test");
    insta::assert_snapshot!(job.init(&["--email-suffix", "@company.test"]).await, @r#"
    ------- stderr
    user mappings for ida@example.test not found
    [exit 0]
    "#);
    let spec = artifact::decode(job.read("artifact.json").as_bytes()).unwrap();
    assert_eq!(spec.application.author_email, "bo@company.test");
    assert_eq!(spec.application.committer_email, "ida@example.test");
}
