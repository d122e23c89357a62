//! Files that people write.

use std::path::Path;

use config_repo::Settings;
use hamctl::{ConfigFile, ShuttleYaml, StoredToken};
use jiff::{SignedDuration, Timestamp};
use shuttle::{ConfigError, Origin};

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

/// `shuttle.yaml`: faults stand on lines of the file; hamctl finds the service that shuttle finds; and an address is
/// shown without the secret that it may hold.
///
/// # Panics
/// When not so.
pub fn shuttle_yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let found = ShuttleYaml::read(text);
    for name in [&found.service, &found.namespace].into_iter().flatten() {
        assert!(!name.trim().is_empty());
    }
    match shuttle::parse_project(Path::new("shuttle.yaml"), text) {
        Ok(project) => {
            let service = project.vars.to_yaml();
            if let (yaml::Value::Map(vars), Some(service)) = (&service, &found.service) {
                let named =
                    |key: &yaml::Value| *key == yaml::Value::Scalar(yaml::Scalar::Text("service".into()));
                assert!(vars.iter().any(|(key, _)| named(key)), "only hamctl finds the service {service:?}");
            }
            if let Some(origin) = project.plan.as_deref().and_then(Origin::parse) {
                assert!(!origin.address.is_empty() && !origin.head.is_empty());
                let secret = origin.address.strip_prefix("https://").and_then(|rest| rest.split_once('@'));
                assert!(
                    secret.is_none_or(|(secret, _)| secret.len() < 9 || !origin.shown().contains(secret))
                );
            }
        }
        Err(error) => stands_in(&error, text),
    }
}

/// `plan.yaml`: as [`shuttle_yaml`].
///
/// # Panics
/// When not so.
pub fn plan_yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(error) = shuttle::parse_plan(Path::new("plan.yaml"), text) {
        stands_in(&error, text);
    }
}

fn stands_in(error: &ConfigError, text: &str) {
    let faults = match error {
        ConfigError::Invalid { faults, .. } => faults.as_slice(),
        ConfigError::Open { .. } => &[],
    };
    assert!(!faults.is_empty());
    // A line ends with either of two characters or both, and the text may end where the next one would begin.
    let lines = text.matches(['\n', '\r']).count() + 1;
    for fault in faults {
        assert!((1..=lines).contains(&fault.line), "line {} of {lines}: {}", fault.line, fault.message);
    }
}

/// hamctl's list of servers: what is accepted is written in a form of our own and read again as the same.
///
/// # Panics
/// When it is not.
pub fn hamctl_config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parse = |text: String| ConfigFile::parse("config.yaml".into(), text);
    let Ok(file) = parse(text.to_owned()) else { return };
    let again = parse(file.to_yaml()).expect("what was written can be read");
    assert_eq!(again.current, file.current);
    // YAML is printed with its keys in order.
    let mut sorted = file.servers.clone();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    let mut printed = again.servers;
    printed.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(printed, sorted);
    for server in &file.servers {
        let is_plain = server.name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        assert!(is_plain && !server.name.starts_with('.'), "{:?} becomes part of a file's name", server.name);
    }
}

/// The server's configuration file: what is accepted are flags, each with its name; what is not is said with its place.
///
/// # Panics
/// When not so.
pub fn server_config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match server::read_settings(Path::new("c.yaml"), text) {
        Ok(words) => {
            assert!(words.iter().all(|word| word.starts_with("--") && word.len() > 2), "{words:?}");
            assert!(!words.iter().any(|word| word.starts_with("--config=")), "a file names another");
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                let mut place = problem.splitn(4, ':').skip(1);
                let line = place.next().and_then(|line| line.parse::<usize>().ok());
                let column = place.next().and_then(|column| column.parse::<usize>().ok());
                let lines = text.matches(['\n', '\r']).count() + 1;
                assert!(
                    line.is_some_and(|line| (1..=lines).contains(&line)) && column > Some(0),
                    "{problem}"
                );
            }
        }
    }
}

/// hamctl's stored login: what is accepted is written and read again as the same, and no token becomes good by waiting.
///
/// # Panics
/// When not so.
pub fn token_file(bytes: &[u8]) {
    let Ok(token) = serde_json::from_slice::<StoredToken>(bytes) else { return };
    let written = serde_json::to_vec(&token).expect("a token can be written");
    let again: StoredToken = serde_json::from_slice(&written).expect("and read again");
    assert_eq!(serde_json::to_vec(&again).expect("and written again"), written);
    let moment = Timestamp::from_second(1_800_000_000).expect("a moment in 2027");
    for days in [1, 400, 40_000] {
        let later = moment + SignedDuration::from_hours(24 * days);
        assert!(!token.is_good(later) || token.is_good(moment), "{token:?} is good only after {days} days");
    }
}
