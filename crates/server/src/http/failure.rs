//! Every answer that is not good: the original's envelope and texts, with a hint and a kind (spec, section 2.2).

use api::ErrorBody;
use artifact::ReleaseId;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use explain::{Explain, Kind, Report};

/// When a caller may ask again of what cannot be served now.
const RETRY_AFTER_SECONDS: &str = "2";

/// What goes back instead of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    kind: Kind,
    status: u16,
    message: String,
    hint: String,
    /// The release that it is about, if it was accepted.
    release: Option<ReleaseId>,
    /// What only the log may know.
    internal: Option<String>,
}

impl Failure {
    /// A mistake of the caller, in the original's words.
    pub(crate) fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message, hint)
    }

    pub(crate) fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind,
            status: kind.http_status(),
            message: message.into(),
            hint: hint.into(),
            release: None,
            internal: None,
        }
    }

    /// The same, with the status the original gives where ours would be another.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same, about a release that can be asked for afterwards.
    pub(crate) fn with_release(mut self, id: ReleaseId) -> Self {
        self.release = Some(id);
        self
    }

    /// The same, with a next step that fits better.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What a report says, except that what is inside the server stays there.
    pub(crate) fn of(report: Report) -> Self {
        let Report { kind, message, hint } = report;
        if kind != Kind::Internal {
            return Self::new(kind, message, hint);
        }
        let hint = "give the request's id to who runs the server; its log says more";
        Self { internal: Some(message), ..Self::new(kind, "unknown error", hint) }
    }

    /// A part of us that ended without an answer.
    pub(crate) fn broken(what: &str) -> Self {
        Self::of(Report { kind: Kind::Internal, message: format!("{what} failed"), hint: String::new() })
    }

    pub(crate) fn too_large() -> Self {
        Self::new(Kind::Usage, "the body is too large", "send less").with_status(413)
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(Kind::Usage, "the body did not come in time", "send the whole body at once")
            .with_status(408)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(Kind::NotFound, "not found", "check the path; a slash at its end makes it another one")
    }

    pub(crate) fn invalid_body() -> Self {
        Self::new(Kind::Usage, "invalid body", "send one JSON object with the fields of this route")
    }

    /// A body that is not what the route takes, and what is wrong with it.
    pub(crate) fn unread_body(error: &serde_json::Error) -> Self {
        // The error may quote the body, whatever its length.
        let said: String = error.to_string().chars().take(200).collect();
        let hint = format!("send one JSON object with the fields of this route; {said}");
        Self::new(Kind::Usage, "invalid body", hint)
    }

    /// Errors of requests collected into one text (spec, section 2.2).
    pub(crate) fn invalid_input(lines: &[impl AsRef<str>]) -> Self {
        let lines: String = lines.iter().map(|line| format!("  {}\n", line.as_ref())).collect();
        Self::new(Kind::Usage, format!("input not valid:\n{lines}"), "give every required field")
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

/// Says what the error says.
impl<E: Explain + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::of(Report::new(&error))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Some(internal) = &self.internal {
            tracing::error!(error = internal, "a request failed");
        }
        let body = ErrorBody {
            status: self.status,
            message: plain(&self.message),
            hint: plain(&self.hint),
            kind: self.kind.as_str().to_owned(),
            id: self.release.map(|id| id.to_string()).unwrap_or_default(),
        };
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let bytes = api::encode(&body).expect("an error body is texts and a number");
        let mut response = (status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        response
    }
}

/// Longer texts are cut: they repeat something that nobody would read to its end.
const LONGEST_TEXT: usize = 1500;

/// Texts repeat what callers and CI sent, and are shown on terminals and pages: what moves a cursor or turns the
/// direction of writing is shown as its escape.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(LONGEST_TEXT));
    for character in text.chars().take(LONGEST_TEXT) {
        match character {
            '\n' | '\t' => plain.push(character),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => plain.extend(character.escape_unicode()),
            control if control.is_control() => plain.extend(control.escape_default()),
            _ => plain.push(character),
        }
    }
    if text.chars().nth(LONGEST_TEXT).is_some() {
        plain.push_str(" ...");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_as_text() {
        assert_eq!(plain("a\n\tb \u{1b}[2J\0 \u{202e}dorp é"), "a\n\tb \\u{1b}[2J\\u{0} \\u{202e}dorp é");
        let cut = plain(&"é".repeat(LONGEST_TEXT + 1));
        assert!(cut.ends_with("é ...") && cut.chars().count() == LONGEST_TEXT + 4, "{cut}");
    }

    #[test]
    fn collected_errors_are_one_text() {
        let failure = Failure::invalid_input(&["Required field 'service' was empty", "b"]);
        assert_eq!(failure.message, "input not valid:\n  Required field 'service' was empty\n  b\n");
        assert_eq!(failure.status, 400);
    }
}
