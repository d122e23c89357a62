use super::*;

fn facts(globals: &[GlobalRestriction]) -> PolicyFacts<'_> {
    PolicyFacts {
        environments: ["dev", "prod"].map(|env| env.parse().unwrap()).to_vec(),
        file: PolicyFile::empty("billing".parse().unwrap()),
        globals,
    }
}

fn auto_release(branch: &str, environment: &str) -> PolicyChangeKind {
    PolicyChangeKind::ApplyAutoRelease {
        branch: branch.parse().unwrap(),
        environment: environment.parse().unwrap(),
    }
}

fn restrict(pattern: &str, environment: &str) -> PolicyChangeKind {
    PolicyChangeKind::ApplyBranchRestriction {
        pattern: pattern.to_owned(),
        environment: environment.parse().unwrap(),
    }
}

/// Applies the changes one after another and shows what came of the last one.
fn check(globals: &[GlobalRestriction], changes: &[PolicyChangeKind]) -> (String, PolicyFile) {
    let mut facts = facts(globals);
    let mut shown = String::new();
    for kind in changes {
        let change = PolicyChange {
            service: "billing".parse().unwrap(),
            kind: kind.clone(),
            actor: Person::from_subject("ida@example.test"),
        };
        shown = match decide_policy(change, &facts) {
            PolicyVerdict::Approved { file, ids, .. } => {
                facts.file = file;
                format!("approved {}", ids.join(" "))
            }
            PolicyVerdict::Unchanged { ids } => format!("unchanged {}", ids.join(" ")),
            PolicyVerdict::Denied(denied) => denied.to_string(),
        };
    }
    (shown, facts.file)
}

fn global(pattern: &str) -> Vec<GlobalRestriction> {
    vec![GlobalRestriction { environment: "prod".parse().unwrap(), pattern: pattern.to_owned() }]
}

#[test]
fn one_auto_release_per_environment_replaced_in_place() {
    let (shown, file) = check(&[], &[auto_release("master", "dev"), auto_release("main", "dev")]);
    assert_eq!(shown, "approved auto-release-main-dev");
    assert_eq!(file.auto_releases.len(), 1);
}

#[test]
fn what_is_there_already_changes_nothing() {
    let (shown, _) = check(&[], &[auto_release("master", "dev"), auto_release("master", "dev")]);
    assert_eq!(shown, "unchanged auto-release-master-dev");
}

#[test]
fn contradictions_are_conflicts_both_ways() {
    let conflict = "policy conflicts with another policy";
    assert_eq!(check(&[], &[restrict("^master$", "dev"), auto_release("feature", "dev")]).0, conflict);
    assert_eq!(check(&[], &[auto_release("feature", "dev"), restrict("^master$", "dev")]).0, conflict);
    assert_eq!(check(&global("^master$"), &[auto_release("feature", "prod")]).0, conflict);
    assert_eq!(check(&global("^master$"), &[restrict("^m", "prod")]).0, conflict);
    assert_eq!(
        check(&global("^master$"), &[restrict("^master$", "prod")]).0,
        "approved branch-restriction-prod"
    );
}

#[test]
fn a_pattern_has_to_be_one_and_an_environment_to_be_known() {
    assert_eq!(
        check(&[], &[restrict("^m(", "dev")]).0,
        "branch regex not valid: error parsing regexp: unclosed group: `^m(`"
    );
    assert_eq!(check(&[], &[auto_release("master", "qa")]).0, "unknown environment: qa");
}

#[test]
fn deleting_names_what_was_there() {
    let delete =
        |ids: &[&str]| PolicyChangeKind::Delete { ids: ids.iter().map(|&id| id.to_owned()).collect() };
    let ids = ["auto-release-master-dev", "nonsense", ""];
    let (shown, file) = check(&[], &[auto_release("master", "dev"), delete(&ids)]);
    assert_eq!(shown, "approved auto-release-master-dev");
    assert!(file.is_empty());
    assert_eq!(check(&[], &[delete(&["nonsense"])]).0, "unchanged ");
}
