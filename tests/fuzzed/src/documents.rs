//! YAML.

use config_repo::Settings;

/// Any YAML: what is accepted can be sent as JSON or is refused, and what go-yaml would print reads as the same.
///
/// # Panics
/// When it does not.
pub fn yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(documents) = yaml::documents(text) else { return };
    for document in documents {
        let Ok(json) = document.to_json() else { continue };
        // JSON is YAML, but not every JSON is YAML 1.1 with the limits we have: refused is fine, different is not.
        let Ok(again) = yaml::documents(&json.to_string()) else { continue };
        let [again] = again.as_slice() else { continue };
        if let Ok(again) = again.to_json() {
            assert_eq!(again, json);
        }
    }
}

/// `release-manager.yaml`: what is accepted has environments, each once.
///
/// # Panics
/// When it has not.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(settings) = Settings::parse(text) else { return };
    let environments = &settings.environments;
    assert!(!environments.is_empty());
    for (at, environment) in environments.iter().enumerate() {
        assert!(!environments[..at].contains(environment), "{environment} is there twice");
        assert_eq!(settings.before(environment), at.checked_sub(1).and_then(|at| environments.get(at)));
    }
}
