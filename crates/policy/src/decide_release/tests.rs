use proptest::prelude::*;

use super::*;

fn release(environment: &str) -> Release {
    Release {
        id: ReleaseId::new(uuid::Uuid::nil()),
        service: "billing".parse().unwrap(),
        environment: environment.parse().unwrap(),
        artifact: "master-1-2".parse().unwrap(),
        intent: Intent::ReleaseArtifact,
        actor: Person::from_subject("ida@example.test"),
    }
}

fn facts() -> ReleaseFacts<'static> {
    ReleaseFacts {
        environments: ["dev", "staging", "prod"].map(|env| env.parse().unwrap()).to_vec(),
        branch: "master",
        entry_branch: "master".to_owned(),
        rendered: ["dev", "prod"].map(str::to_owned).to_vec(),
        ..ReleaseFacts::default()
    }
}

fn restriction(pattern: &str, environment: &str) -> BranchRestriction {
    BranchRestriction::new(pattern.to_owned(), environment.parse().unwrap())
}

fn check(release: Release, facts: &ReleaseFacts<'_>) -> String {
    match decide_release(release, facts) {
        Verdict::Approved(approved) => format!("approved {}", approved.change().environment),
        Verdict::AlreadyThere => "already there".to_owned(),
        Verdict::Denied(denied) => denied.to_string(),
    }
}

#[test]
fn a_plain_release_is_approved() {
    assert_eq!(check(release("dev"), &facts()), "approved dev");
}

#[test]
fn the_same_artifact_is_already_there() {
    let facts = ReleaseFacts { current: Some("master-1-2".parse().unwrap()), ..facts() };
    assert_eq!(check(release("dev"), &facts), "already there");
}

#[test]
fn an_environment_nobody_knows_or_nobody_rendered_is_denied() {
    assert_eq!(check(release("qa"), &facts()), "unknown environment: qa");
    assert_eq!(
        check(release("staging"), &facts()),
        "artifact 'master-1-2' holds no manifests for environment 'staging'"
    );
    let Verdict::Denied(denied) = decide_release(release("staging"), &facts()) else { panic!("approved") };
    assert_eq!(
        denied.reasons[0].next_step(),
        "render manifests for staging in the service's CI; this artifact has them for dev, prod"
    );
}

#[test]
fn of_two_restrictions_for_one_environment_both_hold() {
    for patterns in [["^master$", "."], [".", "^master$"]] {
        let restrictions = patterns.map(|pattern| restriction(pattern, "prod")).to_vec();
        let facts = ReleaseFacts { branch: "hotfix", restrictions, ..facts() };
        assert!(check(release("prod"), &facts).contains("branch restriction policy"), "{patterns:?}");
        let facts = ReleaseFacts { branch: "master", ..facts };
        assert_eq!(check(release("prod"), &facts), "approved prod", "{patterns:?}");
    }
}

#[test]
fn restrictions_are_found_anywhere_in_the_branch_and_the_global_one_decides() {
    let globals =
        [GlobalRestriction { environment: "prod".parse().unwrap(), pattern: "^master$".to_owned() }];
    for (own, branch, expected) in [
        (vec![], "master", "approved prod"),
        (
            vec![],
            "feature",
            "cannot release artifact 'master-1-2' to environment 'prod' due to branch restriction policy",
        ),
        (
            vec![restriction(".", "prod")],
            "feature",
            "cannot release artifact 'master-1-2' to environment 'prod' due to branch restriction policy",
        ),
    ] {
        let facts = ReleaseFacts { branch, restrictions: own, globals: &globals, ..facts() };
        assert_eq!(check(release("prod"), &facts), expected, "{branch}");
    }
    let unanchored =
        ReleaseFacts { branch: "my-master-2", restrictions: vec![restriction("master", "dev")], ..facts() };
    assert_eq!(check(release("dev"), &unanchored), "approved dev");
}

#[test]
fn a_broken_restriction_lets_nothing_pass() {
    let facts = ReleaseFacts { restrictions: vec![restriction("^m(", "dev")], ..facts() };
    assert!(check(release("dev"), &facts).contains("cannot be read"));
}

#[test]
fn the_same_artifact_is_still_denied_where_its_branch_may_not_be() {
    let facts = ReleaseFacts {
        current: Some("master-1-2".parse().unwrap()),
        branch: "feature",
        restrictions: vec![restriction("^master$", "dev")],
        ..facts()
    };
    assert!(check(release("dev"), &facts).starts_with("cannot release"));
}

#[test]
fn an_intent_that_is_not_true_is_no_evidence() {
    let asked = |intent: Intent| Release { intent, ..release("dev") };
    let rollback = |previous: &str| asked(Intent::Rollback { previous: previous.parse().unwrap() });
    let running = |current: &str| ReleaseFacts { current: Some(current.parse().unwrap()), ..facts() };
    assert_eq!(
        check(asked(Intent::ReleaseBranch { branch: "hotfix".parse().unwrap() }), &facts()),
        "a release of branch 'hotfix' was asked for, but artifact 'master-1-2' is of branch 'master'"
    );
    assert_eq!(
        check(asked(Intent::ReleaseBranch { branch: "master".parse().unwrap() }), &facts()),
        "approved dev"
    );
    assert_eq!(check(rollback("x-1"), &running("x-1")), "approved dev");
    assert_eq!(
        check(rollback("x-1"), &running("x-2")),
        "a rollback of 'x-1' was asked for, but 'x-2' runs in environment 'dev'"
    );
    assert_eq!(
        check(rollback("x-1"), &facts()),
        "a rollback of 'x-1' was asked for, but nothing runs in environment 'dev'"
    );
    assert_eq!(check(rollback("x-1"), &running("master-1-2")), "already there");
}

#[test]
fn a_promotion_takes_what_ran_there_or_what_the_entry_branch_made() {
    let promote =
        |from: &str| Release { intent: Intent::Promote { from: from.parse().unwrap() }, ..release("prod") };
    let ran = |places: &[&str]| places.iter().map(|place| (*place).to_owned()).collect::<Vec<_>>();
    let never =
        "a promotion from 'dev' was asked for, but artifact 'master-1-2' never ran in environment 'dev'";
    for (from, places, branch, expected) in [
        ("dev", ran(&["dev"]), "master", "approved prod"),
        ("dev", ran(&["prod", "Dev"]), "feature", "approved prod"),
        ("dev", ran(&["staging"]), "master", never),
        ("dev", ran(&[]), "dev", never),
        ("master", ran(&[]), "master", "approved prod"),
        (
            "master",
            ran(&["dev"]),
            "feature",
            "a promotion from 'master' was asked for, but artifact 'master-1-2' is of branch 'feature'",
        ),
        (
            "main",
            ran(&["dev"]),
            "main",
            "a promotion from 'main' was asked for, but artifact 'master-1-2' never ran in environment 'main'",
        ),
    ] {
        let facts = ReleaseFacts { ran: places.clone(), branch, ..facts() };
        assert_eq!(check(promote(from), &facts), expected, "{from} {places:?} {branch}");
    }
}

proptest! {
    #[test]
    fn one_more_restriction_never_allows_more(branch in "[a-z/]{1,12}", pattern in "[a-z^$]{0,4}") {
        let open = ReleaseFacts { branch: &branch, ..facts() };
        let strict = ReleaseFacts { branch: &branch, restrictions: vec![restriction(&pattern, "dev")], ..facts() };
        if matches!(decide_release(release("dev"), &strict), Verdict::Approved(_)) {
            prop_assert!(matches!(decide_release(release("dev"), &open), Verdict::Approved(_)));
        }
    }
}
