//! What the repository says about itself: `release-manager.yaml` in its root, or what is usual without one.

use std::collections::BTreeMap;

use artifact::{BranchName, EnvName};
use git_mirror::{EntryKind, Snapshot, TreePath};
use serde::Deserialize;

use crate::{Place, ReadError, SettingsError, layout, rule_file};

/// The environments, in the order in which changes travel through them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The branch whose artifacts enter the first environment.
    pub branch: BranchName,
    /// The environments, first to last.
    pub environments: Vec<EnvName>,
    /// Where those environments live that are not in folders of the home branch.
    pub places: BTreeMap<EnvName, Place>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    branch: Option<BranchName>,
    environments: Vec<serde_json::Value>,
}

/// An environment that is more than a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Environment {
    name: EnvName,
    repository: Option<String>,
    branch: Option<String>,
}

impl Settings {
    /// The environment before this one; `None` for the first, which takes artifacts of [`Settings::branch`].
    #[must_use]
    pub fn before(&self, environment: &EnvName) -> Option<&EnvName> {
        let at = self.environments.iter().position(|known| known == environment)?;
        self.environments.get(at.checked_sub(1)?)
    }

    /// Reads the file; every fault is an error, since a wrong guess would open an environment.
    ///
    /// # Errors
    /// With what is wrong in it.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let wrong = |problem: String| SettingsError { problem };
        let documents = yaml::documents(text).map_err(|error| wrong(error.to_string()))?;
        let [document] = documents.as_slice() else {
            return Err(wrong(format!("it must hold one document, not {}", documents.len())));
        };
        let value = document.to_json().map_err(|error| wrong(error.to_string()))?;
        let file: File = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
        if file.environments.is_empty() {
            return Err(wrong("`environments` is empty".into()));
        }
        let mut settings = Self { environments: Vec::new(), ..Self::usual() };
        for (at, entry) in (1..).zip(file.environments) {
            let environment = environment(entry)
                .map_err(|error| wrong(format!("entry {at} of `environments`: {error}")))?;
            let Environment { name, repository, branch } = environment;
            if settings.environments.contains(&name) {
                return Err(wrong(format!("environment `{name}` is there twice")));
            }
            if repository.is_some() || branch.is_some() {
                settings.places.insert(name.clone(), Place { repository, branch });
            }
            settings.environments.push(name);
        }
        settings.branch = file.branch.unwrap_or(settings.branch);
        Ok(settings)
    }

    /// The settings at a commit. Without a file: `dev`, `staging`, `prod`, and every other folder that already holds
    /// releases, so that a repository of the original goes on as it is.
    ///
    /// # Errors
    /// When the file is wrong, or the repository cannot be read.
    pub fn at(snapshot: Option<&Snapshot>) -> Result<Self, ReadError> {
        let Some(snapshot) = snapshot else { return Ok(Self::usual()) };
        if let Some(bytes) = rule_file::read(snapshot, &layout::settings())? {
            return Ok(Self::parse(&String::from_utf8_lossy(&bytes))?);
        }
        let mut settings = Self::usual();
        for entry in snapshot.entries(&TreePath::root())? {
            let folder = matches!(entry.kind, EntryKind::Folder(_));
            let Ok(name) = entry.name.parse::<EnvName>() else { continue };
            if folder
                && !settings.environments.contains(&name)
                && snapshot.tree_id(&layout::namespaces(name.as_str()))?.is_some()
            {
                settings.environments.push(name);
            }
        }
        Ok(settings)
    }

    fn usual() -> Self {
        let environment = |name: &str| name.parse().expect("a plain word is a name");
        Self {
            branch: "master".parse().expect("a plain word is a branch"),
            environments: ["dev", "staging", "prod"].map(environment).to_vec(),
            places: BTreeMap::new(),
        }
    }
}

/// A name, or a mapping with one.
fn environment(entry: serde_json::Value) -> Result<Environment, serde_json::Error> {
    if entry.is_string() {
        let name = serde_json::from_value(entry)?;
        return Ok(Environment { name, repository: None, branch: None });
    }
    serde_json::from_value(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_file_is_the_way_of_a_change() {
        let settings = Settings::parse("branch: main\nenvironments: [test, live]\n").unwrap();
        let [test, live] = ["test", "live"].map(|name| name.parse::<EnvName>().unwrap());
        assert_eq!((settings.before(&live), settings.before(&test)), (Some(&test), None));
        assert_eq!(settings.branch.as_str(), "main");
        assert_eq!(Settings::parse("environments: [a]").unwrap().branch.as_str(), "master");
    }

    #[test]
    fn an_environment_may_have_a_place_of_its_own() {
        let text =
            "environments: [dev, {name: qa}, {name: prod, branch: prod}, {name: eu, repository: 'git@h:eu'}]";
        let settings = Settings::parse(text).unwrap();
        let names: Vec<&str> = settings.environments.iter().map(EnvName::as_str).collect();
        assert_eq!(names, ["dev", "qa", "prod", "eu"]);
        let places: Vec<_> =
            settings.places.iter().map(|(name, place)| (name.as_str(), place.clone())).collect();
        let place = |repository: Option<&str>, branch: Option<&str>| Place {
            repository: repository.map(str::to_owned),
            branch: branch.map(str::to_owned),
        };
        assert_eq!(places, [("eu", place(Some("git@h:eu"), None)), ("prod", place(None, Some("prod")))]);
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        let cases = [
            ("environments: []", "`environments` is empty"),
            ("environments: [dev, prod, dev]", "environment `dev` is there twice"),
            ("environments: [../prod]", "`../prod` is not a valid environment"),
            ("environments: [dev, {branch: prod}]", "entry 2 of `environments`: missing field `name`"),
            ("environments: [{name: dev, url: x}]", "entry 1 of `environments`: unknown field `url`"),
            ("environments: [dev, {name: dev, branch: x}]", "environment `dev` is there twice"),
            ("environments: [7]", "entry 1 of `environments`: invalid type"),
            ("environments: [dev]\nfreeze: true", "unknown field `freeze`"),
            ("", "it must hold one document"),
            ("a: 1\n---\nb: 2", "it must hold one document, not 2"),
        ];
        for (text, expected) in cases {
            let problem = Settings::parse(text).unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }
}
