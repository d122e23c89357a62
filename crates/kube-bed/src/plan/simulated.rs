//! Nodes that are only played: no program runs on them, and thousands of pods cost next to nothing.

use std::path::Path;

use serde_json::{Value, json};

use super::{Part, Site};
use crate::keys::ADMIN;

/// The label of simulated nodes, with the value `true`, and the key of their taint. A pod that is to be played
/// selects the label and tolerates the taint; no other pod gets there.
pub const SIMULATED: &str = "release-manager.local/simulated";

/// What happens to nodes and pods, as kwok reads it.
pub(crate) const STAGES: &str = include_str!("stages.yaml");

/// The program that plays them.
pub(crate) fn simulator(site: &Site, program: &Path) -> Part {
    let args = vec![
        format!("--kubeconfig={}", site.keys().kubeconfig(ADMIN).display()),
        format!("--config={}", site.data("stages.yaml")),
        format!("--manage-nodes-with-label-selector={SIMULATED}=true"),
        // Without leases its nodes are taken for dead after 40 s, and their pods for unready for good.
        "--node-lease-duration-seconds=40".into(),
        // No address that one could reach, and no port of the machine.
        "--cidr=192.0.2.0/24".into(),
        "--node-port=0".into(),
    ];
    Part { name: "kwok", program: program.to_owned(), args }
}

/// The nodes, as a list for kubectl.
pub(crate) fn nodes(count: usize) -> Value {
    let node = |number| {
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": format!("simulated-{number}"), "labels": {SIMULATED: "true"}},
            "spec": {"taints": [{"key": SIMULATED, "effect": "NoSchedule"}]},
        })
    };
    json!({"apiVersion": "v1", "kind": "List", "items": (0..count).map(node).collect::<Vec<_>>()})
}
