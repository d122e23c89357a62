//! All targets by name.

/// What a target does with some bytes.
pub type Target = fn(&[u8]);

/// Each target: its name, which is its file in `fuzz/fuzz_targets` and its folder in `fuzz/seeds`, and what it does.
pub const TARGETS: [(&str, Target); 9] = [
    ("artifact_json", crate::artifact_json),
    ("bodies", crate::bodies),
    ("commit_message", crate::commit_message),
    ("go_template", crate::go_template),
    ("kube_object", crate::kube_object),
    ("policies", crate::policies),
    ("settings", crate::settings),
    ("yaml", crate::yaml),
    ("zip", crate::zip),
];
