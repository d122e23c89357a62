//! Which file of a release is its Flux Kustomization (spec, section 5.3).

use crate::Manifest;

/// The group a Flux Kustomization belongs to; `kustomize.config.k8s.io` is another thing of the same kind.
const GROUP: &str = "kustomize.toolkit.fluxcd.io/";

/// The first Flux Kustomization in the order of a walk through the folder.
///
/// The original fails the release when a file before it is no YAML mapping; here such a file is simply none.
pub(crate) fn find(files: &[Manifest]) -> Option<usize> {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by(|a, b| files[*a].path.components().cmp(files[*b].path.components()));
    order.into_iter().find(|at| is_kustomization(&files[*at].content))
}

fn is_kustomization(content: &[u8]) -> bool {
    // Parsing every file of every release would cost more than the rest of the edit.
    let Ok(text) = std::str::from_utf8(content) else { return false };
    if !text.contains(GROUP) {
        return false;
    }
    let Ok(documents) = yaml::documents(first_document(text)) else { return false };
    let Some(Ok(value)) = documents.first().map(yaml::Document::to_json) else { return false };
    let field = |name: &str| value.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    field("kind") == "Kustomization" && field("apiVersion").starts_with(GROUP)
}

/// The text up to the second document: what follows may be broken without harm.
fn first_document(text: &str) -> &str {
    let mut seen_content = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let marker = line.starts_with("---");
        if marker && seen_content {
            return &text[..at];
        }
        seen_content |= !marker && !line.trim().is_empty() && !line.starts_with('#');
        at += line.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str) -> Manifest {
        Manifest { path: path.parse().unwrap(), content: content.into(), executable: false }
    }

    #[test]
    fn the_first_of_its_group_in_walking_order_is_found() {
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
        let plain = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
        let cases = [
            (vec![], None),
            (vec![file("a.yaml", plain)], None),
            (vec![file("b.yaml", flux), file("a.yaml", flux)], Some(1)),
            (vec![file("a.yaml", flux), file("a/b.yaml", flux)], Some(1)),
            (vec![file("notes.txt", "- kustomize.toolkit.fluxcd.io/"), file("z", flux)], Some(1)),
            (
                vec![file(
                    "a",
                    "kind: Secret\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization",
                )],
                None,
            ),
            (vec![file("a", &format!("# note\n---\n{flux}---\n{{ broken"))], Some(0)),
            (
                vec![file(
                    "j.json",
                    r#"{"kind":"Kustomization","apiVersion":"kustomize.toolkit.fluxcd.io/v1beta2"}"#,
                )],
                Some(0),
            ),
            (vec![file("bin", "\u{0}kustomize.toolkit.fluxcd.io/")], None),
        ];
        for (files, expected) in cases {
            assert_eq!(find(&files), expected, "{files:?}");
        }
    }
}
