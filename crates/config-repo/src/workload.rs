//! What of a release has to come up in the cluster, read from its manifests. Pure.

use serde_json::Value;

/// Kinds of which a daemon says when they are up.
const ROLLED_OUT: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

/// Kinds whose pods and jobs may fail, beside those.
const RUN_ONCE: [&str; 2] = ["Job", "CronJob"];

/// The annotation without which no daemon looks at an object.
const CONTROLLED: &str = "lunarway.com/controlled-by-release-manager";

/// An object of a release that runs pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Its kind, such as `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether a daemon will say when it is up.
    pub is_reported: bool,
}

/// Whether a file may hold manifests, by its name.
pub(crate) fn may_hold_manifests(path: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end))
}

/// The workloads of one file, those inside of lists too. What cannot be read holds none: the controller says so.
pub(crate) fn of_manifests(text: &str) -> Vec<Workload> {
    let mut found = Vec::new();
    for document in yaml::documents(text).unwrap_or_default() {
        if let Ok(object) = document.to_json() {
            collect(&object, &mut found);
        }
    }
    found
}

fn collect(object: &Value, found: &mut Vec<Workload>) {
    let kind = object["kind"].as_str().unwrap_or_default();
    if kind == "List" {
        object["items"].as_array().into_iter().flatten().for_each(|item| collect(item, found));
        return;
    }
    let rolled_out = ROLLED_OUT.contains(&kind);
    let Some(name) = object["metadata"]["name"].as_str().filter(|_| rolled_out || RUN_ONCE.contains(&kind))
    else {
        return;
    };
    let controlled = object["metadata"]["annotations"][CONTROLLED] == "true";
    found.push(Workload {
        kind: kind.to_owned(),
        name: name.to_owned(),
        is_reported: rolled_out && controlled,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_are_found_wherever_they_are_written() {
        let annotated =
            "metadata: {name: NAME, annotations: {lunarway.com/controlled-by-release-manager: \"true\"}}";
        let text = format!(
            "kind: Deployment\n{}\n---\nkind: List\nitems:\n- kind: StatefulSet\n  {}\n- kind: CronJob\n  metadata: {{name: nightly}}\n---\nkind: DaemonSet\nmetadata: {{name: quiet}}\n---\nkind: ConfigMap\nmetadata: {{name: c}}\n---\n[1]\n",
            annotated.replace("NAME", "web"),
            annotated.replace("NAME", "db"),
        );
        let found: Vec<String> = of_manifests(&text)
            .iter()
            .map(|workload| format!("{} {} {}", workload.kind, workload.name, workload.is_reported))
            .collect();
        assert_eq!(
            found,
            ["Deployment web true", "StatefulSet db true", "CronJob nightly false", "DaemonSet quiet false"]
        );
        for text in ["", "{", "a: b: c", "kind: Deployment", "kind: Deployment\nmetadata: []"] {
            assert_eq!(of_manifests(text), [], "{text}");
        }
    }
}
