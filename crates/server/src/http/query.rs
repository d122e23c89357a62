//! Query parameters.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Failure;
use crate::app::App;

/// The parameters of a request, the first of each name.
pub(crate) struct Query(Vec<(String, String)>);

impl FromRequestParts<App> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Query {
    /// A parameter that is not blank.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// A parameter that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.given(name).ok_or_else(|| {
            Failure::invalid(
                format!("query param {name} required but was empty"),
                format!("add ?{name}=... to the path"),
            )
        })
    }

    /// How many; 1 when not said.
    pub(crate) fn count(&self) -> Result<usize, Failure> {
        self.number("count", 1)
    }

    /// A positive number, with what is meant when it is not said.
    pub(crate) fn number(&self, name: &str, usual: usize) -> Result<usize, Failure> {
        let Some(text) = self.given(name) else { return Ok(usual) };
        text.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
            Failure::invalid(
                format!("invalid value '{text}' of {name}. Must be a positive integer."),
                "give a number such as 5",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    #[test]
    fn counts_are_positive() {
        assert_eq!(query("").count().unwrap(), 1);
        assert_eq!(query("count=7").count().unwrap(), 7);
        for text in ["count=0", "count=-1", "count=x"] {
            let shown = &text[6..];
            assert_eq!(
                query(text).count().unwrap_err().message(),
                format!("invalid value '{shown}' of count. Must be a positive integer.")
            );
        }
    }

    #[test]
    fn blank_is_not_given() {
        assert_eq!(
            query("service=%20").required("service").unwrap_err().message(),
            "query param service required but was empty"
        );
        assert_eq!(query("a=1&service=billing").required("service").unwrap(), "billing");
    }
}
