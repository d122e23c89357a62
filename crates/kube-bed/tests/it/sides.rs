//! Two beds beside each other, and users with fewer rights.

use kube_bed::{Bed, BedError, BedOptions, down, kubeconfig, shared, status};

use crate::{can_have_nodes, kubectl, up};

#[test]
fn all_tests_share_one_bed_that_outlives_them() {
    if !can_have_nodes() {
        return;
    }
    let namespace = format!("it-shared-{}", std::process::id());
    let first = shared(&mut |_| ()).unwrap();
    kubectl(&first, &["create", "namespace", &namespace]);
    drop(first);
    let again = shared(&mut |_| ()).unwrap();
    assert!(again.status().ready);
    kubectl(&again, &["delete", "namespace", &namespace]);
    assert!(!kubectl(&again, &["get", "nodes", "-o", "name"]).is_empty());
}

#[test]
fn beds_are_apart_shared_and_closed_to_users_without_rights() {
    let shared = BedOptions::new("it-shared").without_nodes();
    let first = up(&shared);
    let second = up(&BedOptions::new("it-owned").without_nodes().owned());
    assert_ne!(first.url(), second.url());
    kubectl(&first, &["create", "namespace", "only-in-first"]);
    assert!(!kubectl(&second, &["get", "namespaces"]).contains("only-in-first"));

    // The same name again is the same bed, until it is down.
    let again = up(&shared);
    assert_eq!(again.status(), first.status());
    kubectl(&again, &["get", "namespace", "only-in-first"]);
    let taken = Bed::up(&BedOptions::new("it-owned").without_nodes(), &mut |_| ()).unwrap_err();
    assert!(matches!(taken, BedError::Owned { .. }), "{taken}");

    let user =
        format!("--kubeconfig={}", first.kubeconfig_for("team/reader", &["readers"]).unwrap().display());
    let read =
        |what: &str| first.kubectl().args([&user, "get", what, "--namespace=only-in-first"]).run().unwrap();
    let refused = read("configmaps");
    assert!(
        refused.stderr_text().contains(r#"User "team/reader" cannot list resource "configmaps""#),
        "{refused:?}"
    );
    let grant = ["create", "rolebinding", "readers", "--clusterrole=view", "--group=readers"];
    kubectl(&first, &[grant.as_slice(), &["--namespace=only-in-first"]].concat());
    assert!(read("configmaps").succeeded());
    assert!(!read("secrets").succeeded());

    drop(second);
    assert!(matches!(status("it-owned"), Err(BedError::NotUp { .. })));
    kubectl(&first, &["get", "namespaces"]);
    first.down().unwrap();
    assert!(matches!(kubeconfig("it-shared"), Err(BedError::NotUp { .. })));
    down("it-shared").unwrap();
}
