//! Who did it.

use std::fmt;

/// A person, or a robot, as a commit names them.
///
/// Neither part can hold a line break or an angle bracket, so no name can forge a line of a commit message
/// (spec, section 12.1, number 12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Person {
    name: String,
    email: String,
}

impl Person {
    /// A person of that name and address. Characters a commit cannot carry become blanks: what somebody did must
    /// not go unrecorded because of how their name is written.
    #[must_use]
    pub fn new(name: &str, email: &str) -> Self {
        Self { name: clean(name), email: clean(email).replace(' ', "") }
    }

    /// Someone known by one text only, such as the subject of a token: name and address are the same.
    #[must_use]
    pub fn from_subject(subject: &str) -> Self {
        Self::new(subject, subject)
    }

    /// The name; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address; may be empty.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Whether nothing at all is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.name.is_empty() && self.email.is_empty()
    }
}

fn clean(text: &str) -> String {
    let blanked: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '<' | '>' | '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    blanked.trim().to_owned()
}

impl fmt::Display for Person {
    /// `Name <email>`, as Git writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_trailer() {
        let person = Person::new("Eve\nRelease-intent: AutoRelease <", "eve@example.test>\r\nX: y");
        assert_eq!(person.to_string(), "Eve Release-intent: AutoRelease <eve@example.testX:y>");
    }
}
