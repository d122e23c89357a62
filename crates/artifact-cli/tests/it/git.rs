//! `artifact push --git`.

use testkit::{Access, GitHost, Repository};

use crate::job::Job;

async fn built(host: &GitHost) -> (Job, Repository) {
    let repository = host.create("artifacts").unwrap();
    let job = Job::new().set("GIT_SSH_COMMAND", &host.ssh_command(Access::Write));
    job.init(&[]).await;
    job.write("dev/deployment.yaml", "kind: Deployment\r\n");
    // What Git would leave out or change, were it asked.
    job.write(".gitignore", "*\n");
    job.write(".gitattributes", "* text=auto ident\n");
    job.write("prod/$(id) \"a b\".yaml", "$Id$\n");
    (job, repository)
}

const BRANCH: &str = "billing/master-0a1b2c3d4e-99aa88bb77";

#[tokio::test]
async fn the_folder_is_one_commit_byte_for_byte() {
    let host = GitHost::start().await.unwrap();
    let (job, repository) = built(&host).await;
    let push = format!("push --git {}", repository.ssh_url());
    assert!(job.run(&push).await.ends_with("[exit 0]"));
    let files = repository.files(BRANCH).unwrap();
    assert_eq!(files.len(), 5, "{files:?}");
    assert_eq!(repository.file(BRANCH, "artifact.json").unwrap().trim(), job.read("artifact.json").trim());
    assert!(repository.file(BRANCH, "dev/deployment.yaml").unwrap().contains("Deployment\r"));
    let log = repository.log(BRANCH).unwrap();
    assert_eq!((log.len(), log[0].subject()), (1, "billing master-0a1b2c3d4e-99aa88bb77"));
    let first = repository.tip(BRANCH).unwrap();
    assert!(job.run(&push).await.ends_with("[exit 0]"), "the same again is done already");
    job.run("end").await;
    let told = job.run(&push).await;
    let told = &told[told.find("------- stderr").unwrap()..];
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    error: the branch 'billing/master-0a1b2c3d4e-99aa88bb77' is there already, with other content
    hint: give each build an id of its own with `artifact init`
    [exit 1]
    "#);
    assert_eq!(repository.tip(BRANCH).unwrap(), first, "nothing is overwritten");
    repository.fsck().unwrap();
}

#[tokio::test]
async fn a_lost_answer_is_no_lost_build() {
    let host = GitHost::start().await.unwrap();
    let (job, repository) = built(&host).await;
    repository.lose_next_answer().unwrap();
    let told = job.run(&format!("push --git {} --git-prefix artifacts/", repository.ssh_url())).await;
    assert!(told.contains("trying again (1 of 5)") && told.ends_with("[exit 0]"), "{told}");
    assert_eq!(repository.log(&format!("artifacts/{BRANCH}")).unwrap().len(), 1);
}

#[tokio::test]
async fn who_may_not_push_is_told_so_without_the_secret() {
    let host = GitHost::start().await.unwrap();
    let (job, repository) = built(&host).await;
    let hide = |told: String| told.replace(repository.http_url(), "[repository]");
    let url = repository.http_url_with("wr0ng-t0ken");
    let told = hide(job.run(&format!("push --retries 0 --git {url}")).await);
    assert!(!told.contains("t0ken") && told.ends_with("[exit 4]"), "{told}");
    repository.reject_pushes("frozen").unwrap();
    let told = job.run(&format!("push --retries 0 --git {}", repository.ssh_url())).await;
    assert!(told.contains("refused the branch") && told.ends_with("[exit 3]"), "{told}");
    let told = job.run("push --git /nowhere/at-all.git").await;
    let told = &told[told.find("------- stderr").unwrap()..];
    insta::assert_snapshot!(told, @r#"
    ------- stderr
    error: there is no repository at /nowhere/at-all.git: fatal: '/nowhere/at-all.git' does not appear to be a git repository
    hint: check --git, and that this job's key may see it
    [exit 1]
    "#);
    host.down().await;
    let told = job.run(&format!("push --retries 1 --git {}", repository.ssh_url())).await;
    assert!(told.contains("trying again (1 of 1): cannot push to ") && told.ends_with("[exit 5]"), "{told}");
}
