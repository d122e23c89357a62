//! What is wrong with a unit, one line each.

use std::fmt;

use crate::object::Place;

/// Something a person has to correct: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, when it is in a file.
    pub place: Option<Place>,
    /// What, lower case, naming the object.
    pub message: String,
}

impl Problem {
    /// A problem at a place in a file.
    #[must_use]
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into() }
    }

    /// A problem that no file shows.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
