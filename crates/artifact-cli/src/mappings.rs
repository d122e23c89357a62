//! Which address Slack knows a person by.

use std::borrow::Cow;
use std::collections::BTreeMap;

use explain::{Explain, Kind};

/// Addresses in commits, and the company's addresses of the same people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mappings {
    suffix: String,
    company: BTreeMap<String, String>,
}

/// A mapping that is not one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MappingError {
    #[error("user mappings: invalid user mapping '{item}'")]
    Invalid { item: String },
    #[error("user mappings: conflicting user mappings for {email}")]
    Conflicting { email: String },
}

impl Explain for MappingError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Invalid { .. } => "write it as <email>=<company email>".into(),
            Self::Conflicting { .. } => "map each address once in --user-mappings or USER_MAPPINGS".into(),
        }
    }
}

impl Mappings {
    /// `items` are `<email>=<company email>`; `suffix` is how the company's addresses end.
    pub(crate) fn new(suffix: &str, items: &[String]) -> Result<Self, MappingError> {
        let mut company: BTreeMap<String, String> = BTreeMap::new();
        for item in items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()) {
            let (email, mapped) = item
                .split_once('=')
                .map(|(email, mapped)| (email.trim(), mapped.trim()))
                .filter(|(email, mapped)| !email.is_empty() && !mapped.is_empty() && !mapped.contains('='))
                .ok_or_else(|| MappingError::Invalid { item: item.to_owned() })?;
            match company.insert(email.to_owned(), mapped.to_owned()) {
                Some(other) if other != mapped => {
                    return Err(MappingError::Conflicting { email: email.to_owned() });
                }
                _ => {}
            }
        }
        Ok(Self { suffix: suffix.to_owned(), company })
    }

    /// The company's address of a person; `None` when it should have one and has not.
    pub(crate) fn resolve(&self, email: &str) -> Option<String> {
        if self.is_company(email) { Some(email.to_owned()) } else { self.company.get(email).cloned() }
    }

    /// Whether an address is the company's own. Without a suffix all of them are.
    pub(crate) fn is_company(&self, email: &str) -> bool {
        email.ends_with(&self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mappings(suffix: &str, items: &[&str]) -> Result<Mappings, MappingError> {
        Mappings::new(suffix, &items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn only_foreign_addresses_are_mapped() {
        let known = mappings("@example.test", &["bo@home.test=bo@example.test", ""]).unwrap();
        assert_eq!(known.resolve("bo@home.test").as_deref(), Some("bo@example.test"));
        assert_eq!(known.resolve("ida@example.test").as_deref(), Some("ida@example.test"));
        assert_eq!(known.resolve("eve@home.test"), None);
        let without_suffix = mappings("", &["bo@home.test=bo@example.test"]).unwrap();
        assert_eq!(without_suffix.resolve("bo@home.test").as_deref(), Some("bo@home.test"));
    }

    #[test]
    fn what_is_not_a_mapping_is_an_error() {
        for item in ["bo", "=x", "bo=", "a=b=c"] {
            assert_eq!(mappings("", &[item]), Err(MappingError::Invalid { item: item.into() }));
        }
        assert_eq!(mappings("", &["a=b", "a=c"]), Err(MappingError::Conflicting { email: "a".into() }));
        assert!(mappings("", &["a=b", "a=b"]).is_ok());
    }
}
