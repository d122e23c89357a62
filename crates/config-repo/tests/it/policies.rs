//! What a change of policies writes.

use policy::PolicyChangeKind;

use crate::support::{World, policy, policy_said, request, said};

fn auto_release(branch: &str) -> PolicyChangeKind {
    PolicyChangeKind::ApplyAutoRelease {
        branch: branch.parse().unwrap(),
        environment: "dev".parse().unwrap(),
    }
}

#[tokio::test]
async fn policies_are_commits_with_the_person_and_the_id() {
    let world = World::new();
    let repo = world.open();
    let ask = |kind| repo.writer.change_policies(policy("pay", kind));
    assert_eq!(policy_said(&ask(auto_release("master")).await), "landed auto-release-master-dev");
    assert_eq!(policy_said(&ask(auto_release("master")).await), "unchanged auto-release-master-dev");
    let delete = || PolicyChangeKind::Delete { ids: vec!["auto-release-master-dev".into()] };
    let restrict = PolicyChangeKind::ApplyBranchRestriction {
        pattern: "^v".into(),
        environment: "dev".parse().unwrap(),
    };
    assert_eq!(policy_said(&ask(restrict).await), "denied: policy conflicts with another policy");
    assert_eq!(repo.reader.policies(&"pay".parse().unwrap()).unwrap().auto_releases.len(), 1);
    assert_eq!(policy_said(&ask(delete()).await), "landed auto-release-master-dev");
    assert_eq!(policy_said(&ask(delete()).await), "unchanged ");
    insta::assert_snapshot!(world.ask(&["log", "--format=%an|%B", "master"]), @r"
    ida@example.test|[pay] policy update: delete policies

    Service: pay
    Policy-ID: auto-release-master-dev
    Policy-changed-by: ida@example.test <ida@example.test>

    ida@example.test|[pay] policy update: apply auto-release in 'dev'

    Service: pay
    Policy-ID: auto-release-master-dev
    Policy-changed-by: ida@example.test <ida@example.test>
    ");
    assert_eq!(world.files(), "100644 policies/pay.json");
    repo.stop();
    world.fsck();
}

#[tokio::test]
async fn rules_that_are_no_plain_file_forbid_everything() {
    let world = World::new();
    let repo = world.open();
    let restrict = PolicyChangeKind::ApplyBranchRestriction {
        pattern: "^release/".into(),
        environment: "prod".parse().unwrap(),
    };
    repo.writer.change_policies(policy("pay", restrict)).await;
    world.foreign(&[("README.md", "hello")], "begin a copy");
    let work = world.path().join("work");
    let push = |script: &str| {
        let script = format!(
            "{script}; git add -A; git -c user.name=Bo -c user.email=bo@x commit -qm rules; git push -q origin HEAD:master"
        );
        let run = process::Program::new("sh").args(["-ec", &script]).folder(&work).run().unwrap();
        assert!(run.succeeded(), "{script}: {}", run.stderr_text());
    };
    let scripts = [
        (
            "mkdir shared; mv policies/pay.json shared/; ln -s ../shared/pay.json policies/pay.json",
            "policies/pay.json",
        ),
        ("rm policies/pay.json; mkdir policies/pay.json; echo x > policies/pay.json/x", "policies/pay.json"),
        ("mv policies elsewhere; ln -s elsewhere policies", "policies"),
        (
            "rm policies; mv elsewhere policies; rm -r policies/pay.json; head -c 1048577 /dev/zero > policies/pay.json",
            "policies/pay.json",
        ),
        ("ln -s shared/rules.yaml release-manager.yaml", "release-manager.yaml"),
    ];
    for (number, (script, path)) in (1u128..).zip(scripts) {
        push(script);
        repo.writer.refresh().await.unwrap();
        let said = said(&repo.writer.release(request(number, "prod", "pay", "a-1")).await);
        assert!(
            said.starts_with(&format!("failed: cannot decide: the config repository's {path} ")),
            "{said}"
        );
    }
    repo.stop();
}
