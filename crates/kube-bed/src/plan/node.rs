//! The node: containerd and kubelet in a mount and a process namespace of their own.
//!
//! Inside it, what both keep at fixed places of the machine is hidden behind folders of the bed, so that two
//! nodes do not meet and the machine keeps nothing but the empty folders that are mounted over. The kernel settings a kubelet wants are hidden behind files
//! that already hold them, so that it changes none of the machine's.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Part, Site};
use crate::image::PAUSE;

/// Folders that containerd, its shims, the CNI plugins and the kubelet use whatever their configuration says.
const HIDDEN_FOLDERS: [&str; 6] = [
    "/run/containerd",
    "/run/netns",
    "/var/lib/cni",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/log/pods",
];

/// Kernel settings, and the values a kubelet sets when it finds others.
const HIDDEN_SETTINGS: [(&str, &str); 6] = [
    ("vm/overcommit_memory", "1"),
    ("vm/panic_on_oom", "0"),
    ("kernel/panic", "10"),
    ("kernel/panic_on_oops", "1"),
    ("kernel/keys/root_maxkeys", "1000000"),
    ("kernel/keys/root_maxbytes", "25000000"),
];

/// The first process of the node; all others are its children.
pub(crate) fn node(site: &Site) -> Part {
    let unshare =
        ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
    let mut args: Vec<String> = unshare.map(str::to_owned).to_vec();
    args.extend([
        "/bin/sh".to_owned(),
        site.data("node.sh"),
        site.tools.path("kubelet").display().to_string(),
    ]);
    Part { name: "node", program: "unshare".into(), args }
}

/// The files it reads, with their content.
pub(crate) fn node_files(site: &Site, cni_plugins: &Path, snapshotter: &str) -> Vec<(PathBuf, String)> {
    let data = site.place.data();
    vec![
        (data.join("node.sh"), script(site)),
        (data.join("containerd.toml"), containerd(site, cni_plugins, snapshotter)),
        (data.join("cni/bed.conflist"), network(site)),
        (data.join("kubelet.json"), kubelet(site)),
    ]
}

/// All paths in it are below the folder of beds of root, which is fixed, so single quotes are enough.
fn script(site: &Site) -> String {
    let mut script = format!(
        "set -eu\n\
         data='{data}'\n\
         # Mounts of pods must reach their containers.\n\
         mount --make-rshared /\n\
         hide() {{ mkdir -p \"$data/hidden$1\" \"$1\"; mount --bind \"$data/hidden$1\" \"$1\"; }}\n\
         set_for_kubelet() {{\n\
         \x20 [ -e \"/proc/sys/$1\" ] || return 0\n\
         \x20 echo \"$2\" >\"$data/hidden/${{1##*/}}\"\n\
         \x20 mount --bind \"$data/hidden/${{1##*/}}\" \"/proc/sys/$1\"\n\
         }}\n",
        data = site.place.data().display()
    );
    for folder in HIDDEN_FOLDERS {
        script.push_str(&format!("hide {folder}\n"));
    }
    for (setting, value) in HIDDEN_SETTINGS {
        script.push_str(&format!("set_for_kubelet {setting} {value}\n"));
    }
    script.push_str(&format!(
        "RELEASE_MANAGER_BED_PART=containerd containerd --config \"$data/containerd.toml\" >>'{containerd_log}' 2>&1 &\n\
         containerd=$!\n\
         # A kubelet without runtime or API server backs off for seconds, so it starts when both are there.\n\
         until [ -S '{socket}' ] && [ -e \"$data/api-server-is-ready\" ]; do kill -0 $containerd; sleep 0.1; done\n\
         RELEASE_MANAGER_BED_PART=kubelet \"$1\" --config=\"$data/kubelet.json\" --kubeconfig='{kubeconfig}' --hostname-override=localhost \
         --node-ip={gateway} >>'{kubelet_log}' 2>&1 &\n\
         wait\n",
        containerd_log = site.place.log("containerd").display(),
        socket = site.place.containerd_socket().display(),
        kubeconfig = site.keys().kubeconfig("kubelet").display(),
        gateway = site.slot.gateway(),
        kubelet_log = site.place.log("kubelet").display(),
    ));
    script
}

fn containerd(site: &Site, cni_plugins: &Path, snapshotter: &str) -> String {
    format!(
        r#"version = 2
root = "{data}/containerd"
state = "{data}/containerd-state"
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
address = "{socket}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{PAUSE}"
# Root may lack CAP_SYS_RESOURCE; without this every sandbox dies there.
restrict_oom_score_adj = true
stream_server_address = "127.0.0.1"
stream_server_port = "0"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{cni_plugins}"
conf_dir = "{data}/cni"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "{snapshotter}"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
"#,
        data = site.place.data().display(),
        socket = site.place.containerd_socket().display(),
        cni_plugins = cni_plugins.display(),
    )
}

/// A bridge and addresses, nothing else: pods talk to each other and to this machine, not to the world.
fn network(site: &Site) -> String {
    let config = json!({
        "cniVersion": "0.4.0",
        "name": "bed",
        "plugins": [{
            "type": "bridge",
            "bridge": site.place.bridge(),
            "isGateway": false,
            "ipMasq": false,
            "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": format!("{}/24", site.slot.subnet()), "gateway": site.slot.gateway()}]],
                "routes": [{"dst": "0.0.0.0/0", "gw": site.slot.gateway()}],
            },
        }],
    });
    format!("{config:#}")
}

fn kubelet(site: &Site) -> String {
    let config = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "127.0.0.1",
        "port": site.slot.kubelet(),
        "healthzPort": 0,
        "authentication": {
            "anonymous": {"enabled": false},
            "webhook": {"enabled": true},
            "x509": {"clientCAFile": site.key("ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": format!("unix://{}", site.place.containerd_socket().display()),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": format!("/{}", site.place.cgroup()),
        "failCgroupV1": false,
        "failSwapOn": false,
        "makeIPTablesUtilChains": false,
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
        // Nobody answers there; without it every pod gets a warning event.
        "clusterDNS": [site.slot.gateway()],
        "clusterDomain": "cluster.local",
        "maxPods": 240,
        // A full disk of the machine is no reason to evict pods or images that cannot be pulled again.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%",
                         "imagefs.available": "0%", "imagefs.inodesFree": "0%"},
    });
    format!("{config:#}")
}
