//! What pods do on a bed.

use kube_bed::Bed;
use kube_bed::image::{self, Contents, Image};

use crate::{apply, bed, can_have_nodes, kubectl};

const SHOP: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: shop
      image: example/shop:v1
      imagePullPolicy: IfNotPresent
      readinessProbe: {httpGet: {path: /index.html, port: 8080}, periodSeconds: 1}
"#;

const CRASH: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec:
  containers:
    - name: crash
      image: example/shop:v1
      command: [sh, -c, "echo no database; exit 3"]
"#;

fn shop() -> Image {
    let contents = Contents {
        files: vec![("/www/index.html".into(), b"open\n".to_vec(), 0o644)],
        entrypoint: ["sh", "-c", "echo serving; exec httpd -f -p 8080 -h /www"].map(str::to_owned).to_vec(),
    };
    image::app("example/shop:v1", &contents).unwrap()
}

fn run_shop(bed: &Bed) {
    apply(bed, SHOP);
    kubectl(bed, &["wait", "--for=condition=Ready", "pod/shop", "--timeout=60s"]);
}

#[test]
fn pods_get_ready_log_and_crash_and_a_wipe_leaves_an_empty_cluster_at_the_same_address() {
    if !can_have_nodes() {
        return;
    }
    let mut bed = bed("it-pods");
    bed.load_image(&shop()).unwrap();
    run_shop(&bed);
    assert_eq!(kubectl(&bed, &["logs", "shop"]), "serving");
    assert_eq!(kubectl(&bed, &["exec", "shop", "--", "wget", "-qO-", "http://127.0.0.1:8080/"]), "open");

    apply(&bed, CRASH);
    let waits = "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff";
    kubectl(&bed, &["wait", waits, "pod/crash", "--timeout=60s"]);
    assert_eq!(kubectl(&bed, &["logs", "crash"]), "no database");
    let exit_code = "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}";
    assert_eq!(kubectl(&bed, &["get", "pod", "crash", "-o", exit_code]), "3");

    let user = bed.kubeconfig_for("reader", &[]).unwrap();
    let (url, kubeconfig) = (bed.url(), std::fs::read(bed.kubeconfig()).unwrap());
    bed.wipe(&mut |_| ()).unwrap();
    assert_eq!((bed.url(), std::fs::read(bed.kubeconfig()).unwrap()), (url, kubeconfig));
    assert_eq!(kubectl(&bed, &["get", "pods", "--all-namespaces", "-o", "name"]), "");
    let user = format!("--kubeconfig={}", user.display());
    assert_eq!(
        kubectl(&bed, &[&user, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"]),
        "reader"
    );
    run_shop(&bed);
}
