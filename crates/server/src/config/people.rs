//! From an e-mail address to the one a person has at Slack (spec, section 9.1).

/// The company's suffix, and who has another address.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    suffix: String,
    mappings: Vec<(String, String)>,
}

/// A list of mappings that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeopleError {
    #[error("user mappings: invalid user mapping '{0}'")]
    Invalid(String),
    #[error("user mappings: conflicting user mappings for {0}")]
    Conflict(String),
}

impl People {
    pub(crate) fn new(suffix: &str, items: &[String]) -> Result<Self, PeopleError> {
        let mut mappings: Vec<(String, String)> = Vec::new();
        for item in items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()) {
            let sides: Vec<&str> = item.split('=').map(str::trim).collect();
            let [from, to] = sides[..] else { return Err(PeopleError::Invalid(item.to_owned())) };
            if from.is_empty() || to.is_empty() {
                return Err(PeopleError::Invalid(item.to_owned()));
            }
            if mappings.iter().any(|(known, _)| known == from) {
                return Err(PeopleError::Conflict(from.to_owned()));
            }
            mappings.push((from.to_owned(), to.to_owned()));
        }
        Ok(Self { suffix: suffix.trim().to_owned(), mappings })
    }

    /// The Slack address of a person; `None` for somebody outside. A mapping wins, then the suffix decides.
    pub(crate) fn slack_address(&self, email: &str) -> Option<String> {
        let mapped = self.mappings.iter().find(|(from, _)| from == email).map(|(_, to)| to.clone());
        mapped.or_else(|| (!email.is_empty() && email.ends_with(&self.suffix)).then(|| email.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(suffix: &str, items: &[&str]) -> Result<People, PeopleError> {
        People::new(suffix, &items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn addresses_are_mapped_or_have_the_suffix() {
        let people = people("@corp.test", &["bo@home.test=bo@corp.test"]).unwrap();
        assert_eq!(people.slack_address("ida@corp.test").as_deref(), Some("ida@corp.test"));
        assert_eq!(people.slack_address("bo@home.test").as_deref(), Some("bo@corp.test"));
        assert_eq!(people.slack_address("eve@home.test"), None);
        assert_eq!(people.slack_address(""), None);
    }

    #[test]
    fn broken_mappings_are_named() {
        for (items, message) in [
            (vec!["a"], "user mappings: invalid user mapping 'a'"),
            (vec!["a="], "user mappings: invalid user mapping 'a='"),
            (vec!["a=b", "a=c"], "user mappings: conflicting user mappings for a"),
        ] {
            assert_eq!(people("", &items).unwrap_err().to_string(), message);
        }
    }
}
