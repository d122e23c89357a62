//! One cluster through everything that happens to it in a year.

use std::fmt::Write as _;

use crate::controller::unit;
use crate::place::{BRANCH, Place, config_map, deployment};

const CART: &str = "dev/releases/shop/cart";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_follows_git_through_changes_faults_and_its_own_end() {
    let mut place = Place::new("it-controller").await;
    place.push(&[("README.md", "What runs where.\n")]);
    place.api.fail_next_on("GET", "/api/v1/pods", 3, 403);
    place.controller.start();
    assert_eq!(
        place.controller.readyz(200, "").await,
        "ready\n",
        "nothing is released yet, and that is fine"
    );
    hidden_pods_are_told_once(&place).await;

    arrives(&place).await;
    costs_nothing_while_nothing_happens(&place).await;
    is_put_back(&place).await;
    goes_and_moves(&place).await;
    bad_files_stop_nobody_else(&place).await;
    a_definition_and_its_object_come_together(&place).await;
    a_busy_server_is_waited_for(&place).await;
    a_large_prune_waits(&place).await;
    git_may_be_down_or_rewritten(&mut place).await;
    an_empty_cluster_is_filled_again(&mut place).await;
    the_last_service_goes_when_a_person_says_so(&mut place).await;
}

async fn hidden_pods_are_told_once(place: &Place) {
    place.controller.logged("INFO pods can be seen again").await;
    let told = "WARN cannot see why pods fail: fault proxy (let the controller list and watch pods, \
        see deploy/kubernetes/rights.yaml)";
    assert_eq!(place.controller.log("pods fail"), [told], "once, although it was refused three times");
}

async fn arrives(place: &Place) {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec: {ports: [{port: 80}]}\n";
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: cart}\n";
    let commit = place.push(&[
        (&format!("{CART}/a.yaml"), &format!("{account}---\n{service}")),
        (&format!("{CART}/deployment.yaml"), &deployment("cart")),
        (&format!("{CART}/config.yaml"), &config_map("cart", "1")),
        (&format!("{CART}/artifact.json"), "{}"),
        ("dev/releases/shop/web/config.yaml", &config_map("web", "1")),
        ("prod/releases/shop/web/config.yaml", &config_map("prod", "1")),
    ]);
    place.controller.healthy(&commit).await;
    assert_eq!(place.config_maps("shop"), "cart web");
    place.kubectl_ok(&["get", "--namespace=shop", "serviceaccount/cart", "service/cart", "deployment/cart"]);
    assert!(place.controller.get("/metrics").await.contains("release_controller_units_healthy 2"));
}

async fn costs_nothing_while_nothing_happens(place: &Place) {
    let applies = place.api.count("PATCH", "/");
    let commit = place.push(&[("README.md", "Something else.\n")]);
    place.controller.healthy(&commit).await;
    assert_eq!(place.api.count("PATCH", "/"), applies, "a commit elsewhere costs no request");
    let commit = place.push(&[(&format!("{CART}/config.yaml"), &config_map("cart", "2"))]);
    place.controller.healthy(&commit).await;
    assert_eq!(place.api.count("PATCH", "/"), applies + 1, "a change of one object is one request");
}

async fn is_put_back(place: &Place) {
    let value = ["get", "--namespace=shop", "configmap/cart", "--output=jsonpath={.data.value}"];
    place.kubectl_ok(&[
        "patch",
        "--namespace=shop",
        "configmap/cart",
        "--patch={\"data\":{\"value\":\"by hand\"}}",
    ]);
    place.see(&value, "2").await;
    place.kubectl_ok(&["scale", "--namespace=shop", "deployment/cart", "--replicas=3"]);
    place
        .see(&["get", "--namespace=shop", "deployment/cart", "--output=jsonpath={.spec.replicas}"], "0")
        .await;
    place.kubectl_ok(&["delete", "--namespace=shop", "configmap/cart"]);
    place.see(&value, "2").await;
    place.kubectl_ok(&["label", "--namespace=shop", "configmap/cart", "theirs=kept"]);
    place.kubectl_ok(&["label", "--namespace=shop", "configmap/cart", "release-manager.io/environment-"]);
    let labels = "--output=jsonpath={.metadata.labels}";
    let both = r#"{"release-manager.io/environment":"dev","theirs":"kept"}"#;
    place.see(&["get", "--namespace=shop", "configmap/cart", labels], both).await;
}

async fn goes_and_moves(place: &Place) {
    let uid = ["get", "--namespace=shop", "configmap/moves", "--output=jsonpath={.metadata.uid}"];
    let commit = place.push(&[
        (&format!("{CART}/moves.yaml"), &config_map("moves", "1")),
        (&format!("{CART}/goes.yaml"), &config_map("goes", "1")),
    ]);
    place.controller.healthy(&commit).await;
    let before = place.kubectl_ok(&uid);
    place.push(&[("dev/releases/shop/web/moves.yaml", &config_map("moves", "2"))]);
    let commit = place.remove(&[&format!("{CART}/moves.yaml"), &format!("{CART}/goes.yaml")]);
    place.controller.healthy(&commit).await;
    place.see(&["get", "configmap", "--namespace=shop", "goes", "--ignore-not-found"], "").await;
    assert_eq!(place.config_maps("shop"), "cart moves web");
    assert_eq!(place.kubectl_ok(&uid), before, "it was handed over, not made anew");
}

async fn bad_files_stop_nobody_else(place: &Place) {
    let bad_name = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Bad_Name\n";
    let commit = place.push(&[
        (&format!("{CART}/bad.yaml"), &format!("# refused\n{bad_name}")),
        (&format!("{CART}/good.yaml"), &config_map("good", "1")),
        ("dev/releases/shop/web/broken.yaml", "a: [\n"),
        ("dev/releases/shop/new/config.yaml", &config_map("new", "1")),
    ]);
    let units = place
        .controller
        .units("two bad units", |units| {
            units["revision"] == commit.as_str()
                && unit(units, "/cart").0 == "failing"
                && unit(units, "/web").0 == "failing"
                && unit(units, "/new").0 == "healthy"
        })
        .await;
    let (_, message) = unit(&units, "/cart");
    assert!(
        message.starts_with("bad.yaml:2: ConfigMap shop/Bad_Name: ConfigMap \"Bad_Name\" is invalid"),
        "{message}"
    );
    let (_, message) = unit(&units, "/web");
    assert!(message.starts_with("broken.yaml:"), "{message}");
    place.see(&["get", "--namespace=shop", "configmap/good", "--output=jsonpath={.data.value}"], "1").await;
    assert_eq!(place.config_maps("shop"), "cart good moves new web", "the last good state of web stays");
    let bad = format!("{CART}/bad.yaml");
    let commit = place.remove(&[&bad, "dev/releases/shop/web/broken.yaml"]);
    place.controller.healthy(&commit).await;
}

async fn a_definition_and_its_object_come_together(place: &Place) {
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets.it.example.test\n\
        spec:\n  group: it.example.test\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n    - name: v1\n      \
        served: true\n      storage: true\n      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n";
    let widget = "apiVersion: it.example.test/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1}\n";
    let folder = "dev/releases/shop/widgets";
    let commit =
        place.push(&[(&format!("{folder}/a.yaml"), widget), (&format!("{folder}/b.yaml"), definition)]);
    place.controller.healthy(&commit).await;
    place.kubectl_ok(&["get", "--namespace=shop", "widgets.it.example.test/w"]);
    let commit = place.remove(&[folder]);
    place.controller.healthy(&commit).await;
    let definitions = ["get", "customresourcedefinitions", "widgets.it.example.test", "--ignore-not-found"];
    place.see(&definitions, "").await;
}

async fn a_busy_server_is_waited_for(place: &Place) {
    place.api.fail_next_on("PATCH", "/", 3, 429);
    place.api.fail_next_on("PATCH", "/", 2, 503);
    place.api.fail_next_on("PATCH", "/", 2, 500);
    let commit = place.push(&[
        (&format!("{CART}/config.yaml"), &config_map("cart", "3")),
        (&format!("{CART}/good.yaml"), &config_map("good", "3")),
    ]);
    place.controller.healthy(&commit).await;
}

async fn a_large_prune_waits(place: &Place) {
    let mut many = String::new();
    for n in 0..40 {
        writeln!(many, "---\n{}", config_map(&format!("many-{n}"), "1")).unwrap();
    }
    let commit = place.push(&[("dev/releases/bulk/many/all.yaml", &many)]);
    place.controller.healthy(&commit).await;
    let commit = place.remove(&["dev/releases/bulk"]);
    let units = place.controller.units("a held prune", |units| {
        units["revision"] == commit.as_str() && unit(units, "/many").0 == "held"
    });
    let units = units.await;
    assert_eq!(place.config_maps("bulk").split(' ').count(), 40, "nothing is deleted");
    // The message is the command to type.
    let (_, message) = unit(&units, "/many");
    let (_, command) = message.split_once("kubectl ").unwrap();
    place.kubectl_ok(&command.split(' ').collect::<Vec<_>>());
    place.controller.healthy(&commit).await;
    assert_eq!(place.config_maps("bulk"), "");
    place.kubectl_ok(&["get", "namespace", "bulk"]);
}

async fn git_may_be_down_or_rewritten(place: &mut Place) {
    place.host.down().await;
    let text = place.controller.readyz(503, "").await;
    assert!(text.contains("cannot reach the Git repository"), "{text}");
    place.kubectl_ok(&["delete", "--namespace=shop", "configmap/cart"]);
    let value = ["get", "--namespace=shop", "configmap/cart", "--output=jsonpath={.data.value}"];
    place.see(&value, "3").await;
    place.controller.kill();
    place.kubectl_ok(&["delete", "--namespace=shop", "configmap/cart"]);
    place.controller.start();
    place.see(&value, "3").await;
    place.host.up().await;
    place.controller.readyz(200, "").await;

    let tip = place.config.tip(BRANCH).unwrap().unwrap();
    let point_at = |commit: &str| {
        let git = process::Program::new("git").args(["update-ref", "refs/heads/master", commit]);
        let output = git.folder(place.config.path()).run().unwrap();
        assert!(output.succeeded(), "{}", output.stderr_text());
    };
    point_at(&format!("{tip}~3"));
    let text = place.controller.readyz(503, "").await;
    assert!(text.contains("the history of the branch was rewritten"), "{text}");
    assert_eq!(place.config_maps("shop"), "cart good moves new web", "the last good tree is kept");
    point_at(&tip);
    place.controller.readyz(200, "").await;
}

async fn an_empty_cluster_is_filled_again(place: &mut Place) {
    let commit = place.config.tip(BRANCH).unwrap().unwrap();
    place.controller.healthy(&commit).await;
    place.bed.wipe(&mut |_| ()).unwrap();
    let names = "--output=jsonpath={.items[*].metadata.name}";
    let selector = "--selector=release-manager.io/environment=dev";
    let maps = ["get", "configmaps", "--namespace=shop", selector, names];
    place.see(&maps, "cart good moves new web").await;
    place.controller.healthy(&commit).await;
    place.kubectl_ok(&["get", "--namespace=shop", "serviceaccount/cart", "service/cart", "deployment/cart"]);
}

async fn the_last_service_goes_when_a_person_says_so(place: &mut Place) {
    let commit = place.remove(&["dev"]);
    let advice = format!(
        "git: commit {commit} has no folder dev/releases: nothing is deleted (revert that commit, or check --environment \
         and --path; if nothing is to run here any more, commit a file dev/releases/.gitkeep)\n"
    );
    assert_eq!(place.controller.readyz(503, "no folder").await, advice);
    place.controller.kill();
    place.controller.start();
    assert_eq!(place.controller.readyz(503, "no folder").await, advice, "a restart does not forget it");
    assert_eq!(place.config_maps("shop"), "cart good moves new web");
    let commit = place.push(&[("dev/releases/.gitkeep", "")]);
    place.controller.readyz(200, "").await;
    let names = "--output=jsonpath={.items[*].metadata.name}";
    let selector = "--selector=release-manager.io/environment=dev";
    let everything = "configmaps,services,serviceaccounts,deployments";
    place.see(&["get", everything, "--namespace=shop", selector, names], "").await;
    place.controller.healthy(&commit).await;
}
