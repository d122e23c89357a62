//! What the service's own `shuttle.yaml` says about it.

use std::path::Path;

use yaml::Node;

/// Defaults for flags. A file that cannot be read gives none (spec, section 4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShuttleYaml {
    /// `vars.service`.
    pub service: Option<String>,
    /// `vars.k8s.namespace`.
    pub namespace: Option<String>,
}

impl ShuttleYaml {
    pub(crate) fn of_folder(folder: &Path) -> Self {
        std::fs::read_to_string(folder.join("shuttle.yaml")).map(|text| Self::read(&text)).unwrap_or_default()
    }

    /// Reads the text of the file, as far as it can be read.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let documents = yaml::documents(text).unwrap_or_default();
        let vars = documents.first().and_then(|document| get(&document.root, "vars"));
        let text_at = |node: Option<&Node>| {
            node.filter(|node| !node.is_null())
                .and_then(Node::written)
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        };
        Self {
            service: text_at(vars.and_then(|vars| get(vars, "service"))),
            namespace: text_at(vars.and_then(|vars| get(vars, "k8s")).and_then(|k8s| get(k8s, "namespace"))),
        }
    }
}

fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.entries()?.iter().find(|(name, _)| name.written() == Some(key)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_and_namespace_are_found() {
        let text = "plan: ../plan\nvars:\n  service: billing\n  k8s:\n    namespace: payments\n";
        let expected = ShuttleYaml { service: Some("billing".into()), namespace: Some("payments".into()) };
        assert_eq!(ShuttleYaml::read(text), expected);
    }

    #[test]
    fn whatever_is_not_there_or_not_yaml_gives_nothing() {
        for text in ["", "plan: x", "vars: 3", "vars: [a]", "vars: {service: }", ": : :", "vars:\n\t- x"] {
            assert_eq!(ShuttleYaml::read(text), ShuttleYaml::default(), "{text:?}");
        }
    }
}
