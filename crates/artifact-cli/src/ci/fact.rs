//! One thing known of a build, and who said it.

use std::collections::BTreeMap;

use super::CiError;

/// More than any name, address or link is long.
const LONGEST_LINE: usize = 2_000;
/// As much of a commit's message as is kept.
const LONGEST_MESSAGE: usize = 16 << 10;

/// What is known of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Branch,
    Sha,
    Message,
    AuthorName,
    AuthorEmail,
    CommitterName,
    CommitterEmail,
    JobUrl,
    Name,
    Url,
    Provider,
}

impl Field {
    /// What `init` cannot do without.
    pub(crate) const REQUIRED: [Self; 7] = [
        Self::Branch,
        Self::Sha,
        Self::Message,
        Self::AuthorName,
        Self::AuthorEmail,
        Self::CommitterName,
        Self::CommitterEmail,
    ];

    /// What belongs to the commit, not to the job.
    pub(crate) const OF_COMMIT: [Self; 6] = [
        Self::Message,
        Self::AuthorName,
        Self::AuthorEmail,
        Self::CommitterName,
        Self::CommitterEmail,
        Self::Url,
    ];

    /// The flag that says it.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::Branch => "--git-branch",
            Self::Sha => "--git-sha",
            Self::Message => "--git-message",
            Self::AuthorName => "--git-author-name",
            Self::AuthorEmail => "--git-author-email",
            Self::CommitterName => "--git-committer-name",
            Self::CommitterEmail => "--git-committer-email",
            Self::JobUrl => "--ci-job-url",
            Self::Name => "--name",
            Self::Url => "--url",
            Self::Provider => "--provider",
        }
    }
}

/// Values by what they say, each with its source: a variable, or Git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    values: BTreeMap<Field, (String, &'static str)>,
}

impl Facts {
    /// Notes a value unless one is known already; an empty one says nothing.
    pub(crate) fn note(&mut self, field: Field, source: &'static str, value: Option<impl Into<String>>) {
        let value = value.map(|value| value.into().trim().to_owned()).filter(|value| !value.is_empty());
        if let Some(value) = value {
            self.values.entry(field).or_insert((value, source));
        }
    }

    /// Takes what the command line says as it is, the empty too.
    pub(crate) fn give(&mut self, field: Field, value: Option<&str>) {
        if let Some(value) = value {
            self.values.insert(field, (value.to_owned(), field.flag()));
        }
    }

    pub(crate) fn get(&self, field: Field) -> Option<&str> {
        self.values.get(&field).map(|(value, _)| value.as_str())
    }

    /// The value and who said it.
    pub(crate) fn sourced(&self, field: Field) -> Option<(&str, &'static str)> {
        self.values.get(&field).map(|(value, source)| (value.as_str(), *source))
    }

    pub(crate) fn forget(&mut self, field: Field) {
        self.values.remove(&field);
    }

    /// Adds what the others know beyond this.
    pub(crate) fn or(mut self, others: Self) -> Self {
        for (field, value) in others.values {
            self.values.entry(field).or_insert(value);
        }
        self
    }

    /// Refuses what is no line of text, and keeps messages in bounds.
    pub(crate) fn checked(mut self) -> Result<Self, CiError> {
        for (field, (value, source)) in &mut self.values {
            if *field == Field::Message {
                value.truncate(value.floor_char_boundary(LONGEST_MESSAGE));
            } else if value.len() > LONGEST_LINE {
                return Err(CiError::TooLong { source_name: source, flag: field.flag() });
            } else if value.contains(char::is_control) {
                return Err(CiError::NotOneLine { source_name: source, flag: field.flag() });
            }
        }
        Ok(self)
    }
}
