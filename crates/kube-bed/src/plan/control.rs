//! The control plane: four programs on the loopback, nothing shared with another bed.

use super::{Part, Site};
use crate::keys::ADMIN;

/// Written to memory as far as possible: it is thrown away after any crash.
pub(crate) fn etcd(site: &Site) -> Part {
    let url = format!("http://127.0.0.1:{}", site.slot.etcd());
    let peer = format!("http://127.0.0.1:{}", site.slot.etcd_peer());
    let args = vec![
        format!("--data-dir={}", site.data("etcd")),
        format!("--listen-client-urls={url}"),
        format!("--advertise-client-urls={url}"),
        format!("--listen-peer-urls={peer}"),
        format!("--initial-advertise-peer-urls={peer}"),
        format!("--initial-cluster=default={peer}"),
        "--unsafe-no-fsync".into(),
        "--log-level=warn".into(),
    ];
    part(site, "etcd", args)
}

pub(crate) fn api_server(site: &Site) -> Part {
    let args = vec![
        format!("--etcd-servers=http://127.0.0.1:{}", site.slot.etcd()),
        "--bind-address=127.0.0.1".into(),
        format!("--secure-port={}", site.slot.api_server()),
        // Without this a machine that has no default route has no address to advertise.
        format!("--advertise-address={}", site.slot.gateway()),
        "--endpoint-reconciler-type=none".into(),
        "--service-cluster-ip-range=10.96.0.0/16".into(),
        format!("--cert-dir={}", site.data("api-server")),
        format!("--tls-cert-file={}", site.key("api-server.crt")),
        format!("--tls-private-key-file={}", site.key("api-server.key")),
        format!("--client-ca-file={}", site.key("ca.crt")),
        "--authorization-mode=Node,RBAC".into(),
        "--enable-admission-plugins=NodeRestriction".into(),
        "--allow-privileged=true".into(),
        "--service-account-issuer=https://kubernetes.default.svc".into(),
        format!("--service-account-key-file={}", site.key("service-accounts.key")),
        format!("--service-account-signing-key-file={}", site.key("service-accounts.key")),
        // The node is called localhost, so that logs and exec reach it without a change to /etc/hosts.
        "--kubelet-preferred-address-types=Hostname".into(),
        format!("--kubelet-client-certificate={}", site.key(&format!("{ADMIN}.crt"))),
        format!("--kubelet-client-key={}", site.key(&format!("{ADMIN}.key"))),
    ];
    part(site, "kube-apiserver", args)
}

pub(crate) fn controller_manager(site: &Site) -> Part {
    let args = vec![
        format!("--kubeconfig={}", site.keys().kubeconfig("controller-manager").display()),
        "--use-service-account-credentials".into(),
        format!("--root-ca-file={}", site.key("ca.crt")),
        format!("--service-account-private-key-file={}", site.key("service-accounts.key")),
        format!("--flex-volume-plugin-dir={}", site.data("flex-volumes")),
        // Each controller first makes an account for itself: at the default rate that is most of the start.
        "--kube-api-qps=500".into(),
        "--kube-api-burst=500".into(),
        "--leader-elect=false".into(),
        "--secure-port=0".into(),
    ];
    part(site, "kube-controller-manager", args)
}

pub(crate) fn scheduler(site: &Site) -> Part {
    let args = vec![
        format!("--kubeconfig={}", site.keys().kubeconfig("scheduler").display()),
        // A binding is a request: at the default rate a thousand pods would wait for it and for nothing else.
        "--kube-api-qps=500".into(),
        "--kube-api-burst=500".into(),
        "--leader-elect=false".into(),
        "--secure-port=0".into(),
    ];
    part(site, "kube-scheduler", args)
}

fn part(site: &Site, name: &'static str, args: Vec<String>) -> Part {
    Part { name, program: site.tools.path(name), args }
}
