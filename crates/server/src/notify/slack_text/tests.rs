use api::{ContainerError, JobError};
use artifact::{Intent, Person, ReleaseId, Repository};

use super::*;

fn release() -> Release {
    Release {
        id: ReleaseId::new(uuid::Uuid::nil()),
        service: "billing".parse().unwrap(),
        environment: "dev".parse().unwrap(),
        artifact: "master-1".parse().unwrap(),
        intent: Intent::ReleaseArtifact,
        actor: Person::new("Ida Holm", "ida@corp.test"),
    }
}

fn spec() -> ArtifactSpec {
    ArtifactSpec {
        application: Repository {
            author_name: "Bo Lind".into(),
            message: "Add <limit>".into(),
            url: "https://git.test/c/1".into(),
            ..Repository::default()
        },
        ..ArtifactSpec::default()
    }
}

fn wire(attachment: &Attachment) -> String {
    serde_json::to_string_pretty(attachment).unwrap()
}

#[test]
fn a_release_in_its_channel() {
    insta::assert_snapshot!(wire(&released(&release(), &spec())), @r##"
    {
      "color": "#73BF69",
      "fallback": "",
      "title": "billing (master-1)",
      "title_link": "https://git.test/c/1",
      "text": "*Author:* Bo Lind, *Releaser:* Ida Holm\n*Message:* _Add &lt;limit&gt;_",
      "mrkdwn_in": [
        "text",
        "fields"
      ]
    }
    "##);
}

#[test]
fn what_authors_are_told() {
    let texts = [
        processed(&release(), &spec()),
        auto_release_accepted(&release(), &spec()),
        auto_release_failed(&release(), "master", "no"),
        policies_unread("billing", "master"),
        given_up(&release(), "master", "dev", "no"),
    ]
    .map(|attachment| format!("{} {}\n{}", attachment.color, attachment.title, attachment.text));
    insta::assert_snapshot!(texts.join("\n---\n"), @r"
    #73BF69 :rocket: Release Manager :white_check_mark:
    Release for *billing* in dev processed
    *Message*: Add &lt;limit&gt; 
    *Commit URL*: https://git.test/c/1
    *Artifact ID*: master-1
    ---
    #73BF69 :rocket: Release Manager :white_check_mark:
    Service *billing* will be auto released to *dev*
    Artifact: <https://git.test/c/1|*master-1*>
    ---
    #F2495C :rocket: Release Manager :no_entry:
    ```Service billing was not released into dev from branch master.
    You can deploy manually using `hamctl`:
    hamctl release --service billing --branch master --env dev
    Error: no```
    ---
    #F2495C :rocket: Release Manager :no_entry:
    ```Auto release policy failed for service billing and master```
    ---
    #F2495C :boom: Release Manager failed :x:
    Failed handling event in release manager for:
    Event: release.artifactId
    Service: billing
    Environment: dev
    Branch: master
    Namespace: dev
    Error: no
    ");
}

#[test]
fn what_daemons_report() {
    let deploy = DeployEvent {
        name: "billing".into(),
        resource_type: "Deployment".into(),
        available_pods: 2,
        replicas: 3,
        artifact_id: "master-1".into(),
        environment: "dev".into(),
        ..DeployEvent::default()
    };
    let pod = PodErrorEvent {
        pod_name: "billing-5d9c-abcde".into(),
        errors: vec![
            ContainerError {
                name: "app".into(),
                message: "panic: a < b\n".into(),
                reason: "CrashLoopBackOff".into(),
            },
            ContainerError { name: "side".into(), reason: "OOMKilled".into(), ..ContainerError::default() },
        ],
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        ..PodErrorEvent::default()
    };
    let job = JobErrorEvent {
        job_name: "billing-migrate".into(),
        errors: vec![JobError { reason: "BackoffLimitExceeded".into(), message: "limit".into() }],
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        ..JobErrorEvent::default()
    };
    let texts = [deployed(&deploy), pod_failed(&pod), job_failed(&job)].map(|attachment| {
        let fields: Vec<String> =
            attachment.fields.iter().map(|field| format!("\n{} = {:?}", field.title, field.value)).collect();
        format!("{} {}\n{}{}", attachment.color, attachment.title, attachment.text, fields.concat())
    });
    insta::assert_snapshot!(texts.join("\n---\n"), @r#"
    #73BF69 :kubernetes: k8s (dev) :white_check_mark:
    billing deployed
    2/3 pods are running (Deployment)
    Artifact: *master-1*
    ---
    #e24d42 :kubernetes: k8s (dev) :no_entry:
    Pod Error: billing-5d9c-abcde
    Artifact: *master-1*
    Container: app (CrashLoopBackOff) = "```panic: a &lt; b\n```"
    Container: side (OOMKilled) = ""
    ---
    #e24d42 :kubernetes: k8s (dev) :no_entry:
    Job Error: billing-migrate
    Artifact: *master-1*
    Reason: BackoffLimitExceeded = "```limit```"
    "#);
}
