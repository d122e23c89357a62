//! All targets by name.

/// What a target does with some bytes.
pub type Target = fn(&[u8]);

/// Each target: its name, which is its file in `fuzz/fuzz_targets` and its folder in `fuzz/seeds`, and what it does.
pub const TARGETS: [(&str, Target); 21] = [
    ("artifact_json", crate::artifact_json),
    ("bodies", crate::bodies),
    ("broker_message", crate::broker_message),
    ("commit_message", crate::commit_message),
    ("daemon_reports", crate::daemon_reports),
    ("go_template", crate::go_template),
    ("hamctl_config", crate::hamctl_config),
    ("kube_object", crate::kube_object),
    ("plan_yaml", crate::plan_yaml),
    ("policies", crate::policies),
    ("push_answer", crate::push_answer),
    ("push_event", crate::push_event),
    ("release_message", crate::release_message),
    ("s3_event", crate::s3_event),
    ("server_config", crate::server_config),
    ("settings", crate::settings),
    ("shuttle_yaml", crate::shuttle_yaml),
    ("token", crate::token),
    ("token_file", crate::token_file),
    ("yaml", crate::yaml),
    ("zip", crate::zip),
];
