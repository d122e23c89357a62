//! How delivering a notice ends.

/// Why a notice is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// It may work later.
    Later(String),
    /// It will never work.
    Never(String),
}

/// Delivers notices of one kind.
pub(crate) trait Deliver: Send + Sync + 'static {
    /// Tries of one notice: with the queue's waits of at most a minute, more than an hour.
    const MOST_TRIES: u32 = 80;

    /// Notices under way at once.
    const AT_ONCE: usize = 4;

    /// Delivers one; it may have been delivered before, when the server was killed just then.
    fn deliver(&self, payload: &[u8]) -> impl Future<Output = Result<(), Undelivered>> + Send;
}

/// What an HTTP status means for a notice.
pub(super) fn refused(who: &str, status: reqwest::StatusCode, text: &str) -> Undelivered {
    let reason = format!("{who} answered {status}: {}", text.chars().take(200).collect::<String>());
    let busy = status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS;
    if busy { Undelivered::Later(reason) } else { Undelivered::Never(reason) }
}

/// What a broken connection means for a notice.
pub(super) fn broken(who: &str, error: reqwest::Error) -> Undelivered {
    let causes = explain::chain(&error.without_url()).join(": ");
    Undelivered::Later(format!("{who} does not answer: {causes}"))
}

/// A row that cannot be read.
pub(super) fn unreadable(error: &serde_json::Error) -> Undelivered {
    Undelivered::Never(format!("it cannot be read: {error}"))
}
