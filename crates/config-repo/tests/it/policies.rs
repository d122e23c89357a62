//! What a change of policies writes.

use policy::PolicyChangeKind;

use crate::support::{World, policy, policy_said};

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
